import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { search } from "../audit/index.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { decideInDoubt, type Plan } from "./index.ts";
import { eventually, get, person, planOf, runWorker, start, step, undoOf, until } from "./testing/harness.ts";
import { createOutside, type Outside, openOutside, outsideActions } from "./testing/outside.ts";
import { assertBuilt, startWorkerProcess, type WorkerProcess } from "./testing/processes.ts";

const LEASE_MS = 1_000;
vi.setConfig({ testTimeout: 240_000 });

let t: TestDatabase;
let outside: Outside;
let rescuer: ReturnType<typeof runWorker>;
/** Tenants whose worker has been killed. */
const orphans: string[] = [];
const processes: WorkerProcess[] = [];

beforeAll(async () => {
  assertBuilt();
  t = await createTestDatabase();
  await createOutside(t.ownerUrl);
  outside = openOutside(t.appUrl);
  rescuer = runWorker(t, {
    actions: outsideActions(outside, "rescuer", async () => {}),
    tenants: async () => [...orphans],
    leaseMs: LEASE_MS,
    pollMs: 100,
  });
});
afterEach(() => {
  for (const worker of processes.splice(0)) worker.kill();
});
afterAll(async () => {
  await rescuer?.stop();
  await outside?.close();
  await t?.close();
});

async function spawn(order: Partial<Parameters<WorkerProcess["order"]>[0]>): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ appUrl: t.appUrl, tenants: [], leaseMs: LEASE_MS, ...order });
  processes.push(worker);
  return worker;
}

/** Lets a worker perform the plan and kills it at its n-th transition; resolves once another has ended the run. */
async function killAt(plan: Plan, n: number, finish: (tenant: string, id: string) => Promise<void>) {
  const tenant = `killed-${orphans.length}-${n}-${plan.steps.length}`;
  const ctx = person("alice", tenant);
  const { id } = await start(t, plan, ctx);
  const worker = await spawn({ tenants: [tenant], killAt: n });
  await worker.exited;
  const killed = performance.now();
  expect(worker.child.signalCode, JSON.stringify(worker.reports)).toBe("SIGKILL");
  orphans.push(tenant);
  rescuer.nudge();
  await finish(tenant, id);
  return { id, ctx, tookMs: performance.now() - killed };
}

/** How many transitions the plan has when nobody is killed. */
async function transitions(plan: Plan, state: "compensated" | "succeeded"): Promise<number> {
  const ctx = person("alice", `counted-${plan.steps.length}`);
  const { id } = await start(t, plan, ctx);
  const worker = await spawn({ tenants: [ctx.tenant], killAt: 10_000, leaseMs: 30_000 });
  await until(t, id, state, ctx);
  const last = () => worker.reports.findLast((report) => report.kind === "at");
  await eventually("the last commit is reported", () => last()?.name === "after commit");
  return last()?.count ?? 0;
}

async function inFours<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

