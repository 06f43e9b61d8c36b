import { describe, expect, it } from "vitest";
import {
  type AlertMemory,
  type AlertRule,
  type AlertSample,
  breaks,
  decide,
  initialMemory,
  retire,
} from "./decide.ts";

const rule: AlertRule = {
  id: "errors",
  warning: 0.01,
  critical: 0.05,
  comparator: "at-most",
  forMs: 4_000,
  keepMs: 6_000,
  minimumSamples: 10,
  unit: "ratio",
};
const start = Date.UTC(2026, 0, 1);
const at = (second: number) => new Date(start + second * 1000);
const ratio = (value: number | null, samples = 100): AlertSample => ({ value, samples });

/** Feeds one sample a step (seconds apart) and returns "state/level" after each. */
function run(
  samples: AlertSample[],
  options: { stepSeconds?: number; from?: AlertMemory; rule?: AlertRule } = {},
) {
  let memory = options.from ?? initialMemory(at(0));
  let second = (memory.evaluatedAt.getTime() - start) / 1000;
  const seen: string[] = [];
  const changes: string[] = [];
  let episodes = 0;
  for (const sample of samples) {
    second += options.stepSeconds ?? 2;
    const result = decide(memory, sample, options.rule ?? rule, at(second), () => `episode-${++episodes}`);
    memory = result.memory;
    seen.push(memory.level ? `${memory.state}/${memory.level}` : memory.state);
    if (result.change) changes.push(`${result.change.from}→${result.change.to}`);
  }
  return { memory, seen, changes };
}
const times = (n: number, sample: AlertSample) => Array.from({ length: n }, () => sample);

describe("an alert", () => {
  it.each([
    ["just below", 0.0099, false],
    ["at", 0.01, false],
    ["just above", 0.0101, true],
  ])("%s an at-most threshold", (_name, value, broken) => {
    expect(breaks(value, 0.01, "at-most")).toBe(broken);
    expect(breaks(value, 0.01, "at-least")).toBe(value < 0.01);
  });
  it("at the threshold: below and above are broken, at-least is not", () => {
    expect([breaks(1, 1, "below"), breaks(1, 1, "above"), breaks(1, 1, "at-least")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([breaks(1, 1, "equals"), breaks(2, 1, "equals")]).toEqual([false, true]);
  });

  it("fires after the condition held for its time, not before", () => {
    expect(run(times(3, ratio(0.02))).seen).toEqual(["pending", "pending", "firing/warning"]);
  });
  it("fires at once at the critical level when critical held as long", () => {
    expect(run(times(3, ratio(0.2))).seen.at(-1)).toBe("firing/critical");
  });
  it("a short breach never fires", () => {
    const { seen, changes } = run([ratio(0.2), ratio(0.2), ratio(0), ratio(0.2), ratio(0.2)]);
    expect(seen).toEqual(["pending", "pending", "inactive", "pending", "pending"]);
    expect(changes).not.toContain("pending→firing");
  });
  it("rises to critical and falls back to warning as one alert with one episode", () => {
    const fired = run(times(3, ratio(0.02)));
    const critical = run(times(3, ratio(0.2)), { from: fired.memory });
    expect(critical.seen).toEqual(["firing/warning", "firing/warning", "firing/critical"]);
    const back = run(times(4, ratio(0.02)), { from: critical.memory });
    expect(back.seen).toEqual(["firing/critical", "firing/critical", "firing/critical", "firing/warning"]);
    expect(back.memory.episode).toBe(fired.memory.episode);
    expect(back.memory.firedAt).toEqual(fired.memory.firedAt);
  });
  it("resolves only after the condition was false for the keep-time", () => {
    const fired = run(times(3, ratio(0.2)));
    const { seen } = run(times(4, ratio(0)), { from: fired.memory });
    expect(seen).toEqual(["firing/critical", "firing/critical", "firing/critical", "resolved"]);
  });
  it("flapping keeps it firing", () => {
    const fired = run(times(3, ratio(0.2)));
    const flapping = Array.from({ length: 10 }, (_, i) => ratio(i % 3 === 0 ? 0.2 : 0));
    expect(run(flapping, { from: fired.memory }).changes).toEqual([]);
  });
  it("fires again as a new episode after it resolved", () => {
    const first = run([...times(3, ratio(0.2)), ...times(4, ratio(0)), ...times(3, ratio(0.2))]);
    expect(first.changes).toEqual([
      "inactive→pending",
      "pending→firing",
      "firing→resolved",
      "resolved→pending",
      "pending→firing",
    ]);
    expect(first.memory.episode).toBe("episode-2");
  });

  it("missing data never resolves and says so", () => {
    const fired = run(times(3, ratio(0.2)));
    const blind = run(times(50, ratio(null, 0)), { from: fired.memory });
    expect(blind.changes).toEqual([]);
    expect(blind.memory).toMatchObject({ state: "firing", level: "critical", noData: true });
  });
  it("missing data in the middle restarts the keep-time", () => {
    const fired = run(times(3, ratio(0.2)));
    const { seen } = run([ratio(0), ratio(0), ratio(null, 0), ratio(0), ratio(0), ratio(0), ratio(0)], {
      from: fired.memory,
    });
    expect(seen.at(-2)).toBe("firing/critical");
    expect(seen.at(-1)).toBe("resolved");
  });
  it("missing data never fires", () => {
    expect(run([ratio(0.2), ...times(20, ratio(null, 0))]).seen.at(-1)).toBe("pending");
    expect(run(times(20, ratio(null, 0))).seen.at(-1)).toBe("inactive");
  });
  it("an absence rule fires on nothing", () => {
    const absence: AlertRule = { ...rule, warning: 1, critical: 1, comparator: "below", minimumSamples: 0 };
    expect(run(times(3, { value: 1, samples: 0 }), { rule: absence }).seen.at(-1)).toBe("firing/critical");
    expect(run(times(3, { value: 0, samples: 5 }), { rule: absence }).seen.at(-1)).toBe("inactive");
  });
  it("too few requests are no evaluation, the minimum is", () => {
    expect(run(times(10, ratio(1, 9))).seen.at(-1)).toBe("inactive");
    expect(run(times(3, ratio(1, 10))).seen.at(-1)).toBe("firing/critical");
    const fired = run(times(3, ratio(0.2)));
    expect(run(times(10, ratio(0, 9)), { from: fired.memory }).seen.at(-1)).toBe("firing/critical");
  });
  it("time without an evaluation does not count as time that the condition held", () => {
    const pending = run([ratio(0.2)]);
    const after = run([ratio(0.2)], { from: pending.memory, stepSeconds: 60 });
    expect(after.seen).toEqual(["pending"]);
    expect(run(times(2, ratio(0.2)), { from: after.memory }).seen.at(-1)).toBe("firing/critical");
  });
  it("survives a restart: the stored memory continues where it was", () => {
    const pending = run(times(2, ratio(0.2)));
    const restored = structuredClone(pending.memory);
    expect(run([ratio(0.2)], { from: restored }).seen).toEqual(["firing/critical"]);
  });
  it("an alert that left the definition resolves", () => {
    const fired = run(times(3, ratio(0.2)));
    expect(retire(fired.memory, at(100)).change).toMatchObject({ from: "firing", to: "resolved" });
    expect(retire(initialMemory(at(0)), at(1)).change).toBeNull();
  });
});
