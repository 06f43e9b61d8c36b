import type { Refusal } from "../platform/errors.ts";
import { digestOf, effectAt, renderInput } from "./plan.ts";
import type { Attention, Phase, RunRecord, RunState, StepOutcome, StepRecord } from "./types.ts";

/** Workers lost on one step before the run is put aside. */
const CRASHES_BEFORE_PARKING = 3;
const SIGNALS_KEPT = 100;
const backOffMs = (attempt: number) => Math.min(250 * 2 ** (attempt - 1), 10_000);

export type Outcome =
  | StepOutcome
  /** The action's target did not answer. `notDone`: the action knows that nothing has happened. */
  | { kind: "unavailable"; refusal: Refusal; notDone: boolean }
  /** Timeout or an error nobody foresaw: the effect may have happened. */
  | { kind: "unknown"; refusal: Refusal };

export type RunEvent =
  /** A worker takes a due run, or takes over one whose lease has ended. */
  | { kind: "claimed"; worker: string; leaseMs: number }
  /** leaseMs null: the worker is stopping and hands the run over. */
  | { kind: "outcome"; outcome: Outcome; leaseMs: number | null }
  /** The worker stops in the middle of an idempotent effect. */
  | { kind: "released" }
  | { kind: "cancel"; reason: string; by: string }
  | { kind: "signal"; name: string; payload: RunRecord["payload"] }
  | { kind: "approved" }
  | { kind: "decided"; decision: "happened" | "did_not_happen" | "abort"; output: RunRecord["payload"] }
  | { kind: "resumed" };

export type Decision =
  /** `steps` are the records to write. A worker acts when `run.activity` is `acting`. */
  | { kind: "changed"; run: RunRecord; steps: StepRecord[]; attention: Attention | null }
  | { kind: "unchanged" }
  | { kind: "refused"; refusal: Refusal };

/** A copy that the functions below fill; it never leaves `decide`. */
type Draft = {
  run: RunRecord;
  now: Date;
  leaseMs: number | null;
  changed: Set<string>;
  attention: Attention | null;
};

const keyOf = (step: { phase: Phase; index: number }) => `${step.phase}:${step.index}`;
const after = (now: Date, ms: number) => new Date(now.getTime() + ms);

/** What becomes of a run at an event. Pure: the only place where a run's state changes. */
export function decide(before: RunRecord, event: RunEvent, now: Date): Decision {
  const leaseMs = event.kind === "claimed" || event.kind === "outcome" ? event.leaseMs : null;
  const d: Draft = { run: { ...before }, now, leaseMs, changed: new Set(), attention: null };
  const refusal = apply(d, event);
  if (refusal === "unchanged") return { kind: "unchanged" };
  if (refusal) return { kind: "refused", refusal };
  const steps = d.run.steps.filter((step) => d.changed.has(keyOf(step)));
  return { kind: "changed", run: d.run, steps, attention: d.attention };
}

function apply(d: Draft, event: RunEvent): Refusal | "unchanged" | undefined {
  const { run } = d;
  switch (event.kind) {
    case "claimed":
      if (run.activity === "held" || run.activity === "ended") return "unchanged";
      run.worker = event.worker;
      return claimed(d);
    case "outcome":
      return run.activity === "acting" ? settled(d, event.outcome) : "unchanged";
    case "released":
      if (run.activity !== "acting") return "unchanged";
      record(d, { touched: true });
      return ready(d);
    case "cancel":
      if (run.activity === "ended") return ended(run);
      if (run.cancel || run.phase === "undo") return "unchanged";
      run.cancel = { reason: event.reason, by: event.by };
      if (run.state === "parked") {
        run.state = "running";
        ready(d);
      } else if (run.activity !== "acting" && run.activity !== "held") run.dueAt = d.now;
      return;
    case "signal": {
      if (run.activity === "ended") return ended(run);
      const wait = run.plan.steps[run.position]?.wait;
      if (run.activity === "signal" && wait?.kind === "signal" && wait.name === event.name) {
        run.payload = event.payload;
        return waited(d);
      }
      if (run.signals.length >= SIGNALS_KEPT) {
        const reason = `The run keeps ${SIGNALS_KEPT} signals that no step has waited for.`;
        return { code: "signals_full", reason, remedy: "Send a signal only when a step waits for it." };
      }
      run.signals = [...run.signals, { name: event.name, payload: event.payload }];
      return;
    }
    case "approved":
      return run.activity === "approval" ? waited(d) : "unchanged";
    case "decided":
      if (run.state !== "in_doubt") return notIn(run, "in doubt");
      return decided(d, event.decision, event.output);
    case "resumed":
      if (run.state !== "parked") return notIn(run, "parked");
      run.state = run.phase === "do" ? "running" : "compensating";
      run.crashes = 0;
      return ready(d);
  }
}

const ended = (run: RunRecord): Refusal => ({
  code: "run_ended",
  reason: `The run has ended (${run.state}).`,
  remedy: "Start a new run.",
});

