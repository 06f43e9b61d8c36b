import type { Tx } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import type { EventRow } from "../record/leaf.ts";
import { CLASSES, type Head } from "./types.ts";

/** RFC 6962: a leaf is hashed with a zero byte before it. */
const LEAF_HASH = "sha256('\\x00'::bytea || leaf)";

/** The tenants among these that have unsealed events, with the time of the oldest one; null when that event is gone. */
export function queuedTenants(
  tx: Tx,
  tenants: string[],
): Promise<{ tenant: string; oldestUs: number | null }[]> {
  return tx.query<{ tenant: string; oldestUs: number | null }>(
    `SELECT tenant, oldest_us AS "oldestUs" FROM toban.audit_queued($1)`,
    [tenants],
  );
}

/** One replica at a time appends to a tenant's trees; the others find false and leave it to that one. */
export async function lockSealing(tx: Tx, tenant: string): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('toban.audit.seal/' || $1, 0)) AS locked",
    [tenant],
  );
  return row?.locked === true;
}

const HEAD = `class, size, root, frontier, note, sealed_at AS "sealedAt", pruned`;

/** Until the end of the transaction nobody else changes these heads; pruning does too. */
export const lockHeads = (tx: Tx): Promise<Head[]> =>
  tx.query<Head>(`SELECT ${HEAD} FROM toban.audit_trees ORDER BY class FOR UPDATE`);

export const readHeads = (tx: Tx): Promise<Head[]> =>
  tx.query<Head>(`SELECT ${HEAD} FROM toban.audit_trees ORDER BY class`);

export type Drained = {
  /** Hashes of the leaves that were appended, in the order of their sequence. */
  hashes: Map<AuditClass, Buffer[]>;
  /** Events whose row came without leaf bytes: an older version wrote them. */
  unwritten: string[];
  /** Place in the queue of the last row that was taken. */
  upTo: number;
};

/**
 * Moves queued rows of these classes to the leaves, each class numbered from its size on. A row that is locked or not
 * committed yet is left for a later pass; nothing here asks which transactions are older.
 */
export async function drain(
  tx: Tx,
  trees: { class: AuditClass; size: number }[],
  limit: number,
  after: number,
): Promise<Drained> {
  const rows = await tx.query<{
    class: AuditClass | null;
    hash: Buffer | null;
    eventId: string | null;
    upTo: number;
  }>(
    `WITH taken AS (
       DELETE FROM toban.audit_queue WHERE ctid = ANY (ARRAY(
         SELECT q.ctid FROM toban.audit_queue q
         WHERE q.position > $4 AND ($5 OR
           COALESCE(q.class, (SELECT e.class FROM toban.audit_events e
                              WHERE e.tenant_id = q.tenant_id AND e.id = q.event_id)) = ANY ($1))
         ORDER BY q.tenant_id, q.position LIMIT $3 FOR UPDATE OF q SKIP LOCKED))
       RETURNING tenant_id, position, event_id, class, leaf),
     sealed AS (
       INSERT INTO toban.audit_leaves (tenant_id, class, seq, event_id, leaf)
       SELECT t.tenant_id, t.class, tree.size + row_number() OVER (PARTITION BY t.class ORDER BY t.position) - 1,
              t.event_id, t.leaf
       FROM taken t JOIN unnest($1::text[], $2::bigint[]) AS tree (class, size) ON tree.class = t.class
       WHERE t.leaf IS NOT NULL
       RETURNING class, seq, leaf)
     SELECT class, seq, ${LEAF_HASH} AS hash, NULL AS "eventId", (SELECT max(position) FROM taken) AS "upTo" FROM sealed
     UNION ALL
     SELECT NULL, position, NULL, event_id, (SELECT max(position) FROM taken) FROM taken WHERE class IS NULL OR leaf IS NULL
     ORDER BY class, seq`,
    [
      trees.map((tree) => tree.class),
      trees.map((tree) => tree.size),
      limit,
      after,
      trees.length === CLASSES.length,
    ],
  );
  const hashes = new Map<AuditClass, Buffer[]>();
  const unwritten: string[] = [];
  for (const row of rows) {
    if (row.class === null) unwritten.push(row.eventId!);
    else if (hashes.has(row.class)) hashes.get(row.class)!.push(row.hash!);
    else hashes.set(row.class, [row.hash!]);
  }
  return { hashes, unwritten, upTo: rows[0]?.upTo ?? after };
}

