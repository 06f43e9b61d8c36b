import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../platform/database.ts";
import { type RecordedVerdict, recordVerdict } from "./record.ts";
import { listVerdicts } from "./store.ts";

const text = z.object({ en: z.string().max(2000), ja: z.string().max(2000) });
const name = z.string().min(1).max(64);
const count = z.int().min(0);

const reportSchema = z.strictObject({
  tool: z.string().min(1).max(100),
  families: z.array(name).max(20),
  files: count,
  counts: z.strictObject({
    block: count,
    undecided: count,
    warn: count,
    info: count,
    waived: count,
    known: count,
  }),
  findings: z
    .array(
      z.strictObject({
        code: z.string().max(100),
        severity: z.enum(["block", "warn", "info"]),
        path: z.string().max(500),
        line: count,
        reason: text,
      }),
    )
    .max(50),
});

const verdictSchema = z.object({
  id: z.string(),
  service: z.string(),
  version: z.string(),
  digest: z.string(),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
  report: reportSchema,
  recordedBy: z.string(),
  recordedAt: z.string(),
});

export type GateRouteDeps = {
  db: Database;
  /** Digest of a release's files as they are now. Throws `not_found` for a release that does not exist. */
  digestOf(service: string, version: string): Promise<string>;
};

const view = (verdict: RecordedVerdict) => ({ ...verdict, recordedAt: verdict.recordedAt.toISOString() });

/** GET and POST /v1/gate/verdicts. */
export const gateRoutes =
  (deps: GateRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.route({
      method: "GET",
      url: "/v1/gate/verdicts",
      config: { operation: "gate.read" },
      schema: {
        summary: "What the change gate said of a service's releases, newest first",
        querystring: z.object({ service: name, limit: z.coerce.number().int().min(1).max(500).default(50) }),
        response: { 200: z.object({ verdicts: z.array(verdictSchema) }) },
      },
      handler: async (request) => {
        const { service, limit } = request.query;
        const verdicts = await deps.db.tx(request.ctx, (tx) => listVerdicts(tx, service, limit));
        return { verdicts: verdicts.map(view) };
      },
    });
    // Not idempotent by docs/adr/0007-change-gate.md: a repetition adds the same verdict, and the newest counts.
    app.route({
      method: "POST",
      url: "/v1/gate/verdicts",
      config: { operation: "gate.record" },
      schema: {
        summary: "Record what the change gate said of a release; the digest is that of its files here",
        body: z.strictObject({ service: name, version: name, report: reportSchema }),
        response: { 201: verdictSchema },
      },
      handler: async (request, reply) => {
        const { service, version, report } = request.body;
        const digest = await deps.digestOf(service, version);
        const verdict = await deps.db.tx(request.ctx, (tx) =>
          recordVerdict(tx, request.ctx, { service, version, digest, report }),
        );
        return reply.code(201).send(view(verdict));
      },
    });
  };
