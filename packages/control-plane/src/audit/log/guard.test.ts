import { appendFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { emptyFrontier, extendFrontier, frontierRoot, frontierToBytes, leafHash } from "@toban/verify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { anchorAll } from "./anchor.ts";
import { signHead } from "./checkpoints.ts";
import { seal, sealAll } from "./seal.ts";
import {
  asSuperuser,
  auditTheLog,
  createScene,
  queueMany,
  recordMany,
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
  ctx = testCtx({ tenant: `g${tenants++}` });
  scene = await createScene(t.db);
  log = await scene.open({ tenants: [ctx.tenant] });
});
afterEach(() => scene.close());

const superuser = (sql: string, values: unknown[] = []) =>
  asSuperuser(t, (client) => client.query(sql, [ctx.tenant, ...values]));

type Kept = { size: number; root: Buffer; frontier: Buffer; note: string };
const readHead = async (): Promise<Kept> =>
  (await superuser("SELECT size::int, root, frontier, note FROM toban.audit_trees WHERE tenant_id = $1"))
    .rows[0];
const writeHead = ({ size, root, frontier, note }: Kept) =>
  superuser(
    "UPDATE toban.audit_trees SET size = $2, root = $3, frontier = $4, note = $5 WHERE tenant_id = $1",
    [size, root, frontier, note],
  );

/** Nothing is sealed although something waits; nothing waiting is lost. */
async function expectRefused(process: AuditLog, reason: RegExp): Promise<void> {
  await queueMany(t.db, ctx, 1, { prefix: `w${Math.trunc(performance.now() * 1000)}-` });
  const before = await readHead();
  expect(await seal(process, ctx)).toMatchObject({ sealed: 0 });
  expect(process.guard.refusals().map((one) => one.reason)).toEqual([expect.stringMatching(reason)]);
  expect(await readHead()).toEqual(before);
}