const notIn = (run: RunRecord, what: string): Refusal => ({
  code: "run_not_in_state",
  reason: `The run is not ${what}; it is ${run.state}.`,
  remedy: "Look at the run again.",
});

function claimed(d: Draft): undefined {
  const { run } = d;
  if (run.activity === "acting") return workerLost(d);
  if (cancels(run)) return startUndo(d);
  switch (run.activity) {
    case "ready":
      return run.waitDone ? act(d) : enter(d);
    case "approval":
      return pause(d, "approval", null);
    case "signal": {
      const reason = `The signal did not come in time at step ${run.plan.steps[run.position]?.name}.`;
      const remedy = "Send the signal before the step's timeout, or start again.";
      return fail(d, { code: "signal_timeout", reason, remedy });
    }
    default:
      return act(d);
  }
}

/** The lease has ended while an effect was under way, and nobody knows how far it came. */
function workerLost(d: Draft): undefined {
  const { run } = d;
  const reason = `The worker was lost during step ${run.plan.steps[run.position]?.name}.`;
  if (!effectAt(run)?.idempotent) {
    const remedy = "Look at the target and decide: happened, did_not_happen, or abort.";
    return hold(d, "in_doubt", { code: "worker_lost", reason, remedy });
  }
  record(d, { touched: true });
  if (cancels(run)) return startUndo(d);
  run.crashes += 1;
  if (run.crashes >= CRASHES_BEFORE_PARKING) {
    const remedy = "Read the worker's log; then resume the run or cancel it.";
    return hold(d, "parked", { code: "worker_crashed_repeatedly", reason, remedy });
  }
  run.attempts = 0;
  run.roundAt = d.now;
  return act(d);
}

function settled(d: Draft, outcome: Outcome): undefined {
  const { run, now } = d;
  const effect = effectAt(run)!;
  switch (outcome.kind) {
    case "done":
      record(d, { state: "done", touched: true, output: outcome.output, refusal: null, endedAt: now });
      return advance(d);
    case "failed":
      return fail(d, outcome.refusal);
    case "again": {
      if (!effect.idempotent) {
        const reason = "An action that is not idempotent asked to be called again.";
        const remedy = "Mark the step idempotent or change the action; then decide what has happened.";
        return hold(d, "in_doubt", { code: "again_not_idempotent", reason, remedy });
      }
      record(d, { touched: true });
      if (cancels(run)) return startUndo(d);
      Object.assign(run, { memo: outcome.memo, attempts: 0, crashes: 0, roundAt: null });
      return pause(d, "poll", after(now, Math.max(0, outcome.afterMs)));
    }
    case "unavailable": {
      if (!effect.idempotent && !outcome.notDone) return hold(d, "in_doubt", outcome.refusal);
      if (!outcome.notDone) record(d, { touched: true });
      if (cancels(run)) return startUndo(d);
      run.attempts += 1;
      const retryAt = after(now, backOffMs(run.attempts));
      if (retryAt > after(run.roundAt ?? now, effect.timeoutMs)) return fail(d, outcome.refusal);
      return pause(d, "retry", retryAt);
    }
    case "unknown":
      if (!effect.idempotent) return hold(d, "in_doubt", outcome.refusal);
      record(d, { touched: true });
      return fail(d, outcome.refusal);
  }
}

function decided(d: Draft, decision: "happened" | "did_not_happen" | "abort", output: RunRecord["payload"]) {
  const { run, now } = d;
  run.state = run.phase === "do" ? "running" : "compensating";
  if (decision === "did_not_happen") {
    record(d, { state: "intent", touched: false, refusal: null });
    run.roundAt = null;
    return ready(d);
  }
  if (decision === "happened") {
    record(d, { state: "done", touched: true, output, refusal: null, endedAt: now });
    move(d, run.phase, run.phase === "do" ? run.position + 1 : run.position - 1);
    return;
  }
  // Nobody knows whether this step happened, so its own compensation is not run; the earlier ones are.
  const refusal = current(run)?.refusal ?? null;
  record(d, { state: "failed", endedAt: now });
  run.refusal ??= refusal;
  if (run.phase === "do") {
    run.state = "compensating";
    move(d, "undo", run.position);
  } else {
    run.waitDone = false;
    ready(d, false);
  }
  return;
}

/** Begins the step at the run's position: its wait first. */
function enter(d: Draft): undefined {
  const { run, now } = d;
  if (run.phase === "undo") return undo(d);
  if (cancels(run)) return startUndo(d);
  const step = run.plan.steps[run.position];
  if (!step) return end(d, "succeeded");
  const { wait } = step;
  if (!wait) return act(d);
  if (wait.kind === "timer") return pause(d, "timer", after(now, wait.ms));
  if (wait.kind === "approval") return pause(d, "approval", null);
  const [sent] = run.signals.filter((signal) => signal.name === wait.name);
  if (!sent) return pause(d, "signal", wait.timeoutMs === undefined ? null : after(now, wait.timeoutMs));
  run.signals = run.signals.filter((signal) => signal !== sent);
  run.payload = sent.payload;
  return act(d);
}

