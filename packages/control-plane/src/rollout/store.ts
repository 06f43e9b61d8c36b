import type { Text } from "@toban/definition";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import type { LedgerRow, StepJudgement } from "./ledger.ts";
import type { LedgerResult } from "./types.ts";

const COLUMNS = `id, position, run_id AS "runId", kind, service, environment, version, digest,
  from_version AS "fromVersion", requested_by AS "requestedBy", request_reason AS "requestReason",
  definition_digest AS "definitionDigest", result, result_reason AS "resultReason", started_at AS "startedAt",
  ended_at AS "endedAt", first_bad_at AS "firstBadAt", weight_zero_at AS "weightZeroAt", steps`;

export type NewRelease = Pick<
  LedgerRow,
  | "id"
  | "runId"
  | "kind"
  | "service"
  | "environment"
  | "version"
  | "digest"
  | "fromVersion"
  | "requestedBy"
  | "requestReason"
  | "definitionDigest"
  | "startedAt"
>;

export async function insertRelease(tx: Tx, ctx: Ctx, row: NewRelease): Promise<void> {
  await tx.query(
    `INSERT INTO toban.releases (tenant_id, id, run_id, kind, service, environment, version, digest, from_version,
       requested_by, request_reason, definition_digest, started_at, steps)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '[]')`,
    [
      ctx.tenant,
      row.id,
      row.runId,
      row.kind,
      row.service,
      row.environment,
      row.version,
      row.digest,
      row.fromVersion,
      row.requestedBy,
      row.requestReason,
      row.definitionDigest,
      row.startedAt,
    ],
  );
}

/** Oldest first. */
export function readServiceLedger(tx: Tx, service: string): Promise<LedgerRow[]> {
  return tx.query<LedgerRow>(`SELECT ${COLUMNS} FROM toban.releases WHERE service = $1 ORDER BY position`, [
    service,
  ]);
}

/** Newest first. */
export function readLedger(tx: Tx, filter: { service?: string; limit?: number }): Promise<LedgerRow[]> {
  return tx.query<LedgerRow>(
    `SELECT ${COLUMNS} FROM toban.releases WHERE ($1::text IS NULL OR service = $1) ORDER BY position DESC LIMIT $2`,
    [filter.service ?? null, Math.min(filter.limit ?? 100, 1000)],
  );
}

export async function lockByRun(tx: Tx, runId: string): Promise<LedgerRow | undefined> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${COLUMNS} FROM toban.releases WHERE run_id = $1 FOR UPDATE`,
    [runId],
  );
  return row;
}

export async function readRunning(tx: Tx, service: string): Promise<LedgerRow | undefined> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${COLUMNS} FROM toban.releases WHERE service = $1 AND result IS NULL`,
    [service],
  );
  return row;
}

export async function writeSteps(tx: Tx, id: string, steps: StepJudgement[]): Promise<void> {
  await tx.query("UPDATE toban.releases SET steps = $2 WHERE id = $1", [id, JSON.stringify(steps)]);
}

/** The first time that was written stays. */
export async function writeFirstBad(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query("UPDATE toban.releases SET first_bad_at = $2 WHERE id = $1 AND first_bad_at IS NULL", [
    id,
    at,
  ]);
}

/** True when this was the first confirmation. */
export async function writeWeightZero(tx: Tx, id: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    "UPDATE toban.releases SET weight_zero_at = $2 WHERE id = $1 AND weight_zero_at IS NULL RETURNING id",
    [id, at],
  );
  return rows.length > 0;
}

export async function endRelease(
  tx: Tx,
  id: string,
  end: { result: LedgerResult; reason: Text | null; at: Date },
): Promise<void> {
  await tx.query(
    "UPDATE toban.releases SET result = $2, result_reason = $3, ended_at = $4 WHERE id = $1 AND result IS NULL",
    [id, end.result, end.reason === null ? null : JSON.stringify(end.reason), end.at],
  );
}
