import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import type { Database } from "../platform/database.ts";
import { invalid, unavailable } from "../platform/errors.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import {
  type Action,
  approveStep,
  createWorker,
  decideInDoubt,
  dryRun,
  getRun,
  listRuns,
  nextWake,
  notDone,
  pendingApproval,
  type Run,
  requestCancel,
  resumeRun,
  signalRun,
  startRun,
  type WorkerOptions,
} from "./index.ts";
import {
  done,
  eventually,
  get,
  person,
  planOf,
  runWorker,
  start,
  step,
  undoOf,
  until,
} from "./testing/harness.ts";

let t: TestDatabase;
let worker: ReturnType<typeof runWorker> | undefined;
/** `run-relative effect key` of every call, in order. */
let calls: string[] = [];

beforeAll(async () => {
  t = await createTestDatabase();
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  calls = [];
});
afterAll(() => t?.close());

const effect: Action = async (s) => {
  calls.push(s.effectKey.slice(s.runId.length + 1));
  return done({ key: s.effectKey });
};
const refuse: Action = async () => {
  throw invalid("target_says_no", "The target says no.", "Ask it why.");
};

function work(actions: Record<string, Action> = {}, options: Partial<WorkerOptions> = {}) {
  worker = runWorker(t, { actions: { effect, refuse, ...actions }, ...options });
  return worker;
}

const cancel = (id: string) => t.db.tx(t.ctx, (tx) => requestCancel(tx, t.ctx, id, "enough"));
const actionsOf = async (id: string) =>
  (await t.db.tx(t.ctx, (tx) => search(tx, { resource: `run/${id}` }))).map((row) => row.action).reverse();

describe("a run", () => {
  it("performs its steps in order with effect keys, a growing fence and the outputs so far", async () => {
    const fences: number[] = [];
    work({
      fenced: async (s) => {
        fences.push(s.fence);
        return done({ input: s.input, outputs: s.outputs });
      },
    });
    const plan = planOf([
      step("a"),
      step("b", { action: "fenced", input: { from: { $output: ["a", "key"] } } }),
    ]);
    const first = await until(t, (await start(t, plan)).id, "succeeded");
    const key = `${first.id}:do:0`;
    expect(first.steps[1]?.output).toEqual({ input: { from: key }, outputs: [{ key }, null] });
    await until(t, (await start(t, plan)).id, "succeeded");
    expect(fences[1]).toBeGreaterThan(fences[0]!);
    expect(await actionsOf(first.id)).toEqual(["run.start", "run.end"]);
  });

  it("is frozen: what is changed later in the plan, or asked of the database, changes nothing", async () => {
    const plan = planOf([step("a", { wait: { kind: "signal", name: "go" } }), step("b")]);
    const { id, planHash } = await start(t, plan);
    plan.steps[1]!.action = "refuse";
    const update = (tx: { query(sql: string): Promise<unknown> }) =>
      tx.query("UPDATE toban.runs SET plan = '{}', plan_hash = 'x'");
    await expect(t.db.tx(t.ctx, update)).rejects.toThrow(/permission denied/);
    work();
    await t.db.tx(t.ctx, (tx) => signalRun(tx, t.ctx, id, "go"));
    expect(await until(t, id, "succeeded")).toMatchObject({
      planHash,
      plan: { steps: [{}, { action: "effect" }] },
    });
  });

  it("is not seen, signalled, cancelled or worked on from another tenant", async () => {
    const { id } = await start(t, planOf([step("a")]));
    const other = person("mallory", "globex");
    const tries = [
      t.db.tx(other, (tx) => getRun(tx, id)),
      t.db.tx(other, (tx) => requestCancel(tx, other, id, "x")),
      t.db.tx(other, (tx) => signalRun(tx, other, id, "x")),
    ];
    for (const result of await Promise.allSettled(tries)) {
      expect(result).toMatchObject({ status: "rejected", reason: { kind: "not_found" } });
    }
    expect(await t.db.tx(other, (tx) => listRuns(tx))).toEqual([]);
    const foreign = work({}, { tenants: async () => ["globex"] });
    await foreign.tasks.stop();
    expect((await get(t, id)).state).toBe("pending");
    await worker?.stop();
    work();
    await until(t, id, "succeeded");
  });

  it("rolled back with its caller's transaction never was", async () => {
    const failing = t.db.tx(t.ctx, async (tx) => {
      await startRun(tx, t.ctx, { plan: planOf([step("a")], { kind: "drill" }) });
      throw new Error("the caller fails");
    });
    await expect(failing).rejects.toThrow("the caller fails");
    expect(await t.db.tx(t.ctx, (tx) => listRuns(tx, { kind: "drill" }))).toEqual([]);
  });

  it("with a plan that cannot run is refused at the start", async () => {
    const bad = [
      [planOf([]), "plan_empty"],
      [planOf([step("a"), step("a")]), "step_name_twice"],
      [planOf([step("a", { timeoutMs: 0 })]), "step_without_timeout"],
      [planOf([step("a", { input: { $output: ["b"] } }), step("b")]), "output_reference_stale"],
      [planOf([step("a", { wait: { kind: "approval", approvers: 0 } })]), "wait_without_amount"],
    ] as const;
    for (const [plan, code] of bad)
      await expect(start(t, plan)).rejects.toMatchObject({ kind: "invalid", code });
  });
});

