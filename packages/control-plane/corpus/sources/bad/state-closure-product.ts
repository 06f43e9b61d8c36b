export function createCartService() {
  const carts = new Map<string, { sku: string; qty: number }[]>();
  return {
    addItem(userId: string, sku: string, qty: number) {
      const cart = carts.get(userId) ?? [];
      cart.push({ sku, qty });
      carts.set(userId, cart);
      return cart;
    },
    cartOf(userId: string) {
      return carts.get(userId) ?? [];
    },
  };
}

export const cartService = createCartService();
