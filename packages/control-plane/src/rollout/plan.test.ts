import { describe, expect, it } from "vitest";
import { assertPolicy, liveVersion, planRollout, type RolloutFactsSeen } from "./plan.ts";
import { withoutRelease, withRelease, withWeights } from "./target.ts";
import { rolloutDefinition } from "./testing/definition.ts";
import type { ObservedTarget, ServiceSpec } from "./types.ts";

const definition = rolloutDefinition({ bff: { instances: 2 }, worker: { exposure: "none" } });
const release = (version: string) => ({
  version,
  directory: `/releases/${version}`,
  digest: `sha256:${version}`,
});
const candidate = (version: string, hasMigration = false) => ({ ...release(version), hasMigration });

function target(weights: Record<string, number>, listener = true): ObservedTarget {
  const releases = Object.fromEntries(
    Object.keys(weights).map((version) => [
      version,
      { directory: `/releases/${version}`, instances: 2, environment: {} },
    ]),
  );
  return {
    desired: {
      listener: listener ? { host: "127.0.0.1", port: 0, sticky: false } : null,
      health: { path: "/", intervalMs: 100, timeoutMs: 100 },
      drainMs: 100,
      releases,
      weights,
    },
    listener: listener ? { host: "127.0.0.1", port: 4000 } : null,
    weights,
    instances: Object.keys(weights).map((version) => ({
      id: `x-${version}-0`,
      version,
      state: "healthy",
      healthySince: null,
      restarts: 0,
    })),
  };
}
const live = (version: string): RolloutFactsSeen => ({
  target: target({ [version]: 100 }),
  stable: release(version),
  candidate: candidate("2"),
});
function stepsOf(
  seen: RolloutFactsSeen,
  kind: "deploy" | "rollback" = "deploy",
  environment = "production",
  service = "bff",
) {
  const planned = planRollout(definition, environment, seen, {
    kind,
    service,
    version: seen.candidate.version,
  });
  return planned.kind === "no-op" ? "no-op" : planned.plan.steps.map((step) => step.name);
}

