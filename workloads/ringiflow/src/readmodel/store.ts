import type { ListQuery } from "../domain/commands.ts";
import { currentApprover } from "../domain/evolve.ts";
import { type RequestState, STATUSES, type Status } from "../domain/model.ts";
import type { RequestLine } from "../events/execute.ts";
import type { StoredEvent } from "../events/store.ts";
import type { Tx } from "../platform/database.ts";
import { type ListRow, type Projection, searchText, searchWords } from "./project.ts";

/** Locks the consumer of the tenant; null when another worker has it. */
export async function lockCheckpoint(tx: Tx, options: { wait: boolean }): Promise<number | null> {
  const rows = await tx.query<{ position: number }>(
    `SELECT position FROM ringiflow.checkpoints WHERE tenant_id = ringiflow.current_tenant()
     FOR UPDATE ${options.wait ? "" : "SKIP LOCKED"}`,
  );
  return rows[0]?.position ?? null;
}

export async function moveCheckpoint(tx: Tx, position: number): Promise<void> {
  await tx.query(
    `UPDATE ringiflow.checkpoints SET position = greatest(position, $1), at = clock_timestamp()
     WHERE tenant_id = ringiflow.current_tenant()`,
    [position],
  );
}

export async function readRows(tx: Tx, requestIds: string[]): Promise<Map<string, ListRow>> {
  const rows = await tx.query<{
    request_id: string;
    version: number;
    applied: number;
    state: RequestState;
    updated_at: Date;
  }>(
    `SELECT request_id, version, applied, state, updated_at FROM ringiflow.request_list
     WHERE request_id = ANY($1::uuid[])`,
    [requestIds],
  );
  return new Map(
    rows.map((row) => [
      row.request_id,
      {
        requestId: row.request_id,
        version: row.version,
        applied: row.applied,
        state: row.state,
        updatedAt: row.updated_at,
      },
    ]),
  );
}

export async function readApplied(tx: Tx, eventIds: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>(
    "SELECT event_id FROM ringiflow.applied_events WHERE event_id = ANY($1::uuid[])",
    [eventIds],
  );
  return new Set(rows.map((row) => row.event_id));
}

export async function writeProjection(tx: Tx, projection: Projection): Promise<void> {
  await writeRows(tx, [...projection.changed.values()]);
  await writeApplied(tx, projection.applied);
  for (const [status, change] of projection.counters) await addToCounter(tx, status, change);
}

async function writeRows(tx: Tx, rows: ListRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => {
    const { contents, applicant, status } = row.state;
    const approver = currentApprover(row.state);
    return {
      request_id: row.requestId,
      version: row.version,
      applied: row.applied,
      title: contents.title,
      category: contents.category,
      amount_yen: contents.amountYen,
      status,
      applicant_id: applicant.id,
      applicant_name: applicant.name,
      approver_id: approver?.id ?? null,
      approver_name: approver?.name ?? null,
      search_text: searchText(row.state),
      state: row.state,
      updated_at: row.updatedAt.toISOString(),
    };
  });
  await tx.query(
    `INSERT INTO ringiflow.request_list (tenant_id, request_id, version, applied, title, category, amount_yen,
       status, applicant_id, applicant_name, approver_id, approver_name, search_text, state, updated_at)
     SELECT ringiflow.current_tenant(), r.* FROM jsonb_to_recordset($1::jsonb) AS r(request_id uuid,
       version int, applied int, title text, category text, amount_yen bigint, status text,
       applicant_id text, applicant_name text, approver_id text, approver_name text, search_text text,
       state jsonb, updated_at timestamptz)
     ON CONFLICT (tenant_id, request_id) DO UPDATE SET version = excluded.version,
       applied = excluded.applied, title = excluded.title, category = excluded.category,
       amount_yen = excluded.amount_yen, status = excluded.status, approver_id = excluded.approver_id,
       approver_name = excluded.approver_name, search_text = excluded.search_text, state = excluded.state,
       updated_at = excluded.updated_at`,
    [JSON.stringify(values)],
  );
}

async function writeApplied(tx: Tx, events: StoredEvent[]): Promise<void> {
  await tx.query(
    `INSERT INTO ringiflow.applied_events (tenant_id, event_id, position)
     SELECT ringiflow.current_tenant(), e.* FROM unnest($1::uuid[], $2::bigint[]) AS e(id, position)`,
    [events.map((stored) => stored.eventId), events.map((stored) => stored.position)],
  );
}

