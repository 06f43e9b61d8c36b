import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";

export type ErasureRow = {
  id: string;
  subjectDigest: string;
  /** A pseudonym. */
  requestedBy: string;
  requestedAt: Date;
  completedAt: Date | null;
  /** How many values were removed. */
  removed: number | null;
};

const COLUMNS = `id, subject_digest AS "subjectDigest", requested_by AS "requestedBy", requested_at AS "requestedAt",
  completed_at AS "completedAt", removed`;

export async function insertErasure(tx: Tx, ctx: Ctx, row: ErasureRow): Promise<void> {
  await tx.query(
    `INSERT INTO toban.erasures
       (tenant_id, id, subject_digest, requested_by, requested_at, completed_at, removed)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [ctx.tenant, row.id, row.subjectDigest, row.requestedBy, row.requestedAt, row.completedAt, row.removed],
  );
}

/** Newest first. */
export const selectErasures = (tx: Tx): Promise<ErasureRow[]> =>
  tx.query(`SELECT ${COLUMNS} FROM toban.erasures ORDER BY requested_at DESC, id DESC`);

/** Until the end of the transaction nobody else completes it. */
export async function lockErasure(tx: Tx, id: string): Promise<ErasureRow | undefined> {
  const rows = await tx.query<ErasureRow>(
    `SELECT ${COLUMNS} FROM toban.erasures WHERE tenant_id = (SELECT toban.current_tenant()) AND id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0];
}

export async function completeErasure(tx: Tx, id: string, completedAt: Date, removed: number): Promise<void> {
  await tx.query(
    `UPDATE toban.erasures SET completed_at = $2, removed = $3
     WHERE tenant_id = (SELECT toban.current_tenant()) AND id = $1`,
    [id, completedAt, removed],
  );
}

export async function hasOpenHold(tx: Tx): Promise<boolean> {
  const rows = await tx.query("SELECT FROM toban.audit_holds WHERE released_at IS NULL LIMIT 1");
  return rows.length > 0;
}

/** Everybody whom a value or a row of this tenant is about. Walks the index from subject to subject. */
export async function selectSubjects(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ subject: string }>(
    `WITH RECURSIVE walk AS (
       SELECT min(subject) AS subject FROM toban.audit_personal
       UNION ALL
       SELECT (SELECT min(p.subject) FROM toban.audit_personal p WHERE p.subject > walk.subject)
       FROM walk WHERE walk.subject IS NOT NULL)
     SELECT subject FROM walk WHERE subject IS NOT NULL
     UNION SELECT person_id FROM toban.people`,
  );
  return rows.map((row) => row.subject);
}

/** Whether anything of the subject is left that was written until then. */
export async function isKnown(tx: Tx, subject: string, until: Date): Promise<boolean> {
  const rows = await tx.query<{ known: boolean }>(
    `SELECT EXISTS (SELECT FROM toban.audit_personal WHERE subject = $1 AND created_at <= $2)
         OR EXISTS (SELECT FROM toban.people WHERE person_id = $1 AND created_at <= $2) AS known`,
    [subject, until],
  );
  return rows[0]!.known;
}

export async function isPerson(tx: Tx, subject: string, until: Date): Promise<boolean> {
  const rows = await tx.query("SELECT FROM toban.people WHERE person_id = $1 AND created_at <= $2", [
    subject,
    until,
  ]);
  return rows.length > 0;
}

/** No single statement removes more than this, so that none runs into the limit of statements. */
const BATCH = 10_000;

/** Removes the values about the subject that were written until then; returns how many. */
export async function deletePersonal(tx: Tx, subject: string, until: Date): Promise<number> {
  for (let removed = 0; ; ) {
    const [row] = await tx.query<{ removed: number }>(
      `WITH gone AS (
         DELETE FROM toban.audit_personal
         WHERE tenant_id = (SELECT toban.current_tenant()) AND commitment = ANY (ARRAY(
           SELECT commitment FROM toban.audit_personal WHERE subject = $1 AND created_at <= $2 LIMIT ${BATCH}))
         RETURNING 1)
       SELECT count(*) AS removed FROM gone`,
      [subject, until],
    );
    removed += row!.removed;
    if (row!.removed < BATCH) return removed;
  }
}
