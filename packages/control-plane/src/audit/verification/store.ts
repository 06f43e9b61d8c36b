import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import type { AuditFailure, KnownHead, LeafRow, TileRow, TreeRow } from "./types.ts";
import { AUDIT_CLASSES, TILE_LEAVES } from "./types.ts";

const NOT_UTF8 = "22021";

const leavesSql = (leaf: string) => `
  SELECT l.seq, CASE WHEN e.id IS NULL THEN l.event_id END AS "eventId", ${leaf} AS leaf, e.id, e.class,
         e.ts_us AS "tsUs", e.actor_id AS "actorId", e.action, e.resource, e.result,
         e.correlation_id AS "correlationId", e.source_ip AS "sourceIp", e.details::text AS details
  FROM toban.audit_leaves l
  LEFT JOIN toban.audit_events e ON e.tenant_id = l.tenant_id AND e.id = l.event_id
  WHERE l.class = $1 AND l.seq >= $2 AND l.seq < $3
  ORDER BY l.seq`;
/** The database's own decoding spares two bytes of text for each byte. */
const LEAVES = leavesSql("convert_from(l.leaf, 'UTF8')");
const RAW_LEAVES = leavesSql("encode(l.leaf, 'hex')");

/** Leaves with their events, the tiles over them, and up to where the tree is pruned. */
export async function readPart(
  db: Database,
  ctx: Pick<Ctx, "tenant">,
  class_: AuditClass,
  start: number,
  end: number,
): Promise<{ leaves: LeafRow[]; tiles: TileRow[]; pruned: number }> {
  const read = (sql: string) =>
    db.tx(ctx, async (tx) => {
      await planForParts(tx);
      return {
        leaves: await tx.query<LeafRow>(sql, [class_, start, end]),
        tiles: await readTiles(tx, class_, start, end),
        pruned: await readPruned(tx, class_),
      };
    });
  try {
    return await read(LEAVES);
  } catch (error) {
    if ((error as { code?: string }).code !== NOT_UTF8) throw error;
    const { leaves, ...rest } = await read(RAW_LEAVES);
    return { ...rest, leaves: leaves.map((row) => ({ ...row, leaf: textOf(row.leaf!) })) };
  }
}

/** Neighbouring leaves lie side by side, and so do their events: one process reads them in order, which halves the cost. */
async function planForParts(tx: Tx): Promise<void> {
  await tx.query(
    "SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true)",
  );
}

/** Null when the bytes are not UTF-8: then they cannot be a leaf. */
function textOf(hex: string): string | null {
  const bytes = Buffer.from(hex, "hex");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : null;
}

const readTiles = (tx: Tx, class_: AuditClass, start: number, end: number) =>
  tx.query<TileRow>(
    `SELECT tile, hashes, root, pruned_at AS "prunedAt" FROM toban.audit_tiles
     WHERE class = $1 AND tile >= $2 AND tile < $3 ORDER BY tile`,
    [class_, start / TILE_LEAVES, Math.floor(end / TILE_LEAVES)],
  );

async function readPruned(tx: Tx, class_: AuditClass): Promise<number> {
  const [row] = await tx.query<{ pruned: number }>("SELECT pruned FROM toban.audit_trees WHERE class = $1", [
    class_,
  ]);
  return row?.pruned ?? 0;
}

export const readTrees = (tx: Tx) =>
  tx.query<TreeRow>("SELECT class, size, root, note, pruned FROM toban.audit_trees ORDER BY class");

/** Classes of which there is anything but no head. */
export async function classesWithoutTree(tx: Tx): Promise<AuditClass[]> {
  const rows = await tx.query<{ class: AuditClass }>(
    `SELECT class FROM (
       SELECT class FROM toban.audit_leaves UNION SELECT class FROM toban.audit_tiles
       UNION SELECT class FROM toban.audit_anchors
       UNION SELECT class FROM toban.audit_verifications WHERE size > 0) known
     WHERE NOT EXISTS (SELECT FROM toban.audit_trees t WHERE t.class = known.class)
     ORDER BY class`,
  );
  return rows.map((row) => row.class);
}

