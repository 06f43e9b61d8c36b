import { Hono } from "hono";
import { verify } from "./users";
import { sign } from "./jwt";
import { rateLimiter } from "hono-rate-limiter";

const app = new Hono();
const limit = rateLimiter({ windowMs: 60_000, limit: 30, keyGenerator: (c) => c.req.header("x-forwarded-for") ?? "" });

app.post("/password-reset", limit, async (c) => {
  const { userId } = await c.req.json();
  return c.json({ accepted: Boolean(userId) }, 202);
});

app.post("/login", async (c) => {
  const { id, password } = await c.req.json();
  const user = await verify(id, password);
  if (!user) return c.json({ error: "invalid" }, 401);
  return c.json({ token: await sign(user.id) });
});

export default app;
