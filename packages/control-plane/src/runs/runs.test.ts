import { describe, expect, it } from "vitest";
import {
  type Action,
  approveStep,
  dryRun,
  getRun,
  listRuns,
  nextWake,
  pendingApproval,
  type Run,
  requestCancel,
  signalRun,
  startRun,
} from "./index.ts";
import { done, eventually, get, person, planOf, start, step, undoOf, until } from "./testing/harness.ts";
import { openScene } from "./testing/scene.ts";

const scene = openScene();

describe("a run", () => {
  it("performs its steps in order with effect keys, a growing fence and the outputs so far", async () => {
    const fences: number[] = [];
    scene.work({
      fenced: async (s) => {
        fences.push(s.fence);
        return done({ input: s.input, outputs: s.outputs });
      },
    });
    const plan = planOf([
      step("a"),
      step("b", { action: "fenced", input: { from: { $output: ["a", "key"] } } }),
    ]);
    const first = await until(scene.t, (await start(scene.t, plan)).id, "succeeded");
    const key = `${first.id}:do:0`;
    expect(first.steps[1]?.output).toEqual({ input: { from: key }, outputs: [{ key }, null] });
    await until(scene.t, (await start(scene.t, plan)).id, "succeeded");
    expect(fences[1]).toBeGreaterThan(fences[0]!);
    expect(await scene.audited(first.id)).toEqual(["run.start", "run.end"]);
  });

  it("is frozen: what is changed later in the plan, or asked of the database, changes nothing", async () => {
    const plan = planOf([step("a", { wait: { kind: "signal", name: "go" } }), step("b")]);
    const { id, planHash } = await start(scene.t, plan);
    plan.steps[1]!.action = "refuse";
    const update = (tx: { query(sql: string): Promise<unknown> }) =>
      tx.query("UPDATE toban.runs SET plan = '{}', plan_hash = 'x'");
    await expect(scene.t.db.tx(scene.t.ctx, update)).rejects.toThrow(/permission denied/);
    scene.work();
    await scene.t.db.tx(scene.t.ctx, (tx) => signalRun(tx, scene.t.ctx, id, "go"));
    expect(await until(scene.t, id, "succeeded")).toMatchObject({
      planHash,
      plan: { steps: [{}, { action: "effect" }] },
    });
  });

  it("is not seen, signalled, cancelled or worked on from another tenant", async () => {
    const { id } = await start(scene.t, planOf([step("a")]));
    const other = person("mallory", "globex");
    const tries = [
      scene.t.db.tx(other, (tx) => getRun(tx, id)),
      scene.t.db.tx(other, (tx) => requestCancel(tx, other, id, "x")),
      scene.t.db.tx(other, (tx) => signalRun(tx, other, id, "x")),
    ];
    for (const result of await Promise.allSettled(tries)) {
      expect(result).toMatchObject({ status: "rejected", reason: { kind: "not_found" } });
    }
    expect(await scene.t.db.tx(other, (tx) => listRuns(tx))).toEqual([]);
    const foreign = scene.work({}, { tenants: async () => ["globex"] });
    await foreign.tasks.stop();
    expect((await get(scene.t, id)).state).toBe("pending");
    await scene.worker?.stop();
    scene.work();
    await until(scene.t, id, "succeeded");
  });

  it("rolled back with its caller's transaction never was", async () => {
    const failing = scene.t.db.tx(scene.t.ctx, async (tx) => {
      await startRun(tx, scene.t.ctx, { plan: planOf([step("a")], { kind: "drill" }) });
      throw new Error("the caller fails");
    });
    await expect(failing).rejects.toThrow("the caller fails");
    expect(await scene.t.db.tx(scene.t.ctx, (tx) => listRuns(tx, { kind: "drill" }))).toEqual([]);
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
      await expect(start(scene.t, plan)).rejects.toMatchObject({ kind: "invalid", code });
  });
});

