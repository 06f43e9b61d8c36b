import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import { restoreTask, rollback } from "./index.ts";
import { rolloutDefinition } from "./testing/definition.ts";
import { eventually, type RolloutWorld, startRolloutWorld } from "./testing/harness.ts";
import { writeRelease } from "./testing/releases.ts";

// Every scenario has a service of its own, so that they run side by side on one agent and one engine.
const definition = rolloutDefinition({
  good: { instances: 2 },
  faulty: {},
  sick: {},
  crashing: {},
  quiet: { policy: "patient" },
  "taken-back": {},
  held: { policy: "held" },
  worker: { exposure: "none" },
  lost: {},
});

let world: RolloutWorld;
beforeAll(async () => {
  world = await startRolloutWorld(definition);
});
afterAll(() => world.close());

async function live(service: string, version = "1.0.0") {
  await writeRelease(world.releasesDir, service, version);
  expect((await world.rolledOut(service, version)).result).toBe("succeeded");
}
const target = (service: string) => world.agent.getService(service);
const versionsOf = async (service: string) => Object.keys((await target(service)).desired?.releases ?? {});

describe.concurrent("a rollout with the real engine, agent and edge", { timeout: 180_000 }, () => {
  it("a good release takes over step by step, also when the control plane is replaced in the middle; nobody notices", async ({
    expect,
  }) => {
    await live("good");
    const users = await world.sendTraffic("good");
    await writeRelease(world.releasesDir, "good", "1.1.0", { migrate: "console.log('migrated')" });
    await world.deploy("good", "1.1.0");
    await expect(world.deploy("good", "1.0.0")).rejects.toMatchObject({
      kind: "conflict",
      code: "rollout_running",
    });
    const weights: number[] = [];
    let replaced = false;
    await eventually("the rollout ends", async () => {
      weights.push((await target("good")).weights["1.1.0"] ?? 0);
      const view = await world.newest("good");
      if (!replaced && view.currentStep === "observe-50") {
        replaced = true;
        await world.replaceWorker();
      }
      return view.result !== null;
    });
    const view = await world.newest("good");
    expect(view).toMatchObject({ result: "succeeded", fromVersion: "1.0.0", rollbackSeconds: null });
    expect(view.steps.map((s) => [s.weight, s.phase, s.verdict])).toEqual([
      [10, "step", "pass"],
      [50, "step", "pass"],
      [100, "step", "pass"],
      [100, "bake", "pass"],
    ]);
    for (const step of view.steps)
      expect(step.observedSeconds).toBeGreaterThanOrEqual(step.phase === "bake" ? 1 : 2);
    expect(weights).toEqual([...weights].sort((a, b) => a - b));
    expect(new Set(weights)).toEqual(new Set([0, 10, 50, 100]));
    expect(await versionsOf("good")).toEqual(["1.1.0"]);
    expect(users.seen).toMatchObject({ failed: 0, lost: 0 });
    expect(users.seen.byVersion["1.1.0"]).toBeGreaterThan(0);
    expect(await world.deploy("good", "1.1.0")).toEqual({ kind: "no-op", service: "good", version: "1.1.0" });

    // Afterwards by hand: the previous version from the ledger, at once, although it was drained.
    await rollback(world.deps, world.t.ctx, { service: "good", reason: "wrong colour" });
    expect(await world.ended("good")).toMatchObject({
      kind: "rollback",
      version: "1.0.0",
      result: "succeeded",
      requestReason: "wrong colour",
      steps: [],
    });
    expect((await target("good")).weights).toEqual({ "1.0.0": 100 });
    expect(users.seen).toMatchObject({ failed: 0, lost: 0 });
    await expect(
      rollback(world.deps, world.t.ctx, { service: "good", reason: "again" }),
    ).rejects.toMatchObject({ code: "nothing_to_roll_back_to" });
    const audit = await world.t.db.tx(world.t.ctx, (tx) =>
      search(tx, { resource: "service/good", limit: 1000 }),
    );
    const actions = audit.map((row) => row.action);
    for (const action of [
      "rollout.deploy",
      "rollout.weights",
      "rollout.judge",
      "rollout.drain",
      "rollout.rollback",
      "rollout.end",
    ])
      expect(actions).toContain(action);
  });

  it("a release that fails under real traffic is taken back at 10 %, and the ledger says why and how fast", async ({
    expect,
  }) => {
    await live("faulty");
    await world.sendTraffic("faulty");
    await writeRelease(world.releasesDir, "faulty", "1.1.0", { errors: 0.5 });
    const view = await world.rolledOut("faulty", "1.1.0");
    expect(view.result).toBe("rolled-back");
    expect(view.steps.map((s) => [s.weight, s.verdict])).toEqual([[10, "fail"]]);
    expect(["error_ratio_too_high", "worse_than_baseline"]).toContain(view.steps[0]?.code);
    expect(view.reason?.ja).toContain("新しい版");
    expect(view.rollbackSeconds).toBeGreaterThan(0);
    expect(view.rollbackSeconds).toBeLessThanOrEqual(15);
    expect((await target("faulty")).weights).toEqual({ "1.0.0": 100 });
    expect(await versionsOf("faulty")).toEqual(["1.0.0"]);
    const kinds = world.events.filter((e) => e.rollout.id === view.id).map((e) => e.kind);
    expect(kinds).toEqual(["started", "failing", "rolling-back", "ended"]);
  });

  it("a release that never becomes healthy gets no traffic", async ({ expect }) => {
    await live("sick");
    const users = await world.sendTraffic("sick");
    await writeRelease(world.releasesDir, "sick", "1.1.0", { neverHealthy: true });
    const view = await world.rolledOut("sick", "1.1.0");
    expect(view).toMatchObject({ result: "rolled-back", steps: [] });
    expect(view.reason?.en).toContain("healthy");
    expect(users.seen.byVersion).toEqual({ "1.0.0": expect.any(Number) });
    expect(await versionsOf("sick")).toEqual(["1.0.0"]);
  });

  it("a release that crashes some seconds after its start is taken back", async ({ expect }) => {
    await live("crashing");
    await world.sendTraffic("crashing");
    await writeRelease(world.releasesDir, "crashing", "1.1.0", { crashAfterMs: 3_000 });
    const view = await world.rolledOut("crashing", "1.1.0");
    expect(view.result).toBe("rolled-back");
    expect((await target("crashing")).weights).toEqual({ "1.0.0": 100 });
  });

  it("a service that the target has forgotten is put back as it was, once", async ({ expect }) => {
    await live("lost");
    const before = await target("lost");
    await world.agent.deleteService("lost");
    const task = restoreTask(world.deps, world.t.ctx, 0);
    await task.run();
    await task.run();
    const restored = await world.ended("lost");
    expect(restored).toMatchObject({ kind: "rollback", version: "1.0.0", result: "succeeded" });
    expect(await target("lost")).toMatchObject({
      weights: { "1.0.0": 100 },
      instances: [{ state: "healthy" }],
    });
    expect(before.weights).toEqual({ "1.0.0": 100 });
    await task.run();
    expect((await world.newest("lost")).id).toBe(restored.id);
  });

  it("without requests nothing can be judged: it is prolonged, then taken back, never promoted", async ({
    expect,
  }) => {
    await live("quiet");
    await writeRelease(world.releasesDir, "quiet", "1.1.0");
    const view = await world.rolledOut("quiet", "1.1.0");
    expect(view.result).toBe("rolled-back");
    expect(view.steps).toHaveLength(1);
    expect(view.steps[0]).toMatchObject({ weight: 10, verdict: "inconclusive", extensions: 1 });
    expect((await target("quiet")).weights).toEqual({ "1.0.0": 100 });
  });

  it("a running rollout is taken back by hand", async ({ expect }) => {
    await live("taken-back");
    await world.sendTraffic("taken-back");
    await writeRelease(world.releasesDir, "taken-back", "1.1.0");
    await world.deploy("taken-back", "1.1.0");
    await eventually("it has traffic", async () => (await target("taken-back")).weights["1.1.0"] === 10);
    await rollback(world.deps, world.t.ctx, { service: "taken-back", reason: "I changed my mind" });
    const view = await world.ended("taken-back");
    expect(view).toMatchObject({
      result: "rolled-back",
      kind: "deploy",
      reason: { en: "I changed my mind" },
    });
    expect((await target("taken-back")).weights).toEqual({ "1.0.0": 100 });
    expect(await versionsOf("taken-back")).toEqual(["1.0.0"]);
  });

  it("with automatic rollback off a failing step waits for a person", async ({ expect }) => {
    await live("held");
    await world.sendTraffic("held");
    await writeRelease(world.releasesDir, "held", "1.1.0", { errors: 0.5 });
    await world.deploy("held", "1.1.0");
    await eventually("it is judged", async () => (await world.newest("held")).steps[0]?.verdict === "fail");
    expect((await target("held")).weights["1.1.0"]).toBe(10);
    await rollback(world.deps, world.t.ctx, { service: "held", reason: "it fails" });
    expect((await world.ended("held")).result).toBe("rolled-back");
  });

  it("a service without traffic changes over after being healthy for its time", async ({ expect }) => {
    await live("worker");
    await writeRelease(world.releasesDir, "worker", "1.1.0");
    const view = await world.rolledOut("worker", "1.1.0");
    expect(view).toMatchObject({ result: "succeeded", fromVersion: "1.0.0" });
    expect(view.steps[0]).toMatchObject({ weight: 0, verdict: "pass", code: "healthy" });
    expect(await versionsOf("worker")).toEqual(["1.1.0"]);
    await writeRelease(world.releasesDir, "worker", "1.2.0", { crashAfterMs: 1_500 });
    expect((await world.rolledOut("worker", "1.2.0")).result).toBe("rolled-back");
    expect(await versionsOf("worker")).toEqual(["1.1.0"]);
  });
});