describe("a worker that is killed", () => {
  it("at any transition is replaced within its lease and two seconds, and each effect is applied once", async () => {
    const plan = planOf([
      step("first", { compensate: undoOf("first") }),
      step("polled", { action: "poll", wait: { kind: "timer", ms: 20 }, compensate: undoOf("polled") }),
      step("refused", { action: "refuse" }),
    ]);
    const count = await transitions(plan, "compensated");
    // Three claims and six results, with a moment before and after each commit; and around each effect.
    expect(count).toBe(29);
    const late: string[] = [];
    await inFours(upTo(count), async (n) => {
      const { id, tookMs } = await killAt(plan, n, async (tenant, run) => {
        await until(t, run, "compensated", person("alice", tenant));
      });
      if (tookMs > LEASE_MS + 2_000) late.push(`transition ${n}: ${tookMs} ms`);
      const effects = await outside.effects(id);
      const keys = effects.map((effect) => effect.key.slice(id.length + 1));
      expect(keys, `transition ${n}`).toEqual(["do:0", "do:1", "undo:0", "undo:1"]);
    });
    expect(late).toEqual([]);
  });

  it("in a step that is not idempotent leaves it in doubt, and the decided truth makes the effect happen once", async () => {
    const plan = planOf([step("charge", { action: "charge", idempotent: false })]);
    const count = await transitions(plan, "succeeded");
    let doubts = 0;
    await inFours(upTo(count), async (n) => {
      const { id } = await killAt(plan, n, async (tenant, id) => {
        const ctx = person("bob", tenant);
        const run = await until(t, id, (r) => r.state === "in_doubt" || r.state === "succeeded", ctx);
        if (run.state === "in_doubt") {
          doubts++;
          const decision = (await outside.charges(id)).length > 0 ? "happened" : "did_not_happen";
          await t.db.tx(ctx, (tx) => decideInDoubt(tx, ctx, id, { decision }));
        }
        await until(t, id, "succeeded", ctx);
      });
      expect(await outside.charges(id), `transition ${n}`).toEqual([`${id}:do:0`]);
    });
    // After the intent's commit, before and after the effect, before the result's commit.
    expect(doubts).toBe(4);
  });

  it("three times by one step parks that run; the others go on", async () => {
    const ctx = person("alice", "poisoned");
    const poison = await start(t, planOf([step("deadly", { action: "die" })]), ctx);
    const others = await Promise.all(
      upTo(3).map(() => start(t, planOf([step("slow", { action: "slow" }), step("next")]), ctx)),
    );
    let workers = 0;
    const parked = async () => (await get(t, poison.id, ctx)).state === "parked";
    while (!(await parked()) && workers < 8) {
      const worker = await spawn({ tenants: [ctx.tenant], leaseMs: 1_000 });
      workers++;
      await Promise.race([worker.exited, eventually("parked", parked).catch(() => {})]);
    }
    expect(await parked()).toBe(true);
    // Three that crash and one that parks; a lease that ends on a busy machine counts as a crash too.
    expect(workers).toBeLessThanOrEqual(4);
    for (const { id } of others) await until(t, id, "succeeded", ctx);
    const audited = await t.db.tx(ctx, (tx) => search(tx, { resource: `run/${poison.id}` }));
    expect(audited.map((row) => [row.action, row.result])).toEqual([
      ["run.parked", "failure"],
      ["run.start", "success"],
    ]);
  });
});

describe("a worker that was stopped and comes back", () => {
  it("leaves the run alone, and what it still does is refused", async () => {
    const ctx = person("alice", "zombie");
    const { id } = await start(t, planOf([step("first"), step("second")]), ctx);
    const zombie = await spawn({ tenants: [ctx.tenant], waitAt: "before effect" });
    await zombie.reported("at", "before effect");
    zombie.kill("SIGSTOP");
    orphans.push(ctx.tenant);
    const ended = await until(t, id, "succeeded", ctx);
    const effects = await outside.effects(id);
    zombie.kill("SIGCONT");
    zombie.go();
    // Whichever comes first: its heartbeat finds the lease gone, or its write meets the newer fence.
    await zombie.reported("log", "run ");
    expect(await get(t, id, ctx)).toEqual(ended);
    expect(await outside.effects(id)).toEqual(effects);
    expect(effects.map((effect) => [effect.by, effect.calls])).toEqual([
      ["rescuer", 1],
      ["rescuer", 1],
    ]);
  });

  it("in the middle of a transaction does not keep the run locked", async () => {
    const ctx = person("alice", "stalled");
    const { id } = await start(t, planOf([step("first"), step("second")]), ctx);
    const stalled = await spawn({ tenants: [ctx.tenant], waitAt: "before commit" });
    await stalled.reported("at", "before commit");
    stalled.kill("SIGSTOP");
    orphans.push(ctx.tenant);
    rescuer.nudge();
    const ended = await until(t, id, "succeeded", ctx);
    stalled.kill("SIGCONT");
    expect(await get(t, id, ctx)).toEqual(ended);
    expect((await outside.effects(id)).map((effect) => effect.by)).toEqual(["rescuer", "rescuer"]);
  });
});