describe("compensation", () => {
  it("runs in reverse, and the hook sees the end in the transaction that writes it", async () => {
    const ended: Run[] = [];
    scene.work(
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
      scene.t,
      planOf([...steps, step("c", { action: "refuse", compensate: undoOf("c") })]),
    );
    const run = await until(scene.t, id, "compensated");
    expect(scene.calls).toEqual(["do:0", "do:1", "undo:1", "undo:0"]);
    expect(run.refusal).toMatchObject({ code: "target_says_no" });
    expect(ended.map((r) => [r.id, r.state])).toEqual([[id, "compensated"]]);
  });

  it("that fails ends the run and calls for attention", async () => {
    const seen: unknown[] = [];
    scene.work({}, { onAttention: async (_tx, _ctx, run, reason) => void seen.push([run.id, reason]) });
    const a = step("a", { compensate: undoOf("a", { action: "refuse" }) });
    const { id } = await start(scene.t, planOf([a, step("b", { action: "refuse" })]));
    await until(scene.t, id, "compensation_failed");
    expect(seen).toEqual([[id, "compensation_failed"]]);
    expect(await scene.audited(id)).toEqual(["run.start", "run.compensation_failed", "run.end"]);
  });

  it("follows a cancel that comes during a step, after that step", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    scene.work({
      hold: async (s) => {
        scene.calls.push("held");
        await held;
        return scene.effect(s);
      },
    });
    const plan = planOf([
      step("a", { compensate: undoOf("a") }),
      step("b", { action: "hold", compensate: undoOf("b") }),
      step("c"),
    ]);
    const { id } = await start(scene.t, plan);
    await eventually("the step is held", () => scene.calls.includes("held"));
    await scene.cancel(id);
    release();
    expect(await until(scene.t, id, "cancelled")).toMatchObject({
      cancel: { reason: "enough", by: "person:tester" },
    });
    expect(scene.calls).toEqual(["do:0", "held", "do:1", "undo:1", "undo:0"]);
    expect(await scene.audited(id)).toEqual(["run.start", "run.cancel", "run.end"]);
  });
});

describe("a wait", () => {
  it("for a signal that was sent before counts, and carries its payload", async () => {
    const plan = planOf([step("a", { action: "nothing", wait: { kind: "signal", name: "go" } })]);
    const { id } = await start(scene.t, plan);
    await scene.t.db.tx(scene.t.ctx, (tx) => signalRun(tx, scene.t.ctx, id, "go", { n: 1 }));
    scene.work();
    expect((await until(scene.t, id, "succeeded")).steps[0]?.output).toEqual({ n: 1 });
  });

  it("is a row: polls keep their memo across workers and take a cancel", async () => {
    const poll: Action = async (s) => {
      scene.calls.push(`poll ${s.memo}`);
      return { kind: "again", afterMs: s.memo === null ? 5 : 60_000, memo: Number(s.memo) + 1 };
    };
    const first = scene.work({ poll });
    const { id } = await start(scene.t, planOf([step("a", { action: "poll", compensate: undoOf("a") })]));
    await eventually("polled twice", () => scene.calls.length === 2);
    await until(scene.t, id, "waiting");
    await first.stop();
    scene.work({ poll });
    await scene.cancel(id);
    await until(scene.t, id, "cancelled");
    expect(scene.calls).toEqual(["poll null", "poll 1", "undo:0"]);
  });

  it("tells when the next worker is needed", async () => {
    const ctx = person("alice", "waker");
    scene.work({}, { tenants: async () => ["waker"] });
    const plan = planOf([step("a", { wait: { kind: "timer", ms: 3_600_000 } })]);
    const { id } = await start(scene.t, plan, ctx);
    const run = await until(scene.t, id, "waiting", ctx);
    expect(run.dueAt!.getTime() - run.createdAt.getTime()).toBeGreaterThanOrEqual(3_600_000);
    expect(await scene.t.db.tx(ctx, nextWake)).toEqual(run.dueAt);
    await eventually(
      "the worker knows it",
      () => scene.worker?.nextWake()?.getTime() === run.dueAt!.getTime(),
    );
  });
});

