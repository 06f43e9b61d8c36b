import {
  consistencyProof,
  inclusionProof,
  leafHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from "@toban/verify";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTasks } from "../../platform/tasks.ts";
import { createTestDatabase, TEST_POSTGRES, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { treeSource } from "./hash-source.ts";
import { seal, sealAll, sealTask } from "./seal.ts";
import {
  asSuperuser,
  auditTheLog,
  createScene,
  openAnother,
  queueMany,
  recordMany,
  recordOne,
  type Scene,
  sealUp,
} from "./testing/scene.ts";
import type { AuditLog } from "./types.ts";

let t: TestDatabase;
let scene: Scene;
let log: AuditLog;
let tenants = 0;
let ctx = testCtx();

beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  // A tenant of its own for each test: its trees begin empty.
  ctx = testCtx({ tenant: `t${tenants++}` });
  scene = await createScene(t.db);
  log = await scene.open({ tenants: [ctx.tenant] });
});
afterEach(() => scene.close());

describe("sealing", () => {
  it("appends each class to a tree of its own, in the order of the queue, and signs the heads", async () => {
    for (const auditClass of ["auth", "operation", "admin", "access"] as const) {
      await recordMany(t.db, ctx, 3, auditClass);
    }
    expect(await seal(log, ctx)).toMatchObject({ sealed: 12 });
    await recordMany(t.db, ctx, 2, "admin");
    expect(await seal(log, ctx)).toMatchObject({ sealed: 2 });
    expect(await auditTheLog(log, ctx)).toEqual({
      events: 14,
      queued: 0,
      leaves: 14,
      sizes: { auth: 3, operation: 3, admin: 5, access: 3 },
    });
    expect(await seal(log, ctx)).toMatchObject({ sealed: 0 });
  });

  it("writes a tile whenever 256 leaves are full, however the events arrive", async () => {
    for (const count of [1, 254, 1, 1, 300, 211, 1, 2_000]) {
      await queueMany(t.db, ctx, count, { prefix: `${count}-${Math.trunc(performance.now() * 1000)}-` });
      await sealUp(log, ctx);
      expect((await auditTheLog(log, ctx)).queued).toBe(0);
    }
  });

  it("makes the leaves of rows that an older version queued", async () => {
    await queueMany(t.db, ctx, 300, { prefix: "old-", withLeaf: false });
    await queueMany(t.db, ctx, 5, { prefix: "new-" });
    expect(await sealUp(log, ctx)).toBe(305);
    expect(await auditTheLog(log, ctx)).toMatchObject({ queued: 0, sizes: { operation: 305 } });
    const [row] = await t.db.tx(ctx, (tx) =>
      tx.query<{ leaf: Buffer }>("SELECT leaf FROM toban.audit_leaves WHERE event_id = 'old-000000007'"),
    );
    expect(JSON.parse(row!.leaf.toString())).toMatchObject({
      id: "old-000000007",
      tenantId: ctx.tenant,
      v: 1,
    });
  });

  it("does not pass over a queued event that was removed behind its back", async () => {
    await queueMany(t.db, ctx, 3, { prefix: "old-", withLeaf: false });
    await asSuperuser(t, (client) =>
      client.query("DELETE FROM toban.audit_events WHERE tenant_id = $1 AND id = 'old-000000002'", [
        ctx.tenant,
      ]),
    );
    await expect(seal(log, ctx)).rejects.toThrow(/audit_event_missing: 1 queued/);
    const rows = await t.db.tx(ctx, (tx) => tx.query("SELECT FROM toban.audit_queue"));
    expect(rows).toHaveLength(3);
  });

  it("leaves an event that is not committed yet for later, without waiting for it", async () => {
    let commit: () => void = () => {};
    let written: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const late = t.db.tx(ctx, async (tx) => {
      await recordOne(tx, ctx);
      written();
      await held;
    });
    await isWritten;
    await recordMany(t.db, ctx, 4);
    expect(await seal(log, ctx)).toMatchObject({ sealed: 4 });
    commit();
    await late;
    expect(await seal(log, ctx)).toMatchObject({ sealed: 1 });
    expect(await auditTheLog(log, ctx)).toMatchObject({ events: 5, leaves: 5 });
  });

  it("is not held up by an idle transaction, in this database or another one", async () => {
    const other = new pg.Client({ connectionString: process.env[TEST_POSTGRES]! });
    await other.connect();
    await other.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
    await other.query("CREATE TEMPORARY TABLE idle (n integer)");
    await other.query("SELECT pg_current_xact_id()");
    try {
      await asSuperuser(t, async (same) => {
        await same.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
        await same.query("SELECT pg_current_xact_id(), count(*) FROM toban.audit_queue");
        for (let round = 1; round <= 3; round++) {
          await recordMany(t.db, ctx, 10);
          expect(await sealAll(log)).toEqual({ sealed: 10 });
        }
        await same.query("ROLLBACK");
      });
    } finally {
      await other.end();
    }
    expect(await auditTheLog(log, ctx)).toMatchObject({ leaves: 30, queued: 0 });
  });

  it("by several replicas at once loses nothing and doubles nothing", async () => {
    const dbs = [openAnother(t), openAnother(t), openAnother(t)];
    const replicas = await Promise.all(
      dbs.map(async (db) => ({ ...(await scene.open({ tenants: [ctx.tenant] })), db })),
    );
    const classes = ["auth", "operation", "access"] as const;
    let writing = true;
    const business = Promise.all(
      classes.map(async (auditClass) => {
        for (let n = 0; n < 150; n++) await recordMany(t.db, ctx, 1 + (n % 4), auditClass);
      }),
    ).finally(() => {
      writing = false;
    });
    const sealed = [0, 0, 0];
    await Promise.all([
      business,
      ...replicas.map(async (replica, index) => {
        while (writing) sealed[index]! += (await seal(replica, ctx)).sealed;
      }),
    ]);
    sealed[0]! += await sealUp(replicas[0]!, ctx);
    const audited = await auditTheLog(log, ctx);
    await Promise.all(dbs.map((db) => db.close()));
    expect(audited).toMatchObject({ events: 1_119, leaves: 1_119, queued: 0 });
    expect(sealed.reduce((a, b) => a + b)).toBe(1_119);
    expect(replicas.flatMap((replica) => replica.guard.refusals())).toEqual([]);
  });

  it("walks over all tenants and reports the age of the oldest unsealed event", async () => {
    const others = Array.from({ length: 30 }, (_, n) => `many-${ctx.tenant}-${n}`);
    const all = await scene.open({ tenants: others });
    for (const tenant of [others[3]!, others[29]!]) await queueMany(t.db, testCtx({ tenant }), 5);
    expect(await sealAll(all)).toEqual({ sealed: 10 });
    // The helper dates its events ten seconds back.
    expect(scene.gauges["toban.audit.lag"]).toBeGreaterThan(9_000);
    expect(scene.gauges["toban.audit.lag"]).toBeLessThan(60_000);
    expect(await sealAll(all)).toEqual({ sealed: 0 });
    expect(scene.gauges["toban.audit.lag"]).toBe(0);
    expect(scene.gauges["toban.audit.diverged"]).toBe(0);
  });

  it("as a task drains a backlog of many transactions", async () => {
    await queueMany(t.db, ctx, 10_000);
    const queued = async () => {
      const rows = await t.db.tx(ctx, (tx) =>
        tx.query<{ n: number }>("SELECT count(*) AS n FROM toban.audit_queue"),
      );
      return rows[0]!.n;
    };
    const tasks = startTasks([sealTask(log)], ctx.clock, ctx.log);
    for (let left = 1; left > 0; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      left = await queued();
    }
    await tasks.stop();
    expect(tasks.status()[0]).toMatchObject({ failures: 0 });
    expect(await auditTheLog(log, ctx)).toMatchObject({ leaves: 10_000, sizes: { operation: 10_000 } });
  });

  it("one tenant that cannot be sealed does not hold up another", async () => {
    const sick = testCtx({ tenant: `sick-${ctx.tenant}` });
    await queueMany(t.db, sick, 2, { prefix: "x" });
    await queueMany(t.db, ctx, 2);
    // The same event twice in the queue: the tree takes an event once only.
    await t.db.tx(sick, (tx) =>
      tx.query(
        "INSERT INTO toban.audit_queue (tenant_id, event_id, class, leaf) VALUES ($1, 'x000000001', 'operation', 'x')",
        [sick.tenant],
      ),
    );
    const both = await scene.open({ tenants: [sick.tenant, ctx.tenant] });
    await expect(sealAll(both)).rejects.toThrow(/duplicate key/);
    expect(await auditTheLog(log, ctx)).toMatchObject({ leaves: 2, queued: 0 });
  });
});

