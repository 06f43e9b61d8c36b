import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unavailable } from "../../platform/errors.ts";
import { startTasks } from "../../platform/tasks.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../../platform/testing.ts";
import { anchorAll, anchorTask } from "./anchor.ts";
import { readHead } from "./checkpoints.ts";
import { seal, sealTask } from "./seal.ts";
import { logStatus } from "./status.ts";
import { asSuperuser, createScene, queueMany, recordMany, type Scene, sealUp } from "./testing/scene.ts";
import type { Anchor, AnchorSink, AuditLog } from "./types.ts";

let t: TestDatabase;
let scene: Scene;
let clock: ReturnType<typeof testClock>;
let tenants = 0;
let ctx = testCtx();
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  clock = testClock();
  ctx = testCtx({ tenant: `n${tenants++}`, clock });
  scene = await createScene(t.db);
});
afterEach(() => scene.close());

const open = (sinks?: AnchorSink[], names = [ctx.tenant]): Promise<AuditLog> =>
  scene.open({ clock, tenants: names, ...(sinks ? { sinks } : {}) });

/** A place in memory that can be told to fail or to take its time. */
function memorySink(name: string) {
  const kept: Anchor[] = [];
  const state = { fails: false, takesMs: 0 };
  const sink: AnchorSink = {
    name,
    async append(anchor) {
      clock.advance(state.takesMs);
      if (state.fails)
        throw unavailable("anchor_sink_refused", `The anchor sink ${name} answered 500.`, "Wait.");
      kept.push(anchor);
    },
  };
  return { sink, kept, state };
}

const acknowledged = () =>
  t.db.tx(ctx, (tx) =>
    tx.query<{ sink: string; size: number }>(
      "SELECT sink, size FROM toban.audit_anchors ORDER BY sink, size",
    ),
  );

describe("anchoring", () => {
  it("puts every new head into every sink once, and notes what each has acknowledged", async () => {
    const log = await open();
    await recordMany(t.db, ctx, 3, "admin");
    await recordMany(t.db, ctx, 2, "access");
    await seal(log, ctx);
    expect(await anchorAll(log)).toEqual({ anchored: 4 });
    expect(await anchorAll(log)).toEqual({ anchored: 0 });
    await recordMany(t.db, ctx, 1, "admin");
    await seal(log, ctx);
    expect(await anchorAll(log)).toEqual({ anchored: 2 });
    for (const folder of ["anchors", "anchors.second"]) {
      const text = await readFile(
        path.join(scene.home, folder, ctx.tenant, "admin", "2026-01.jsonl"),
        "utf8",
      );
      const lines = text.trimEnd().split("\n");
      expect(
        lines.map((line) => readHead(log.keys, ctx.tenant, "admin", JSON.parse(line).note).size),
      ).toEqual([3, 4]);
    }
    expect(await acknowledged()).toEqual(
      ["file", "second-file"].flatMap((sink) => [2, 3, 4].map((size) => ({ sink, size }))),
    );
  });

  it("goes on with the other sinks when one fails, names its error, and makes up for it", async () => {
    const [good, also, bad] = [memorySink("good"), memorySink("also"), memorySink("bad")];
    const log = await open([good.sink, also.sink, bad.sink]);
    bad.state.fails = true;
    for (let round = 0; round < 3; round++) {
      await recordMany(t.db, ctx, 1);
      await seal(log, ctx);
      expect(await anchorAll(log)).toEqual({ anchored: 2 });
    }
    const status = await logStatus(log, ctx);
    expect(status.sinks).toMatchObject([
      { name: "good", error: null },
      { name: "also", error: null },
      { name: "bad", lastAt: null, error: "anchor_sink_refused: The anchor sink bad answered 500." },
    ]);
    expect(status.trees).toMatchObject([{ size: 3, unanchoredMs: null }]);
    bad.state.fails = false;
    expect(await anchorAll(log)).toEqual({ anchored: 1 });
    expect(bad.kept).toHaveLength(1);
    expect((await logStatus(log, ctx)).sinks[2]).toMatchObject({ error: null });
  });

  it("gives a slow sink no more than its time, and goes on there where it stopped", async () => {
    const slow = memorySink("slow");
    const names = Array.from({ length: 12 }, (_, n) => `${ctx.tenant}-${String(n).padStart(2, "0")}`);
    const log = await open([slow.sink], names);
    for (const tenant of names) {
      await recordMany(t.db, testCtx({ tenant, clock }), 1);
      await seal(log, testCtx({ tenant, clock }));
    }
    slow.state.takesMs = 1_500;
    for (const rest of [8, 4, 0]) {
      expect(await anchorAll(log)).toEqual({ anchored: 4 });
      expect(12 - slow.kept.length).toBe(rest);
    }
    expect(new Set(slow.kept.map((anchor) => anchor.tenant)).size).toBe(12);
  });

  it("is done by tasks within moments of a commit", async () => {
    const log = await open();
    await recordMany(t.db, ctx, 1);
    const tasks = startTasks([sealTask(log), { ...anchorTask(log), periodMs: 50 }], clock, ctx.log);
    for (let count = 0; count < 2; count = (await acknowledged()).length) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await tasks.stop();
    expect(anchorTask(log).periodMs).toBeLessThanOrEqual(10_000);
    expect(sealTask(log).periodMs).toBeLessThanOrEqual(250);
  });

  it("by two replicas leaves one note for each size", async () => {
    const sinks = [memorySink("one").sink, memorySink("two").sink];
    const replicas = [await open(sinks), await open(sinks)];
    await recordMany(t.db, ctx, 2);
    await seal(replicas[0]!, ctx);
    await Promise.all(replicas.map((replica) => anchorAll(replica)));
    expect(await acknowledged()).toEqual([
      { sink: "one", size: 2 },
      { sink: "two", size: 2 },
    ]);
  });
});

