import type { Tx } from "../platform/database.ts";
import type { Approval } from "./approve.ts";
import { storable } from "./plan.ts";
import type { Plan, RunRecord, RunState, StepRecord } from "./types.ts";

export type RunFilter = {
  states?: RunState[];
  /** Only those that have not ended. */
  unfinished?: boolean;
  kind?: Plan["kind"];
  target?: string;
  parent?: string;
  /** Default 100, at most 1,000. */
  limit?: number;
};

const COLUMNS = `id, kind, target, plan, plan_hash AS "planHash", requested_by AS "requestedBy", parent,
  correlation_id AS "correlationId", state, phase, position, activity, wait_done AS "waitDone", payload, memo,
  attempts, crashes, round_at AS "roundAt", signals, cancel, refusal, due_at AS "dueAt", fence, version, worker,
  created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt"`;

/** The server ends the transaction of a worker that stalls in it, so that its locks do not outlive its lease. */
const RELEASE_WHEN_IDLE = "set_config('idle_in_transaction_session_timeout', '4000', true)";

type Row = Omit<RunRecord, "steps">;

export type NewRun = Pick<
  RunRecord,
  "id" | "plan" | "planHash" | "requestedBy" | "parent" | "correlationId" | "createdAt"
>;

/** Undefined when the target is held by an unfinished run. */
export async function insertRun(tx: Tx, tenant: string, run: NewRun): Promise<RunRecord | undefined> {
  const { id, plan, planHash, requestedBy, parent, correlationId, createdAt } = run;
  const rows = await tx.query<Row>(
    `INSERT INTO toban.runs (tenant_id, id, kind, target, plan, plan_hash, requested_by, parent, correlation_id,
       state, phase, position, activity, wait_done, attempts, crashes, signals, due_at, fence, version, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 'do', 0, 'ready', false, 0, 0, '[]', $10, 0, 0, $10)
     ON CONFLICT (tenant_id, target) WHERE target IS NOT NULL AND ended_at IS NULL DO NOTHING
     RETURNING ${COLUMNS}`,
    [tenant, id, plan.kind, plan.target, plan, planHash, requestedBy, parent, correlationId, createdAt],
  );
  return rows[0] && { ...rows[0], steps: [] };
}

export async function selectHolder(
  tx: Tx,
  target: string,
): Promise<{ id: string; state: RunState } | undefined> {
  const [row] = await tx.query<{ id: string; state: RunState }>(
    "SELECT id, state FROM toban.runs WHERE target = $1 AND ended_at IS NULL",
    [target],
  );
  return row;
}

export async function selectRun(tx: Tx, id: string): Promise<RunRecord | undefined> {
  return (
    await withSteps(tx, await tx.query<Row>(`SELECT ${COLUMNS} FROM toban.runs WHERE id = $1`, [id]))
  )[0];
}

/** Holds the row until the transaction ends. */
export async function lockRun(tx: Tx, id: string): Promise<RunRecord | undefined> {
  const rows = await tx.query<Row>(`SELECT ${COLUMNS} FROM toban.runs WHERE id = $1 FOR UPDATE`, [id]);
  return (await withSteps(tx, rows))[0];
}

/** Newest first. */
export async function selectRuns(tx: Tx, filter: RunFilter): Promise<RunRecord[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM toban.runs
     WHERE ($1::text[] IS NULL OR state = ANY($1)) AND ($2::boolean IS NOT TRUE OR ended_at IS NULL)
       AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR target = $4)
       AND ($5::text IS NULL OR parent = $5)
     ORDER BY created_at DESC, id DESC LIMIT $6`,
    [
      filter.states ?? null,
      filter.unfinished ?? null,
      filter.kind ?? null,
      filter.target ?? null,
      filter.parent ?? null,
      Math.min(filter.limit ?? 100, 1000),
    ],
  );
  return withSteps(tx, rows);
}

/** The next moment at which any run needs a worker: one look at the index, whatever the runs wait for. */
export async function selectNextDue(tx: Tx): Promise<Date | null> {
  const [row] = await tx.query<{ due: Date | null }>(
    "SELECT min(due_at) AS due FROM toban.runs WHERE due_at IS NOT NULL",
  );
  return row?.due ?? null;
}

/** Due runs that no other worker is claiming at this moment, held until the transaction ends. */
export async function lockDueRuns(
  tx: Tx,
  input: { now: Date; limit: number; suspects: boolean },
): Promise<RunRecord[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM toban.runs CROSS JOIN ${RELEASE_WHEN_IDLE}
     WHERE due_at <= $1 AND ($3 OR NOT (activity = 'acting' AND crashes > 0))
     ORDER BY due_at LIMIT $2 FOR UPDATE OF runs SKIP LOCKED`,
    [input.now, input.limit, input.suspects],
  );
  return withSteps(tx, rows);
}

async function withSteps(tx: Tx, rows: Row[]): Promise<RunRecord[]> {
  const begun = rows.filter((row) => row.state !== "pending").map((row) => row.id);
  const steps =
    begun.length === 0
      ? []
      : await tx.query<StepRecord & { runId: string }>(
          `SELECT run_id AS "runId", phase, index, state, touched, input_digest AS "inputDigest", output, refusal,
                  started_at AS "startedAt", ended_at AS "endedAt"
           FROM toban.run_steps WHERE run_id = ANY($1) ORDER BY started_at, phase, index`,
          [begun],
        );
  const byRun = new Map<string, StepRecord[]>(rows.map((row) => [row.id, []]));
  for (const { runId, ...step } of steps) byRun.get(runId)?.push(step);
  return rows.map((row) => ({ ...row, steps: byRun.get(row.id) ?? [] }));
}