function advance(d: Draft): undefined {
  const { run } = d;
  move(d, run.phase, run.phase === "do" ? run.position + 1 : run.position - 1);
  return enter(d);
}

/** The intent: committed before the effect is begun. */
function act(d: Draft): undefined {
  const { run, now, leaseMs } = d;
  if (leaseMs === null) return ready(d);
  const { input, missing } = renderInput(run);
  if (missing.length > 0) {
    const reason = `Step ${run.plan.steps[run.position]?.name} needs outputs that do not exist: ${missing.join(", ")}.`;
    return fail(d, { code: "output_missing", reason, remedy: "Correct the reference or the earlier step." });
  }
  const state = run.phase === "do" ? "running" : "compensating";
  const roundAt = run.roundAt ?? now;
  Object.assign(run, { state, activity: "acting", waitDone: true, dueAt: after(now, leaseMs), roundAt });
  run.startedAt ??= now;
  record(d, { state: "intent", inputDigest: digestOf(input), refusal: null, endedAt: null });
}

function fail(d: Draft, refusal: Refusal): undefined {
  const { run } = d;
  record(d, { state: "failed", refusal, endedAt: d.now });
  run.refusal ??= refusal;
  if (run.phase === "do") return startUndo(d);
  d.attention = "compensation_failed";
  return end(d, "compensation_failed");
}

function startUndo(d: Draft): undefined {
  const { run } = d;
  const state = current(run)?.state;
  if (state === "intent" || state === "waiting") record(d, { state: "interrupted", endedAt: d.now });
  move(d, "undo", Math.min(run.position, run.plan.steps.length - 1));
  return undo(d);
}

/** Compensates, from the run's position back to the first step, what may have touched the target. */
function undo(d: Draft): undefined {
  const { run } = d;
  if (current(run)?.state === "failed") {
    d.attention = "compensation_failed";
    return end(d, "compensation_failed");
  }
  for (let index = run.position; index >= 0; index--) {
    const touched = run.steps.some((step) => step.phase === "do" && step.index === index && step.touched);
    if (!touched || !run.plan.steps[index]?.compensate) continue;
    if (index !== run.position) move(d, "undo", index);
    return act(d);
  }
  const compensated = run.steps.some((step) => step.phase === "undo");
  return end(d, run.refusal ? (compensated ? "compensated" : "failed") : "cancelled");
}

function end(d: Draft, state: RunState): undefined {
  Object.assign(d.run, { state, activity: "ended", dueAt: null, endedAt: d.now, worker: null });
}

/** Puts the run aside until a person decides. */
function hold(d: Draft, state: "in_doubt" | "parked", refusal: Refusal): undefined {
  record(d, { refusal, ...(state === "in_doubt" ? { state } : {}) });
  Object.assign(d.run, { state, activity: "held", dueAt: null, worker: null });
  d.attention = state;
}

function pause(d: Draft, activity: "timer" | "approval" | "signal" | "poll" | "retry", dueAt: Date | null) {
  const { run } = d;
  const before = activity !== "poll" && activity !== "retry";
  if (before) record(d, { state: "waiting", inputDigest: digestOf(renderInput(run).input) });
  const state = run.phase === "do" ? "waiting" : "compensating";
  Object.assign(run, { state, activity, dueAt, worker: null });
  return undefined;
}

function waited(d: Draft): undefined {
  d.run.waitDone = true;
  return ready(d);
}

/** The next worker that claims the run goes on with it. */
function ready(d: Draft, waitDone = true): undefined {
  Object.assign(d.run, { activity: "ready", waitDone, dueAt: d.now, worker: null });
}

function move(d: Draft, phase: Phase, position: number): void {
  Object.assign(d.run, {
    phase,
    position,
    payload: null,
    memo: null,
    attempts: 0,
    crashes: 0,
    roundAt: null,
  });
  ready(d, false);
}

const cancels = (run: RunRecord) => run.cancel !== null && run.phase === "do";
const current = (run: RunRecord) =>
  run.steps.find((step) => step.phase === run.phase && step.index === run.position);

/** Changes the record of the step that the run is at, or begins it. */
function record(d: Draft, patch: Partial<StepRecord>): void {
  const { run, now } = d;
  const at = { phase: run.phase, index: run.position };
  const fresh = { state: "intent", touched: false, inputDigest: null, output: null, refusal: null } as const;
  const index = run.steps.findIndex((step) => keyOf(step) === keyOf(at));
  const before = run.steps[index] ?? { ...at, ...fresh, startedAt: now, endedAt: null };
  run.steps = run.steps.toSpliced(index < 0 ? run.steps.length : index, 1, { ...before, ...patch });
  d.changed.add(keyOf(at));
}