describe("the age of what is not anchored", () => {
  it("is that of the oldest sealed event that fewer than two sinks have, also after a restart", async () => {
    const [one, two, three] = [memorySink("one"), memorySink("two"), memorySink("three")];
    const sinks = [one.sink, two.sink, three.sink];
    const log = await open(sinks);
    const anchorAndRead = async (process = log) => {
      await anchorAll(process);
      return scene.gauges["toban.audit.unanchored"];
    };
    const record = async () => {
      await recordMany(t.db, ctx, 1);
      await sealUp(log, ctx);
    };
    expect(await anchorAndRead()).toBe(0);
    two.state.fails = true;
    three.state.fails = true;
    await record();
    clock.advance(30_000);
    await record();
    clock.advance(5_000);
    expect(await anchorAndRead()).toBe(35_000);
    clock.advance(5_000);
    expect(await anchorAndRead(await open(sinks))).toBe(40_000);
    expect((await logStatus(log, ctx)).trees).toMatchObject([{ unanchoredMs: 40_000 }]);

    // Two sinks have both events now; then a third event is in one sink only.
    two.state.fails = false;
    expect(await anchorAndRead()).toBe(0);
    two.state.fails = true;
    await record();
    clock.advance(7_000);
    expect(await anchorAndRead()).toBe(7_000);
    // One sink is behind for good; two others are enough.
    two.state.fails = false;
    expect(await anchorAndRead()).toBe(0);
  });

  it("is never zero with a single sink", async () => {
    const log = await open([memorySink("only").sink]);
    await recordMany(t.db, ctx, 1);
    await seal(log, ctx);
    clock.advance(90_000);
    await anchorAll(log);
    expect(scene.gauges["toban.audit.unanchored"]).toBe(90_000);
  });
});

describe("the status of a tenant's logs", () => {
  it("tells of trees, sinks, lag and divergence, and of nobody else's", async () => {
    const log = await open();
    await queueMany(t.db, ctx, 3, { prefix: "e" });
    expect(await logStatus(log, ctx)).toMatchObject({ trees: [], lagMs: 10_000 });
    await sealUp(log, ctx);
    await anchorAll(log);
    const status = await logStatus(log, ctx);
    expect(status).toMatchObject({
      lagMs: null,
      trees: [
        {
          class: "operation",
          size: 3,
          unanchoredMs: null,
          diverged: null,
          sealedAt: clock.now().toISOString(),
        },
      ],
    });
    expect(status.trees[0]?.anchors.map(({ sink, size }) => [sink, size])).toEqual([
      ["file", 3],
      ["second-file", 3],
    ]);
    expect(await logStatus(log, testCtx({ tenant: "somebody-else" }))).toMatchObject({
      trees: [],
      lagMs: null,
    });
    await asSuperuser(t, (client) =>
      client.query("UPDATE toban.audit_trees SET size = 2 WHERE tenant_id = $1", [ctx.tenant]),
    );
    await anchorAll(log, { whole: true });
    expect((await logStatus(log, ctx)).trees[0]?.diverged).toMatch(/has 2 leaves/);
    expect((await logStatus(log, testCtx({ tenant: "somebody-else" }))).trees).toEqual([]);
  });
});
