import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { deploy, rollback } from "./deploy.ts";
import type { RolloutDeps } from "./types.ts";
import { releases, rolloutView } from "./view.ts";

const text = z.object({ en: z.string(), ja: z.string() });

const stepSchema = z.object({
  name: z.string(),
  phase: z.enum(["step", "bake"]),
  weight: z.number(),
  observedSeconds: z.number(),
  requiredSeconds: z.number(),
  requests: z.number(),
  errors: z.number(),
  baseline: z.object({ requests: z.number(), errors: z.number() }),
  p99Ms: z.number().nullable(),
  verdict: z.enum(["pass", "fail", "inconclusive", "running"]),
  code: z.string(),
  reason: text,
  extensions: z.number(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});

export const rolloutSchema = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(["deploy", "rollback"]),
  service: z.string(),
  environment: z.string(),
  fromVersion: z.string().nullable(),
  version: z.string(),
  digest: z.string(),
  definitionDigest: z.string(),
  requestedBy: z.string(),
  requestReason: z.string().nullable(),
  state: z.string(),
  currentStep: z.string().nullable(),
  result: z.enum(["succeeded", "rolled-back", "failed", "cancelled"]).nullable(),
  reason: text.nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  firstBadAt: z.string().nullable(),
  rollbackSeconds: z.number().nullable(),
  steps: z.array(stepSchema),
});

const factsSchema = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(["deploy", "rollback"]),
  service: z.string(),
  version: z.string(),
  fromVersion: z.string().nullable(),
});
const noOp = z.object({ kind: z.literal("no-op"), service: z.string(), version: z.string() });
const started = z.object({ kind: z.literal("started"), rollout: factsSchema });
const name = z.string().min(1).max(64);
const query = z.object({
  service: name.optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

/** GET /v1/releases and /v1/rollouts; POST /v1/rollouts (202, or 200 for a no-op) and …/:service/rollback (202). */
export const rolloutRoutes =
  (deps: RolloutDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.route({
      method: "GET",
      url: "/v1/releases",
      config: { operation: "rollout.read" },
      schema: {
        summary: "The release ledger, newest first",
        querystring: query,
        response: { 200: z.object({ releases: z.array(rolloutSchema) }) },
      },
      handler: async (request) => ({
        releases: await deps.db.tx(request.ctx, (tx) => releases(tx, definedOf(request.query))),
      }),
    });
    app.route({
      method: "GET",
      url: "/v1/rollouts",
      config: { operation: "rollout.read" },
      schema: {
        summary: "The newest rollouts with their progress",
        querystring: query,
        response: { 200: z.object({ rollouts: z.array(rolloutSchema) }) },
      },
      handler: async (request) => ({
        rollouts: await deps.db.tx(request.ctx, (tx) => rolloutView(tx, definedOf(request.query))),
      }),
    });
    app.route({
      method: "POST",
      url: "/v1/rollouts",
      config: {
        operation: "rollout.deploy",
        alsoNeeds: (body) => ((body as { overrideGate?: string }).overrideGate ? "gate.override" : undefined),
      },
      schema: {
        summary: "Roll a version out",
        body: z.strictObject({
          service: name,
          version: name,
          /** A person who deploys approves what they ask for. */
          approve: z.boolean().optional(),
          /** Why the change gate's refusal is overridden; another person has to approve. */
          overrideGate: z.string().min(10).max(500).optional(),
        }),
        response: { 200: noOp, 202: started },
      },
      handler: async (request, reply) => {
        const deployed = await deploy(deps, request.ctx, request.body);
        return deployed.kind === "no-op" ? reply.code(200).send(deployed) : reply.code(202).send(deployed);
      },
    });
    app.route({
      method: "POST",
      url: "/v1/rollouts/:service/rollback",
      config: { operation: "rollout.rollback" },
      schema: {
        summary: "Go back to the previous good version",
        params: z.object({ service: name }),
        body: z.strictObject({ reason: z.string().min(1).max(500) }),
        response: { 200: noOp, 202: started },
      },
      handler: async (request, reply) => {
        const { service } = request.params;
        const deployed = await rollback(deps, request.ctx, { service, reason: request.body.reason });
        return deployed.kind === "no-op" ? reply.code(200).send(deployed) : reply.code(202).send(deployed);
      },
    });
  };

/** Without the keys that were not given. */
function definedOf(input: { service?: string | undefined; limit?: number | undefined }) {
  return {
    ...(input.service === undefined ? {} : { service: input.service }),
    ...(input.limit === undefined ? {} : { limit: input.limit }),
  };
}
