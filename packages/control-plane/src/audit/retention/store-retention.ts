import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { ExportHead } from "../export/store-export.ts";
import type { AuditClass } from "../record/event.ts";

export type Due = ExportHead & {
  /** Leaves before this sequence were anchored long enough ago. */
  due: number;
  anchoredAt: Date | null;
};

/** What of a tree was anchored at `before` or earlier: whole tiles, from where it is pruned. */
export async function readDue(tx: Tx, class_: AuditClass, before: Date): Promise<Due | undefined> {
  const [row] = await tx.query<Due>(
    `SELECT t.class, t.size, t.note, t.pruned,
            greatest(t.pruned, coalesce(a.size, 0) / 256 * 256) AS due, a.anchored_at AS "anchoredAt"
     FROM toban.audit_trees t LEFT JOIN LATERAL (
       SELECT x.size, x.anchored_at FROM toban.audit_anchors x
       WHERE x.tenant_id = t.tenant_id AND x.class = t.class AND x.anchored_at <= $2
       ORDER BY x.size DESC LIMIT 1) a ON true
     WHERE t.class = $1`,
    [class_, before],
  );
  return row;
}

export async function pruneTile(
  tx: Tx,
  class_: AuditClass,
  tile: number,
  before: Date,
  now: Date,
): Promise<number> {
  const [row] = await tx.query<{ leaves: number }>(
    "SELECT toban.prune_audit_tile($1, $2, $3, $4) AS leaves",
    [class_, tile, before, now],
  );
  return row!.leaves;
}

export async function readTileRoots(
  tx: Tx,
  class_: AuditClass,
  start: number,
  end: number,
): Promise<string[]> {
  const rows = await tx.query<{ root: Buffer }>(
    "SELECT root FROM toban.audit_tiles WHERE class = $1 AND tile >= $2 / 256 AND tile < $3 / 256 ORDER BY tile",
    [class_, start, end],
  );
  return rows.map((row) => row.root.toString("base64"));
}

/** Values that only the leaves which go could have been read with. A person's name belongs to other events too. */
export const forgetValues = (tx: Tx, commitments: string[]) =>
  tx.query("DELETE FROM toban.audit_personal WHERE kind = 'value' AND commitment = ANY ($1)", [commitments]);

export type Archive = {
  class: AuditClass;
  first: number;
  past: number;
  file: string;
  digest: string;
  archivedAt: Date;
};

const ARCHIVE = `class, first, past, file, digest, archived_at AS "archivedAt"`;

/** The archive that holds the leaf, if there is one. */
export async function readArchive(tx: Tx, class_: AuditClass, seq: number): Promise<Archive | undefined> {
  const [row] = await tx.query<Archive>(
    `SELECT ${ARCHIVE} FROM toban.audit_archives
     WHERE class = $1 AND first <= $2 AND past > $2 AND removed_at IS NULL ORDER BY first DESC LIMIT 1`,
    [class_, seq],
  );
  return row;
}

export const listArchivesBefore = (tx: Tx, class_: AuditClass, before: Date) =>
  tx.query<Archive>(
    `SELECT ${ARCHIVE} FROM toban.audit_archives
     WHERE class = $1 AND archived_at <= $2 AND removed_at IS NULL ORDER BY first LIMIT 100`,
    [class_, before],
  );

export const writeArchive = (tx: Tx, ctx: Ctx, archive: Archive) =>
  tx.query(
    `INSERT INTO toban.audit_archives (tenant_id, class, first, past, file, digest, archived_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, class, first) DO UPDATE
     SET past = excluded.past, file = excluded.file, digest = excluded.digest,
         archived_at = excluded.archived_at, removed_at = NULL`,
    [
      ctx.tenant,
      archive.class,
      archive.first,
      archive.past,
      archive.file,
      archive.digest,
      archive.archivedAt,
    ],
  );

export const writeArchiveRemoved = (tx: Tx, archive: Archive, now: Date) =>
  tx.query("UPDATE toban.audit_archives SET removed_at = $3 WHERE class = $1 AND first = $2", [
    archive.class,
    archive.first,
    now,
  ]);

export type Hold = {
  id: string;
  reason: string;
  incident: string | null;
  /** As `actorPseudonym` writes it, and `releasedBy` too. */
  createdBy: string;
  createdAt: Date;
  releasedBy: string | null;
  releasedAt: Date | null;
};

const HOLD = `id, reason, incident, created_by AS "createdBy", created_at AS "createdAt",
  released_by AS "releasedBy", released_at AS "releasedAt"`;

export const insertHold = (tx: Tx, ctx: Ctx, hold: Pick<Hold, "id" | "reason" | "incident" | "createdBy">) =>
  tx.query(
    `INSERT INTO toban.audit_holds (tenant_id, id, reason, incident, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [ctx.tenant, hold.id, hold.reason, hold.incident, hold.createdBy, ctx.clock.now()],
  );

export async function openHoldOf(tx: Tx, incident: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    "SELECT id FROM toban.audit_holds WHERE incident = $1 AND released_at IS NULL",
    [incident],
  );
  return row?.id;
}

export async function lockHold(tx: Tx, id: string): Promise<Hold | undefined> {
  const [row] = await tx.query<Hold>(`SELECT ${HOLD} FROM toban.audit_holds WHERE id = $1 FOR UPDATE`, [id]);
  return row;
}

export const writeReleased = (tx: Tx, id: string, by: string, now: Date) =>
  tx.query("UPDATE toban.audit_holds SET released_by = $2, released_at = $3 WHERE id = $1", [id, by, now]);

/** Newest first; open ones before all others. */
export const listHolds = (tx: Tx, limit: number) =>
  tx.query<Hold>(
    `SELECT ${HOLD} FROM toban.audit_holds ORDER BY released_at IS NOT NULL, created_at DESC, id LIMIT $1`,
    [limit],
  );

export async function isHeld(tx: Tx): Promise<boolean> {
  return (await tx.query("SELECT id FROM toban.audit_holds WHERE released_at IS NULL LIMIT 1")).length > 0;
}
