import type { EnvironmentValue, Operations, RolloutPolicy, Text } from "@toban/definition";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Bucket } from "./statistics.ts";

/** What a target is asked to run. Weights are percent; they add up to 100, or are all 0. */
export type DesiredTarget = {
  listener: { host: string; port: number; sticky: boolean } | null;
  health: { path: string; intervalMs: number; timeoutMs: number };
  drainMs: number;
  memoryLimitBytes?: number;
  releases: Record<string, { directory: string; instances: number; environment: Record<string, string> }>;
  weights: Record<string, number>;
};

export type TargetInstance = {
  id: string;
  version: string;
  state: "starting" | "healthy" | "unhealthy" | "backoff" | "draining" | "failed";
  /** ISO 8601; null when the last health check failed. */
  healthySince: string | null;
  restarts: number;
  /** Why it cannot be started; only in state `failed`. */
  refusal?: { code: string; reason: string; remedy: string } | null;
};

export type ObservedTarget = {
  desired: DesiredTarget | null;
  listener: { host: string; port: number } | null;
  /** What users get right now. */
  weights: Record<string, number>;
  instances: TargetInstance[];
};

/** Where releases run. Every call throws `unavailable` when the target does not answer. */
export type TargetDriver = {
  /** Actual state; null when the target does not know the service. */
  observe(service: string): Promise<ObservedTarget | null>;
  /** Declares the whole service. Idempotent. @throws `conflict` when `fence` is lower than one it has accepted. */
  apply(service: string, desired: DesiredTarget, fence: number): Promise<void>;
  /** Runs a release's one-off command, for example its migration. */
  command(input: {
    directory: string;
    command: string[] | "migrate";
    environment: Record<string, string>;
    timeoutMs: number;
  }): Promise<{ exitCode: number; output: string }>;
};

/** What users saw of one version in a window; `telemetry.edgeCounts` returns these. */
export type EdgeCounts = {
  release: string;
  requests: number;
  errors: number;
  bucketsMs: Bucket[];
  reportedSeconds: number;
};

/** The part of the definition that a run needs to run a service; frozen in the plan. Names secrets, holds none. */
export type ServiceSpec = {
  listener: { host: string; port: number; sticky: boolean } | null;
  health: { path: string; intervalMs: number; timeoutMs: number };
  drainMs: number;
  memoryLimitBytes?: number;
  instances: number;
  environment: Record<string, EnvironmentValue>;
};

export type ReleaseSpec = { version: string; directory: string; digest: string };

export type RolloutEvent =
  | { kind: "started" | "failing" | "rolling-back"; rollout: RolloutFacts; reason: Text | null; key: string }
  | { kind: "ended"; rollout: RolloutFacts; result: LedgerResult; reason: Text | null; key: string };

export type LedgerResult = "succeeded" | "rolled-back" | "failed" | "cancelled";

export type RolloutFacts = {
  id: string;
  runId: string;
  kind: "deploy" | "rollback";
  service: string;
  version: string;
  fromVersion: string | null;
};

export type RolloutDeps = {
  db: Database;
  /** The definition in force; plans freeze what they need of it. */
  definition(): Operations;
  environment: string;
  /** Releases are `<releasesDir>/<service>/<version>/release.json`. */
  releasesDir: string;
  driver: TargetDriver;
  /** `telemetry.edgeCounts`. */
  counts(ctx: Ctx, window: { service: string; from: Date; to: Date }): Promise<EdgeCounts[]>;
  /** Value of a secret that the definition names. */
  secret(name: string): string | undefined;
  /** Fixed listeners by service; others get a free loopback port. */
  listeners?: Record<string, { host: string; port: number }>;
  /** Added to every instance's environment, for example where telemetry goes. Default: nothing. */
  instanceEnvironment?: (service: string) => Record<string, string>;
  /** Added for a release's migration only, for example the owner of its database. Default: nothing. */
  migrationEnvironment?: (service: string) => Record<string, string>;
  /** Called in the transaction that stores the fact. `key` is the same when a fact is repeated. */
  onEvent?(tx: Tx, ctx: Ctx, event: RolloutEvent): Promise<void>;
};

export type Policy = RolloutPolicy & { because?: Text };
