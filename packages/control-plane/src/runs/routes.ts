import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../platform/database.ts";
import {
  approveStep,
  decideInDoubt,
  getRun,
  listRuns,
  pendingApproval,
  requestCancel,
  resumeRun,
} from "./commands.ts";
import type { Run } from "./types.ts";

const Text = z.object({ en: z.string(), ja: z.string() });
const Refusal = z.object({ code: z.string(), reason: z.string(), remedy: z.string() });
const RunSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: Text,
  target: z.string().nullable(),
  state: z.string(),
  phase: z.enum(["do", "undo"]),
  position: z.number(),
  planHash: z.string(),
  requestedBy: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  refusal: Refusal.nullable(),
  cancel: z.object({ reason: z.string(), by: z.string() }).nullable(),
  steps: z.array(
    z.object({ index: z.number(), name: z.string(), title: Text, phase: z.string(), state: z.string() }),
  ),
});
const Approval = z.object({
  step: z.number(),
  planHash: z.string(),
  inputDigest: z.string(),
  input: z.unknown(),
  approvers: z.array(z.string()),
  missing: z.number(),
});
const Id = z.object({ id: z.string() });

/** Runs: read, cancel, approve, decide what is in doubt. */
export const runRoutes =
  (deps: { db: Database }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/v1/runs",
      {
        config: { operation: "run.read" },
        schema: { summary: "Runs, newest first", response: { 200: z.object({ runs: z.array(RunSchema) }) } },
      },
      async ({ ctx }) => ({ runs: (await deps.db.tx(ctx, (tx) => listRuns(tx))).map(shown) }),
    );
    app.get(
      "/v1/runs/:id",
      {
        config: { operation: "run.read" },
        schema: {
          summary: "One run, and what it asks a person to approve",
          params: Id,
          response: { 200: RunSchema.extend({ approval: Approval.nullable() }) },
        },
      },
      ({ ctx, params }) =>
        deps.db.tx(ctx, async (tx) => ({
          ...shown(await getRun(tx, params.id)),
          approval: await pendingApproval(tx, params.id),
        })),
    );
    app.post(
      "/v1/runs/:id/cancel",
      {
        config: { operation: "run.cancel" },
        schema: {
          summary: "Ask a run to stop at its next step and to compensate",
          params: Id,
          body: z.object({ reason: z.string().min(1) }),
          response: { 200: RunSchema },
        },
      },
      ({ ctx, params, body }) =>
        deps.db.tx(ctx, async (tx) => shown(await requestCancel(tx, ctx, params.id, body.reason))),
    );
    app.post(
      "/v1/runs/:id/resume",
      {
        config: { operation: "run.resume" },
        schema: {
          summary: "Let a run that was parked after repeated crashes try its step again",
          params: Id,
          response: { 200: RunSchema },
        },
      },
      ({ ctx, params }) => deps.db.tx(ctx, async (tx) => shown(await resumeRun(tx, ctx, params.id))),
    );
    app.post(
      "/v1/runs/:id/approve",
      {
        config: { operation: "run.approve" },
        schema: {
          summary: "Approve exactly what was presented",
          params: Id,
          body: Approval.pick({ step: true, planHash: true, inputDigest: true }),
          response: { 200: z.object({ missing: z.number() }) },
        },
      },
      ({ ctx, params, body }) => deps.db.tx(ctx, (tx) => approveStep(tx, ctx, params.id, body)),
    );
    app.post(
      "/v1/runs/:id/decide",
      {
        config: { operation: "run.decide" },
        schema: {
          summary: "Say what became of a step whose outcome is unknown",
          params: Id,
          body: z.object({ outcome: z.enum(["happened", "did_not_happen", "abort"]) }),
          response: { 200: RunSchema },
        },
      },
      ({ ctx, params, body }) =>
        deps.db.tx(ctx, async (tx) =>
          shown(await decideInDoubt(tx, ctx, params.id, { decision: body.outcome })),
        ),
    );
  };

function shown(run: Run): z.infer<typeof RunSchema> {
  return {
    id: run.id,
    kind: run.kind,
    title: run.plan.title,
    target: run.target,
    state: run.state,
    phase: run.phase,
    position: run.position,
    planHash: run.planHash,
    requestedBy: run.requestedBy,
    startedAt: (run.startedAt ?? run.createdAt).toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    refusal: run.refusal,
    cancel: run.cancel,
    steps: run.steps.map((step) => ({
      index: step.index,
      name: run.plan.steps[step.index]!.name,
      title: run.plan.steps[step.index]!.title,
      phase: step.phase,
      state: step.state,
    })),
  };
}
