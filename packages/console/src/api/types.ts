// The control plane's API as this page uses it, written by hand in the shape that `npm run client`
// generates from docs/reference/openapi.json. Only client.ts and this file know where the types come from.

export type Text = { en: string; ja: string };
export type Refusal = { code: string; reason: string; remedy: string };

export type Instance = { id: string; state: string; restarts: number; rssBytes: number | null };
export type VersionRole = "live" | "candidate" | "draining";
export type Version = { version: string; weight: number; role: VersionRole; instances: Instance[] };

/** Parallel columns; `at` is epoch seconds, null is "nothing was measured". */
export type Series = {
  at: number[];
  requestsPerSecond: (number | null)[];
  errorRatio: (number | null)[];
  p99Ms: (number | null)[];
};
export type ServiceNow = {
  requestsPerSecond: number | null;
  errorRatio: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
};
export type ServiceState = "healthy" | "degraded" | "down" | "unknown";
export type Service = {
  name: string;
  title: Text;
  exposure: "public" | "internal" | "none";
  state: ServiceState;
  url: string | null;
  versions: Version[];
  now: ServiceNow;
  series: Series;
};

export type StepVerdict = "pass" | "fail" | "inconclusive" | "running";
export type RolloutStep = {
  weight: number;
  observedSeconds: number;
  requests: number;
  verdict: StepVerdict | null;
  reason: Text | null;
};
export type RolloutResult = "succeeded" | "rolled-back" | "failed" | "cancelled";
export type Rollout = {
  id: string;
  service: string;
  fromVersion: string | null;
  version: string;
  state: string;
  result: RolloutResult | null;
  startedAt: string;
  endedAt: string | null;
  /** From the first bad answer of the candidate to its weight being 0 again. */
  rollbackSeconds: number | null;
  steps: RolloutStep[];
};

export type Alert = {
  id: string;
  title: Text;
  state: "inactive" | "pending" | "firing" | "resolved";
  severity: string;
  value: number | null;
  threshold: number;
  unit: string;
  since: string | null;
  impact: Text;
  runbook: string;
};

export type Incident = {
  id: string;
  title: Text;
  severity: string;
  state: "open" | "resolved";
  openedAt: string;
  resolvedAt: string | null;
  service: string | null;
  timeline: { at: string; text: Text }[];
};

export type CommitmentState = "proven" | "failing" | "stale" | "unproven" | "accepted";
export type CommitmentCounts = Record<CommitmentState, number>;

export type Overview = {
  at: string;
  system: string;
  title: Text;
  environment: string;
  environmentNotes: Text[];
  definitionDigest: string;
  services: Service[];
  rollouts: Rollout[];
  alerts: Alert[];
  incidents: Incident[];
  commitments: { counts: CommitmentCounts; total: number };
};

export type Evidence = {
  verdict: "pass" | "fail" | "inconclusive";
  grade: "measured" | "attested";
  measured: string;
  at: string;
  expiresAt: string;
  code: string;
  reason: Text;
  remedy: Text;
  /** "expired", "the proof or its value", or the name of what changed since; null while it counts. */
  stale: string | null;
};
export type Commitment = {
  id: string;
  register: string;
  says: Text;
  source: string;
  value: string;
  state: CommitmentState;
  keptBy: string[];
  provenBy: string[];
  evidence: Evidence | null;
};

type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };
type Answer<T> = {
  parameters: NoParameters;
  responses: {
    200: { headers: Record<string, unknown>; content: { "application/json": T } };
    default: { headers: Record<string, unknown>; content: { "application/json": { error: Refusal } } };
  };
};
export type paths = {
  "/v1/overview": { get: Answer<Overview> };
  "/v1/commitments": { get: Answer<{ commitments: Commitment[] }> };
};
