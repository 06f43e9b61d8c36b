import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "../../platform/ctx.ts";
import type { Json } from "../../platform/json.ts";
import { startTasks } from "../../platform/tasks.ts";
import { type TestDatabase, testCtx } from "../../platform/testing.ts";
import {
  createWorker,
  getRun,
  type Plan,
  type Run,
  type StepSpec,
  startRun,
  type WorkerOptions,
} from "../index.ts";

/** A step that says what it is about; idempotent, without wait, ten seconds. */
export function step(name: string, rest: Partial<StepSpec> = {}): StepSpec {
  return {
    name,
    title: text(name),
    action: "effect",
    input: null,
    idempotent: true,
    timeoutMs: 10_000,
    ...rest,
  };
}

export const undoOf = (name: string, rest: Partial<StepSpec["compensate"]> = {}) => ({
  action: "effect",
  input: { undo: name },
  idempotent: true,
  timeoutMs: 10_000,
  ...rest,
});

export function planOf(steps: StepSpec[], rest: Partial<Plan> = {}): Plan {
  return { kind: "runbook", title: text("Test"), target: null, steps, ...rest };
}

const text = (en: string) => ({ en, ja: en });

export const person = (id: string, tenant = "acme"): Ctx =>
  testCtx({ tenant, actor: { kind: "person", id } });

/** Starts a worker of this process with its tasks. */
export function runWorker(t: TestDatabase, options: Partial<WorkerOptions>) {
  const worker = createWorker({
    db: t.db,
    ctxFor: (tenant) => testCtx({ tenant, actor: { kind: "task", id: "runs" } }),
    actions: {},
    tenants: async () => ["acme"],
    leaseMs: 1_000,
    ...options,
  });
  const tasks = startTasks(worker.tasks, t.ctx.clock, t.ctx.log);
  return {
    ...worker,
    tasks,
    async stop(graceMs?: number) {
      await worker.stop(graceMs);
      await tasks.stop();
    },
  };
}

export const start = (t: TestDatabase, plan: Plan, ctx = t.ctx): Promise<Run> =>
  t.db.tx(ctx, (tx) => startRun(tx, ctx, { plan }));

export const get = (t: TestDatabase, id: string, ctx = t.ctx): Promise<Run> =>
  t.db.tx(ctx, (tx) => getRun(tx, id));

/** Polls until the run is as wanted; fails with the run as it is after 20 s. */
export async function until(
  t: TestDatabase,
  id: string,
  wanted: Run["state"] | ((run: Run) => boolean),
  ctx = t.ctx,
): Promise<Run> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const run = await get(t, id, ctx);
    if (typeof wanted === "string" ? run.state === wanted : wanted(run)) return run;
    if (performance.now() > deadline) {
      throw new Error(`run is not ${wanted}: ${JSON.stringify({ ...run, plan: undefined }, null, 1)}`);
    }
    await sleep(20);
  }
}

export const done = (output: Json = null) => ({ kind: "done", output }) as const;

export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await sleep(20);
  }
}