/** The first leaf and the first tile beyond the head, read together with it. */
export async function beyondHead(
  tx: Tx,
  class_: AuditClass,
): Promise<{ seq: number | null; tile: number | null }> {
  const [row] = await tx.query<{ seq: number | null; tile: number | null }>(
    `SELECT (SELECT min(l.seq) FROM toban.audit_leaves l WHERE l.class = t.class AND l.seq >= t.size) AS seq,
            (SELECT min(i.tile) FROM toban.audit_tiles i
             WHERE i.class = t.class AND i.tile >= t.size / ${TILE_LEAVES}) AS tile
     FROM toban.audit_trees t WHERE t.class = $1`,
    [class_],
  );
  return row ?? { seq: null, tile: null };
}

/** Anchored heads after `from`, by size; several sinks keep the same one. */
export const readAnchors = (tx: Tx, class_: AuditClass, from: number, limit = 10_000) =>
  tx.query<KnownHead & { note: string }>(
    `SELECT size, root, min(note) AS note, 'the checkpoint anchored in ' || min(sink) AS "from"
     FROM toban.audit_anchors WHERE class = $1 AND size > $2
     GROUP BY size, root ORDER BY size LIMIT $3`,
    [class_, from, limit],
  );

export async function largestAnchor(tx: Tx, class_: AuditClass): Promise<KnownHead | undefined> {
  const [row] = await tx.query<KnownHead>(
    `SELECT size, root, 'the checkpoint anchored in ' || sink AS "from"
     FROM toban.audit_anchors WHERE class = $1 ORDER BY size DESC LIMIT 1`,
    [class_],
  );
  return row;
}

/** Events that are neither sealed nor waiting, by id; `next` is null after the last part. */
export async function lostEvents(
  tx: Tx,
  after: string,
  limit: number,
): Promise<{ next: string | null; lost: { id: string; class: AuditClass }[] }> {
  const [bound] = await tx.query<{ id: string }>(
    "SELECT id FROM toban.audit_events WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2",
    [after, limit - 1],
  );
  const lost = await tx.query<{ id: string; class: AuditClass }>(
    `SELECT e.id, e.class FROM toban.audit_events e
     WHERE e.id > $1 AND ($2::text IS NULL OR e.id <= $2)
       AND NOT EXISTS (SELECT FROM toban.audit_leaves l WHERE l.tenant_id = e.tenant_id AND l.event_id = e.id)
       AND NOT EXISTS (SELECT FROM toban.audit_queue q WHERE q.tenant_id = e.tenant_id AND q.event_id = e.id)
     ORDER BY e.id LIMIT 20`,
    [after, bound?.id ?? null],
  );
  return { next: bound?.id ?? null, lost };
}

/** Of the newest events of each class, those that are neither sealed nor waiting. */
export const lostLately = (tx: Tx, limit: number) =>
  tx.query<{ id: string; class: AuditClass }>(
    `SELECT e.id, e.class FROM unnest($1::text[]) AS c (class) CROSS JOIN LATERAL (
       SELECT n.tenant_id, n.id, n.class FROM toban.audit_events n
       WHERE n.class = c.class ORDER BY n.ts_us DESC, n.id DESC LIMIT $2) e
     WHERE NOT EXISTS (SELECT FROM toban.audit_leaves l WHERE l.tenant_id = e.tenant_id AND l.event_id = e.id)
       AND NOT EXISTS (SELECT FROM toban.audit_queue q WHERE q.tenant_id = e.tenant_id AND q.event_id = e.id)
     ORDER BY e.id LIMIT 20`,
    [AUDIT_CLASSES, limit],
  );

export type QueuedRow = LeafRow & {
  position: number;
  queuedClass: AuditClass | null;
  /** Rows of older versions have none. */
  hasLeaf: boolean;
  sealed: boolean;
};

