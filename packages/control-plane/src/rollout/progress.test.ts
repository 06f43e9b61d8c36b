import { describe, expect, it } from "vitest";
import type { Counts } from "./judge.ts";
import { type Look, type ObserveMemo, type ObserveSpec, observeStep, startObserving } from "./progress.ts";
import type { TargetInstance } from "./types.ts";

const spec: ObserveSpec = {
  weight: 10,
  seconds: 5,
  stabilitySeconds: 5,
  extensions: 1,
  instances: 1,
  hasTraffic: true,
  restarts: 0,
  analysis: {
    minimumSamples: { kind: "count", count: 20 },
    significance: 0.01,
    maximumErrorRatio: { kind: "ratio", ratio: 0.1 },
  },
};
const start = Date.UTC(2026, 0, 1);
const healthy: TargetInstance = {
  id: "a",
  version: "2",
  state: "healthy",
  healthySince: new Date(start - 1000).toISOString(),
  restarts: 0,
};
const counts = (requests: number, errors = 0): Counts => ({ requests, errors, bucketsMs: [] });

type Second = Partial<
  { requests: number; errors: number; reports: boolean; skip: number; whole: Counts } & Look
>;
/** One look a second; reports arrive each second since the clock last started. */
function watch(seconds: Second[], options: { spec?: ObserveSpec; from?: ObserveMemo } = {}) {
  let memo = options.from ?? startObserving(start);
  let now = memo.lookedAt;
  let last: ReturnType<typeof observeStep> | undefined;
  const decisions: string[] = [];
  for (const second of seconds) {
    now += second.skip ?? 1000;
    const reportedSeconds = second.reports === false ? memo.reported : Math.floor((now - memo.since) / 1000);
    last = observeStep(
      memo,
      {
        now,
        instances: [healthy],
        actualWeight: 10,
        counts: {
          since: memo.since,
          whole: second.whole ? { candidate: second.whole, baseline: counts(1000, 0) } : null,
          candidate: counts(second.requests ?? 0, second.errors ?? 0),
          baseline: counts(1000, 0),
          reportedSeconds,
        },
        ...second,
      },
      options.spec ?? spec,
    );
    memo = last.memo;
    decisions.push(last.decision);
    if (last.decision !== "continue") break;
  }
  return { ...last!, decisions };
}
const times = (n: number, second: Second) => Array.from({ length: n }, () => second);

