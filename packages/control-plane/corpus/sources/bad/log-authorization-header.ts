import type { FastifyRequest } from "fastify";

export async function audit(request: FastifyRequest) {
  request.log.info({ auth: request.headers.authorization, url: request.url }, "incoming");
}
