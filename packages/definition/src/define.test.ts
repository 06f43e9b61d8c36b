import { describe, expect, expectTypeOf, it } from "vitest";
import { keptBy, provenBy } from "./bindings.ts";
import { defineOperations, rolloutPolicy } from "./define.ts";
import { example, said } from "./example.ts";
import { DefinitionError } from "./findings.ts";
import type { Choice, Duration, Operations, Ratio, Thresholds } from "./model.ts";
import { accept, type Committed, proof, register } from "./register.ts";
import {
  choice,
  days,
  hours,
  minutes,
  percent,
  seconds,
  statement,
  steps,
  thresholds,
  years,
} from "./units.ts";

describe("a commitment", () => {
  it("is the value itself, carrying its id, also in the bounds of thresholds", () => {
    const { promised } = example();
    expect(promised.idle).toEqual({ kind: "duration", ms: 1_800_000, commitment: "EX-001" });
    expect(promised.errors.critical).toEqual({ kind: "ratio", ratio: 0.01, commitment: "EX-003" });
    expect(promised.steps.percents).toEqual([10, 50, 100]);
    expect(promised.approval.choice).toBe("manual");
    expect(promised.logs).toEqual({ kind: "statement", commitment: "EX-007" });
  });

  it("keeps the type of its value", () => {
    const { promised } = example();
    expectTypeOf(promised.idle).toExtend<Duration & { commitment: string }>();
    expectTypeOf(promised.errors).toExtend<Thresholds<Ratio>>();
    expectTypeOf(promised.errors.warning).toExtend<Committed<Ratio>>();
    expectTypeOf(promised.approval).toExtend<Choice<"manual">>();
  });

  it("leaves the value it was made from as it was, and cannot be changed", () => {
    const ex = register("EX", { document: "Example", section: "1" });
    const plain = thresholds(percent(1), percent(2));
    const carried = ex.commitment("EX-001", { says: said, source: "1", value: plain });
    expect(plain).not.toHaveProperty("commitment");
    expect(plain.warning).not.toHaveProperty("commitment");
    expect(() => Object.assign(carried, { commitment: "EX-002" })).toThrow(TypeError);
    expect(() => Object.assign(carried.warning, { ratio: 0 })).toThrow(TypeError);
  });

  it("is a statement without a value, its scope is its id, its comparator fits its kind", () => {
    const ex = register("EX", { document: "Example", section: "1" });
    ex.commitment("EX-001", { says: said, source: "1" });
    ex.commitment("EX-002", { says: said, source: "1", value: hours(4) });
    ex.commitment("EX-003", { says: said, source: "1", value: choice("on") });
    ex.commitment("EX-004", { says: said, source: "1", value: thresholds(percent(1), percent(2)) });
    expect(ex.resolve().commitments).toMatchObject([
      { id: "EX-001", value: { kind: "statement" }, scope: "EX-001", comparator: "equals" },
      { id: "EX-002", scope: "EX-002", comparator: "at-most" },
      { id: "EX-003", comparator: "equals" },
      // Reaching a threshold counts: at 70 % a warning of 70 % is due.
      { id: "EX-004", comparator: "below" },
    ]);
  });

  it("can have further numbers, which carry its id", () => {
    const ex = register("EX", { document: "Example", section: "1" });
    ex.commitment("EX-001", { says: said, source: "1", value: years(1) });
    const { searchable } = ex.parts("EX-001", { searchable: days(30) });
    expect(searchable).toEqual({ ...days(30), commitment: "EX-001" });
    expect(ex.resolve().commitments[0]?.parts).toEqual({ searchable });
    expect(() => ex.parts("EX-002", { searchable: days(30) })).toThrow("EX-002");
  });

  it("does not enter a register that was resolved before", () => {
    const ex = register("EX", { document: "Example", section: "1" });
    ex.commitment("EX-002", { says: said, source: "1" });
    const before = ex.resolve();
    ex.commitment("EX-001", { says: said, source: "1" });
    expect(before.commitments.map(({ id }) => id)).toEqual(["EX-002"]);
    expect(ex.resolve().commitments.map(({ id }) => id)).toEqual(["EX-001", "EX-002"]);
    expect(Object.isFrozen(before.commitments)).toBe(true);
  });
});

describe("a proof", () => {
  it("names the commitments whose values it was given", () => {
    const { promised } = example();
    const { steps: weights, stability } = promised;
    expect(proof("session.idle", { proves: promised.idle })).toEqual({
      id: "session.idle:EX-001",
      kind: "session.idle",
      proves: ["EX-001"],
      parameters: {},
      expiresAfter: days(7),
      dependsOn: [],
    });
    expect(proof("rollout.weights", { proves: [weights, stability] }).proves).toEqual(["EX-004", "EX-005"]);
    expect(proof("health", { proves: promised.errors.critical }).proves).toEqual(["EX-003"]);
  });

  it("cannot be bound to a value that nobody promised", () => {
    // @ts-expect-error minutes(30) carries no commitment
    proof("session.idle", { proves: minutes(30) });
    // @ts-expect-error neither does an accepted risk
    accept(statement(), { reason: said, approver: "A. Person", until: "2027-01-01" });
  });
});

