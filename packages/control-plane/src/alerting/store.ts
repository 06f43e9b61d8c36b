import type { Text } from "@toban/definition";
import { maskValue } from "@toban/service-kit/masking";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import type { Json } from "../platform/json.ts";
import type { AlertChange, AlertMemory } from "./decide.ts";

export type StoredAlert = AlertMemory & { id: string };

const MEMORY = `id, state, level, episode, since, breach_since AS "breachSince", critical_since AS "criticalSince",
  clear_since AS "clearSince", below_critical_since AS "belowCriticalSince", no_data AS "noData", value, samples,
  fired_at AS "firedAt", resolved_at AS "resolvedAt", evaluated_at AS "evaluatedAt"`;

/** One evaluation of a tenant's alerts at a time, on any number of replicas. False when another one has it. */
export async function lockEvaluation(tx: Tx, ctx: Ctx): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('toban.alerting/' || $1, 0)) AS locked",
    [ctx.tenant],
  );
  return row?.locked === true;
}

export function readAlerts(tx: Tx): Promise<StoredAlert[]> {
  return tx.query<StoredAlert>(`SELECT ${MEMORY} FROM toban.alerts ORDER BY id`);
}

export async function writeAlert(tx: Tx, ctx: Ctx, id: string, m: AlertMemory): Promise<void> {
  await tx.query(
    `INSERT INTO toban.alerts (tenant_id, id, state, level, episode, since, breach_since, critical_since, clear_since,
       below_critical_since, no_data, value, samples, fired_at, resolved_at, evaluated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (tenant_id, id) DO UPDATE SET state = $3, level = $4, episode = $5, since = $6, breach_since = $7,
       critical_since = $8, clear_since = $9, below_critical_since = $10, no_data = $11, value = $12, samples = $13,
       fired_at = $14, resolved_at = $15, evaluated_at = $16`,
    [
      ctx.tenant,
      id,
      m.state,
      m.level,
      m.episode,
      m.since,
      m.breachSince,
      m.criticalSince,
      m.clearSince,
      m.belowCriticalSince,
      m.noData,
      m.value,
      m.samples,
      m.firedAt,
      m.resolvedAt,
      m.evaluatedAt,
    ],
  );
}

export async function insertTransition(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; alertId: string; change: AlertChange; memory: AlertMemory },
): Promise<void> {
  const { change, memory } = input;
  await tx.query(
    `INSERT INTO toban.alert_transitions
       (tenant_id, id, alert_id, episode, from_state, to_state, from_level, to_level, value, samples, reason, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ctx.tenant,
      input.id,
      input.alertId,
      memory.episode,
      change.from,
      change.to,
      change.fromLevel,
      change.toLevel,
      memory.value,
      memory.samples,
      JSON.stringify(change.reason),
      memory.evaluatedAt,
    ],
  );
}

export type TransitionRow = {
  id: string;
  alertId: string;
  episode: string | null;
  from: string;
  to: string;
  fromLevel: string | null;
  toLevel: string | null;
  value: number | null;
  reason: Text;
  at: Date;
};

/** Newest first. */
export function readTransitions(tx: Tx, filter: { from: Date; limit: number }): Promise<TransitionRow[]> {
  return tx.query<TransitionRow>(
    `SELECT id, alert_id AS "alertId", episode, from_state AS "from", to_state AS "to", from_level AS "fromLevel",
            to_level AS "toLevel", value, reason, at
     FROM toban.alert_transitions WHERE at >= $1 ORDER BY at DESC, id DESC LIMIT $2`,
    [filter.from, filter.limit],
  );
}

export type PageKind = "fire" | "level" | "resolve";

export async function insertPage(
  tx: Tx,
  ctx: Ctx,
  page: {
    id: string;
    alertId: string;
    episode: string;
    kind: PageKind;
    channel: string;
    payload: Json;
    at: Date;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO toban.alert_outbox
       (tenant_id, id, alert_id, episode, kind, channel, payload, state, attempts, next_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, $8)`,
    [
      ctx.tenant,
      page.id,
      page.alertId,
      page.episode,
      page.kind,
      page.channel,
      // What an alert quotes from a request is not kept in clear either.
      JSON.stringify(maskValue(page.payload)),
      page.at,
    ],
  );
}

