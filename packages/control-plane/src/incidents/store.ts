import type { Severity, Text } from "@toban/definition";
import { maskText } from "@toban/service-kit/masking";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";

export type IncidentRow = {
  id: string;
  key: string;
  title: Text;
  severity: Severity;
  service: string | null;
  state: "open" | "resolved";
  openedAt: Date;
  resolvedAt: Date | null;
  quietAt: Date | null;
};
export type TimelineRow = { incidentId: string; at: Date; text: Text };

const COLUMNS = `id, key, title, severity, service, state, opened_at AS "openedAt", resolved_at AS "resolvedAt",
  quiet_at AS "quietAt"`;

/** A report goes to many readers: what an alert quotes from a request is masked before it is written. */
const masked = ({ en, ja }: Text) => JSON.stringify({ en: maskText(en), ja: maskText(ja) });

/** False when an incident with this key is open already. */
export async function insertIncident(
  tx: Tx,
  ctx: Ctx,
  row: Pick<IncidentRow, "id" | "key" | "title" | "severity" | "service" | "openedAt">,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO toban.incidents (tenant_id, id, key, title, severity, service, state, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)
     ON CONFLICT (tenant_id, key) WHERE state = 'open' DO NOTHING RETURNING id`,
    [ctx.tenant, row.id, row.key, masked(row.title), row.severity, row.service, row.openedAt],
  );
  return rows.length > 0;
}

/** Locked, so that causes and end of one incident change one after the other. */
export async function lockOpen(tx: Tx, key: string): Promise<IncidentRow | undefined> {
  const [row] = await tx.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM toban.incidents WHERE key = $1 AND state = 'open' FOR UPDATE`,
    [key],
  );
  return row;
}

export async function lockIncident(tx: Tx, id: string): Promise<IncidentRow | undefined> {
  const [row] = await tx.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM toban.incidents WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return row;
}

export async function writeSeverity(tx: Tx, id: string, severity: Severity): Promise<void> {
  await tx.query("UPDATE toban.incidents SET severity = $2 WHERE id = $1", [id, severity]);
}

export async function writeQuiet(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query("UPDATE toban.incidents SET quiet_at = $2 WHERE id = $1", [id, at]);
}

export async function writeResolved(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query("UPDATE toban.incidents SET state = 'resolved', resolved_at = $2 WHERE id = $1", [id, at]);
}

export async function activateCause(tx: Tx, ctx: Ctx, incidentId: string, cause: string): Promise<void> {
  await tx.query(
    `INSERT INTO toban.incident_causes (tenant_id, incident_id, cause, active) VALUES ($1, $2, $3, true)
     ON CONFLICT (tenant_id, incident_id, cause) DO UPDATE SET active = true`,
    [ctx.tenant, incidentId, cause],
  );
}

/** Ends one cause, or with `prefix` every cause that begins so. */
export async function clearCauses(
  tx: Tx,
  incidentId: string,
  which: { cause: string } | { prefix: string },
): Promise<void> {
  await tx.query(
    `UPDATE toban.incident_causes SET active = false
     WHERE incident_id = $1 AND active AND (cause = $2 OR starts_with(cause, $3))`,
    [incidentId, "cause" in which ? which.cause : null, "prefix" in which ? which.prefix : null],
  );
}

export async function countActiveCauses(tx: Tx, incidentId: string): Promise<number> {
  const [row] = await tx.query<{ active: number }>(
    "SELECT count(*)::int AS active FROM toban.incident_causes WHERE incident_id = $1 AND active",
    [incidentId],
  );
  return row?.active ?? 0;
}

/** Ids of open incidents that this cause keeps open. */
export async function incidentsOfCause(tx: Tx, cause: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT i.id FROM toban.incident_causes c
     JOIN toban.incidents i ON i.tenant_id = c.tenant_id AND i.id = c.incident_id
     WHERE c.cause = $1 AND c.active AND i.state = 'open' ORDER BY i.id`,
    [cause],
  );
  return rows.map((row) => row.id);
}

/** Ids of open incidents whose quiet time is over and that nothing keeps open. */
export async function quietIncidents(tx: Tx, now: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM toban.incidents i WHERE state = 'open' AND quiet_at <= $1 AND NOT EXISTS (
       SELECT FROM toban.incident_causes c
       WHERE c.tenant_id = i.tenant_id AND c.incident_id = i.id AND c.active) ORDER BY id`,
    [now],
  );
  return rows.map((row) => row.id);
}

/** A fact with a known key is not written again. */
export async function insertTimeline(
  tx: Tx,
  ctx: Ctx,
  row: { incidentId: string; eventKey: string; at: Date; text: Text },
): Promise<void> {
  await tx.query(
    `INSERT INTO toban.incident_timeline (tenant_id, incident_id, event_key, at, text) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, incident_id, event_key) DO NOTHING`,
    [ctx.tenant, row.incidentId, row.eventKey, row.at, masked(row.text)],
  );
}

/** Open ones first, then newest first. */
export function readIncidents(tx: Tx, limit: number): Promise<IncidentRow[]> {
  return tx.query<IncidentRow>(
    `SELECT ${COLUMNS} FROM toban.incidents ORDER BY state = 'open' DESC, opened_at DESC, id DESC LIMIT $1`,
    [limit],
  );
}

export async function readIncident(tx: Tx, id: string): Promise<IncidentRow | undefined> {
  const [row] = await tx.query<IncidentRow>(`SELECT ${COLUMNS} FROM toban.incidents WHERE id = $1`, [id]);
  return row;
}

/** In the order in which it was written. */
export function readTimelines(tx: Tx, incidentIds: string[]): Promise<TimelineRow[]> {
  return tx.query<TimelineRow>(
    `SELECT incident_id AS "incidentId", at, text FROM toban.incident_timeline
     WHERE incident_id = ANY($1) ORDER BY incident_id, position`,
    [incidentIds],
  );
}
