import { z } from "zod";

const Text = z.object({ en: z.string(), ja: z.string() });
const maybe = z.number().nullable();

/** What the console shows; sent once a second by `GET /v1/stream`. Null is "nothing was measured". */
export const OverviewSchema = z.object({
  at: z.string(),
  system: z.string(),
  title: Text,
  environment: z.string(),
  /** Where this environment differs from the definition, and why. */
  environmentNotes: z.array(Text),
  definitionDigest: z.string(),
  services: z.array(
    z.object({
      name: z.string(),
      title: Text,
      exposure: z.enum(["public", "internal", "none"]),
      state: z.enum(["healthy", "degraded", "down", "unknown"]),
      url: z.string().nullable(),
      versions: z.array(
        z.object({
          version: z.string(),
          weight: z.number(),
          role: z.enum(["live", "candidate", "draining"]),
          instances: z.array(
            z.object({ id: z.string(), state: z.string(), restarts: z.number(), rssBytes: maybe }),
          ),
        }),
      ),
      now: z.object({ requestsPerSecond: maybe, errorRatio: maybe, p50Ms: maybe, p99Ms: maybe }),
      series: z.object({
        /** Seconds since the epoch. */
        at: z.array(z.number()),
        requestsPerSecond: z.array(maybe),
        errorRatio: z.array(maybe),
        p99Ms: z.array(maybe),
      }),
    }),
  ),
  rollouts: z.array(
    z.object({
      id: z.string(),
      service: z.string(),
      fromVersion: z.string().nullable(),
      version: z.string(),
      state: z.string(),
      result: z.enum(["succeeded", "rolled-back", "failed", "cancelled"]).nullable(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      /** From the first bad answer of the candidate to its weight being 0 again. */
      rollbackSeconds: maybe,
      steps: z.array(
        z.object({
          /** `bake`: at 100 %, before the old version drains. */
          phase: z.enum(["step", "bake"]),
          weight: z.number(),
          observedSeconds: z.number(),
          requests: z.number(),
          verdict: z.enum(["pass", "fail", "inconclusive", "running"]).nullable(),
          reason: Text.nullable(),
        }),
      ),
    }),
  ),
  alerts: z.array(
    z.object({
      id: z.string(),
      title: Text,
      state: z.enum(["inactive", "pending", "firing", "resolved"]),
      severity: z.string(),
      value: maybe,
      threshold: z.number(),
      unit: z.string(),
      since: z.string().nullable(),
      impact: Text,
      runbook: z.string(),
    }),
  ),
  incidents: z.array(
    z.object({
      id: z.string(),
      title: Text,
      severity: z.string(),
      state: z.enum(["open", "resolved"]),
      openedAt: z.string(),
      resolvedAt: z.string().nullable(),
      service: z.string().nullable(),
      timeline: z.array(z.object({ at: z.string(), text: Text })),
    }),
  ),
  commitments: z.object({
    counts: z.object({
      proven: z.number(),
      failing: z.number(),
      stale: z.number(),
      unproven: z.number(),
      accepted: z.number(),
    }),
    total: z.number(),
  }),
});

export type Overview = z.infer<typeof OverviewSchema>;
