import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { leafHash, treeRoot } from "@toban/verify";
import pg from "pg";
import { type Ctx, createCtx } from "../../../platform/ctx.ts";
import type { Tx } from "../../../platform/database.ts";
import { openDatabase } from "../../../platform/database.ts";
import { createLogger } from "../../../platform/log.ts";
import { openSecrets } from "../../../platform/secrets.ts";
import { TEST_POSTGRES, type TestDatabase, testCtx } from "../../../platform/testing.ts";
import { AUDIT_CLASSES, type AuditClass } from "../../record/event.ts";
import { record } from "../../record/record.ts";
import { readHead } from "../checkpoints.ts";
import { openAuditKeys } from "../keys.ts";
import { openAuditLog, seal } from "../seal.ts";
import { anchorFolder, anchorSinks } from "../sinks/index.ts";
import type { AnchorSink, AuditLog } from "../types.ts";

export type Gauges = Record<string, number>;

export type Scene = {
  home: string;
  gauges: Gauges;
  /** A process of its own: fresh memory, same home and database. */
  open(options?: { sinks?: AnchorSink[]; clock?: Ctx["clock"]; tenants?: string[] }): Promise<AuditLog>;
  close(): Promise<void>;
};

/** A home of its own, or the one that another process has made. */
export async function createScene(db: TestDatabase["db"], given?: string): Promise<Scene> {
  const home = given ?? (await mkdtemp(path.join(tmpdir(), "toban-audit-")));
  const gauges: Gauges = {};
  return {
    home,
    gauges,
    open: (options = {}) => openLog(db, home, gauges, options),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

async function openLog(
  db: TestDatabase["db"],
  home: string,
  gauges: Gauges,
  options: Parameters<Scene["open"]>[0] & {},
): Promise<AuditLog> {
  const clock = options.clock ?? testCtx().clock;
  const secrets = await openSecrets(home);
  return openAuditLog({
    db,
    tenant: "acme",
    tenants: async () => options.tenants ?? ["acme"],
    ctxFor: (tenant) => taskCtx(tenant, clock),
    keys: await openAuditKeys(secrets, clock),
    sinks: options.sinks ?? anchorSinks({ home, secret: secrets.get, environment: {}, clock }),
    metrics: {
      gauge(name, value) {
        gauges[name] = value;
      },
    },
    folder: anchorFolder(home),
    log: createLogger("test", "silent"),
    clock,
  });
}

export const taskCtx = (tenant: string, clock = testCtx().clock): Ctx =>
  createCtx({ tenant, actor: { kind: "task", id: "audit" }, log: createLogger("test", "silent"), clock });

const ACTIONS: Record<AuditClass, string> = {
  auth: "sign_in_link.create",
  operation: "run.resume",
  admin: "audit.release",
  access: "audit.search",
};

/** An event of the class, as business code records it. */
export const recordOne = (tx: Tx, ctx: Ctx, auditClass: AuditClass = "operation") =>
  record(tx, ctx, { action: ACTIONS[auditClass], resource: "run/1", result: "success" });

export async function recordMany(
  db: TestDatabase["db"],
  ctx: Ctx,
  count: number,
  auditClass: AuditClass = "operation",
): Promise<void> {
  await db.tx(ctx, async (tx) => {
    for (let n = 0; n < count; n++) await recordOne(tx, ctx, auditClass);
  });
}

/** Events with their queue rows, as many as wanted in one statement; `withLeaf: false` as older versions wrote them. */
export async function queueMany(
  db: TestDatabase["db"],
  ctx: Ctx,
  count: number,
  options: { prefix?: string; auditClass?: AuditClass; withLeaf?: boolean } = {},
): Promise<void> {
  const { prefix = "e", auditClass = "operation", withLeaf = true } = options;
  await db.tx(ctx, (tx) =>
    tx.query(
      `WITH event AS (
         INSERT INTO toban.audit_events
           (tenant_id, id, class, ts_us, actor_id, action, resource, result, correlation_id, source_ip, details)
         SELECT $1, $2 || lpad(n::text, 9, '0'), $3, $4::bigint + n, 'task:test', 'run.resume', 'run/1', 'success', 'c', NULL,
                '{"step":2}'::jsonb
         FROM generate_series(1, $5::integer) n RETURNING *)
       INSERT INTO toban.audit_queue (tenant_id, event_id, class, leaf)
       SELECT tenant_id, id, CASE WHEN $6 THEN class END, CASE WHEN $6 THEN convert_to('{"id":"' || id || '"}', 'UTF8') END
       FROM event ORDER BY id`,
      [ctx.tenant, prefix, auditClass, ctx.clock.nowMicros() - 10_000_000n, count, withLeaf],
    ),
  );
}

/** Seals until nothing is left. */
export async function sealUp(log: AuditLog, ctx: Ctx): Promise<number> {
  let total = 0;
  for (;;) {
    const { sealed } = await seal(log, ctx);
    if (sealed === 0) return total;
    total += sealed;
  }
}

export type Audited = {
  events: number;
  queued: number;
  leaves: number;
  sizes: Partial<Record<AuditClass, number>>;
};

/**
 * Everything the log promises about itself, checked from the stored rows alone: each event in exactly one leaf or in the
 * queue, sequences without a gap from 0, tiles of exactly their leaves, roots, and signed notes. Throws at the first fault.
 */
export async function auditTheLog(log: AuditLog, ctx: Ctx): Promise<Audited> {
  return log.db.tx(ctx, async (tx) => {
    const [counts] = await tx.query<{ events: number; queued: number; lost: number; doubled: number }>(
      `SELECT (SELECT count(*) FROM toban.audit_events) AS events, (SELECT count(*) FROM toban.audit_queue) AS queued,
              (SELECT count(*) FROM toban.audit_events e
               WHERE NOT EXISTS (SELECT FROM toban.audit_leaves l WHERE l.event_id = e.id)
                 AND NOT EXISTS (SELECT FROM toban.audit_queue q WHERE q.event_id = e.id)) AS lost,
              (SELECT count(*) FROM (
                 SELECT event_id FROM (SELECT event_id FROM toban.audit_leaves UNION ALL
                                       SELECT event_id FROM toban.audit_queue) x
                 GROUP BY event_id HAVING count(*) > 1) y) AS doubled`,
    );
    if (counts!.lost > 0 || counts!.doubled > 0) {
      throw new Error(`${counts!.lost} events lost, ${counts!.doubled} doubled`);
    }
    const sizes: Audited["sizes"] = {};
    let leaves = 0;
    for (const auditClass of AUDIT_CLASSES) {
      const size = await auditTree(log, tx, ctx.tenant, auditClass);
      if (size > 0) sizes[auditClass] = size;
      leaves += size;
    }
    return { events: counts!.events, queued: counts!.queued, leaves, sizes };
  });
}

async function auditTree(log: AuditLog, tx: Tx, tenant: string, auditClass: AuditClass): Promise<number> {
  const leaves = await tx.query<{ seq: number; leaf: Buffer }>(
    "SELECT seq, leaf FROM toban.audit_leaves WHERE class = $1 ORDER BY seq",
    [auditClass],
  );
  leaves.forEach((leaf, index) => {
    if (leaf.seq !== index) throw new Error(`${auditClass}: leaf ${index} has the number ${leaf.seq}`);
  });
  const [head] = await tx.query<{ size: number; root: Buffer; note: string }>(
    "SELECT size, root, note FROM toban.audit_trees WHERE class = $1",
    [auditClass],
  );
  if ((head?.size ?? 0) !== leaves.length) throw new Error(`${auditClass}: ${head?.size} ≠ ${leaves.length}`);
  if (!head) return 0;
  const hashes = leaves.map((row) => leafHash(row.leaf));
  if (!treeRoot(hashes).equals(head.root)) throw new Error(`${auditClass}: the root is wrong`);
  const signed = readHead(log.keys, tenant, auditClass, head.note);
  if (signed.size !== head.size || !signed.root.equals(head.root))
    throw new Error(`${auditClass}: the note is wrong`);
  const tiles = await tx.query<{ tile: number; hashes: Buffer; root: Buffer }>(
    "SELECT tile, hashes, root FROM toban.audit_tiles WHERE class = $1 ORDER BY tile",
    [auditClass],
  );
  if (tiles.length !== Math.floor(hashes.length / 256))
    throw new Error(`${auditClass}: ${tiles.length} tiles`);
  tiles.forEach((tile, index) => {
    const own = hashes.slice(index * 256, (index + 1) * 256);
    const isRight =
      tile.tile === index && tile.hashes.equals(Buffer.concat(own)) && tile.root.equals(treeRoot(own));
    if (!isRight) throw new Error(`${auditClass}: tile ${index} is wrong`);
  });
  return head.size;
}

/** As an administrator of the database, whom no row-level security holds. */
export async function asSuperuser<T>(t: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.appUrl).pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const openAnother = (t: TestDatabase) =>
  openDatabase({ url: t.appUrl, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 });
