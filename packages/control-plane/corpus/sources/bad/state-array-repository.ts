export interface Order { id: string; customerId: string; total: number }

/** 注文リポジトリ */
export class OrderRepository {
  private orders: Order[] = [];
  private nextId = 1;

  async add(order: Omit<Order, "id">): Promise<Order> {
    const saved = { ...order, id: String(this.nextId++) };
    this.orders.push(saved);
    return saved;
  }

  async findById(id: string) {
    return this.orders.find((o) => o.id === id);
  }
}

export const orderRepository = new OrderRepository();
