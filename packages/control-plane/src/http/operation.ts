import type { FastifyInstance } from "fastify";
import type { Operation } from "../access/index.ts";
import { bug } from "../platform/errors.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the permission table is asked about; every route under /v1 has one. */
    operation?: Operation;
    /** A second operation that this body asks for. */
    alsoNeeds?(body: unknown): Operation | undefined;
  }
  interface FastifyInstance {
    /** Every route under /v1. */
    operations: OperationRoute[];
  }
}

export type OperationRoute = { method: string; url: string; operation: Operation };

/** The server refuses to start when a route under /v1 names no operation. */
export function requireOperations(app: FastifyInstance): void {
  const operations: OperationRoute[] = [];
  app.decorate("operations", operations);
  app.addHook("onRoute", ({ method, url, config }) => {
    if (!/^\/v1(\/|$)/.test(url)) return;
    for (const name of [method].flat()) {
      const operation = config?.operation;
      if (!operation) {
        throw bug(
          "operation_missing",
          `The route ${name} ${url} names no operation.`,
          "Add `config: { operation }` with a name of access/permissions.ts.",
        );
      }
      operations.push({ method: name, url, operation });
    }
  });
}