/** Channels that were told that this episode fires; they are the ones to be told that it ended. */
export async function pagedChannels(tx: Tx, episode: string): Promise<string[]> {
  const rows = await tx.query<{ channel: string }>(
    "SELECT DISTINCT channel FROM toban.alert_outbox WHERE episode = $1 AND kind = 'fire' ORDER BY channel",
    [episode],
  );
  return rows.map((row) => row.channel);
}

export type DuePage = {
  id: string;
  alertId: string;
  channel: string;
  payload: Json;
  attempts: number;
  createdAt: Date;
};

/**
 * Claims pages that are due; `until` is when another worker may take them again. Pages of one episode and
 * channel go out in order, so a resolve never overtakes its page.
 */
export function claimPages(tx: Tx, now: Date, until: Date, limit: number): Promise<DuePage[]> {
  return tx.query<DuePage>(
    `UPDATE toban.alert_outbox SET attempts = attempts + 1, next_at = $2
     WHERE id IN (
       SELECT id FROM toban.alert_outbox page
       WHERE state = 'queued' AND next_at <= $1 AND NOT EXISTS (
         SELECT FROM toban.alert_outbox earlier
         WHERE earlier.episode = page.episode AND earlier.channel = page.channel
           AND earlier.state = 'queued' AND earlier.position < page.position)
       ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, alert_id AS "alertId", channel, payload, attempts, created_at AS "createdAt"`,
    [now, until, limit],
  );
}

export async function endPage(
  tx: Tx,
  id: string,
  end: {
    state: "queued" | "delivered" | "not-delivered";
    error: string | null;
    nextAt: Date;
    endedAt: Date | null;
  },
): Promise<void> {
  await tx.query(
    `UPDATE toban.alert_outbox SET state = $2, last_error = $3, next_at = $4, ended_at = $5
     WHERE id = $1 AND state = 'queued'`,
    [id, end.state, end.error, end.nextAt, end.endedAt],
  );
}

export type PageRow = {
  id: string;
  alertId: string;
  episode: string;
  kind: PageKind;
  channel: string;
  state: "queued" | "delivered" | "not-delivered";
  attempts: number;
  error: string | null;
  createdAt: Date;
  endedAt: Date | null;
};

/** What the newest page of the alert says to its channel. */
export async function newestPayload(
  tx: Tx,
  alertId: string,
  kind: PageKind,
): Promise<{ [key: string]: Json } | undefined> {
  const [row] = await tx.query<{ payload: { [key: string]: Json } }>(
    "SELECT payload FROM toban.alert_outbox WHERE alert_id = $1 AND kind = $2 ORDER BY position DESC LIMIT 1",
    [alertId, kind],
  );
  return row?.payload;
}

/** When alerts were last looked at; undefined before the first time. */
export async function lastEvaluation(tx: Tx): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>("SELECT max(evaluated_at) AS at FROM toban.alerts");
  return row?.at ?? undefined;
}

/** Newest first. */
export function readPages(tx: Tx, limit: number): Promise<PageRow[]> {
  return tx.query<PageRow>(
    `SELECT id, alert_id AS "alertId", episode, kind, channel, state, attempts, last_error AS error,
            created_at AS "createdAt", ended_at AS "endedAt"
     FROM toban.alert_outbox ORDER BY position DESC LIMIT $1`,
    [limit],
  );
}

/** Newest page of each of these episodes. */
export function newestPages(tx: Tx, episodes: string[]): Promise<PageRow[]> {
  return tx.query<PageRow>(
    `SELECT DISTINCT ON (episode) id, alert_id AS "alertId", episode, kind, channel, state, attempts,
            last_error AS error, created_at AS "createdAt", ended_at AS "endedAt"
     FROM toban.alert_outbox WHERE episode = ANY($1) ORDER BY episode, position DESC`,
    [episodes],
  );
}
