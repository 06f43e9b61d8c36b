import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../../platform/database.ts";
import { openHold, releaseHold, shownHolds } from "./hold.ts";
import type { Hold } from "./store-retention.ts";

const HoldSchema = z.object({
  id: z.string(),
  reason: z.string(),
  incident: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  releasedBy: z.string().nullable(),
  releasedAt: z.string().nullable(),
});
export type HoldView = z.infer<typeof HoldSchema>;
const reason = z.string().trim().min(1).max(500);

/** Legal holds: while one is open, nothing of the tenant's audit record is pruned. */
export const holdRoutes =
  (deps: { db: Database }): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { operation: "audit.hold" } as const;
    app.get(
      "/v1/audit/holds",
      {
        config,
        schema: {
          summary: "Legal holds on the audit record; open ones first",
          response: { 200: z.object({ holds: z.array(HoldSchema) }) },
        },
      },
      async ({ ctx }) => ({ holds: (await deps.db.tx(ctx, (tx) => shownHolds(tx, 200))).map(shown) }),
    );
    app.post(
      "/v1/audit/holds",
      {
        config,
        schema: {
          summary: "Open a legal hold",
          body: z.object({ reason, incident: z.string().min(1).max(100).optional() }),
          response: { 200: z.object({ id: z.string() }) },
        },
      },
      async ({ ctx, body }) => ({ id: await deps.db.tx(ctx, (tx) => openHold(tx, ctx, body)) }),
    );
    app.post(
      "/v1/audit/holds/:id/release",
      {
        config,
        schema: {
          summary: "Release a legal hold",
          params: z.object({ id: z.string() }),
          body: z.object({ reason }),
          response: { 200: z.object({ id: z.string() }) },
        },
      },
      async ({ ctx, params, body }) => {
        await deps.db.tx(ctx, (tx) => releaseHold(tx, ctx, params.id, body.reason));
        return { id: params.id };
      },
    );
  };

function shown(hold: Hold): HoldView {
  return {
    ...hold,
    createdAt: hold.createdAt.toISOString(),
    releasedAt: hold.releasedAt?.toISOString() ?? null,
  };
}
