import { Body, Controller, Delete, Get, Injectable, Param, Put } from "@nestjs/common";

interface CartItem { sku: string; qty: number }

@Injectable()
export class CartService {
  private readonly carts: Record<string, CartItem[]> = {};

  put(userId: string, item: CartItem) {
    const cart = this.carts[userId] ?? [];
    this.carts[userId] = [...cart.filter((i) => i.sku !== item.sku), item];
    return this.carts[userId];
  }

  get(userId: string) {
    return this.carts[userId] ?? [];
  }
}

@Controller("carts")
export class CartController {
  constructor(private readonly service: CartService) {}

  @Put(":userId/items")
  put(@Param("userId") userId: string, @Body() item: CartItem) {
    return this.service.put(userId, item);
  }

  @Get(":userId")
  get(@Param("userId") userId: string) {
    return this.service.get(userId);
  }
}