describe("a source of hashes", () => {
  it("proves inclusion and consistency at every size, also where leaves are pruned", async () => {
    await queueMany(t.db, ctx, 600);
    await sealUp(log, ctx);
    const [head] = await t.db.tx(ctx, (tx) =>
      tx.query<{ root: Buffer }>("SELECT root FROM toban.audit_trees"),
    );
    const roots = await t.db.tx(ctx, async (tx) => {
      const leaves = await tx.query<{ leaf: Buffer }>("SELECT leaf FROM toban.audit_leaves ORDER BY seq");
      const hashes = leaves.map((row) => leafHash(row.leaf));
      return { hashes, at: (size: number) => treeRoot(hashes.slice(0, size)) };
    });
    await asSuperuser(t, (client) =>
      client.query("DELETE FROM toban.audit_leaves WHERE tenant_id = $1 AND seq < 512", [ctx.tenant]),
    );
    await t.db.tx(ctx, async (tx) => {
      const source = treeSource(tx, "operation", 600);
      for (const index of [0, 1, 255, 256, 511, 512, 599]) {
        const proof = await inclusionProof(source, index, 600);
        const claim = { index, size: 600, proof, root: head!.root };
        expect(verifyInclusion({ ...claim, leafHash: roots.hashes[index]! })).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: roots.hashes[(index + 1) % 600]! })).toBe(false);
      }
      for (const first of [1, 2, 255, 256, 257, 400, 512, 513, 599, 600]) {
        const proof = await consistencyProof(source, first, 600);
        const claim = { first, second: 600, secondRoot: head!.root, proof };
        expect(verifyConsistency({ ...claim, firstRoot: roots.at(first) }), String(first)).toBe(true);
        expect(verifyConsistency({ ...claim, firstRoot: roots.at(first + 1 > 600 ? 1 : first + 1) })).toBe(
          false,
        );
      }
    });
  });
});
