// The resolved definition: pure data, what every mechanism reads. Builders produce it.

export type Text = { en: string; ja: string };

/** Values. A value that is a commitment carries the commitment's id wherever it goes. */
export type Carried = { commitment?: string };
export type Duration = Carried & { kind: "duration"; ms: number };
/** percent(10) is { ratio: 0.1 }. */
export type Ratio = Carried & { kind: "ratio"; ratio: number };
export type Count = Carried & { kind: "count"; count: number };
export type Money = Carried & { kind: "money"; amount: number; currency: "JPY" | "USD" };
export type Rate = Carried & { kind: "rate"; perSecond: number };
export type Size = Carried & { kind: "size"; bytes: number };
/** Traffic weights in percent, rising to 100. */
export type Steps = Carried & { kind: "steps"; percents: number[] };
export type Choice<T extends string = string> = Carried & { kind: "choice"; choice: T };
/** A commitment without a number: "rollback is automatic". */
export type Statement = Carried & { kind: "statement" };
export type Scalar = Duration | Ratio | Count | Money | Rate | Size;
export type Thresholds<V extends Scalar = Scalar> = Carried & { kind: "thresholds"; warning: V; critical: V };
export type Value = Scalar | Steps | Choice | Statement | Thresholds;

export type Comparator = "at-most" | "at-least" | "equals" | "below" | "above";

export type Commitment = {
  id: string;
  register: string;
  says: Text;
  /** Section of the source document, for example "9.2.2". */
  source: string;
  value: Value;
  comparator: Comparator;
  /** What the value is about, for example "bff" or "sessions.idle"; equal scopes are compared. */
  scope: string;
};

export type Register = { id: string; document: string; section: string; commitments: Commitment[] };

/** Where a service's environment variable comes from. Secrets never stand in a definition. */
export type EnvironmentValue =
  | string
  | { secret: string }
  /** Base URL of another service's listener. */
  | { serviceUrl: string };

export type Service = {
  title: Text;
  /** `public`: reachable through the edge; `internal`: loopback listener; `none`: takes no traffic. */
  exposure: "public" | "internal" | "none";
  instances: Count;
  health: { path: string; interval: Duration; timeout: Duration };
  /** How long in-flight requests may take to finish on stop. */
  drain: Duration;
  memoryLimit?: Size;
  environment: Record<string, EnvironmentValue>;
  dependsOn: string[];
  rollout: string;
};

export type RolloutPolicy = {
  strategy: Choice<"blue-green">;
  steps: Steps;
  /** Observed healthy time that each step needs. */
  stability: Duration;
  /** Observed time at 100 % before the old version drains. */
  bake: Duration;
  /** Longest wait for a new instance to become healthy. */
  startTimeout: Duration;
  analysis: {
    /** Requests of the candidate below which a step is inconclusive. */
    minimumSamples: Count;
    /** One-sided p-value at or below which the candidate is worse than the baseline. */
    significance: number;
    /** The candidate also fails when its own 5xx ratio is at or above this, whatever the baseline. */
    maximumErrorRatio: Ratio;
    latency?: { quantile: number; maximum: Duration };
  };
  /** How many times an inconclusive step is prolonged by `stability` before it stops and rolls back. */
  extensions: Count;
  automaticRollback: Choice<"on" | "off">;
};

export type Environment = {
  title: Text;
  approval: Choice<"none" | "automatic" | "manual">;
  /** Named differences from the definition, visible as such. `because` is shown to users. */
  rollouts: Record<string, Partial<RolloutPolicy> & { because: Text }>;
};

export type Indicator =
  | { kind: "error-ratio"; service: string; statusClass: "4xx" | "5xx"; route?: string }
  | { kind: "latency"; service: string; quantile: number; route?: string }
  | { kind: "gauge"; metric: string; service?: string; aggregate: "max" | "avg" | "min" | "last" | "sum" }
  /** Value is 1 when nothing was received in the window. */
  | { kind: "absence"; service: string; signal: "spans" | "metrics" | "logs" };

export type Severity = "critical" | "high" | "medium" | "low";

export type Alert = {
  title: Text;
  indicator: string;
  /** Warning maps to `medium` or `high`, critical to `critical`. */
  thresholds: Thresholds;
  severities: { warning: Severity; critical: Severity };
  /** Evaluation window and how long it must hold. */
  window: Duration;
  for: Duration;
  /** What users notice. */
  impact: Text;
  runbook: string;
  route: string;
};

export type Route = { channel: string; respondWithin: Duration };
export type Channel = { kind: "webhook"; url: string | { secret: string } };

export type Objective = { title: Text; indicator: string; target: Ratio; window: Duration };

export type RunbookStep = {
  title: Text;
  action: string;
  input: Record<string, unknown>;
  idempotent: boolean;
  timeout: Duration;
};
export type Runbook = {
  title: Text;
  owner: string;
  triage: Text;
  firstResponse: Text;
  escalation: Text;
  steps: RunbookStep[];
};

export type Switch = { title: Text; services: string[]; default: "on" | "off" };

export type Proof = {
  id: string;
  /** Which runner executes it, for example "rollout.weights". */
  kind: string;
  proves: string[];
  parameters: Record<string, unknown>;
  /** Evidence is stale after this. */
  expiresAfter: Duration;
  /** Definition paths and services whose change makes the evidence stale: "rollouts.standard", "release:bff". */
  dependsOn: string[];
};

export type Operations = {
  system: string;
  title: Text;
  registers: Register[];
  services: Record<string, Service>;
  environments: Record<string, Environment>;
  rollouts: Record<string, RolloutPolicy>;
  indicators: Record<string, Indicator>;
  objectives: Record<string, Objective>;
  alerts: Record<string, Alert>;
  routes: Record<string, Route>;
  channels: Record<string, Channel>;
  runbooks: Record<string, Runbook>;
  switches: Record<string, Switch>;
  sessions?: { idleTimeout: Duration; absoluteTimeout: Duration };
  limits: Record<string, { rate: Rate; burst: Count }>;
  retention: Record<string, Duration>;
  recovery: Record<string, { rto: Duration; rpo: Duration }>;
  proofs: Proof[];
};
