import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  TEST_POSTGRES,
  type TestDatabase,
  testClock,
  testCtx,
} from "../../platform/testing.ts";
import { createScene, type Scene, sealUp } from "../log/testing/scene.ts";
import { record } from "../record/record.ts";
import { verifyPass } from "./continuous.ts";
import { verifyFully } from "./full.ts";
import { continuousTask, fullTask, requestPass, requestVerification, type VerificationDeps } from "./runs.ts";
import { listRuns } from "./store-runs.ts";
import { anchorTree, noteOf, plantTree, testKeys } from "./testing/trees.ts";

let t: TestDatabase;
let superuser: pg.Client;
let scene: Scene;
beforeAll(async () => {
  t = await createTestDatabase();
  scene = await createScene(t.db);
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.ownerUrl).pathname;
  superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await t.close();
  await scene.close();
});

/** A process that verifies these tenants; `gauges` is what it measured last. */
function depsOf(tenants: string[], clock = testClock("2026-11-20T00:00:00.000Z")) {
  const gauges: Record<string, number> = {};
  const deps: VerificationDeps = {
    ...{ db: t.db, databaseUrl: t.appUrl, keys: testKeys, sinks: [] },
    tenants: async () => tenants,
    ctxFor: (tenant) => testCtx({ tenant, clock, actor: { kind: "task", id: "audit" } }),
    metrics: { gauge: (name, value, labels) => (gauges[`${name} ${labels?.tenant}`] = value) },
  };
  return { deps, gauges, clock };
}

const alterColumn = (tenant: string, id: string) =>
  superuser.query("UPDATE toban.audit_events SET action = 'x.y' WHERE tenant_id = $1 AND id = $2", [
    tenant,
    id,
  ]);
const repairColumn = (tenant: string, id: string) =>
  superuser.query(
    `UPDATE toban.audit_events e SET action = convert_from(l.leaf, 'UTF8')::jsonb ->> 'action' FROM toban.audit_leaves l
     WHERE l.tenant_id = e.tenant_id AND l.event_id = e.id AND e.tenant_id = $1 AND e.id = $2`,
    [tenant, id],
  );

describe("what was recorded and sealed as business does it", () => {
  it("holds, whatever is in its texts and numbers", async () => {
    const log = await scene.open();
    const person = testCtx({ actor: { kind: "person", id: "田中" }, sourceIp: "192.0.2.7" });
    const texts = [
      'quote " backslash \\ tab \t newline \n',
      "\u0001\u007f\u2028",
      "👩‍💻 ﷺ Ａ",
      "~not-a-commitment",
      "",
    ];
    for (const reason of texts) {
      await t.db.tx(person, async (tx) => {
        await record(tx, person, {
          action: "audit.release",
          resource: `audit-hold/${reason}`,
          result: "success",
          details: { reason, hold: null },
        });
        await record(tx, person, {
          action: "rollout.judge",
          resource: "person/alice",
          result: "failure",
          details: {
            weight: 0.1,
            p99Ms: 1e21,
            errors: -0,
            observedSeconds: 5e-324,
            requests: 12345678901234,
          },
        });
      });
    }
    await sealUp(log, t.ctx);
    const deps = { db: t.db, databaseUrl: t.appUrl, keys: log.keys, sinks: log.sinks };
    expect(await verifyFully(deps, t.ctx, () => {})).toMatchObject({ done: 10, trees: 2, failures: [] });
    expect(await verifyPass(deps, t.ctx)).toEqual([]);
  });
});