describe("observing a step", () => {
  it("passes after the full observed time and not a second before", () => {
    const run = watch(times(9, { requests: 50 }));
    expect(run.decisions).toEqual(["continue", "continue", "continue", "continue", "pass"]);
    expect(run.observedSeconds).toBe(5);
  });
  it("a clear failure ends it at once", () => {
    const run = watch([{ requests: 20, errors: 20 }]);
    expect(run).toMatchObject({ decision: "fail", verdict: { code: "error_ratio_too_high" } });
  });
  it("too few requests extend it, then stop it, and never promote", () => {
    const run = watch(times(60, { requests: 19 }));
    expect(run).toMatchObject({
      decision: "fail",
      requiredSeconds: 10,
      verdict: { verdict: "inconclusive", code: "too_few_requests" },
    });
    expect(run.decisions).toHaveLength(10);
  });
  it("enough requests during the extension promote", () => {
    const run = watch([...times(6, { requests: 19 }), ...times(9, { requests: 20 })]);
    expect(run.decisions).toHaveLength(10);
    expect(run.decision).toBe("pass");
  });
  it("a control plane that was away restarts the clock; three seconds are tolerated", () => {
    expect(watch([...times(3, { requests: 50 }), { requests: 50, skip: 3000 }]).decision).toBe("pass");
    const away = watch([...times(4, { requests: 50 }), { requests: 50, skip: 3001 }]);
    expect(away).toMatchObject({ decision: "continue", observedSeconds: 0 });
    expect(watch(times(5, { requests: 50 }), { from: away.memo }).decisions.at(-1)).toBe("pass");
  });
  it("what failed before a hole in the observation still counts against the candidate", () => {
    const run = watch([{ requests: 5, skip: 4_000, whole: counts(30, 15) }]);
    expect(run).toMatchObject({ decision: "fail", verdict: { code: "error_ratio_too_high" } });
    expect(watch([{ requests: 5, skip: 4_000, whole: counts(30, 0) }]).decision).toBe("continue");
  });
  it("what was good before a hole does not count for it", () => {
    const run = watch([...times(4, { requests: 50 }), { requests: 50, skip: 4_000, whole: counts(500, 0) }]);
    const after = watch(times(30, { requests: 19, whole: counts(500, 0) }), { from: run.memo });
    expect(after).toMatchObject({ decision: "fail", verdict: { verdict: "inconclusive" } });
  });
  it("after a hole the reports are counted afresh", () => {
    const hole = watch([...times(4, { requests: 50 }), { requests: 50, skip: 4_000 }]);
    expect(hole.memo.reported).toBe(0);
    expect(watch(times(5, { requests: 50 }), { from: hole.memo }).decision).toBe("pass");
  });
  it("seconds that nobody reported do not count", () => {
    const run = watch([...times(3, { requests: 50 }), ...times(4, { requests: 50, reports: false })]);
    expect(run).toMatchObject({ decision: "continue", observedSeconds: 3 });
  });
  it("a hole in the telemetry restarts the clock, and no telemetry at all stops the rollout", () => {
    const hole = watch([...times(3, { requests: 50 }), ...times(6, { requests: 50, reports: false })]);
    expect(hole).toMatchObject({
      decision: "continue",
      observedSeconds: 0,
      verdict: { code: "no_telemetry" },
    });
    const never = watch(times(100, { requests: 50, counts: null }));
    expect(never).toMatchObject({
      decision: "fail",
      verdict: { verdict: "inconclusive", code: "no_telemetry" },
    });
  });
  it("a target that does not answer is no evidence, and stops the rollout in the end", () => {
    expect(watch(times(4, { requests: 50, instances: null })).verdict.code).toBe("target_unreachable");
    expect(watch(times(100, { instances: null })).decision).toBe("fail");
  });
  it("a crash fails at once, also when the instance is back already", () => {
    const back = [{ ...healthy, restarts: 1 }];
    expect(watch([{ requests: 50, instances: back }])).toMatchObject({
      decision: "fail",
      verdict: { code: "candidate_crashed" },
    });
    expect(watch([{ requests: 50, instances: [{ ...healthy, state: "backoff" }] }]).decision).toBe("fail");
  });
  it("a short unhealthy moment restarts the clock, a long one fails", () => {
    const sick: Second = {
      requests: 50,
      instances: [{ ...healthy, state: "unhealthy", healthySince: null }],
    };
    const moment = watch([...times(4, { requests: 50 }), sick, { requests: 50 }]);
    expect(moment).toMatchObject({ decision: "continue", observedSeconds: 1 });
    expect(watch(times(4, sick))).toMatchObject({
      decision: "fail",
      verdict: { code: "candidate_unhealthy" },
    });
    expect(watch(times(3, sick)).decision).toBe("continue");
  });
  it("one missed health check restarts the clock", () => {
    const run = watch([
      ...times(4, { requests: 50 }),
      { requests: 50, instances: [{ ...healthy, healthySince: null }] },
    ]);
    expect(run).toMatchObject({ decision: "continue", observedSeconds: 0 });
  });
  it("a weight that is not what was set never counts as observed", () => {
    expect(watch(times(9, { requests: 50, actualWeight: 0 })).observedSeconds).toBe(0);
    expect(watch(times(30, { requests: 50, actualWeight: 0 }))).toMatchObject({
      decision: "fail",
      verdict: { code: "target_changed" },
    });
  });
  it("a service without traffic passes after being healthy for its time", () => {
    const run = watch(times(9, { counts: null }), { spec: { ...spec, hasTraffic: false } });
    expect(run.decisions).toHaveLength(5);
    expect(run.decision).toBe("pass");
  });
});
