import cookie from "@fastify/cookie";
import session from "@fastify/session";
import type { FastifyInstance } from "fastify";

export async function sessions(app: FastifyInstance, secret: string) {
  await app.register(cookie);
  await app.register(session, { secret, cookie: { secure: true } });
}