describe("the continuous verification", () => {
  it("finds what is altered in what was sealed since, and long ago: sooner or later every tile is read again", async () => {
    const tenant = "swept";
    await plantTree(superuser, { tenant, class: "auth", count: 12 * 256 });
    const { deps, gauges } = depsOf([tenant]);
    const task = continuousTask(deps);
    await task.run();
    expect(gauges[`toban.audit.verify_failures ${tenant}`]).toBe(0);
    await alterColumn(tenant, "auth-000002500");
    let passes = 0;
    while (gauges[`toban.audit.verify_failures ${tenant}`] === 0 && passes < 14) {
      await task.run();
      passes++;
    }
    expect(gauges[`toban.audit.verify_failures ${tenant}`]).toBe(1);
    // Repaired or not, it stays known until a full verification says otherwise.
    await repairColumn(tenant, "auth-000002500");
    await task.run();
    expect((await requestPass(deps, deps.ctxFor(tenant))).map((f) => `${f.code} ${f.seq}`)).toEqual([
      "audit_columns_changed 2500",
    ]);
    await fullTask(deps).run();
    expect(await requestPass(deps, deps.ctxFor(tenant))).toEqual([]);
    await task.run();
    expect(gauges[`toban.audit.verify_failures ${tenant}`]).toBe(0);
  });

  it("goes on from where it was, also within a tile, and finds a tree that grew from another past", async () => {
    const tenant = "grown";
    const { deps } = depsOf([tenant]);
    const ctx = deps.ctxFor(tenant);
    let planted = await plantTree(superuser, { tenant, class: "auth", count: 100 });
    expect(await verifyPass(deps, ctx)).toEqual([]);
    for (const count of [156, 1, 700, 43]) {
      planted = await plantTree(superuser, { tenant, class: "auth", count, from: planted });
      expect(await verifyPass(deps, ctx)).toEqual([]);
    }
    // The whole past is replaced, consistently: only what was verified before knows better.
    for (const table of ["audit_leaves", "audit_tiles", "audit_events", "audit_trees"]) {
      await superuser.query(`DELETE FROM toban.${table} WHERE tenant_id = $1`, [tenant]);
    }
    await plantTree(superuser, { tenant, class: "auth", count: 1_200, shape: { resource: "another/past" } });
    expect((await verifyPass(deps, ctx)).map((f) => f.code)).not.toEqual([]);
    expect((await verifyFully(deps, ctx, () => {})).failures.map((f) => `${f.code} ${f.seq}`)).toEqual([
      "audit_root_differs 0",
    ]);
  });

  it("finds a tree that is smaller than its anchor, in the database or outside it", async () => {
    const tenant = "shrunk";
    const planted = await plantTree(superuser, { tenant, class: "admin", count: 300 });
    const larger = { ...planted, size: 400, note: noteOf(tenant, "admin", 400, planted.root) };
    const { deps } = depsOf([tenant]);
    const outside = { ...deps, sinks: [{ name: "file", last: async () => larger.note }] };
    expect((await verifyPass(outside, deps.ctxFor(tenant))).map((f) => `${f.code} ${f.seq}`)).toEqual([
      "audit_tree_shrunk 300",
    ]);
    const { deps: others } = depsOf([tenant]);
    await anchorTree(superuser, tenant, "admin", larger, new Date());
    expect((await verifyPass(others, deps.ctxFor(tenant))).map((f) => `${f.code} ${f.seq}`)).toEqual([
      "audit_tree_shrunk 300",
    ]);
  });

  it("finds an event that was taken from the queue before it was sealed", async () => {
    const tenant = "dropped";
    const { deps } = depsOf([tenant]);
    const ctx = testCtx({ tenant });
    await t.db.tx(ctx, (tx) =>
      record(tx, ctx, { action: "run.resume", resource: "run/1", result: "success" }),
    );
    expect(await verifyPass(deps, ctx)).toEqual([]);
    await superuser.query("DELETE FROM toban.audit_queue WHERE tenant_id = $1", [tenant]);
    expect((await verifyPass(deps, ctx)).map((f) => f.code)).toEqual(["audit_event_unsealed"]);
  });
});