describe("compensation", () => {
  it("runs in reverse, and the hook sees the end in the transaction that writes it", async () => {
    const ended: Run[] = [];
    work(
      {},
      {
        onRunEnded: async (tx, _ctx, run) => {
          expect((await getRun(tx, run.id)).endedAt).toEqual(run.endedAt);
          ended.push(run);
        },
      },
    );
    const steps = ["a", "b"].map((name) => step(name, { compensate: undoOf(name) }));
    const { id } = await start(
      t,
      planOf([...steps, step("c", { action: "refuse", compensate: undoOf("c") })]),
    );
    const run = await until(t, id, "compensated");
    expect(calls).toEqual(["do:0", "do:1", "undo:1", "undo:0"]);
    expect(run.refusal).toMatchObject({ code: "target_says_no" });
    expect(ended.map((r) => [r.id, r.state])).toEqual([[id, "compensated"]]);
  });

  it("that fails ends the run and calls for attention", async () => {
    const seen: unknown[] = [];
    work({}, { onAttention: async (_tx, _ctx, run, reason) => void seen.push([run.id, reason]) });
    const a = step("a", { compensate: undoOf("a", { action: "refuse" }) });
    const { id } = await start(t, planOf([a, step("b", { action: "refuse" })]));
    await until(t, id, "compensation_failed");
    expect(seen).toEqual([[id, "compensation_failed"]]);
    expect(await actionsOf(id)).toEqual(["run.start", "run.compensation_failed", "run.end"]);
  });

  it("follows a cancel that comes during a step, after that step", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    work({
      hold: async (s) => {
        calls.push("held");
        await held;
        return effect(s);
      },
    });
    const plan = planOf([
      step("a", { compensate: undoOf("a") }),
      step("b", { action: "hold", compensate: undoOf("b") }),
      step("c"),
    ]);
    const { id } = await start(t, plan);
    await eventually("the step is held", () => calls.includes("held"));
    await cancel(id);
    release();
    expect(await until(t, id, "cancelled")).toMatchObject({
      cancel: { reason: "enough", by: "person:tester" },
    });
    expect(calls).toEqual(["do:0", "held", "do:1", "undo:1", "undo:0"]);
    expect(await actionsOf(id)).toEqual(["run.start", "run.cancel", "run.end"]);
  });
});

describe("a wait", () => {
  it("for a signal that was sent before counts, and carries its payload", async () => {
    const plan = planOf([step("a", { action: "nothing", wait: { kind: "signal", name: "go" } })]);
    const { id } = await start(t, plan);
    await t.db.tx(t.ctx, (tx) => signalRun(tx, t.ctx, id, "go", { n: 1 }));
    work();
    expect((await until(t, id, "succeeded")).steps[0]?.output).toEqual({ n: 1 });
  });

  it("is a row: polls keep their memo across workers and take a cancel", async () => {
    const poll: Action = async (s) => {
      calls.push(`poll ${s.memo}`);
      return { kind: "again", afterMs: s.memo === null ? 5 : 60_000, memo: Number(s.memo) + 1 };
    };
    const first = work({ poll });
    const { id } = await start(t, planOf([step("a", { action: "poll", compensate: undoOf("a") })]));
    await eventually("polled twice", () => calls.length === 2);
    await until(t, id, "waiting");
    await first.stop();
    work({ poll });
    await cancel(id);
    await until(t, id, "cancelled");
    expect(calls).toEqual(["poll null", "poll 1", "undo:0"]);
  });

  it("tells when the next worker is needed", async () => {
    const ctx = person("alice", "waker");
    work({}, { tenants: async () => ["waker"] });
    const plan = planOf([step("a", { wait: { kind: "timer", ms: 3_600_000 } })]);
    const { id } = await start(t, plan, ctx);
    const run = await until(t, id, "waiting", ctx);
    expect(run.dueAt!.getTime() - run.createdAt.getTime()).toBeGreaterThanOrEqual(3_600_000);
    expect(await t.db.tx(ctx, nextWake)).toEqual(run.dueAt);
    await eventually("the worker knows it", () => worker?.nextWake()?.getTime() === run.dueAt!.getTime());
  });
});

