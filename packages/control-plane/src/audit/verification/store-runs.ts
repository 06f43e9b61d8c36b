import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { Refusal } from "../../platform/errors.ts";
import type { AuditFailure } from "./types.ts";

export type VerificationRun = {
  id: string;
  /** As `actorPseudonym` writes it. */
  requestedBy: string;
  requestedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  done: number;
  total: number;
  trees: number;
  failures: AuditFailure[];
  refusal: Refusal | null;
};

const COLUMNS = `id, requested_by AS "requestedBy", requested_at AS "requestedAt", started_at AS "startedAt",
  ended_at AS "endedAt", done, total, trees, failures, refusal`;

/** One at a time for each tenant: none is inserted while another is open. */
export async function insertRun(tx: Tx, ctx: Ctx, id: string, requestedBy: string): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO toban.audit_verification_runs (tenant_id, id, requested_by, requested_at)
     VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
    [ctx.tenant, id, requestedBy, ctx.clock.now()],
  );
  return rows.length > 0;
}

/** The open run, for whoever performs it: one that nobody has begun, or whose performer went quiet. */
export async function claimRun(tx: Tx, now: Date, quietSince: Date): Promise<VerificationRun | undefined> {
  const [row] = await tx.query<VerificationRun>(
    `UPDATE toban.audit_verification_runs SET started_at = $1, seen_at = $1, done = 0
     WHERE ended_at IS NULL AND (seen_at IS NULL OR seen_at < $2) RETURNING ${COLUMNS}`,
    [now, quietSince],
  );
  return row;
}

export const writeProgress = (
  tx: Tx,
  id: string,
  now: Date,
  run: Pick<VerificationRun, "done" | "total" | "trees" | "failures">,
) =>
  tx.query(
    `UPDATE toban.audit_verification_runs
     SET seen_at = $2, done = $3, total = $4, trees = $5, failures = $6 WHERE id = $1`,
    [id, now, run.done, run.total, run.trees, JSON.stringify(run.failures)],
  );

export const endRun = (tx: Tx, id: string, now: Date, refusal: Refusal | null) =>
  tx.query("UPDATE toban.audit_verification_runs SET ended_at = $2, refusal = $3 WHERE id = $1", [
    id,
    now,
    refusal === null ? null : JSON.stringify(refusal),
  ]);

/** Newest first. */
export const listRuns = (tx: Tx, limit: number) =>
  tx.query<VerificationRun>(
    `SELECT ${COLUMNS} FROM toban.audit_verification_runs ORDER BY requested_at DESC, id DESC LIMIT $1`,
    [limit],
  );

export async function readRun(tx: Tx, id: string): Promise<VerificationRun | undefined> {
  const [row] = await tx.query<VerificationRun>(
    `SELECT ${COLUMNS} FROM toban.audit_verification_runs WHERE id = $1`,
    [id],
  );
  return row;
}

export async function lastEnded(tx: Tx): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>(
    "SELECT max(ended_at) AS at FROM toban.audit_verification_runs WHERE refusal IS NULL",
  );
  return row?.at ?? undefined;
}
