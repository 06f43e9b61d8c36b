import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../../platform/database.ts";
import { recordAccess } from "./access.ts";
import { AUDIT_CLASSES, AUDIT_RESULTS } from "./event.ts";
import { searchPage } from "./search.ts";

const auditClass = z.enum(AUDIT_CLASSES);
const result = z.enum(AUDIT_RESULTS);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().min(1).max(200);

const AuditEvent = z.object({
  id: z.string(),
  class: auditClass,
  ts: z.string(),
  tenantId: z.string(),
  actorId: z.string(),
  action: z.string(),
  resource: z.string(),
  result,
  correlationId: z.string(),
  sourceIp: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  sealed: z.object({ class: auditClass, seq: z.number() }).nullable(),
});

export const searchRoutes =
  (deps: { db: Database }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/v1/audit",
      {
        config: { operation: "audit.read" },
        schema: {
          summary: "The audit record, newest first; reading it is audited too",
          querystring: z.object({
            actor: text.optional(),
            action: text.optional(),
            resource: text.optional(),
            result: result.optional(),
            class: auditClass.optional(),
            correlationId: text.optional(),
            from: time.optional(),
            to: time.optional(),
            limit: z.coerce.number().int().min(1).max(1000).optional(),
            cursor: z.string().max(400).optional(),
          }),
          response: { 200: z.object({ events: z.array(AuditEvent), nextCursor: z.string().nullable() }) },
        },
      },
      async ({ ctx, query }) => {
        const page = await deps.db.tx(ctx, (tx) => searchPage(tx, query));
        // Which filters, not what for: whom somebody looks for is itself personal.
        const details = { filters: Object.keys(query).sort(), events: page.events.length };
        await recordAccess(deps.db, ctx, {
          action: "audit.search",
          resource: "audit",
          result: "success",
          details,
        });
        return page;
      },
    );
  };
