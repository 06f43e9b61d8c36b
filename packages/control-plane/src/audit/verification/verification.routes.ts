import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { notFound } from "../../platform/errors.ts";
import { AUDIT_CLASSES } from "../record/event.ts";
import { requestPass, requestVerification, shownRuns, type VerificationDeps } from "./runs.ts";
import type { VerificationRun } from "./store-runs.ts";

const Refusal = z.object({ code: z.string(), reason: z.string(), remedy: z.string() });
const Verification = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "ended"]),
  requestedBy: z.string(),
  requestedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  events: z.object({ done: z.number(), total: z.number(), perSecond: z.number().nullable() }),
  trees: z.number(),
  failures: z.array(
    Refusal.extend({
      tenant: z.string(),
      class: z.enum(AUDIT_CLASSES).nullable(),
      seq: z.number().nullable(),
    }),
  ),
  refusal: Refusal.nullable().describe("Why it could not be carried out"),
});
export type VerificationView = z.infer<typeof Verification>;

/** Full verifications of the caller's tenant: start one, and follow it. */
export const verificationRoutes =
  (deps: VerificationDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { operation: "audit.verify" } as const;
    app.post(
      "/v1/audit/verifications",
      {
        config,
        schema: {
          summary: "Verify everything of the audit record; one at a time",
          body: z.object({}),
          response: { 200: z.object({ id: z.string() }) },
        },
      },
      ({ ctx }) => requestVerification(deps, ctx),
    );
    app.post(
      "/v1/audit/verifications/pass",
      {
        config,
        schema: {
          summary: "Verify what is new and the next part of the old, now; with what is known to fail",
          body: z.object({}),
          response: { 200: Verification.pick({ failures: true }) },
        },
      },
      async ({ ctx }) => ({
        failures: (await requestPass(deps, ctx)).map((failure) => ({ tenant: ctx.tenant, ...failure })),
      }),
    );
    app.get(
      "/v1/audit/verifications",
      {
        config,
        schema: {
          summary: "Full verifications, newest first, with their progress",
          response: { 200: z.object({ verifications: z.array(Verification) }) },
        },
      },
      async ({ ctx }) => ({
        verifications: (await deps.db.tx(ctx, (tx) => shownRuns(tx, { limit: 20 }))).map((run) =>
          shown(run, ctx.tenant, ctx.clock.now()),
        ),
      }),
    );
    app.get(
      "/v1/audit/verifications/:id",
      {
        config,
        schema: {
          summary: "One verification",
          params: z.object({ id: z.string() }),
          response: { 200: Verification },
        },
      },
      async ({ ctx, params }) => {
        const [run] = await deps.db.tx(ctx, (tx) => shownRuns(tx, params));
        if (!run) {
          throw notFound(
            "verification_not_found",
            `There is no verification ${params.id}.`,
            "GET /v1/audit/verifications lists them.",
          );
        }
        return shown(run, ctx.tenant, ctx.clock.now());
      },
    );
  };

function shown(run: VerificationRun, tenant: string, now: Date): VerificationView {
  const { startedAt, endedAt } = run;
  const seconds = startedAt ? ((endedAt ?? now).getTime() - startedAt.getTime()) / 1000 : 0;
  return {
    id: run.id,
    state: endedAt ? "ended" : startedAt ? "running" : "waiting",
    requestedBy: run.requestedBy,
    requestedAt: run.requestedAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    events: {
      done: run.done,
      total: run.total,
      perSecond: seconds > 0 ? Math.round(run.done / seconds) : null,
    },
    trees: run.trees,
    failures: run.failures.map((failure) => ({ tenant, ...failure })),
    refusal: run.refusal,
  };
}
