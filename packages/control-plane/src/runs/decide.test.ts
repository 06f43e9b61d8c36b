import { describe, expect, it } from "vitest";
import { type Decision, decide, type Outcome, type RunEvent } from "./decide.ts";
import { digestOf } from "./plan.ts";
import { planOf, step, undoOf } from "./testing/harness.ts";
import type { Plan, RunRecord, StepSpec } from "./types.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const at = (ms: number) => new Date(NOW.getTime() + ms);
const refusal = { code: "no", reason: "no", remedy: "no" };

function runOf(steps: StepSpec[], rest: Partial<RunRecord> = {}): RunRecord {
  const plan: Plan = planOf(steps);
  return {
    id: "r1",
    kind: plan.kind,
    target: null,
    plan,
    planHash: digestOf(plan),
    requestedBy: "person:alice",
    parent: null,
    correlationId: "c1",
    state: "pending",
    phase: "do",
    position: 0,
    activity: "ready",
    dueAt: NOW,
    cancel: null,
    refusal: null,
    createdAt: NOW,
    startedAt: null,
    endedAt: null,
    steps: [],
    waitDone: false,
    payload: null,
    memo: null,
    attempts: 0,
    crashes: 0,
    roundAt: null,
    signals: [],
    fence: 1,
    version: 1,
    worker: null,
    ...rest,
  };
}

const claimed: RunEvent = { kind: "claimed", worker: "w", leaseMs: 1_000 };
const cancel: RunEvent = { kind: "cancel", reason: "enough", by: "person:bob" };
const outcome = (o: Outcome, leaseMs: number | null = 1_000): RunEvent => ({
  kind: "outcome",
  outcome: o,
  leaseMs,
});
const done = outcome({ kind: "done", output: null });
const failed = outcome({ kind: "failed", refusal });
const again = outcome({ kind: "again", afterMs: 500, memo: 1 });
const unavailable = outcome({ kind: "unavailable", refusal, notDone: false });
const notDone = outcome({ kind: "unavailable", refusal, notDone: true });
const unknown = outcome({ kind: "unknown", refusal });
const decided = (decision: "happened" | "did_not_happen" | "abort"): RunEvent => ({
  kind: "decided",
  decision,
  output: "seen",
});

/** The run after the events, all at `NOW` unless given with a time. */
function after(
  run: RunRecord,
  ...events: (RunEvent | [RunEvent, number])[]
): Extract<Decision, { kind: "changed" }> {
  let result: Decision = { kind: "changed", run, steps: [], attention: null };
  for (const item of events) {
    const [event, ms] = Array.isArray(item) ? item : [item, 0];
    result = decide(run, event, at(ms));
    if (result.kind !== "changed") throw new Error(`${event.kind}: ${JSON.stringify(result)}`);
    run = result.run;
  }
  return result as Extract<Decision, { kind: "changed" }>;
}

