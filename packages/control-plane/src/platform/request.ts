import type {} from "fastify";
import type { Ctx } from "./ctx.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the http module for every authenticated request. */
    ctx: Ctx;
  }
}