describe("an approval", () => {
  const waitingRun = async (approvers: number) => {
    const wait = { kind: "approval", approvers } as const;
    const plan = planOf([step("a"), step("b", { wait, input: { of: { $output: ["a", "key"] } } })]);
    const { id } = await start(t, plan, person("alice"));
    await until(t, id, (run) => run.activity === "approval");
    return { id, asked: (await t.db.tx(t.ctx, (tx) => pendingApproval(tx, id)))! };
  };
  const approve = (id: string, who: string, asked: Parameters<typeof approveStep>[3]) =>
    t.db.tx(t.ctx, (tx) => approveStep(tx, person(who), id, asked));

  it("needs as many distinct persons as the step says, and shows them the rendered input", async () => {
    work();
    const { id, asked } = await waitingRun(2);
    expect(asked).toMatchObject({ step: 1, missing: 2, input: { of: `${id}:do:0` } });
    expect(await approve(id, "bob", asked)).toEqual({ missing: 1 });
    await expect(approve(id, "bob", asked)).rejects.toMatchObject({ code: "approved_already" });
    expect((await get(t, id)).activity).toBe("approval");
    expect(await approve(id, "carol", asked)).toEqual({ missing: 0 });
    await until(t, id, "succeeded");
    await expect(approve(id, "dave", asked)).rejects.toMatchObject({ code: "step_not_waiting" });
    expect(await actionsOf(id)).toEqual(["run.start", "run.approve", "run.approve", "run.end"]);
  });

  it("of the requester, of a task, or for something else than the run has is refused", async () => {
    work();
    const { id, asked } = await waitingRun(1);
    const bob = person("bob");
    const task = { ...bob, actor: { kind: "task", id: "helper" } } as const;
    await expect(approve(id, "alice", asked)).rejects.toMatchObject({
      kind: "forbidden",
      code: "approver_is_requester",
    });
    await expect(t.db.tx(bob, (tx) => approveStep(tx, task, id, asked))).rejects.toMatchObject({
      code: "approver_not_a_person",
    });
    for (const stale of [{ planHash: "sha256:0" }, { inputDigest: "sha256:0" }]) {
      await expect(approve(id, "bob", { ...asked, ...stale })).rejects.toMatchObject({
        code: "approval_stale",
      });
    }
    await expect(approve(id, "bob", { ...asked, step: 0 })).rejects.toMatchObject({
      code: "step_not_waiting",
    });
    expect((await get(t, id)).activity).toBe("approval");
  });

  it("by two persons at the same moment counts twice", async () => {
    work();
    const { id, asked } = await waitingRun(2);
    const both = await Promise.all([approve(id, "bob", asked), approve(id, "carol", asked)]);
    expect(both.map((answer) => answer.missing).sort()).toEqual([0, 1]);
    await until(t, id, "succeeded");
  });
});

