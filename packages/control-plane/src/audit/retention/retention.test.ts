import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { commitTo, verifyBundle } from "@toban/verify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../platform/ctx.ts";
import {
  createTestDatabase,
  TEST_POSTGRES,
  type TestDatabase,
  testClock,
  testCtx,
} from "../../platform/testing.ts";
import { exportBundle } from "../export/export.ts";
import type { AuditClass } from "../record/event.ts";
import { verifyFully } from "../verification/full.ts";
import { anchorTree, type EventShape, plantTree, testKeys } from "../verification/testing/trees.ts";
import { openHold, releaseHold } from "./hold.ts";
import { pruneTenant } from "./prune.ts";
import { type RetentionRule, retentionRules } from "./rules.ts";

let t: TestDatabase;
let superuser: pg.Client;
let folder: string;
beforeAll(async () => {
  t = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "toban-archive-"));
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.ownerUrl).pathname;
  superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

const DAY = 86_400_000;
const rule = (class_: AuditClass, days: number, archiveDays?: number): RetentionRule => ({
  class: class_,
  keepMs: days * DAY,
  ...(archiveDays && { archiveMs: archiveDays * DAY }),
});
const deps = () => ({ db: t.db, keys: testKeys, folder });
const verify = async (ctx: Ctx) =>
  (await verifyFully({ ...deps(), databaseUrl: t.appUrl, sinks: [] }, ctx, () => {})).failures;
const leavesOf = async (ctx: Ctx, class_: AuditClass): Promise<number> =>
  Number(
    (
      await superuser.query("SELECT count(*) FROM toban.audit_leaves WHERE tenant_id = $1 AND class = $2", [
        ctx.tenant,
        class_,
      ])
    ).rows[0].count,
  );
