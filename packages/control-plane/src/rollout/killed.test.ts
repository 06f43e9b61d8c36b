import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import type { Settings } from "./testing/control-plane.ts";
import { rolloutDefinition, type TestService } from "./testing/definition.ts";
import { eventually, type RolloutWorld, startRolloutWorld } from "./testing/harness.ts";
import { writeRelease } from "./testing/releases.ts";

const services: Record<string, TestService> = { bff: { policy: "interrupted" } };
const PROGRAM = fileURLToPath(new URL("../../dist/rollout/testing/control-plane.js", import.meta.url));

let world: RolloutWorld;
let controlPlane: ChildProcess;
beforeAll(async () => {
  const source = fileURLToPath(new URL("./actions.ts", import.meta.url));
  if (
    !existsSync(PROGRAM) ||
    statSync(PROGRAM.replace("testing/control-plane", "actions")).mtimeMs < statSync(source).mtimeMs
  ) {
    throw new Error('dist is missing or old: run "npx tsc -b packages/control-plane"');
  }
  world = await startRolloutWorld(rolloutDefinition(services), { withoutWorker: true });
  start();
});
afterAll(async () => {
  await kill();
  await world.close();
});

function start() {
  controlPlane = fork(PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const { socketPath, releasesDir, reportsUrl } = world;
  const settings: Settings = { appUrl: world.t.appUrl, socketPath, releasesDir, reportsUrl, services };
  controlPlane.send(settings);
}
async function kill() {
  const exited = once(controlPlane, "exit");
  if (controlPlane.kill("SIGKILL")) await exited;
}

/** Follows the newest rollout to its end and kills the control plane once at each of these steps. */
async function followKilling(at: string[]) {
  const weights: number[] = [];
  const left = [...at];
  await eventually("the rollout ends", async () => {
    weights.push((await world.agent.getService("bff")).weights["1.1.0"] ?? 0);
    const view = await world.newest("bff");
    if (view.state === "compensating" && left.includes("undo")) view.currentStep = "undo";
    if (view.currentStep && left.includes(view.currentStep)) {
      left.splice(left.indexOf(view.currentStep), 1);
      await kill();
      start();
    }
    return view.result !== null;
  });
  return { weights, view: await world.newest("bff") };
}

it("a control plane that is killed again and again ends its rollouts; users notice nothing and weights never go back", async () => {
  await writeRelease(world.releasesDir, "bff", "1.0.0");
  expect((await world.rolledOut("bff", "1.0.0")).result).toBe("succeeded");
  const users = await world.sendTraffic("bff");

  await writeRelease(world.releasesDir, "bff", "1.1.0");
  await world.deploy("bff", "1.1.0");
  const { weights, view } = await followKilling(["observe-50", "drain"]);
  expect(view.result).toBe("succeeded");
  expect(weights).toEqual([...weights].sort((a, b) => a - b));
  expect(view.steps.map((step) => step.verdict)).toEqual(["pass", "pass", "pass", "pass"]);
  expect(users.seen).toMatchObject({ failed: 0, lost: 0 });
  // Each judgement is on record once, however often its look was repeated.
  const audit = await world.t.db.tx(world.t.ctx, (tx) => search(tx, { action: "rollout.judge" }));
  expect(audit).toHaveLength(4);

  await writeRelease(world.releasesDir, "bff", "1.2.0", { errors: 0.5 });
  await world.deploy("bff", "1.2.0");
  const bad = await followKilling(["undo"]);
  expect(bad.view.result).toBe("rolled-back");
  expect((await world.agent.getService("bff")).weights).toEqual({ "1.1.0": 100 });
}, 180_000);
