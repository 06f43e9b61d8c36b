import { Hono } from "hono";
import { db } from "./db";
import { comments } from "./schema";

const app = new Hono();
app.post("/comments", async (c) => {
  const input = await c.req.json();
  const [row] = await db.insert(comments).values({ body: input.body, requestId: input.requestId }).returning();
  return c.json(row, 201);
});
export default app;