describe("a failure of no class, and one of a class without a tree", () => {
  const forged: [string, string | null, string][] = [
    ["a queue row of no class without an event", null, "null"],
    ["a queue row of a class that does not exist", "secret", "null"],
    ["a queue row of a class without a tree", "access", "access"],
  ];
  it.each(forged)("%s is counted, told, and over when it is repaired", async (title, class_, shown) => {
    const tenant = title.replaceAll(" ", "-");
    await plantTree(superuser, { tenant, class: "admin", count: 10 });
    const { deps, gauges, clock } = depsOf([tenant]);
    const ctx = deps.ctxFor(tenant);
    const gauge = () => gauges[`toban.audit.verify_failures ${tenant}`];
    await fullTask(deps).run();
    expect(gauge()).toBe(0);
    await superuser.query(
      "INSERT INTO toban.audit_queue (tenant_id, event_id, class) VALUES ($1, 'gone', $2)",
      [tenant, class_],
    );
    clock.advance(86_400_000);
    await fullTask(deps).run();
    expect(gauge()).toBe(1);
    const known = [`audit_queue_wrong ${shown}`];
    const short = (found: { code: string; class: string | null }[]) =>
      found.map((one) => `${one.code} ${one.class}`);
    expect(short((await t.db.tx(ctx, (tx) => listRuns(tx, 1)))[0]!.failures)).toEqual(known);
    // A pass reads no queue; it forgets nothing, and takes the row of the failure for no tree that is missing.
    await continuousTask(deps).run();
    expect(gauge()).toBe(1);
    expect(short(await requestPass(deps, ctx))).toEqual(known);
    await superuser.query("DELETE FROM toban.audit_queue WHERE event_id = 'gone'");
    clock.advance(3_600_000);
    await fullTask(deps).run();
    expect(gauge()).toBe(0);
    expect(await requestPass(deps, ctx)).toEqual([]);
  });
});

describe("full verifications", () => {
  it("run one at a time for each tenant, keep their figures, and are asked for every day", async () => {
    const tenant = "daily";
    await plantTree(superuser, { tenant, class: "access", count: 600 });
    const { deps, clock } = depsOf([tenant]);
    const ctx = deps.ctxFor(tenant);
    const runs = () => t.db.tx(ctx, (tx) => listRuns(tx, 10));
    await requestVerification(deps, ctx);
    await expect(requestVerification(deps, ctx)).rejects.toThrow(/verification_running/);
    await fullTask(deps).run();
    expect(await runs()).toMatchObject([{ done: 600, total: 600, trees: 1, failures: [], refusal: null }]);
    clock.advance(86_400_000 - 1);
    await fullTask(deps).run();
    expect(await runs()).toHaveLength(1);
    clock.advance(1);
    await fullTask(deps).run();
    expect(await runs()).toHaveLength(2);
  });

  it("one whose process went away is begun again by the next one; one that is alive is left alone", async () => {
    const tenant = "taken-over";
    await plantTree(superuser, { tenant, class: "access", count: 300 });
    const { deps, clock } = depsOf([tenant]);
    const ctx = deps.ctxFor(tenant);
    const { id } = await requestVerification(deps, ctx);
    const alive = () =>
      superuser.query(
        "UPDATE toban.audit_verification_runs SET started_at = $2, seen_at = $2 WHERE id = $1",
        [id, clock.now()],
      );
    await alive();
    await fullTask(deps).run();
    const ended = async () => (await t.db.tx(ctx, (tx) => listRuns(tx, 1)))[0]!.endedAt;
    expect(await ended()).toBeNull();
    clock.advance(61_000);
    await fullTask(deps).run();
    expect(await ended()).toEqual(clock.now());
  });

  it("one that is stopped in the middle is not ended", async () => {
    const tenant = "stopped";
    await plantTree(superuser, { tenant, class: "access", count: 300 });
    const { deps, clock } = depsOf([tenant]);
    const ctx = deps.ctxFor(tenant);
    const stop = new AbortController();
    await requestVerification(deps, ctx);
    const tenants = async () => {
      queueMicrotask(() => stop.abort());
      return [tenant];
    };
    await fullTask({ ...deps, tenants, signal: stop.signal }).run();
    expect((await t.db.tx(ctx, (tx) => listRuns(tx, 1)))[0]).toMatchObject({ endedAt: null });
    clock.advance(61_000);
    await fullTask(deps).run();
    expect((await t.db.tx(ctx, (tx) => listRuns(tx, 1)))[0]).toMatchObject({ done: 300, failures: [] });
  });
});