const divergedLines = async () =>
  (await readFile(path.join(scene.home, "anchors/diverged.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** The head that these leaves would have, as somebody with the database's rights would write it. */
async function forgedHead(size: number, sign?: AuditLog): Promise<Kept> {
  const { rows } = await superuser(
    "SELECT leaf FROM toban.audit_leaves WHERE tenant_id = $1 ORDER BY seq LIMIT $2",
    [size],
  );
  const frontier = emptyFrontier();
  for (const row of rows) extendFrontier(frontier, leafHash(row.leaf));
  const root = frontierRoot(frontier);
  const note = sign ? signHead(sign.keys, ctx, { class: "operation", size, root }) : (await readHead()).note;
  return { size, root, frontier: frontierToBytes(frontier), note };
}

async function anchored(count: number): Promise<Kept> {
  await queueMany(t.db, ctx, count, { prefix: `a${count}-` });
  await sealUp(log, ctx);
  await anchorAll(log);
  return readHead();
}

describe("a tree that was rolled back", () => {
  it("is refused by the process that signed it and by a new one, with both heads kept, and goes on when it is back", async () => {
    const early = await anchored(5);
    const right = await anchored(300);
    const { rows } = await superuser(
      "DELETE FROM toban.audit_leaves WHERE tenant_id = $1 AND seq >= 5 RETURNING seq, event_id, leaf",
    );
    const { rows: tiles } = await superuser(
      "DELETE FROM toban.audit_tiles WHERE tenant_id = $1 RETURNING tile, hashes, root",
    );
    await writeHead(early);
    await expectRefused(log, /has 5 leaves, but .* knows 305/);
    const restarted = await scene.open({ tenants: [ctx.tenant] });
    await expectRefused(restarted, /has 5 leaves, but the sink file knows 305/);
    const lines = await divergedLines();
    expect(lines.at(-1)).toMatchObject({
      tenant: ctx.tenant,
      class: "operation",
      anchored: right.note,
      database: { size: 5, root: early.root.toString("base64"), note: early.note },
    });
    // Said once, however often it is looked at.
    await sealAll(restarted);
    await sealAll(restarted);
    expect(await divergedLines()).toHaveLength(lines.length);
    expect(scene.gauges["toban.audit.diverged"]).toBe(1);

    await writeHead(right);
    await superuser(
      "INSERT INTO toban.audit_leaves SELECT $1, 'operation', * FROM unnest($2::bigint[], $3::text[], $4::bytea[])",
      [rows.map((row) => row.seq), rows.map((row) => row.event_id), rows.map((row) => row.leaf)],
    );
    await superuser(
      "INSERT INTO toban.audit_tiles SELECT $1, 'operation', * FROM unnest($2::bigint[], $3::bytea[], $4::bytea[])",
      [tiles.map((tile) => tile.tile), tiles.map((tile) => tile.hashes), tiles.map((tile) => tile.root)],
    );
    for (const process of [log, restarted]) {
      await queueMany(t.db, ctx, 1, { prefix: `back${process === log}` });
      await sealAll(process);
      expect(process.guard.refusals()).toEqual([]);
    }
    expect(scene.gauges["toban.audit.diverged"]).toBe(0);
    expect(await auditTheLog(log, ctx)).toMatchObject({ leaves: 309, queued: 0 });
  });

  it("is refused when it was emptied altogether, and while one of two folders still knows", async () => {
    await anchored(5);
    await superuser("DELETE FROM toban.audit_leaves WHERE tenant_id = $1");
    await superuser("DELETE FROM toban.audit_trees WHERE tenant_id = $1");
    await rm(path.join(scene.home, "anchors"), { recursive: true });
    await queueMany(t.db, ctx, 1, { prefix: "w" });
    const restarted = await scene.open({ tenants: [ctx.tenant] });
    expect(await seal(restarted, ctx)).toMatchObject({ sealed: 0 });
    expect(restarted.guard.refusals()[0]?.reason).toMatch(/has 0 leaves, but the sink second-file knows 5/);
  });
});

describe("a tree that was rewritten", () => {
  it("is refused with another root, another frontier, or both, by the process that signed it and by a new one", async () => {
    const right = await anchored(300);
    const restart = () => scene.open({ tenants: [ctx.tenant] });
    await writeHead({ ...right, root: Buffer.alloc(32, 1) });
    await expectRefused(log, /frontier does not give the root/);
    await expectRefused(await restart(), /frontier does not give the root/);

    await writeHead({ ...right, frontier: Buffer.alloc(right.frontier.length, 1) });
    await expectRefused(await restart(), /frontier does not give the root/);
    await writeHead({ ...right, frontier: right.frontier.subarray(32) });
    await expectRefused(await restart(), /frontier is not one/);

    await superuser("UPDATE toban.audit_leaves SET leaf = 'other' WHERE tenant_id = $1 AND seq = 299");
    await writeHead(await forgedHead(300));
    await expectRefused(log, /note of the head is about/);
    await expectRefused(await restart(), /note of the head is about/);
    // Even with our key: it is not what was anchored.
    await writeHead(await forgedHead(300, log));
    await expectRefused(log, /does not extend the 300 that .* knows/);
    await expectRefused(await restart(), /does not extend the 300 that the sink file knows/);
  });

  it("is refused when it grew from a rewritten past, by a replica and by a new process", async () => {
    await anchored(10);
    await superuser("UPDATE toban.audit_leaves SET leaf = 'other' WHERE tenant_id = $1 AND seq = 3");
    await superuser(
      "INSERT INTO toban.audit_leaves SELECT $1, 'operation', 10 + n, 'forged' || n, 'forged' FROM generate_series(0, 9) n",
    );
    await writeHead(await forgedHead(20, log));
    await expectRefused(log, /tree of 20 leaves does not extend the 10/);
    await expectRefused(
      await scene.open({ tenants: [ctx.tenant] }),
      /tree of 20 leaves does not extend the 10/,
    );
  });

  it("is refused when a leaf after the last tile was rewritten under its head", async () => {
    await anchored(300);
    const { rows } = await superuser(
      "SELECT leaf FROM toban.audit_leaves WHERE tenant_id = $1 AND seq = 280",
    );
    const write = (leaf: Buffer) =>
      superuser("UPDATE toban.audit_leaves SET leaf = $2 WHERE tenant_id = $1 AND seq = 280", [leaf]);
    await write(Buffer.from("other"));
    await expectRefused(await scene.open({ tenants: [ctx.tenant] }), /tiles and leaves do not give the root/);
    // The process that signed the head finds it at the latest when the leaf goes into its tile.
    await queueMany(t.db, ctx, 300, { prefix: "fill" });
    expect(await seal(log, ctx)).toMatchObject({ sealed: 0 });
    await expectRefused(log, /tiles and leaves do not give the root/);
    await write(rows[0].leaf);
    expect(await sealUp(log, ctx)).toBeGreaterThan(300);
    await auditTheLog(log, ctx);
  });

  it("is refused when hashes are missing, and only that tree", async () => {
    await anchored(300);
    await recordMany(t.db, ctx, 3, "access");
    await sealUp(log, ctx);
    await superuser("DELETE FROM toban.audit_tiles WHERE tenant_id = $1");
    const restarted = await scene.open({ tenants: [ctx.tenant] });
    await recordMany(t.db, ctx, 2, "access");
    await queueMany(t.db, ctx, 2, { prefix: "old", withLeaf: false });
    expect(await sealUp(restarted, ctx)).toBe(2);
    expect(restarted.guard.refusals()).toMatchObject([
      { class: "operation", reason: expect.stringMatching(/missing/) },
    ]);
    const [left] = await t.db.tx(ctx, (tx) =>
      tx.query<{ n: number }>("SELECT count(*) AS n FROM toban.audit_queue"),
    );
    expect(left!.n).toBe(2);
  });
});

describe("a tenant that was purged", () => {
  it("is not reported any more, though the sinks still know it", async () => {
    await anchored(5);
    await superuser("DELETE FROM toban.audit_trees WHERE tenant_id = $1");
    await anchorAll(log, { whole: true });
    expect(scene.gauges["toban.audit.diverged"]).toBe(1);
    await sealAll({ ...log, tenants: async () => [] });
    expect(scene.gauges["toban.audit.diverged"]).toBe(0);
  });
});

describe("the sinks", () => {
  it("are not believed when they have what no key of ours signed", async () => {
    await anchored(5);
    const month = new Date().toISOString().slice(0, 7);
    const file = path.join(scene.home, "anchors", ctx.tenant, "operation", `${month}.jsonl`);
    await appendFile(file, `${JSON.stringify({ at: "now", note: "x\n9\ny\n\n— x y\n" })}\n`);
    await expectRefused(log, /newest note of the sink file is not ours/);
  });

  it("that cannot be read stop the sealing only when none of them can", async () => {
    await anchored(5);
    const broken = { ...log.sinks[0]!, last: async () => Promise.reject(new Error("EIO")) };
    const one = await scene.open({ sinks: [broken, log.sinks[1]!] });
    await queueMany(t.db, ctx, 1, { prefix: "w" });
    expect(await seal(one, ctx)).toMatchObject({ sealed: 1 });
    const none = await scene.open({ sinks: [broken] });
    await expect(seal(none, ctx)).rejects.toThrow(/audit_anchors_unreadable/);
  });

  it("are asked for idle trees too, and nothing of a refused tree is anchored", async () => {
    const early = await anchored(5);
    await anchored(300);
    await writeHead(early);
    const restarted = await scene.open({ tenants: [ctx.tenant] });
    expect(await anchorAll(restarted, { whole: true })).toEqual({ anchored: 0 });
    expect(scene.gauges["toban.audit.diverged"]).toBe(1);
  });
});
