import type { FastifyInstance } from "fastify";
import { verifySession } from "./session.js";
import { remove, update } from "./items.js";

export async function items(app: FastifyInstance) {
  app.addHook("onRequest", verifySession);
  app.put("/items/:id", update);
  app.delete("/items/:id", { config: { rateLimit: { max: 10 } } }, remove);
}