describe("an effect with an unknown outcome", () => {
  it("is in doubt after a timeout, which aborts the action's signal; a person decides, once", async () => {
    let aborted = false;
    const seen: unknown[] = [];
    const hang: Action = (s) =>
      new Promise(() => {
        s.signal.addEventListener("abort", () => {
          aborted = true;
        });
      });
    work({ hang }, { onAttention: async (_tx, _ctx, _run, reason) => void seen.push(reason) });
    const { id } = await start(
      t,
      planOf([step("a", { action: "hang", idempotent: false, timeoutMs: 50 }), step("b")]),
    );
    expect((await until(t, id, "in_doubt")).steps[0]).toMatchObject({
      state: "in_doubt",
      refusal: { code: "step_timeout" },
    });
    expect([aborted, seen]).toEqual([true, ["in_doubt"]]);
    const decide = () =>
      t.db.tx(t.ctx, (tx) => decideInDoubt(tx, t.ctx, id, { decision: "happened", output: 7 }));
    await decide();
    await expect(decide()).rejects.toMatchObject({ kind: "conflict", code: "run_not_in_state" });
    expect((await until(t, id, "succeeded")).steps.map((s) => s.output)).toMatchObject([7, {}]);
    expect(await actionsOf(id)).toEqual(["run.start", "run.in_doubt", "run.decide", "run.end"]);
  });

  it("cannot be decided by a task", async () => {
    const task = { ...t.ctx, actor: { kind: "task", id: "helper" } } as const;
    const decide = t.db.tx(task, (tx) => decideInDoubt(tx, task, "any", { decision: "happened" }));
    await expect(decide).rejects.toMatchObject({ code: "decision_needs_a_person" });
  });

  it("is tried again when the step is idempotent, or when the action knows that nothing happened", async () => {
    const failTwice = (wrap: (error: Error) => Error): Action => {
      let tries = 0;
      return async (s) => {
        if (++tries < 3) throw wrap(unavailable("down", "Down.", "Wait."));
        return effect(s);
      };
    };
    work({ flaky: failTwice((error) => error), refusing: failTwice(notDone) });
    const plan = planOf([
      step("a", { action: "flaky" }),
      step("b", { action: "refusing", idempotent: false }),
    ]);
    const { id } = await start(t, plan);
    await until(t, id, "succeeded");
    expect(calls).toEqual(["do:0", "do:1"]);
  });
});

describe("a target", () => {
  it("is held by one unfinished run, also when many start at once", async () => {
    const plan = planOf([step("a", { wait: { kind: "signal", name: "go" } })], { target: "service/bff" });
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => start(t, plan)));
    const started = tries.filter((result) => result.status === "fulfilled");
    expect(started).toHaveLength(1);
    const { id } = started[0]!.value;
    for (const result of tries.filter((r) => r.status === "rejected")) {
      expect(result.reason).toMatchObject({ kind: "conflict", code: "target_locked" });
      expect(result.reason.reason).toContain(id);
    }
    await t.db.tx(person("x", "globex"), (tx) => startRun(tx, person("x", "globex"), { plan }));
    work();
    await cancel(id);
    await until(t, id, "cancelled");
    const next = await start(t, plan);
    await cancel(next.id);
    await until(t, next.id, "cancelled");
  });
});

