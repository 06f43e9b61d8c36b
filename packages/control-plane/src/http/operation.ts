import type { Operation } from "../access/index.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the permission table is asked about; every route under /v1 has one. */
    operation?: Operation;
  }
}