describe("an approval", () => {
  const waitingRun = async (approvers: number) => {
    const wait = { kind: "approval", approvers } as const;
    const plan = planOf([step("a"), step("b", { wait, input: { of: { $output: ["a", "key"] } } })]);
    const { id } = await start(scene.t, plan, person("alice"));
    await until(scene.t, id, (run) => run.activity === "approval");
    return { id, asked: (await scene.t.db.tx(scene.t.ctx, (tx) => pendingApproval(tx, id)))! };
  };
  const approve = (id: string, who: string, asked: Parameters<typeof approveStep>[3]) =>
    scene.t.db.tx(scene.t.ctx, (tx) => approveStep(tx, person(who), id, asked));

  it("needs as many distinct persons as the step says, and shows them the rendered input", async () => {
    scene.work();
    const { id, asked } = await waitingRun(2);
    expect(asked).toMatchObject({ step: 1, missing: 2, input: { of: `${id}:do:0` } });
    expect(await approve(id, "bob", asked)).toEqual({ missing: 1 });
    await expect(approve(id, "bob", asked)).rejects.toMatchObject({ code: "approved_already" });
    expect((await get(scene.t, id)).activity).toBe("approval");
    expect(await approve(id, "carol", asked)).toEqual({ missing: 0 });
    await until(scene.t, id, "succeeded");
    await expect(approve(id, "dave", asked)).rejects.toMatchObject({ code: "step_not_waiting" });
    expect(await scene.audited(id)).toEqual(["run.start", "run.approve", "run.approve", "run.end"]);
  });

  it("of the requester, of a task, or for something else than the run has is refused", async () => {
    scene.work();
    const { id, asked } = await waitingRun(1);
    const bob = person("bob");
    const task = { ...bob, actor: { kind: "task", id: "helper" } } as const;
    await expect(approve(id, "alice", asked)).rejects.toMatchObject({
      kind: "forbidden",
      code: "approver_is_requester",
    });
    await expect(scene.t.db.tx(bob, (tx) => approveStep(tx, task, id, asked))).rejects.toMatchObject({
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
    expect((await get(scene.t, id)).activity).toBe("approval");
  });

  it("by two persons at the same moment counts twice", async () => {
    scene.work();
    const { id, asked } = await waitingRun(2);
    const both = await Promise.all([approve(id, "bob", asked), approve(id, "carol", asked)]);
    expect(both.map((answer) => answer.missing).sort()).toEqual([0, 1]);
    await until(scene.t, id, "succeeded");
  });
});

describe("a target", () => {
  it("is held by one unfinished run, also when many start at once", async () => {
    const plan = planOf([step("a", { wait: { kind: "signal", name: "go" } })], { target: "service/bff" });
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => start(scene.t, plan)));
    const started = tries.filter((result) => result.status === "fulfilled");
    expect(started).toHaveLength(1);
    const { id } = started[0]!.value;
    for (const result of tries.filter((r) => r.status === "rejected")) {
      expect(result.reason).toMatchObject({ kind: "conflict", code: "target_locked" });
      expect(result.reason.reason).toContain(id);
    }
    await scene.t.db.tx(person("x", "globex"), (tx) => startRun(tx, person("x", "globex"), { plan }));
    scene.work();
    await scene.cancel(id);
    await until(scene.t, id, "cancelled");
    const next = await start(scene.t, plan);
    await scene.cancel(next.id);
    await until(scene.t, next.id, "cancelled");
  });
});

describe("a dry run", () => {
  it("renders every step, names approvers, unknown actions and stale references, and does nothing", async () => {
    const plan = planOf([
      step("a", { input: { size: 3 } }),
      step("b", { wait: { kind: "approval", approvers: 2 }, input: { $output: ["gone"] } }),
      step("c", { action: "missing", compensate: undoOf("c", { action: "lost" }) }),
    ]);
    const shown = dryRun(plan, { effect: scene.effect }, "person:alice");
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
    expect(scene.calls).toEqual([]);
    expect(dryRun(planOf([step("a")]), { effect: scene.effect }).problems).toEqual([]);
  });
});
