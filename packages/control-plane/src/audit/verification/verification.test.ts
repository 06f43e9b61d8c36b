import { emptyFrontier, extendFrontier, leafHash } from "@toban/verify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../platform/ctx.ts";
import { noMetrics } from "../../platform/metrics.ts";
import { createTestDatabase, TEST_POSTGRES, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { verifyPass } from "./continuous.ts";
import { verifyFully } from "./full.ts";
import { anchorTree, noteOf, type Planted, plantTree, testKeys, writeHead } from "./testing/trees.ts";
import type { AuditFailure } from "./types.ts";

let t: TestDatabase;
let superuser: pg.Client;
beforeAll(async () => {
  t = await createTestDatabase();
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.ownerUrl).pathname;
  superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await t.close();
});

let tenants = 0;
const SIZE = 3 * 256 + 40;

/** A tenant of its own with a whole record: every test may break it. */
async function tenantWithRecord(): Promise<{ ctx: Ctx; planted: Planted }> {
  const tenant = `tenant-${tenants++}`;
  const ctx = testCtx({ tenant });
  // Two anchors: at 600, and at the end.
  const early = await plantTree(superuser, { tenant, class: "admin", count: 600 });
  await anchorTree(superuser, tenant, "admin", { ...early }, new Date());
  const planted = await plantTree(superuser, { tenant, class: "admin", count: SIZE - 600, from: early });
  await anchorTree(superuser, tenant, "admin", planted, new Date());
  return { ctx, planted };
}

const deps = () => ({
  db: t.db,
  databaseUrl: t.appUrl,
  keys: testKeys,
  sinks: [],
  tenants: async () => [],
  ctxFor: () => t.ctx,
  metrics: noMetrics,
});

const full = async (ctx: Ctx, sinks: Parameters<typeof verifyFully>[0]["sinks"] = []) =>
  (await verifyFully({ ...deps(), sinks }, ctx, () => {})).failures;
const short = (failures: AuditFailure[]) => failures.map((f) => `${f.code} ${f.class} ${f.seq}`);