/** What waits to be sealed, with the events it is about. */
export async function queuedEvents(tx: Tx, after: number, limit: number): Promise<QueuedRow[]> {
  const rows = await tx.query<QueuedRow>(
    `SELECT q.position, q.event_id AS "eventId", q.class AS "queuedClass",
            encode(q.leaf, 'hex') AS leaf, e.id, e.class,
            e.ts_us AS "tsUs", e.actor_id AS "actorId", e.action, e.resource, e.result,
            e.correlation_id AS "correlationId", e.source_ip AS "sourceIp", e.details::text AS details,
            EXISTS (SELECT FROM toban.audit_leaves l
                    WHERE l.tenant_id = q.tenant_id AND l.event_id = q.event_id) AS sealed
     FROM toban.audit_queue q
     LEFT JOIN toban.audit_events e ON e.tenant_id = q.tenant_id AND e.id = q.event_id
     WHERE q.position > $1 ORDER BY q.position LIMIT $2`,
    [after, limit],
  );
  return rows.map((row) => ({ ...row, hasLeaf: row.leaf !== null, leaf: row.leaf && textOf(row.leaf) }));
}

/** Events with more than one leaf: only possible after somebody removed the index that forbids it. */
export const sealedTwice = (tx: Tx, start: string, end: string | null) =>
  tx.query<{ eventId: string; class: AuditClass; seq: number }>(
    `SELECT event_id AS "eventId", min(class) AS class, max(seq) AS seq FROM toban.audit_leaves
     WHERE event_id > $1 AND ($2::text IS NULL OR event_id <= $2)
     GROUP BY event_id HAVING count(*) > 1 LIMIT 20`,
    [start, end],
  );

export type VerificationRow = {
  size: number;
  frontier: Buffer;
  swept: number;
  fullAt: Date | null;
  failure: AuditFailure | null;
};

export async function readVerification(tx: Tx, class_: AuditClass): Promise<VerificationRow | undefined> {
  const [row] = await tx.query<VerificationRow>(
    `SELECT size, frontier, swept, full_at AS "fullAt", failure
     FROM toban.audit_verifications WHERE class = $1`,
    [class_],
  );
  return row;
}

/** In place of a class, for a failure that belongs to none: it has a row too, so that it is counted and shown. */
export const NO_CLASS = "";
type RowOf = AuditClass | typeof NO_CLASS;

export const listFailing = (tx: Tx) =>
  tx.query<{ failure: AuditFailure }>(
    "SELECT failure FROM toban.audit_verifications WHERE failure IS NOT NULL ORDER BY class",
  );

/** The progress of the continuous verification; a failure stays until a full verification has cleared it. */
export const writeVerification = (
  tx: Tx,
  ctx: Ctx,
  class_: RowOf,
  row: Pick<VerificationRow, "size" | "frontier" | "swept" | "failure">,
) =>
  tx.query(
    `INSERT INTO toban.audit_verifications (tenant_id, class, size, frontier, swept, verified_at, failure)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, class) DO UPDATE
     SET size = excluded.size, frontier = excluded.frontier, swept = excluded.swept,
         verified_at = excluded.verified_at,
         failure = coalesce(audit_verifications.failure, excluded.failure)`,
    [ctx.tenant, class_, row.size, row.frontier, row.swept, ctx.clock.now(), json(row.failure)],
  );

/** What a full verification found decides alone. */
export const writeFull = (
  tx: Tx,
  ctx: Ctx,
  class_: RowOf,
  row: { size: number; frontier: Buffer; failure: AuditFailure | null },
) =>
  tx.query(
    `INSERT INTO toban.audit_verifications (tenant_id, class, size, frontier, verified_at, full_at, failure)
     VALUES ($1, $2, $3, $4, $5, $5, $6)
     ON CONFLICT (tenant_id, class) DO UPDATE
     SET size = CASE WHEN excluded.failure IS NULL THEN excluded.size ELSE audit_verifications.size END,
         frontier = CASE WHEN excluded.failure IS NULL THEN excluded.frontier ELSE audit_verifications.frontier END,
         verified_at = excluded.verified_at, full_at = excluded.full_at, failure = excluded.failure`,
    [ctx.tenant, class_, row.size, row.frontier, ctx.clock.now(), json(row.failure)],
  );

/** Of what has no tree nothing is kept but its failure, and not even that when it is repaired. */
export const clearFailure = (tx: Tx, class_: RowOf) =>
  tx.query("UPDATE toban.audit_verifications SET failure = NULL WHERE class = $1 AND failure IS NOT NULL", [
    class_,
  ]);

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
