import { db } from "./db.js";

export const resolvers = {
  Query: { orders: () => db.query("SELECT id FROM orders") },
  Mutation: {
    createOrder: async (_: unknown, { total }: { total: number }) => {
      const { rows } = await db.query("INSERT INTO orders (total) VALUES ($1) RETURNING id", [total]);
      return rows[0];
    },
  },
};