describe("verification", () => {
  it("a record that nobody touched holds, in full and pass by pass", async () => {
    const { ctx } = await tenantWithRecord();
    const progress = await verifyFully(deps(), ctx, () => {});
    expect(progress).toEqual({ done: SIZE, total: SIZE, trees: 1, failures: [] });
    expect(await verifyPass(deps(), ctx)).toEqual([]);
    expect(await verifyPass(deps(), ctx)).toEqual([]);
  });

  const tampered: [string, string[], (tenant: string, planted: Planted) => Promise<unknown>][] = [
    [
      "one byte of a leaf",
      ["audit_leaf_changed admin 300"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_leaves SET leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) WHERE tenant_id = $1 AND seq = 300",
          [tenant],
        ),
    ],
    [
      "a leaf's bytes no longer UTF-8",
      ["audit_leaf_changed admin 301"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_leaves SET leaf = set_byte(leaf, 20, 255) WHERE tenant_id = $1 AND seq = 301",
          [tenant],
        ),
    ],
    [
      "a searchable column",
      ["audit_columns_changed admin 17"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_events SET result = 'denied' WHERE tenant_id = $1 AND id = 'admin-000000017'",
          [tenant],
        ),
    ],
    [
      "a searchable column after the last full tile",
      ["audit_columns_changed admin 800"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_events SET actor_id = 'person:x' WHERE tenant_id = $1 AND id = 'admin-000000800'",
          [tenant],
        ),
    ],
    [
      "the class of an event",
      ["audit_columns_changed admin 18"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_events SET class = 'access' WHERE tenant_id = $1 AND id = 'admin-000000018'",
          [tenant],
        ),
    ],
    [
      "a removed event",
      ["audit_event_missing admin 299"],
      (tenant) =>
        superuser.query("DELETE FROM toban.audit_events WHERE tenant_id = $1 AND id = 'admin-000000299'", [
          tenant,
        ]),
    ],
    [
      "a removed leaf",
      ["audit_leaf_missing admin 5", "audit_event_unsealed admin null"],
      (tenant) =>
        superuser.query("DELETE FROM toban.audit_leaves WHERE tenant_id = $1 AND seq = 5", [tenant]),
    ],
    [
      "two swapped leaves",
      ["audit_leaf_changed admin 100", "audit_leaf_changed admin 101"],
      async (tenant) => {
        const move = "UPDATE toban.audit_leaves SET seq = $3 WHERE tenant_id = $1 AND seq = $2";
        for (const [from, to] of [
          [100, 9_999],
          [101, 100],
          [9_999, 101],
        ]) {
          await superuser.query(move, [tenant, from, to]);
        }
      },
    ],
    [
      "a forged event",
      ["audit_event_unsealed admin null"],
      (tenant) =>
        superuser.query(
          `INSERT INTO toban.audit_events SELECT tenant_id, 'forged', class, ts_us, actor_id, action, resource, result,
             correlation_id, source_ip, details FROM toban.audit_events WHERE tenant_id = $1 AND id = 'admin-000000001'`,
          [tenant],
        ),
    ],
    [
      "the tail cut off, with a head that was signed once",
      ["audit_tree_shrunk admin 600"],
      async (tenant) => {
        await superuser.query("DELETE FROM toban.audit_leaves WHERE tenant_id = $1 AND seq >= 600", [tenant]);
        await superuser.query(
          "DELETE FROM toban.audit_events WHERE tenant_id = $1 AND id >= 'admin-000000600'",
          [tenant],
        );
        await superuser.query("DELETE FROM toban.audit_tiles WHERE tenant_id = $1 AND tile >= 2", [tenant]);
        const { rows } = await superuser.query<{ leaf: Buffer }>(
          "SELECT leaf FROM toban.audit_leaves WHERE tenant_id = $1 ORDER BY seq",
          [tenant],
        );
        const frontier = emptyFrontier();
        for (const { leaf } of rows) extendFrontier(frontier, leafHash(leaf));
        await writeHead(superuser, tenant, "admin", frontier);
      },
    ],
    [
      "a hash in a tile",
      ["audit_tile_changed admin 258"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_tiles SET hashes = set_byte(hashes, 64, get_byte(hashes, 64) # 1) WHERE tenant_id = $1 AND tile = 1",
          [tenant],
        ),
    ],
    [
      "the root of a tile",
      ["audit_tile_changed admin 256"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_tiles SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE tenant_id = $1 AND tile = 1",
          [tenant],
        ),
    ],
    [
      "the head's note",
      [`audit_signature_invalid admin ${SIZE}`],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_trees SET note = replace(note, 'time 2026', 'time 2025') WHERE tenant_id = $1",
          [tenant],
        ),
    ],
    [
      "a head of another tree",
      [`audit_head_changed admin ${SIZE}`],
      (tenant, planted) =>
        superuser.query("UPDATE toban.audit_trees SET note = $2 WHERE tenant_id = $1", [
          tenant,
          noteOf("somebody", "admin", planted.size, planted.root),
        ]),
    ],
    [
      "an anchored root",
      ["audit_root_differs admin 0"],
      (tenant) =>
        superuser.query(
          "UPDATE toban.audit_anchors SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE tenant_id = $1 AND size = 600",
          [tenant],
        ),
    ],
    [
      "a queue row without event",
      ["audit_queue_wrong operation null"],
      (tenant) =>
        superuser.query(
          "INSERT INTO toban.audit_queue (tenant_id, event_id, class) VALUES ($1, 'gone', 'operation')",
          [tenant],
        ),
    ],
    [
      "the head itself removed",
      ["audit_tree_missing admin 0"],
      (tenant) => superuser.query("DELETE FROM toban.audit_trees WHERE tenant_id = $1", [tenant]),
    ],
  ];

  for (const [what, expected, alter] of tampered) {
    it(`finds ${what}, and says where`, async () => {
      const { ctx, planted } = await tenantWithRecord();
      await alter(ctx.tenant, planted);
      expect(short(await full(ctx)).sort()).toEqual(expected.sort());
    });
  }
});
