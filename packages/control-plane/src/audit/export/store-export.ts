import type { Tx } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";

export type ExportHead = { class: AuditClass; size: number; note: string; pruned: number };

/** One statement: the heads are of one moment. */
export const readHeads = (tx: Tx) =>
  tx.query<ExportHead>("SELECT class, size, note, pruned FROM toban.audit_trees ORDER BY class");

/** The newest anchored heads up to this size, newest first; each once, however many sinks have it. */
export const readAnchors = (tx: Tx, class_: AuditClass, size: number, limit: number) =>
  tx.query<{ size: number; note: string }>(
    `SELECT size, min(note) AS note FROM toban.audit_anchors
     WHERE class = $1 AND size <= $2 AND size > 0 GROUP BY size ORDER BY size DESC LIMIT $3`,
    [class_, size, limit],
  );

export const readLeaves = (tx: Tx, class_: AuditClass, start: number, end: number) =>
  tx.query<{ seq: number; leaf: Buffer }>(
    "SELECT seq, leaf FROM toban.audit_leaves WHERE class = $1 AND seq >= $2 AND seq < $3 ORDER BY seq",
    [class_, start, end],
  );

export const readTileHashes = (tx: Tx, class_: AuditClass, start: number, end: number) =>
  tx.query<{ tile: number; hashes: Buffer }>(
    `SELECT tile, hashes FROM toban.audit_tiles
     WHERE class = $1 AND tile >= $2 / 256 AND tile < ($3 + 255) / 256 ORDER BY tile`,
    [class_, start, end],
  );

export const readPersonal = (tx: Tx, commitments: string[]) =>
  tx.query<{ commitment: string; value: string; salt: Buffer }>(
    "SELECT commitment, value, salt FROM toban.audit_personal WHERE commitment = ANY ($1)",
    [commitments],
  );

/** Events that wait to be sealed now; more than these are not waited for. */
export async function readQueued(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    "SELECT event_id AS id FROM toban.audit_queue ORDER BY tenant_id, position LIMIT $1",
    [limit],
  );
  return rows.map((row) => row.id);
}

export async function anyQueued(tx: Tx, ids: string[]): Promise<boolean> {
  const rows = await tx.query("SELECT event_id FROM toban.audit_queue WHERE event_id = ANY ($1) LIMIT 1", [
    ids,
  ]);
  return rows.length > 0;
}

type Cursor = { tsUs: number; id: string };

/** The sequences of the next events of a period, and where to go on; `next` is null after the last ones. */
export async function readPeriod(
  tx: Tx,
  class_: AuditClass,
  period: { fromUs: number; toUs: number; size: number },
  after: Cursor,
  limit: number,
): Promise<{ first: number | null; last: number | null; next: Cursor | null }> {
  const [row] = await tx.query<{
    first: number | null;
    last: number | null;
    events: number;
    tsUs: number;
    id: string;
  }>(
    `WITH part AS MATERIALIZED (
       SELECT tenant_id, ts_us, id FROM toban.audit_events
       WHERE class = $1 AND ts_us >= $2 AND ts_us < $3 AND (ts_us, id) > ($4::bigint, $5)
       ORDER BY ts_us, id LIMIT $6)
     SELECT min(l.seq) AS first, max(l.seq) AS last, count(*) AS events,
            max(p.ts_us) AS "tsUs", (array_agg(p.id ORDER BY p.ts_us DESC, p.id DESC))[1] AS id
     FROM part p LEFT JOIN toban.audit_leaves l
       ON l.tenant_id = p.tenant_id AND l.event_id = p.id AND l.class = $1 AND l.seq < $7`,
    [class_, period.fromUs, period.toUs, after.tsUs, after.id, limit, period.size],
  );
  const { first, last, events, tsUs, id } = row!;
  return { first, last, next: events === limit ? { tsUs, id } : null };
}
