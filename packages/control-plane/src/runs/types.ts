import type { Text } from "@toban/definition";
import type { Ctx } from "../platform/ctx.ts";
import type { Refusal } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";

export type WaitSpec =
  | { kind: "timer"; ms: number }
  /** `approvers` distinct persons other than the requester. */
  | { kind: "approval"; approvers: number }
  /** Without `timeoutMs` it waits for ever; after it the step fails. */
  | { kind: "signal"; name: string; timeoutMs?: number };

export type EffectSpec = {
  /** Name in the worker's `actions`; `nothing` is built in, for steps that only wait. */
  action: string;
  /** `{ "$output": ["step", "key", 0] }` anywhere in it is replaced by that part of an earlier step's output. */
  input: Json;
  idempotent: boolean;
  /** Longest single call, and longest time that `unavailable` is retried since the first call of the round. */
  timeoutMs: number;
};

/** The wait, if any, comes before the action. */
export type StepSpec = EffectSpec & { name: string; title: Text; wait?: WaitSpec; compensate?: EffectSpec };

export type Plan = {
  kind: "rollout" | "runbook" | "drill" | "escalation" | "proof";
  title: Text;
  /** Lock key, for example "service/bff": one unfinished run per target. null locks nothing. */
  target: string | null;
  steps: StepSpec[];
};

export type StepContext = {
  ctx: Ctx;
  runId: string;
  /** `run:phase:index`, the same at every repetition of this effect. */
  effectKey: string;
  /** Grows with every claim, over all runs: a target may refuse a smaller one than it has seen. */
  fence: number;
  /** Rendered. */
  input: Json;
  /** What the last `again` of this step kept. */
  memo: Json;
  /** Payload of the signal that this step waited for. */
  payload: Json;
  /** Always false: a dry run calls no action. */
  dryRun: boolean;
  /** Aborted at the step's timeout, when the lease is lost, and at the end of a graceful stop. */
  signal: AbortSignal;
  /** By step index; null for steps without one. */
  outputs: Json[];
};

export type StepOutcome =
  | { kind: "done"; output: Json }
  /** Polling: call again after `afterMs`, with `memo`. Only for idempotent actions. */
  | { kind: "again"; afterMs: number; memo: Json }
  /** Definitely without effect if it is the first answer of the step. */
  | { kind: "failed"; refusal: Refusal };

/**
 * Performs one effect. Throwing `invalid`, `forbidden`, `not_found` or `conflict` is a `failed`. Throwing `unavailable`
 * repeats an idempotent step with back-off and leaves another one in doubt, unless wrapped in `notDone(error)`.
 */
export type Action = (step: StepContext) => Promise<StepOutcome>;

export type RunState =
  | "pending"
  | "running"
  | "waiting"
  | "in_doubt"
  | "compensating"
  | "succeeded"
  | "failed"
  | "compensated"
  | "compensation_failed"
  | "cancelled"
  | "parked";

export type Phase = "do" | "undo";
/** What a run is at, finer than its state. `acting`: a worker holds it and the intent is committed. */
export type Activity =
  | "ready"
  | "acting"
  | "timer"
  | "approval"
  | "signal"
  | "poll"
  | "retry"
  | "held"
  | "ended";

export type Attention = "in_doubt" | "parked" | "compensation_failed";

export type SignalRecord = { name: string; payload: Json };

export type StepRecord = {
  phase: Phase;
  index: number;
  state: "waiting" | "intent" | "done" | "failed" | "in_doubt" | "interrupted";
  /** The effect has, or may have, happened: compensation has to undo it. */
  touched: boolean;
  inputDigest: string | null;
  output: Json;
  refusal: Refusal | null;
  startedAt: Date;
  endedAt: Date | null;
};

export type Run = {
  id: string;
  kind: Plan["kind"];
  target: string | null;
  plan: Plan;
  planHash: string;
  /** `kind:id` of the actor. */
  requestedBy: string;
  parent: string | null;
  correlationId: string;
  state: RunState;
  phase: Phase;
  /** Index of the current step. */
  position: number;
  activity: Activity;
  /** When a worker looks at it next: the end of its wait or of its lease. null: it waits for a person or a signal, or has ended. */
  dueAt: Date | null;
  cancel: { reason: string; by: string } | null;
  /** Why it failed. */
  refusal: Refusal | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  /** What has been begun, in order. */
  steps: StepRecord[];
};

/** Everything that `decide` needs to know. */
export type RunRecord = Run & {
  /** The wait of the current step is over. */
  waitDone: boolean;
  payload: Json;
  memo: Json;
  /** `unavailable` answers in this round. */
  attempts: number;
  /** Workers lost on the current step. */
  crashes: number;
  roundAt: Date | null;
  /** Signals that no step has waited for yet. */
  signals: SignalRecord[];
  fence: number;
  version: number;
  worker: string | null;
};
