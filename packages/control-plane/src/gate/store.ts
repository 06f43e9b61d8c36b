import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import type { RecordedReport, RecordedVerdict } from "./record.ts";

type Row = {
  id: string;
  service: string;
  version: string;
  digest: string;
  verdict: RecordedVerdict["verdict"];
  report: RecordedReport;
  recorded_by: string;
  recorded_at: Date;
};

const COLUMNS = "id, service, version, digest, verdict, report, recorded_by, recorded_at";

export async function insertVerdict(tx: Tx, ctx: Ctx, verdict: RecordedVerdict): Promise<void> {
  await tx.query(
    `INSERT INTO toban.gate_verdicts
       (tenant_id, id, service, version, digest, verdict, report, recorded_by, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ctx.tenant,
      verdict.id,
      verdict.service,
      verdict.version,
      verdict.digest,
      verdict.verdict,
      JSON.stringify(verdict.report),
      verdict.recordedBy,
      verdict.recordedAt,
    ],
  );
}

export async function newestVerdict(
  tx: Tx,
  service: string,
  digest: string,
): Promise<RecordedVerdict | undefined> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM toban.gate_verdicts
     WHERE tenant_id = toban.current_tenant() AND service = $1 AND digest = $2
     ORDER BY position DESC LIMIT 1`,
    [service, digest],
  );
  return row && verdictOf(row);
}

/** Newest first. */
export async function listVerdicts(tx: Tx, service: string, limit: number): Promise<RecordedVerdict[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM toban.gate_verdicts
     WHERE tenant_id = toban.current_tenant() AND service = $1
     ORDER BY position DESC LIMIT $2`,
    [service, limit],
  );
  return rows.map(verdictOf);
}

const verdictOf = (row: Row): RecordedVerdict => ({
  id: row.id,
  service: row.service,
  version: row.version,
  digest: row.digest,
  verdict: row.verdict,
  report: row.report,
  recordedBy: row.recorded_by,
  recordedAt: row.recorded_at,
});