/** In the order of `ids`. */
export const readEvents = (tx: Tx, ids: string[]): Promise<EventRow[]> =>
  tx.query<EventRow>(
    `SELECT e.id, e.class, e.ts_us AS "tsUs", e.tenant_id AS "tenantId", e.actor_id AS "actorId", e.action, e.resource,
            e.result, e.correlation_id AS "correlationId", e.source_ip AS "sourceIp", e.details
     FROM unnest($1::text[]) WITH ORDINALITY AS wanted (id, place)
     JOIN toban.audit_events e ON e.id = wanted.id ORDER BY wanted.place`,
    [ids],
  );

export type NewLeaf = { class: AuditClass; seq: number; eventId: string; leaf: Buffer };

export async function insertLeaves(tx: Tx, tenant: string, leaves: NewLeaf[]): Promise<void> {
  await tx.query(
    `INSERT INTO toban.audit_leaves (tenant_id, class, seq, event_id, leaf)
     SELECT $1, n.class, n.seq, n.event_id, n.leaf
     FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bytea[]) AS n (class, seq, event_id, leaf)`,
    [
      tenant,
      leaves.map((leaf) => leaf.class),
      leaves.map((leaf) => leaf.seq),
      leaves.map((leaf) => leaf.eventId),
      leaves.map((leaf) => leaf.leaf),
    ],
  );
}

/** Hashes of the stored leaves [from, to); fewer when leaves are missing. */
export async function leafHashes(
  tx: Tx,
  auditClass: AuditClass,
  from: number,
  to: number,
): Promise<Buffer[]> {
  const rows = await tx.query<{ hash: Buffer }>(
    `SELECT ${LEAF_HASH} AS hash FROM toban.audit_leaves
     WHERE class = $1 AND seq >= $2 AND seq < $3 ORDER BY seq`,
    [auditClass, from, to],
  );
  return rows.map((row) => row.hash);
}

/** Roots of the tiles [from, to); fewer when tiles are missing. */
export async function tileRoots(tx: Tx, auditClass: AuditClass, from: number, to: number): Promise<Buffer[]> {
  const rows = await tx.query<{ root: Buffer }>(
    "SELECT root FROM toban.audit_tiles WHERE class = $1 AND tile >= $2 AND tile < $3 ORDER BY tile",
    [auditClass, from, to],
  );
  return rows.map((row) => row.root);
}

/** The leaf hashes of one full tile, 32 bytes each. */
export async function tileHashes(tx: Tx, auditClass: AuditClass, tile: number): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ hashes: Buffer }>(
    "SELECT hashes FROM toban.audit_tiles WHERE class = $1 AND tile = $2",
    [auditClass, tile],
  );
  return row?.hashes;
}

export type NewTile = { class: AuditClass; tile: number; hashes: Buffer; root: Buffer };

export async function insertTiles(tx: Tx, tenant: string, tiles: NewTile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.query(
    `INSERT INTO toban.audit_tiles (tenant_id, class, tile, hashes, root)
     SELECT $1, n.class, n.tile, n.hashes, n.root
     FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[]) AS n (class, tile, hashes, root)`,
    [
      tenant,
      tiles.map((tile) => tile.class),
      tiles.map((tile) => tile.tile),
      tiles.map((tile) => tile.hashes),
      tiles.map((tile) => tile.root),
    ],
  );
}

export async function writeHeads(tx: Tx, tenant: string, heads: Omit<Head, "pruned">[]): Promise<void> {
  await tx.query(
    `INSERT INTO toban.audit_trees (tenant_id, class, size, root, frontier, note, sealed_at)
     SELECT $1, n.class, n.size, n.root, n.frontier, n.note, n.sealed_at
     FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[], $6::text[], $7::timestamptz[])
       AS n (class, size, root, frontier, note, sealed_at)
     ON CONFLICT (tenant_id, class) DO UPDATE SET size = excluded.size, root = excluded.root,
       frontier = excluded.frontier, note = excluded.note, sealed_at = excluded.sealed_at`,
    [
      tenant,
      heads.map((head) => head.class),
      heads.map((head) => head.size),
      heads.map((head) => head.root),
      heads.map((head) => head.frontier),
      heads.map((head) => head.note),
      heads.map((head) => head.sealedAt),
    ],
  );
}
