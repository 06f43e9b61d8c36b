import { Hono } from "hono";

type Item = { sku: string; quantity: number };
const carts: Map<string, Item[]> = new Map();
const app = new Hono();

app.put("/carts/:user", async (c) => {
  carts.set(c.req.param("user"), await c.req.json());
  return c.body(null, 204);
});
app.get("/carts/:user", (c) => c.json(carts.get(c.req.param("user")) ?? []));
export default app;
