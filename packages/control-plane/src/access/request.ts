import type {} from "fastify";
import type { Access } from "./authorize.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the person of `ctx` may do in its tenant; set by the http module together with `ctx`. */
    access: Access;
    /** Asks again, for what lasts longer than a request. @throws `forbidden` */
    authorizeAgain(): Promise<Access>;
  }
}
