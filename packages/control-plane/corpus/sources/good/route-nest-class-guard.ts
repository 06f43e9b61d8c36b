import { Controller, Delete, Param, Put, UseGuards } from "@nestjs/common";
import { AuthGuard } from "@nestjs/passport";
import { ItemsService } from "./items.service";

@Controller("items")
@UseGuards(AuthGuard("jwt"))
export class ItemsController {
  constructor(private readonly items: ItemsService) {}

  @Put(":id")
  update(@Param("id") id: string) {
    return this.items.update(id);
  }

  @Delete(":id")
  remove(@Param("id") id: string) {
    return this.items.remove(id);
  }
}