export type Change = {
  run: RunRecord;
  /** Records of steps to write. */
  steps: StepRecord[];
  /** A claim gives the run a new fence. */
  claim: boolean;
};

/**
 * Writes runs with their steps, each only if nobody has written it since it was read under this fence.
 * One statement, since short runs spend their time on round trips. Returns those that were written.
 */
export async function saveRuns(tx: Tx, changes: Change[]): Promise<RunRecord[]> {
  if (changes.length === 0) return [];
  const steps = changes.flatMap(({ run, steps }) => steps.map((step) => ({ runId: run.id, ...step })));
  const rows = await tx.query<{ id: string; fence: number; version: number }>(
    `WITH run AS (
       UPDATE toban.runs r
       SET state = c.state, phase = c.phase, position = c.position, activity = c.activity,
           wait_done = c."waitDone", payload = c.payload, memo = c.memo, attempts = c.attempts, crashes = c.crashes,
           round_at = c."roundAt", signals = c.signals, cancel = c.cancel, refusal = c.refusal, due_at = c."dueAt",
           worker = c.worker, started_at = c."startedAt", ended_at = c."endedAt", version = r.version + 1,
           fence = CASE WHEN c.claim THEN nextval('toban.run_fence') ELSE r.fence END
       FROM jsonb_to_recordset($1::jsonb) AS c(
         id text, claim boolean, fence bigint, version bigint, state text, phase text, position integer,
         activity text, "waitDone" boolean, payload jsonb, memo jsonb, attempts integer, crashes integer,
         "roundAt" timestamptz, signals jsonb, cancel jsonb, refusal jsonb, "dueAt" timestamptz, worker text,
         "startedAt" timestamptz, "endedAt" timestamptz)
       WHERE r.id = ANY($3) AND r.id = c.id AND r.fence = c.fence AND r.version = c.version
       RETURNING r.tenant_id, r.id, r.fence, r.version
     ), step AS (
       INSERT INTO toban.run_steps (tenant_id, run_id, phase, index, state, touched, fence, input_digest, output,
                                    refusal, started_at, ended_at)
       SELECT run.tenant_id, run.id, s.phase, s.index, s.state, s.touched, run.fence, s."inputDigest", s.output,
              s.refusal, s."startedAt", s."endedAt"
       FROM jsonb_to_recordset($2::jsonb) AS s(
         "runId" text, phase text, index integer, state text, touched boolean, "inputDigest" text, output jsonb,
         refusal jsonb, "startedAt" timestamptz, "endedAt" timestamptz)
       JOIN run ON run.id = s."runId"
       ON CONFLICT (tenant_id, run_id, phase, index) DO UPDATE
       SET state = excluded.state, touched = excluded.touched, fence = excluded.fence,
           input_digest = excluded.input_digest, output = excluded.output, refusal = excluded.refusal,
           ended_at = excluded.ended_at
     )
     SELECT id, fence, version FROM run CROSS JOIN ${RELEASE_WHEN_IDLE}`,
    [
      storable(changes.map(({ run, claim }) => ({ ...run, plan: undefined, steps: undefined, claim }))),
      storable(steps),
      changes.map(({ run }) => run.id),
    ],
  );
  const written = new Map(rows.map((row) => [row.id, row]));
  return changes.flatMap(({ run }) => {
    const row = written.get(run.id);
    return row ? [{ ...run, fence: row.fence, version: row.version }] : [];
  });
}

/** The heartbeat. Returns the runs that the worker still holds. */
export async function renewLeases(
  tx: Tx,
  held: { id: string; fence: number }[],
  until: Date,
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE toban.runs r SET due_at = $1
     FROM unnest($2::text[], $3::bigint[]) AS h(id, fence)
     WHERE r.id = ANY($2) AND r.id = h.id AND r.fence = h.fence AND r.activity = 'acting' RETURNING r.id`,
    [until, held.map((run) => run.id), held.map((run) => run.fence)],
  );
  return new Set(rows.map((row) => row.id));
}

/** A run whose decision could not be written waits, so that it does not keep the others from being claimed. */
export async function postponeRun(tx: Tx, run: { id: string; version: number }, until: Date): Promise<void> {
  await tx.query("UPDATE toban.runs SET due_at = $3 WHERE id = $1 AND version = $2 AND due_at IS NOT NULL", [
    run.id,
    run.version,
    until,
  ]);
}

export async function selectApprovals(tx: Tx, runId: string): Promise<Approval[]> {
  return tx.query<Approval>(
    `SELECT step, approver, plan_hash AS "planHash", input_digest AS "inputDigest"
     FROM toban.run_approvals WHERE run_id = $1 ORDER BY created_at`,
    [runId],
  );
}

/** False when this approver has approved this step before, for whatever input. */
export async function insertApproval(
  tx: Tx,
  tenant: string,
  runId: string,
  approval: Approval,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO toban.run_approvals (tenant_id, run_id, step, approver, plan_hash, input_digest, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, runId, approval.step, approval.approver, approval.planHash, approval.inputDigest, now],
  );
}
