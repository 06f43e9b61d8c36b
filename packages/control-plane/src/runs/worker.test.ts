import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Database } from "../platform/database.ts";
import { unavailable } from "../platform/errors.ts";
import { type Action, createWorker, decideInDoubt, notDone, resumeRun } from "./index.ts";
import { done, eventually, get, person, planOf, runWorker, start, step, until } from "./testing/harness.ts";
import { openScene } from "./testing/scene.ts";

const scene = openScene();

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
    scene.work({ hang }, { onAttention: async (_tx, _ctx, _run, reason) => void seen.push(reason) });
    const { id } = await start(
      scene.t,
      planOf([step("a", { action: "hang", idempotent: false, timeoutMs: 50 }), step("b")]),
    );
    expect((await until(scene.t, id, "in_doubt")).steps[0]).toMatchObject({
      state: "in_doubt",
      refusal: { code: "step_timeout" },
    });
    expect([aborted, seen]).toEqual([true, ["in_doubt"]]);
    const decide = () =>
      scene.t.db.tx(scene.t.ctx, (tx) =>
        decideInDoubt(tx, scene.t.ctx, id, { decision: "happened", output: 7 }),
      );
    await decide();
    await expect(decide()).rejects.toMatchObject({ kind: "conflict", code: "run_not_in_state" });
    expect((await until(scene.t, id, "succeeded")).steps.map((s) => s.output)).toMatchObject([7, {}]);
    expect(await scene.audited(id)).toEqual(["run.start", "run.in_doubt", "run.decide", "run.end"]);
  });

  it("cannot be decided by a task", async () => {
    const task = { ...scene.t.ctx, actor: { kind: "task", id: "helper" } } as const;
    const decide = scene.t.db.tx(task, (tx) => decideInDoubt(tx, task, "any", { decision: "happened" }));
    await expect(decide).rejects.toMatchObject({ code: "decision_needs_a_person" });
  });

  it("is tried again when the step is idempotent, or when the action knows that nothing happened", async () => {
    const failTwice = (wrap: (error: Error) => Error): Action => {
      let tries = 0;
      return async (s) => {
        if (++tries < 3) throw wrap(unavailable("down", "Down.", "Wait."));
        return scene.effect(s);
      };
    };
    scene.work({ flaky: failTwice((error) => error), refusing: failTwice(notDone) });
    const plan = planOf([
      step("a", { action: "flaky" }),
      step("b", { action: "refusing", idempotent: false }),
    ]);
    const { id } = await start(scene.t, plan);
    await until(scene.t, id, "succeeded");
    expect(scene.calls).toEqual(["do:0", "do:1"]);
  });
});

describe("a worker", () => {
  it("keeps its lease while an effect lasts longer, so no other worker takes the run", async () => {
    const slow: Action = async (s) => {
      await sleep(1_500);
      return scene.effect(s);
    };
    scene.work({ slow }, { leaseMs: 600 });
    const other = runWorker(scene.t, { actions: { slow }, leaseMs: 600 });
    const { id } = await start(scene.t, planOf([step("a", { action: "slow", idempotent: false })]));
    await until(scene.t, id, "succeeded");
    await other.stop();
    expect(scene.calls).toEqual(["do:0"]);
  });

  it("that was taken over is fenced: the late result of its effect is refused", async () => {
    const warnings: unknown[] = [];
    const log = Object.assign(Object.create(scene.t.ctx.log), {
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
      db: scene.t.db,
      ctxFor: (tenant) => ({ ...person("zombie", tenant), log }),
      actions: { effect: late },
      tenants: async () => ["acme"],
      leaseMs: 200,
      // It looks for work only when told to.
      pollMs: 1,
    });
    const { id } = await start(scene.t, planOf([step("a"), step("b")]));
    await zombie.tasks[0]!.run();
    await until(scene.t, id, "running");
    scene.work();
    const ended = await until(scene.t, id, "succeeded");
    release();
    await eventually("the write is refused", () => warnings.includes("run was taken over, write refused"));
    expect(await get(scene.t, id)).toEqual(ended);
    await zombie.stop();
  });

  it("that stops hands its runs over at once: idempotent effects are broken off, a long lease is not waited for", async () => {
    const stuck: Action = (s) =>
      new Promise((_, reject) => {
        scene.calls.push("stuck");
        s.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const first = scene.work({ effect: stuck }, { leaseMs: 600_000 });
    const { id } = await start(scene.t, planOf([step("a")]));
    await eventually("the step hangs", () => scene.calls.includes("stuck"));
    await first.stop(50);
    expect(await get(scene.t, id)).toMatchObject({ state: "running", activity: "ready" });
    scene.work();
    await until(scene.t, id, "succeeded");
  });

  it("tries an end again whose hook failed, without repeating effects or holding up other runs", async () => {
    const broken = new Set<string>();
    scene.work(
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
    const sick = await start(scene.t, plan);
    broken.add(sick.id);
    await until(scene.t, sick.id, "parked");
    const { id } = await start(scene.t, plan);
    await until(scene.t, id, "succeeded");
    broken.clear();
    await scene.t.db.tx(scene.t.ctx, (tx) => resumeRun(tx, scene.t.ctx, sick.id));
    await until(scene.t, sick.id, "succeeded");
  });

  it("whose database goes away at a result writes it once it is back, and never twice", async () => {
    const moments = ["before", "after"];
    const db: Database = {
      ...scene.t.db,
      async tx(ctx, work) {
        let moment: string | undefined;
        const lost = () => unavailable("database_unavailable", "Gone.", "Wait.");
        const result = await scene.t.db.tx(ctx, async (tx) => {
          const query: typeof tx.query = (sql, parameters) => {
            if (scene.calls.length > 0 && sql.startsWith("WITH run AS")) moment = moments.shift();
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
    scene.work({}, { db, leaseMs: 30_000 });
    const { id } = await start(
      scene.t,
      planOf([step("a", { idempotent: false }), step("b", { idempotent: false })]),
    );
    await until(scene.t, id, "succeeded");
    expect([scene.calls, moments]).toEqual([["do:0", "do:1"], []]);
    expect(await scene.audited(id)).toEqual(["run.start", "run.end"]);
  });

  it("keeps an output with bytes that the database cannot store, in readable form", async () => {
    scene.work({ odd: async () => done({ text: `a\0b${"😀".slice(0, 1)}`, path: "C:\\u0000" }) });
    const { id } = await start(scene.t, planOf([step("a", { action: "odd" })]));
    const run = await until(scene.t, id, "succeeded");
    expect(run.steps[0]?.output).toEqual({ text: "a\ufffdb\ufffd", path: "C:\\u0000" });
  });

  it("fails a step whose action it does not know", async () => {
    scene.work();
    const { id } = await start(scene.t, planOf([step("a", { action: "toString" })]));
    expect((await until(scene.t, id, "failed")).refusal?.code).toBe("action_unknown");
  });
});