describe("defineOperations", () => {
  it("fills what was left out and freezes the result", () => {
    const operations = defineOperations({
      system: "small",
      title: said,
      services: { web: { title: said, exposure: "public", rollout: "standard" } },
      rollouts: { standard: { steps: steps(100), stability: seconds(1), bake: seconds(1) } },
    });
    expect(operations.services.web).toMatchObject({
      instances: { count: 1 },
      health: { path: "/health/ready", interval: { ms: 1000 }, timeout: { ms: 1000 } },
      drain: { ms: 10_000 },
      environment: {},
      dependsOn: [],
    });
    expect(operations.rollouts.standard).toMatchObject({
      strategy: { choice: "blue-green" },
      automaticRollback: { choice: "on" },
      extensions: { count: 2 },
    });
    expect(operations).toMatchObject({ alerts: {}, proofs: [], acceptances: [], mechanisms: {} });
    expect(() => Object.assign(operations.services.web!.health, { path: "/" })).toThrow(TypeError);
    expect(() => operations.proofs.push(proof("x", { proves: example().promised.idle }))).toThrow(TypeError);
  });

  it("does not share anything with what it was given", () => {
    const dependsOn: string[] = [];
    const operations = defineOperations({
      system: "small",
      title: said,
      services: { web: { title: said, exposure: "none", rollout: "standard", dependsOn } },
    });
    dependsOn.push("core");
    expect(operations.services.web?.dependsOn).toEqual([]);
  });

  it("refuses with everything that does not fit", () => {
    const wrong = { system: "Not a name", title: said, services: { web: {} } } as never;
    expect(() => defineOperations(wrong)).toThrow(DefinitionError);
    try {
      defineOperations(wrong);
    } catch (refusal) {
      const paths = (refusal as DefinitionError).findings.map(({ path }) => path);
      expect(paths).toEqual([
        "system",
        "services.web.title",
        "services.web.exposure",
        "services.web.rollout",
      ]);
      for (const path of paths) expect((refusal as DefinitionError).message).toContain(path);
    }
  });

  it("does not compile with a unit that does not fit", () => {
    const title = said;
    // @ts-expect-error a ratio is no duration
    const sessions: OperationsSessions = { idleTimeout: percent(30), absoluteTimeout: hours(8) };
    expect(() => defineOperations({ system: "small", title, sessions })).toThrow(DefinitionError);
    // @ts-expect-error a duration is no ratio
    const target: Ratio = minutes(5);
    expect(target).toBeDefined();
    // @ts-expect-error the bounds of thresholds have one kind
    thresholds(percent(5), minutes(5));
    // @ts-expect-error this word is none of the choices
    const approval: Operations["environments"][string]["approval"] = choice("sometimes");
    expect(approval).toBeDefined();
  });
});
type OperationsSessions = NonNullable<Operations["sessions"]>;

describe("rolloutPolicy", () => {
  const operations = () => {
    const { input } = example();
    input.environments = {
      ...input.environments,
      gameday: {
        title: said,
        approval: choice("none"),
        rollouts: { standard: { bake: seconds(10), because: said } },
      },
    };
    return defineOperations(input);
  };

  it("changes only what the environment names, and says why", () => {
    const plain = operations().rollouts.standard;
    expect(rolloutPolicy(operations(), "production", "web")).toEqual(plain);
    expect(rolloutPolicy(operations(), "gameday", "web")).toEqual({
      ...plain,
      bake: seconds(10),
      because: said,
    });
  });

  it("is null for a service that does not exist", () => {
    expect(rolloutPolicy(operations(), "production", "nobody")).toBeNull();
  });
});

describe("keptBy and provenBy", () => {
  it("name the paths that use a value and the proofs that measure it", () => {
    const { input, promised } = example();
    const operations = defineOperations({
      ...input,
      proofs: [
        proof("idle", { proves: [promised.idle, promised.logs], parameters: { idle: promised.idle } }),
      ],
    });
    expect(keptBy(operations)).toMatchObject({
      "EX-001": ["sessions.idleTimeout"],
      "EX-003": ["rollouts.standard.analysis.maximumErrorRatio", "alerts.web-5xx.thresholds"],
      "EX-004": ["rollouts.standard.steps"],
      "EX-006": ["environments.production.approval"],
      "EX-007": ["mechanisms.logs"],
    });
    expect(provenBy(operations)["EX-001"]).toEqual(["idle:EX-001"]);
    expect(provenBy(operations)["EX-007"]).toEqual(["idle:EX-001"]);
  });

  it("are empty for a commitment that nothing uses or measures", () => {
    const { input, ex } = example();
    ex.commitment("EX-099", { says: said, source: "9" });
    const operations = defineOperations(input);
    expect(keptBy(operations)["EX-099"]).toEqual([]);
    expect(provenBy(operations)["EX-099"]).toEqual([]);
  });
});
