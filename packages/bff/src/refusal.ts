import type { FastifyReply } from "fastify";

export type Refusal = { code: string; reason: string; remedy: string };

export function sendRefusal(reply: FastifyReply, status: number, refusal: Refusal): FastifyReply {
  return reply.code(status).send({ error: refusal });
}

/** Thrown where there is no reply at hand; error handlers answer `statusCode` with the refusal. */
export class RefusedError extends Error implements Refusal {
  readonly statusCode: number;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(statusCode: number, refusal: Refusal, cause?: unknown) {
    super(`${refusal.code}: ${refusal.reason}`, { cause });
    this.name = "RefusedError";
    this.statusCode = statusCode;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.remedy = refusal.remedy;
  }
}
