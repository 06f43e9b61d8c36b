import type { FastifyInstance } from "fastify";
import { requirePermission } from "./access.js";
import { closeMonth, reopenMonth } from "./months.js";

export async function months(app: FastifyInstance) {
  app.put("/months/:id/close", { preHandler: requirePermission("months.close") }, closeMonth);
  app.put("/months/:id/reopen", reopenMonth);
}
