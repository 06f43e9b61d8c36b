import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Ctx } from "../../platform/ctx.ts";
import { AUDIT_CLASSES } from "../record/event.ts";
import { type ExportDeps, exportBundle } from "./export.ts";
import type { ExportRequest } from "./ranges.ts";

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Query = z.object({
  class: z.enum(AUDIT_CLASSES).optional(),
  from: time.optional(),
  to: time.optional(),
  start: z.coerce.number().int().min(0).optional(),
  end: z.coerce.number().int().min(0).optional(),
});

/** The sealed events as a bundle that `toban-verify` checks offline. */
export const exportRoutes =
  (deps: ExportDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const schema = {
      querystring: Query,
      produces: ["application/x-ndjson"],
    };
    app.get(
      "/v1/audit/export",
      {
        config: { operation: "audit.export" },
        schema: {
          ...schema,
          summary: "Sealed events as a bundle; personal values stay behind their commitments",
        },
      },
      ({ ctx, query }, reply) => send(deps, ctx, query as ExportRequest, reply),
    );
    app.get(
      "/v1/audit/export/revealed",
      {
        config: { operation: "audit.reveal" },
        schema: { ...schema, summary: "The same with personal values, and the salts that prove them" },
      },
      ({ ctx, query }, reply) => send(deps, ctx, { ...(query as ExportRequest), reveal: true }, reply),
    );
  };

async function send(deps: ExportDeps, ctx: Ctx, request: ExportRequest, reply: FastifyReply) {
  const { chunks } = await exportBundle(deps, ctx, request);
  const day = ctx.clock.now().toISOString().slice(0, 10);
  return reply
    .header("content-type", "application/x-ndjson; charset=utf-8")
    .header("content-disposition", `attachment; filename="audit-${ctx.tenant}-${day}.jsonl"`)
    .header("cache-control", "no-store")
    .send(Readable.from(chunks, { objectMode: false }));
}