async function exported(ctx: Ctx, request = {}): Promise<Buffer> {
  const { chunks } = await exportBundle({ ...deps(), sealingMs: 0 }, ctx, request);
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
const verdict = async (bundle: Buffer) =>
  (await verifyBundle([bundle], { pinned: testKeys.verifiers() })).verdict;

let tenants = 0;
const ANCHORED = "2022-03-01T00:00:00.000Z";
/** 700 leaves that were anchored on one day, and 500 more a year later. */
async function tenantWith(class_: AuditClass, shape?: EventShape) {
  const clock = testClock(ANCHORED);
  const ctx = testCtx({ tenant: `kept-${tenants++}`, clock });
  const input = { tenant: ctx.tenant, class: class_, ...(shape && { shape }) };
  const early = await plantTree(superuser, { ...input, count: 700 });
  await anchorTree(superuser, ctx.tenant, class_, early, clock.now());
  const late = await plantTree(superuser, { ...input, count: 500, from: early });
  await anchorTree(superuser, ctx.tenant, class_, late, new Date(clock.now().getTime() + 365 * DAY));
  return { ctx, clock };
}

describe("retention", () => {
  const periods: [AuditClass, number][] = [
    ["auth", 365],
    ["operation", 365],
    ["admin", 3 * 365],
    ["access", 90],
  ];
  for (const [class_, days] of periods) {
    it(`class ${class_}: the last moment of day ${days} is kept, after it whole tiles go`, async () => {
      const { ctx, clock } = await tenantWith(class_);
      clock.advance(days * DAY - 1);
      expect(await pruneTenant(deps(), ctx, [rule(class_, days)])).toEqual([]);
      expect(await leavesOf(ctx, class_)).toBe(1_200);
      clock.advance(1);
      // 700 leaves are two whole tiles and a part, which waits for the anchor that covers its tile.
      expect(await pruneTenant(deps(), ctx, [rule(class_, days)])).toEqual([{ class: class_, leaves: 512 }]);
      expect(await leavesOf(ctx, class_)).toBe(688);
      expect(await verify(ctx)).toEqual([]);
    });
  }

  it("the periods are those of the definition; a class without one is kept for ever", async () => {
    const ms = (days: number) => ({ kind: "duration" as const, ms: days * DAY });
    expect(
      retentionRules({
        retention: {
          "audit-access": ms(90),
          "audit-operation": ms(365),
          "audit-operation-archive": ms(1095),
        },
      }),
    ).toEqual([rule("operation", 365, 1095), rule("access", 90)]);
    const { ctx, clock } = await tenantWith("admin");
    clock.advance(1_000 * 365);
    expect(await pruneTenant(deps(), ctx, [rule("access", 90)])).toEqual([]);
  });

  it("leaves a receipt with the roots of the tiles in the admin log", async () => {
    const { ctx, clock } = await tenantWith("access");
    clock.advance(90 * DAY);
    await pruneTenant(deps(), ctx, [rule("access", 90)]);
    const { rows } = await superuser.query(
      `SELECT e.class, e.details, q.class AS queued FROM toban.audit_events e
       JOIN toban.audit_queue q ON q.tenant_id = e.tenant_id AND q.event_id = e.id
       WHERE e.tenant_id = $1 AND e.action = 'audit.prune'`,
      [ctx.tenant],
    );
    const tiles = await superuser.query(
      "SELECT encode(root, 'base64') AS root FROM toban.audit_tiles WHERE tenant_id = $1 AND tile < 2 ORDER BY tile",
      [ctx.tenant],
    );
    expect(rows).toMatchObject([
      {
        class: "admin",
        queued: "admin",
        details: {
          ...{ class: "access", from: 0, to: 512, tiles: 2, leaves: 512, anchoredAt: ANCHORED },
          tileRoots: tiles.rows.map((row) => row.root),
        },
      },
    ]);
  });

  it("exports of later ranges hold, and bundles from before the pruning still do", async () => {
    const { ctx, clock } = await tenantWith("operation");
    const old = await exported(ctx);
    clock.advance(365 * DAY);
    await pruneTenant(deps(), ctx, [rule("operation", 365)]);
    expect(await verdict(old)).toBe("valid");
    const now = await exported(ctx, { class: "operation" });
    expect(await verdict(now)).toBe("valid");
    const report = await verifyBundle([now], {});
    expect(report.sections.map((s) => [s.start, s.end, s.prunedBefore])).toEqual([[512, 1_200, 512]]);
    await expect(exported(ctx, { class: "operation", start: 0, end: 10 })).rejects.toThrow(
      /audit_range_pruned/,
    );
  });

  it("a hash of a pruned tile that is altered afterwards is found", async () => {
    const { ctx, clock } = await tenantWith("operation");
    clock.advance(365 * DAY);
    await pruneTenant(deps(), ctx, [rule("operation", 365)]);
    await superuser.query(
      "UPDATE toban.audit_tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE tenant_id = $1 AND tile = 1",
      [ctx.tenant],
    );
    expect((await verify(ctx)).map((f) => `${f.code} ${f.seq}`)).toContain("audit_tile_changed 256");
  });

  it("what has an archive rule is in a verified archive before it goes, for a period of its own", async () => {
    const { ctx, clock } = await tenantWith("auth");
    clock.advance(365 * DAY);
    const rules = [rule("auth", 365, 1_095)];
    await pruneTenant(deps(), ctx, rules);
    const file = path.join(folder, ctx.tenant, "auth", "0-512.jsonl");
    expect(await verdict(await readFile(file))).toBe("valid");
    clock.advance(1_095 * DAY - 1);
    await pruneTenant(deps(), ctx, rules);
    expect(await readdir(path.dirname(file))).toContain("0-512.jsonl");
    clock.advance(1);
    await pruneTenant(deps(), ctx, rules);
    expect(await readdir(path.dirname(file))).not.toContain("0-512.jsonl");
  });

  it("an archive that cannot be written, or does not hold, stops the pruning", async () => {
    const { ctx, clock } = await tenantWith("auth");
    clock.advance(365 * DAY);
    const blocked = path.join(folder, "blocked");
    await writeFile(blocked, "a file where the folder should be");
    await expect(pruneTenant({ ...deps(), folder: blocked }, ctx, [rule("auth", 365, 1)])).rejects.toThrow();
    await superuser.query(
      "UPDATE toban.audit_leaves SET leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) WHERE tenant_id = $1 AND seq = 9",
      [ctx.tenant],
    );
    await expect(pruneTenant(deps(), ctx, [rule("auth", 365, 1)])).rejects.toThrow(/audit_archive_invalid/);
    expect(await leavesOf(ctx, "auth")).toBe(1_200);
  });

  it("under a legal hold nothing goes, not even past the task; released, it goes", async () => {
    const { ctx, clock } = await tenantWith("access");
    const hold = await t.db.tx(ctx, (tx) => openHold(tx, ctx, { reason: "a case", incident: "inc-1" }));
    // The same incident asks again: it is one hold.
    expect(await t.db.tx(ctx, (tx) => openHold(tx, ctx, { reason: "again", incident: "inc-1" }))).toBe(hold);
    clock.advance(90 * DAY);
    expect(await pruneTenant(deps(), ctx, [rule("access", 90)])).toEqual([]);
    await expect(
      t.db.tx(ctx, (tx) =>
        tx.query("SELECT toban.prune_audit_tile('access', 0, $1, $2)", [new Date(ANCHORED), clock.now()]),
      ),
    ).rejects.toThrow(/legal hold/);
    await t.db.tx(ctx, (tx) => releaseHold(tx, ctx, hold, "the case is closed"));
    await expect(t.db.tx(ctx, (tx) => releaseHold(tx, ctx, hold, "twice"))).rejects.toThrow(
      /audit_hold_released/,
    );
    expect(await pruneTenant(deps(), ctx, [rule("access", 90)])).toEqual([{ class: "access", leaves: 512 }]);
    const { rows } = await superuser.query(
      "SELECT action FROM toban.audit_events WHERE tenant_id = $1 AND class = 'admin' ORDER BY ts_us, id",
      [ctx.tenant],
    );
    expect(rows.map((row) => row.action)).toEqual(["audit.hold", "audit.release", "audit.prune"]);
  });

  it("values that only pruned events knew are forgotten with them, persons are not", async () => {
    const salt = Buffer.alloc(32, 9);
    const address = commitTo("192.0.2.7", salt);
    const { ctx, clock } = await tenantWith("access", { sourceIp: address });
    await superuser.query(
      `INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt, created_at)
       VALUES ($1, $2, 'value', 'alice', '192.0.2.7', $3, now()), ($1, $4, 'person', 'alice', 'alice', $3, now())`,
      [ctx.tenant, address, salt, `~${"A".repeat(42)}0`],
    );
    clock.advance(90 * DAY);
    await pruneTenant(deps(), ctx, [rule("access", 90)]);
    const { rows } = await superuser.query("SELECT kind FROM toban.audit_personal WHERE tenant_id = $1", [
      ctx.tenant,
    ]);
    expect(rows.map((row) => row.kind)).toContain("person");
    expect(rows.filter((row) => row.kind === "value")).toEqual([]);
  });
});
