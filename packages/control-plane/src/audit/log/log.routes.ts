import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Secrets } from "../../platform/secrets.ts";
import { rotateKey } from "./rotate.ts";
import { logStatus } from "./status.ts";
import type { AuditLog } from "./types.ts";

const Trees = z.object({
  trees: z.array(
    z.object({
      class: z.string(),
      size: z.number(),
      root: z.string().nullable(),
      sealedAt: z.string().nullable(),
      note: z.string().nullable(),
      anchors: z.array(z.object({ sink: z.string(), size: z.number(), at: z.string() })),
      unanchoredMs: z.number().nullable(),
      diverged: z.string().nullable(),
    }),
  ),
  lagMs: z.number().nullable(),
  sinks: z.array(z.object({ name: z.string(), lastAt: z.string().nullable(), error: z.string().nullable() })),
});

const Keys = z.object({
  installation: z.string(),
  keys: z.array(
    z.object({
      verifier: z.string(),
      certificate: z.string().nullable(),
      createdAt: z.string(),
      signsUntil: z.string().nullable(),
    }),
  ),
});

/** The sealed log: its trees, where they are anchored, and the keys that sign them. */
export const logRoutes =
  (deps: { log: AuditLog; secrets: Secrets }): FastifyPluginAsyncZod =>
  async (app) => {
    const keys = () => ({ installation: deps.log.keys.installation, keys: deps.log.keys.records() });
    app.get(
      "/v1/audit/trees",
      {
        config: { operation: "audit.read" },
        schema: { summary: "Trees of the audit log and where they are anchored", response: { 200: Trees } },
      },
      ({ ctx }) => logStatus(deps.log, ctx),
    );
    app.get(
      "/v1/audit/keys",
      {
        config: { operation: "audit.read" },
        schema: { summary: "Public keys of the audit log with their certificates", response: { 200: Keys } },
      },
      async () => keys(),
    );
    app.post(
      "/v1/audit/keys/rotate",
      {
        config: { operation: "audit.rotate_key" },
        schema: { summary: "Sign the audit log with a new key from now on", response: { 200: Keys } },
      },
      async ({ ctx }) => {
        await rotateKey(deps.log, deps.secrets, ctx);
        return keys();
      },
    );
  };