describe("planning a rollout", () => {
  it("the live version is a no-op", () => {
    expect(stepsOf({ ...live("2"), candidate: candidate("2") })).toBe("no-op");
  });
  it("with nothing live it starts at once", () => {
    const nothing = { target: null, stable: null, candidate: candidate("1", true) };
    expect(stepsOf(nothing)).toEqual(["migrate", "start", "await-healthy", "weight-100"]);
  });
  it("normally it goes up in steps, bakes with the old version ready, then drains it", () => {
    expect(stepsOf(live("1"))).toEqual([
      "start",
      "await-healthy",
      "weight-10",
      "observe-10",
      "weight-50",
      "observe-50",
      "weight-100",
      "observe-100",
      "bake",
      "drain",
    ]);
  });
  it("a migration comes first, and never when going back", () => {
    const seen = { ...live("1"), candidate: candidate("2", true) };
    expect(stepsOf(seen)[0]).toBe("migrate");
    expect(stepsOf(seen, "rollback")).toEqual(["start", "await-healthy", "weight-100", "drain"]);
  });
  it("an environment that demands it asks for an approval first", () => {
    const planned = planRollout(definition, "guarded", live("1"), {
      kind: "deploy",
      service: "bff",
      version: "2",
    });
    if (planned.kind === "no-op") throw new Error("nothing planned");
    expect(planned.plan.steps[0]).toMatchObject({
      name: "approve",
      wait: { kind: "approval", approvers: 1 },
    });
    // And its named difference is in force.
    expect(planned.policy).toMatchObject({ bake: { ms: 7_000 }, because: { en: "Seven is enough." } });
    expect(planned.plan.steps.find((step) => step.name === "bake")?.input).toMatchObject({ seconds: 7 });
  });
  it("a service without traffic has no weights", () => {
    const seen = { ...live("1"), target: target({ "1": 0 }, false) };
    expect(stepsOf(seen, "deploy", "production", "worker")).toEqual([
      "start",
      "await-healthy",
      "observe-0",
      "drain",
    ]);
  });
  it("whatever gives the candidate traffic can be taken back", () => {
    const planned = planRollout(definition, "production", live("1"), {
      kind: "deploy",
      service: "bff",
      version: "2",
    });
    if (planned.kind === "no-op") throw new Error("nothing planned");
    for (const step of planned.plan.steps) {
      const givesOrStarts = step.name === "start" || step.name.startsWith("weight-");
      expect([step.name, step.compensate?.action]).toEqual([
        step.name,
        givesOrStarts ? "rollout.restore" : undefined,
      ]);
      expect(step.idempotent).toBe(true);
    }
    expect(planned.plan.target).toBe("service/bff");
  });
  it("names secrets and holds none", () => {
    const planned = planRollout(definition, "production", live("1"), {
      kind: "deploy",
      service: "bff",
      version: "2",
    });
    expect(JSON.stringify(planned)).toContain('{"secret":"token"}');
  });
  it("equal facts give equal plans", () => {
    const request = { kind: "deploy", service: "bff", version: "2" } as const;
    expect(planRollout(definition, "production", live("1"), request)).toEqual(
      planRollout(definition, "production", live("1"), request),
    );
  });
  it.each([
    ["service", "nobody", "production", "service_unknown"],
    ["environment", "bff", "moon", "environment_unknown"],
  ])("an unknown %s is refused", (_what, service, environment, code) => {
    expect(() =>
      planRollout(definition, environment, live("1"), { kind: "deploy", service, version: "2" }),
    ).toThrow(expect.objectContaining({ kind: "not_found", code }));
  });
  it("steps that do not rise to 100 are refused", () => {
    const policy = definition.rollouts.quick!;
    for (const percents of [[], [10, 50], [50, 10, 100], [10, 10, 100], [50, 150]]) {
      expect(() => assertPolicy({ ...policy, steps: { kind: "steps", percents } })).toThrow(
        "rollout_steps_invalid",
      );
    }
    expect(() => assertPolicy(policy)).not.toThrow();
  });
});

describe("what is live", () => {
  it.each([
    ["nothing known", null, null],
    ["all weight", target({ "1": 100 }), "1"],
    ["most weight", target({ "1": 90, "2": 10 }), "1"],
    ["no weight yet", target({ "1": 0 }), null],
    ["no traffic, but running", target({ "1": 0 }, false), "1"],
    ["no traffic, and stopped since", { ...target({ "1": 0 }, false), instances: [] }, null],
  ])("%s", (_name, observed, version) => {
    expect(liveVersion(observed)).toBe(version);
  });
});

describe("edits of the target", () => {
  const spec: ServiceSpec = {
    listener: { host: "127.0.0.1", port: 0, sticky: true },
    health: { path: "/h", intervalMs: 1, timeoutMs: 1 },
    drainMs: 1,
    instances: 3,
    environment: {},
  };
  const added = { release: release("2"), environment: { A: "b" } };

  it("a started release has no weight; the live one keeps all; leftovers go; the port stays", () => {
    const desired = withRelease(target({ "0": 0, "1": 100 }), spec, added, "1");
    expect(Object.keys(desired.releases)).toEqual(["1", "2"]);
    expect(desired.weights).toEqual({ "1": 100 });
    expect(desired.releases["2"]).toMatchObject({ instances: 3, environment: { A: "b" } });
    expect(desired.listener?.port).toBe(4000);
  });
  it("weights always add up to 100 or are none", () => {
    const desired = withRelease(target({ "1": 100 }), spec, added, "1");
    const shared = withWeights(desired, "2", "1", 10);
    expect(shared.weights).toEqual({ "2": 10, "1": 90 });
    expect(withoutRelease(shared, "2").weights).toEqual({ "1": 100 });
    expect(withoutRelease(withoutRelease(shared, "2"), "1").weights).toEqual({});
    expect(withWeights(desired, "2", "gone", 100).weights).toEqual({ "2": 100 });
  });
});
