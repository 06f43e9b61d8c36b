import { Hono } from "hono";
import { sql } from "./db.js";

const app = new Hono();
app.post("/events", async (c) => {
  const event = await c.req.json();
  await sql`INSERT INTO events (id, body) VALUES (${event.id}, ${event.body}) ON CONFLICT (id) DO NOTHING`;
  return c.body(null, 202);
});
export default app;
