import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Ctx } from "../platform/ctx.ts";
import type { ProofResult } from "./prove.ts";
import type { CommitmentsView } from "./view.ts";

const Text = z.object({ en: z.string(), ja: z.string() });
const State = z.enum(["proven", "failing", "stale", "unproven", "accepted"]);
const Verdict = z.enum(["pass", "fail", "inconclusive"]);
const Counts = z.object({
  proven: z.number(),
  failing: z.number(),
  stale: z.number(),
  unproven: z.number(),
  accepted: z.number(),
});
const Row = z.object({
  id: z.string(),
  register: z.string(),
  says: Text,
  source: z.string(),
  value: z.string(),
  state: State,
  keptBy: z.array(z.string()),
  provenBy: z.array(z.string()),
  evidence: z
    .object({
      verdict: Verdict,
      grade: z.enum(["measured", "attested"]),
      measured: z.string(),
      at: z.string(),
      expiresAt: z.string(),
      code: z.string(),
      reason: Text,
      remedy: Text,
      stale: z.string().nullable(),
    })
    .nullable(),
});

export type CommitmentRoutesDeps = {
  view(ctx: Ctx): Promise<CommitmentsView>;
  prove(ctx: Ctx, ids: string[]): Promise<ProofResult[]>;
};

export const commitmentRoutes =
  (deps: CommitmentRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/v1/commitments",
      {
        config: { operation: "commitment.read" },
        schema: {
          summary: "Every commitment with its state and the evidence behind it",
          querystring: z.object({ state: State.optional() }),
          response: { 200: z.object({ counts: Counts, total: z.number(), commitments: z.array(Row) }) },
        },
      },
      async (request) => {
        const view = await deps.view(request.ctx);
        const { state } = request.query;
        return { ...view, commitments: view.commitments.filter((row) => !state || row.state === state) };
      },
    );

    app.post(
      "/v1/proofs",
      {
        config: { operation: "proof.run" },
        schema: {
          summary: "Run proofs now; ids of commitments or proofs, none for all",
          body: z.object({ ids: z.array(z.string()).default([]) }),
          response: {
            200: z.object({
              results: z.array(
                z.object({
                  proof: z.string(),
                  commitment: z.string(),
                  verdict: Verdict,
                  measured: z.string(),
                  reason: Text,
                  remedy: Text,
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ results: await deps.prove(request.ctx, request.body.ids) }),
    );
  };
