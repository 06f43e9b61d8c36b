import type { FastifyInstance } from "fastify";
import { approve, list, exportAll } from "./service.js";

export async function requests(app: FastifyInstance) {
  app.get("/requests", { preHandler: [app.authenticate] }, async (req) => list(req.user.tenantId));
  app.put<{ Params: { id: string } }>("/requests/:id/approval", { preHandler: [app.authenticate] }, async (req) =>
    approve(req.params.id, req.user.id),
  );
  // 管理者用エクスポート
  app.get("/admin/export", async () => exportAll());
}
