import type {} from "fastify";
import type { Access } from "./authorize.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the person of `ctx` may do in its tenant; set by the http module together with `ctx`. */
    access: Access;
  }
}