describe("a worker", () => {
  it("keeps its lease while an effect lasts longer, so no other worker takes the run", async () => {
    const slow: Action = async (s) => {
      await sleep(1_500);
      return effect(s);
    };
    work({ slow }, { leaseMs: 600 });
    const other = runWorker(t, { actions: { slow, effect }, leaseMs: 600 });
    const { id } = await start(t, planOf([step("a", { action: "slow", idempotent: false })]));
    await until(t, id, "succeeded");
    await other.stop();
    expect(calls).toEqual(["do:0"]);
  });

  it("that was taken over is fenced: the late result of its effect is refused", async () => {
    const warnings: unknown[] = [];
    const log = Object.assign(Object.create(t.ctx.log), {
      warn: (...args: unknown[]) => warnings.push(args[1]),
    });
    let release = () => {};
    const late: Action = () =>
      new Promise((resolve) => {
        release = () =>
          resolve({ kind: "failed", refusal: { code: "late", reason: "late", remedy: "none" } });
      });
    // Without its heartbeat, as if the process had been stopped in between.
    const zombie = createWorker({
      db: t.db,
      ctxFor: (tenant) => ({ ...person("zombie", tenant), log }),
      actions: { effect: late },
      tenants: async () => ["acme"],
      leaseMs: 200,
    });
    const { id } = await start(t, planOf([step("a"), step("b")]));
    await zombie.tasks[0]!.run();
    await until(t, id, "running");
    work();
    const ended = await until(t, id, "succeeded");
    release();
    await eventually("the write is refused", () => warnings.includes("run was taken over, write refused"));
    expect(await get(t, id)).toEqual(ended);
    await zombie.stop();
  });

  it("that stops hands its runs over at once: idempotent effects are broken off, a long lease is not waited for", async () => {
    const stuck: Action = (s) =>
      new Promise((_, reject) => {
        calls.push("stuck");
        s.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const first = work({ effect: stuck }, { leaseMs: 600_000 });
    const { id } = await start(t, planOf([step("a")]));
    await eventually("the step hangs", () => calls.includes("stuck"));
    await first.stop(50);
    expect(await get(t, id)).toMatchObject({ state: "running", activity: "ready" });
    work();
    await until(t, id, "succeeded");
  });

  it("tries an end again whose hook failed, without repeating effects or holding up other runs", async () => {
    const broken = new Set<string>();
    work(
      {},
      {
        leaseMs: 400,
        onRunEnded: async (_tx, _ctx, run) => {
          if (!broken.has(run.id)) return;
          throw new Error("the ledger is not ready");
        },
      },
    );
    const plan = planOf([step("a", { action: "nothing" })]);
    const sick = await start(t, plan);
    broken.add(sick.id);
    await until(t, sick.id, "parked");
    const { id } = await start(t, plan);
    await until(t, id, "succeeded");
    broken.clear();
    await t.db.tx(t.ctx, (tx) => resumeRun(tx, t.ctx, sick.id));
    await until(t, sick.id, "succeeded");
  });

  it("whose database goes away at a result writes it once it is back, and never twice", async () => {
    const moments = ["before", "after"];
    const db: Database = {
      ...t.db,
      async tx(ctx, work) {
        let moment: string | undefined;
        const lost = () => unavailable("database_unavailable", "Gone.", "Wait.");
        const result = await t.db.tx(ctx, async (tx) => {
          const query: typeof tx.query = (sql, parameters) => {
            if (calls.length > 0 && sql.startsWith("WITH run AS")) moment = moments.shift();
            return tx.query(sql, parameters);
          };
          const inner = await work({ query });
          if (moment === "before") throw lost();
          return inner;
        });
        if (moment === "after") throw lost();
        return result;
      },
    };
    work({}, { db, leaseMs: 30_000 });
    const { id } = await start(
      t,
      planOf([step("a", { idempotent: false }), step("b", { idempotent: false })]),
    );
    await until(t, id, "succeeded");
    expect([calls, moments]).toEqual([["do:0", "do:1"], []]);
    expect(await actionsOf(id)).toEqual(["run.start", "run.end"]);
  });

  it("keeps an output with bytes that the database cannot store, in readable form", async () => {
    work({ odd: async () => done({ text: `a\0b${"😀".slice(0, 1)}`, path: "C:\\u0000" }) });
    const { id } = await start(t, planOf([step("a", { action: "odd" })]));
    const run = await until(t, id, "succeeded");
    expect(run.steps[0]?.output).toEqual({ text: "a\ufffdb\ufffd", path: "C:\\u0000" });
  });

  it("fails a step whose action it does not know", async () => {
    work();
    const { id } = await start(t, planOf([step("a", { action: "toString" })]));
    expect((await until(t, id, "failed")).refusal?.code).toBe("action_unknown");
  });
});

describe("a dry run", () => {
  it("renders every step, names approvers, unknown actions and stale references, and does nothing", async () => {
    const plan = planOf([
      step("a", { input: { size: 3 } }),
      step("b", { wait: { kind: "approval", approvers: 2 }, input: { $output: ["gone"] } }),
      step("c", { action: "missing", compensate: undoOf("c", { action: "lost" }) }),
    ]);
    const shown = dryRun(plan, { effect }, "person:alice");
    expect(shown.steps.map((s) => [s.name, s.action])).toEqual([
      ["a", "effect"],
      ["b", "effect"],
      ["c", "missing"],
    ]);
    expect(shown.steps[0]).toMatchObject({ input: { size: 3 }, approvers: null });
    expect(shown.steps[1]?.approvers).toEqual({ count: 2, except: "person:alice" });
    expect(shown.problems.map((p) => p.code)).toEqual([
      "output_reference_stale",
      "action_unknown",
      "action_unknown",
    ]);
    expect(calls).toEqual([]);
    expect(dryRun(planOf([step("a")]), { effect }).problems).toEqual([]);
  });
});
