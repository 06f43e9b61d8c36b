import type { FastifyInstance } from "fastify";

export function access(app: FastifyInstance) {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info({ method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime }, "request completed");
  });
}