async function addToCounter(
  tx: Tx,
  status: Status,
  change: { count: number; totalYen: number },
): Promise<void> {
  if (change.count === 0 && change.totalYen === 0) return;
  await tx.query(
    `INSERT INTO ringiflow.request_counters AS c (tenant_id, status, count, total_yen)
     VALUES (ringiflow.current_tenant(), $1, $2, $3)
     ON CONFLICT (tenant_id, status) DO UPDATE SET count = c.count + excluded.count,
       total_yen = c.total_yen + excluded.total_yen`,
    [status, change.count, change.totalYen],
  );
}

/** A redelivery that old is refused by the version of its request, so its id need not be kept. */
export async function forgetAppliedBefore(tx: Tx, position: number): Promise<void> {
  await tx.query("DELETE FROM ringiflow.applied_events WHERE position < $1", [position]);
}

export async function addDeadLetter(
  tx: Tx,
  input: { stored: StoredEvent; attempts: number; error: string },
): Promise<void> {
  const { stored } = input;
  await tx.query(
    `INSERT INTO ringiflow.dead_letters (tenant_id, event_id, stream_id, position, attempts, error, at)
     VALUES (ringiflow.current_tenant(), $1, $2, $3, $4, $5, clock_timestamp())
     ON CONFLICT (tenant_id, event_id) DO UPDATE SET attempts = excluded.attempts, error = excluded.error,
       at = excluded.at`,
    [stored.eventId, stored.streamId, stored.position, input.attempts, input.error],
  );
}

/** Empties the dead letters and returns the ids of their events. */
export async function takeDeadLetters(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ event_id: string }>("DELETE FROM ringiflow.dead_letters RETURNING event_id");
  return rows.map((row) => row.event_id);
}

export async function countDeadLetters(tx: Tx): Promise<number> {
  const rows = await tx.query<{ count: number }>("SELECT count(*) FROM ringiflow.dead_letters");
  return rows[0]?.count ?? 0;
}

/** Removes everything that is derived of the tenant; readers see the old rows until the commit. */
export async function dropReadModels(tx: Tx): Promise<void> {
  await tx.query("DELETE FROM ringiflow.request_list");
  await tx.query("DELETE FROM ringiflow.request_counters");
  await tx.query("DELETE FROM ringiflow.applied_events");
  await tx.query("DELETE FROM ringiflow.dead_letters");
}

export async function listRequests(tx: Tx, actorId: string, query: ListQuery): Promise<RequestLine[]> {
  const rows = await tx.query<{
    request_id: string;
    version: number;
    title: string;
    category: RequestLine["category"];
    amount_yen: number;
    status: Status;
    applicant_id: string;
    applicant_name: string;
    approver_id: string | null;
    approver_name: string | null;
    updated_at: Date;
  }>(
    `SELECT request_id, version, title, category, amount_yen, status, applicant_id, applicant_name,
       approver_id, approver_name, updated_at
     FROM ringiflow.request_list
     WHERE ${VIEW_CONDITIONS[query.view]}
       AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS word WHERE position(word IN search_text) = 0)
     ORDER BY updated_at DESC, request_id LIMIT $3`,
    [actorId, searchWords(query.q), query.limit],
  );
  return rows.map((row) => ({
    id: row.request_id,
    title: row.title,
    category: row.category,
    amountYen: row.amount_yen,
    status: row.status,
    applicant: { id: row.applicant_id, name: row.applicant_name },
    currentApprover: row.approver_id ? { id: row.approver_id, name: row.approver_name ?? "" } : null,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
  }));
}

const VIEW_CONDITIONS: Record<ListQuery["view"], string> = {
  mine: "applicant_id = $1::text",
  "to-decide": "approver_id = $1::text",
  all: "$1::text IS NOT NULL",
};

export async function readSummary(
  tx: Tx,
): Promise<{ count: number; totalYen: number; byStatus: Record<Status, number> }> {
  const rows = await tx.query<{ status: Status; count: number; total_yen: number }>(
    "SELECT status, count, total_yen FROM ringiflow.request_counters",
  );
  const byStatus = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const row of rows) byStatus[row.status] = row.count;
  return {
    count: rows.reduce((sum, row) => sum + row.count, 0),
    totalYen: rows.reduce((sum, row) => sum + row.total_yen, 0),
    byStatus,
  };
}