describe("deciding a run", () => {
  it("a claim commits the intent of the first step with a lease", () => {
    const { run, steps } = after(runOf([step("a")]), claimed);
    expect(run).toMatchObject({
      state: "running",
      activity: "acting",
      worker: "w",
      startedAt: NOW,
      dueAt: at(1_000),
    });
    expect(steps).toMatchObject([{ phase: "do", index: 0, state: "intent", touched: false }]);
  });

  it("a result and the next intent are written together", () => {
    const { run, steps } = after(runOf([step("a"), step("b")]), claimed, done);
    expect(run).toMatchObject({ position: 1, activity: "acting" });
    expect(steps.map((s) => [s.index, s.state])).toEqual([
      [0, "done"],
      [1, "intent"],
    ]);
  });

  it("the last result ends the run", () => {
    const { run } = after(runOf([step("a")]), claimed, [done, 7]);
    expect(run).toMatchObject({ state: "succeeded", activity: "ended", dueAt: null, endedAt: at(7) });
  });

  it("a worker that stops hands the run over at the boundary", () => {
    const { run } = after(
      runOf([step("a"), step("b")]),
      claimed,
      outcome({ kind: "done", output: null }, null),
    );
    expect(run).toMatchObject({ position: 1, activity: "ready", waitDone: true, dueAt: NOW, worker: null });
  });

  it("a failure without anything to undo is failed, with something is compensated", () => {
    expect(after(runOf([step("a")]), claimed, failed).run).toMatchObject({ state: "failed", refusal });
    const run = runOf([step("a", { compensate: undoOf("a") }), step("b")]);
    expect(after(run, claimed, done, failed, done).run).toMatchObject({ state: "compensated", refusal });
  });

  it("compensates in reverse only what may have touched the target", () => {
    const steps = ["a", "b", "c", "d"].map((name) =>
      step(name, name === "b" ? {} : { compensate: undoOf(name) }),
    );
    const first = after(runOf(steps), claimed, done, done, done, failed);
    expect(first.run).toMatchObject({
      phase: "undo",
      position: 2,
      state: "compensating",
      activity: "acting",
    });
    const second = after(first.run, done);
    expect(second.run).toMatchObject({ phase: "undo", position: 0 });
    expect(after(second.run, done).run.state).toBe("compensated");
  });

  it("a step that had begun and then fails is undone as well", () => {
    const run = runOf([step("a", { compensate: undoOf("a") })]);
    for (const begun of [again, unavailable]) {
      const { run: undoing } = after(run, claimed, begun, [claimed, 500], [failed, 600]);
      expect(undoing).toMatchObject({ phase: "undo", position: 0, activity: "acting" });
    }
    expect(after(run, claimed, failed).run.state).toBe("failed");
  });

  it("a compensation that fails ends the run and calls for attention", () => {
    const result = after(
      runOf([step("a", { compensate: undoOf("a") }), step("b")]),
      claimed,
      done,
      failed,
      failed,
    );
    expect(result).toMatchObject({ attention: "compensation_failed", run: { state: "compensation_failed" } });
  });

  describe("an unknown outcome", () => {
    const once = runOf([step("a", { idempotent: false, compensate: undoOf("a") }), step("b")]);

    it("of a step that is not idempotent is in doubt, whatever the cause", () => {
      for (const event of [unavailable, unknown, again, claimed]) {
        const result = after(once, claimed, [event, 2_000]);
        expect(result).toMatchObject({
          attention: "in_doubt",
          run: { state: "in_doubt", dueAt: null, worker: null },
        });
        expect(decide(result.run, claimed, at(99_999)).kind).toBe("unchanged");
      }
    });

    it("that the action knows to be without effect is tried again", () => {
      const { run } = after(once, claimed, notDone);
      expect(run).toMatchObject({ activity: "retry", dueAt: at(250) });
      expect(run.steps[0]?.touched).toBe(false);
    });

    it("decided as happened goes on with the output that the person gave", () => {
      const { run } = after(once, claimed, unknown, decided("happened"), claimed);
      expect(run).toMatchObject({ position: 1, activity: "acting" });
      expect(run.steps[0]).toMatchObject({ state: "done", output: "seen", touched: true });
    });

    it("decided as not happened is performed again", () => {
      expect(after(once, claimed, unknown, decided("did_not_happen"), claimed).run).toMatchObject({
        position: 0,
        activity: "acting",
      });
    });

    it("aborted undoes the earlier steps and not the one in doubt", () => {
      const run = runOf([
        step("a", { compensate: undoOf("a") }),
        ...once.plan.steps.map((s) => ({ ...s, name: `${s.name}2` })),
      ]);
      const aborted = after(run, claimed, done, unknown, decided("abort"), claimed);
      expect(aborted.run).toMatchObject({ phase: "undo", position: 0, activity: "acting" });
      expect(after(aborted.run, done).run).toMatchObject({ state: "compensated", refusal });
      expect(after(once, claimed, unknown, decided("abort"), claimed).run.state).toBe("failed");
    });

    it("in a compensation can be aborted: the compensation has failed", () => {
      const run = runOf([step("a", { compensate: undoOf("a", { idempotent: false }) }), step("b")]);
      const doubt = after(run, claimed, done, failed, unknown);
      expect(doubt.run).toMatchObject({ state: "in_doubt", phase: "undo" });
      expect(after(doubt.run, decided("abort"), claimed)).toMatchObject({
        attention: "compensation_failed",
        run: { state: "compensation_failed" },
      });
      expect(after(doubt.run, decided("happened"), claimed).run.state).toBe("compensated");
      expect(after(doubt.run, decided("did_not_happen"), claimed).run.activity).toBe("acting");
    });

    it("of an idempotent step is retried with growing pauses until its timeout", () => {
      let run = after(runOf([step("a", { timeoutMs: 3_000 })]), claimed, unavailable).run;
      const pauses = [];
      for (let now = 0; run.activity === "retry"; ) {
        pauses.push(run.dueAt!.getTime() - at(now).getTime());
        now = run.dueAt!.getTime() - NOW.getTime();
        run = after(run, [claimed, now], [unavailable, now]).run;
      }
      expect(pauses).toEqual([250, 500, 1_000]);
      expect(run).toMatchObject({ state: "failed", refusal });
    });

    it("a person can decide only what is in doubt", () => {
      const { run } = after(once, claimed);
      expect(decide(run, decided("happened"), NOW)).toMatchObject({ refusal: { code: "run_not_in_state" } });
    });
  });

  describe("a worker that is lost", () => {
    it("three times on one step parks the run, and a resume starts counting anew", () => {
      const twice = after(runOf([step("a")]), claimed, claimed, claimed);
      expect(twice.run).toMatchObject({ activity: "acting", crashes: 2 });
      const parked = after(twice.run, claimed);
      expect(parked).toMatchObject({
        attention: "parked",
        run: { state: "parked", activity: "held", dueAt: null },
      });
      expect(after(parked.run, { kind: "resumed" }, claimed).run).toMatchObject({
        activity: "acting",
        crashes: 0,
      });
    });

    it("on different steps, or between polls, does not add up", () => {
      expect(after(runOf([step("a"), step("b")]), claimed, claimed, claimed, done).run.crashes).toBe(0);
      expect(after(runOf([step("a")]), claimed, claimed, claimed, again).run.crashes).toBe(0);
    });

    it("during a compensation parks it there", () => {
      const run = runOf([step("a", { compensate: undoOf("a") }), step("b")]);
      const parked = after(run, claimed, done, failed, claimed, claimed, claimed);
      expect(parked.run).toMatchObject({ state: "parked", phase: "undo" });
      expect(after(parked.run, { kind: "resumed" }, claimed, done).run.state).toBe("compensated");
    });
  });

  describe("a wait", () => {
    it("for a timer lasts as long as it says and comes before the effect", () => {
      const { run } = after(runOf([step("a", { wait: { kind: "timer", ms: 60_000 } })]), claimed);
      expect(run).toMatchObject({ state: "waiting", activity: "timer", dueAt: at(60_000), worker: null });
      expect(after(run, [claimed, 60_000]).run).toMatchObject({ state: "running", activity: "acting" });
    });

    it("for a poll keeps the memo", () => {
      const { run } = after(runOf([step("a")]), claimed, again);
      expect(run).toMatchObject({ state: "waiting", activity: "poll", memo: 1, dueAt: at(500) });
      expect(after(run, [claimed, 500]).run).toMatchObject({ activity: "acting", memo: 1 });
    });

    const forSignal = (timeoutMs?: number) =>
      runOf([step("a", { wait: { kind: "signal", name: "go", ...(timeoutMs ? { timeoutMs } : {}) } })]);
    const signal: RunEvent = { kind: "signal", name: "go", payload: 42 };

    it("for a signal ends with it, before or after the wait began, and one signal ends one wait", () => {
      const run = after(forSignal(), claimed).run;
      expect(run).toMatchObject({ activity: "signal", dueAt: null });
      expect(after(run, signal, claimed).run).toMatchObject({ activity: "acting", payload: 42 });
      expect(after(forSignal(), signal, claimed).run).toMatchObject({
        activity: "acting",
        payload: 42,
        signals: [],
      });
      const other = after(run, { kind: "signal", name: "other", payload: null }).run;
      expect(other).toMatchObject({ activity: "signal", signals: [{ name: "other" }] });
    });

    it("for a signal that does not come in time fails the step", () => {
      const { run } = after(forSignal(5_000), claimed);
      expect(run.dueAt).toEqual(at(5_000));
      expect(after(run, [claimed, 5_000]).run).toMatchObject({
        state: "failed",
        refusal: { code: "signal_timeout" },
      });
    });

    it("keeps a bounded number of signals", () => {
      const full = runOf([step("a")], {
        signals: Array.from({ length: 100 }, () => ({ name: "x", payload: null })),
      });
      expect(decide(full, signal, NOW)).toMatchObject({ refusal: { code: "signals_full" } });
    });
  });

  describe("a cancel", () => {
    const two = () => runOf([step("a", { compensate: undoOf("a") }), step("b", { compensate: undoOf("b") })]);

    it("before the first step ends the run without any effect", () => {
      expect(after(two(), cancel, claimed).run).toMatchObject({ state: "cancelled", steps: [] });
    });

    it("during an effect is taken after it, and what was done is undone", () => {
      const acting = after(two(), claimed, cancel).run;
      expect(acting).toMatchObject({ activity: "acting", position: 0 });
      const { run } = after(acting, done);
      expect(run).toMatchObject({ phase: "undo", position: 0, activity: "acting" });
      expect(after(run, done).run).toMatchObject({ state: "cancelled", refusal: null });
    });

    it("is taken in every wait and at a poll, at once", () => {
      for (const wait of [
        { kind: "timer", ms: 1e6 },
        { kind: "approval", approvers: 1 },
        { kind: "signal", name: "x" },
      ] as const) {
        const { run } = after(runOf([step("a", { wait })]), claimed, [cancel, 5]);
        expect(run.dueAt).toEqual(at(5));
        expect(after(run, claimed).run.state).toBe("cancelled");
      }
      expect(after(two(), claimed, cancel, again).run).toMatchObject({ phase: "undo", position: 0 });
      expect(after(two(), claimed, again, cancel, claimed).run).toMatchObject({ phase: "undo", position: 0 });
    });

    it("of a parked run undoes the step that crashed its workers", () => {
      const { run } = after(two(), claimed, claimed, claimed, claimed, cancel, claimed);
      expect(run).toMatchObject({ phase: "undo", position: 0, activity: "acting" });
    });

    it("of a run in doubt is taken once a person has decided", () => {
      const run = runOf([step("a", { idempotent: false, compensate: undoOf("a") })]);
      const doubt = after(run, claimed, unknown, cancel).run;
      expect(doubt.state).toBe("in_doubt");
      expect(after(doubt, decided("happened"), claimed).run).toMatchObject({
        phase: "undo",
        activity: "acting",
      });
      expect(after(doubt, decided("did_not_happen"), claimed).run.state).toBe("cancelled");
    });

    it("changes nothing when repeated or while compensating, and is refused after the end", () => {
      expect(decide(after(two(), cancel).run, cancel, NOW).kind).toBe("unchanged");
      expect(decide(after(two(), claimed, done, failed).run, cancel, NOW).kind).toBe("unchanged");
      const over = after(two(), claimed, done, done).run;
      expect(decide(over, cancel, NOW)).toMatchObject({ refusal: { code: "run_ended" } });
    });
  });

  it("a reference to an output that is not there fails the step before its effect", () => {
    const run = runOf([step("a"), step("b", { input: { of: { $output: ["a", "missing"] } } })]);
    expect(after(run, claimed, done).run).toMatchObject({
      state: "failed",
      refusal: { code: "output_missing" },
    });
  });

  it("does not change the run that it was given", () => {
    const run = after(runOf([step("a"), step("b")]), claimed).run;
    const copy = structuredClone(run);
    after(run, done, failed);
    expect(run).toEqual(copy);
  });
});
