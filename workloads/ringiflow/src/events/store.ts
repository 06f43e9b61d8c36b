import type { PersonRef, RequestEvent } from "../domain/model.ts";
import { type Database, SYSTEM_TENANT, type Tx } from "../platform/database.ts";

/** One row of ringiflow.events. `version` counts from 1 in a stream, `position` from 1 in a tenant. */
export type StoredEvent = {
  eventId: string;
  streamId: string;
  version: number;
  position: number;
  at: Date;
  actor: PersonRef;
  event: RequestEvent;
};

export type Delivery = { deliveryId: number; attempts: number; stored: StoredEvent };

type EventRow = {
  event_id: string;
  stream_id: string;
  version: number;
  position: number;
  type: string;
  data: Record<string, unknown>;
  actor_id: string;
  actor_name: string;
  at: Date;
};

const EVENT_COLUMNS =
  "e.event_id, e.stream_id, e.version, e.position, e.type, e.data, e.actor_id, e.actor_name, e.at";

function toStored(row: EventRow): StoredEvent {
  return {
    eventId: row.event_id,
    streamId: row.stream_id,
    version: row.version,
    position: row.position,
    at: row.at,
    actor: { id: row.actor_id, name: row.actor_name },
    event: { ...row.data, type: row.type } as RequestEvent,
  };
}

export async function listTenants(db: Database): Promise<string[]> {
  const rows = await db.tx(SYSTEM_TENANT, (tx) =>
    tx.query<{ tenant_id: string }>("SELECT tenant_id FROM ringiflow.tenants ORDER BY tenant_id"),
  );
  return rows.map((row) => row.tenant_id);
}

/** Events of one request in order; empty when there is none, also when it is another tenant's. */
export async function readStream(tx: Tx, streamId: string): Promise<StoredEvent[]> {
  const rows = await tx.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM ringiflow.events e WHERE e.stream_id = $1 ORDER BY e.version`,
    [streamId],
  );
  return rows.map(toStored);
}

/** Events of the tenant with a position above `after`, in order. */
export async function readEvents(
  tx: Tx,
  range: { after: number; upTo: number; limit: number },
): Promise<StoredEvent[]> {
  const rows = await tx.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM ringiflow.events e
     WHERE e.position > $1 AND e.position <= $2 ORDER BY e.position LIMIT $3`,
    [range.after, range.upTo, range.limit],
  );
  return rows.map(toStored);
}

export async function headPosition(tx: Tx): Promise<number> {
  const rows = await tx.query<{ position: number }>(
    "SELECT position FROM ringiflow.heads WHERE tenant_id = ringiflow.current_tenant()",
  );
  return rows[0]?.position ?? 0;
}

/**
 * Appends events and their deliveries. Call it last in a transaction: it locks the tenant's head until the
 * commit. A stream that is no longer at `expectedVersion` violates `events_pkey`.
 */
export async function appendEvents(
  tx: Tx,
  input: {
    streamId: string;
    expectedVersion: number;
    events: { id: string; event: RequestEvent }[];
    actor: PersonRef;
    correlationId: string;
    at: Date;
  },
): Promise<void> {
  const { events } = input;
  const appended = await tx.query(
    `WITH head AS (
       UPDATE ringiflow.heads SET position = position + $1::int
       WHERE tenant_id = ringiflow.current_tenant()
       RETURNING position - $1::int AS base
     ), appended AS (
       INSERT INTO ringiflow.events (tenant_id, stream_id, version, position, event_id, type, data,
         actor_id, actor_name, correlation_id, at)
       SELECT ringiflow.current_tenant(), $2::uuid, $3::int + e.n, head.base + e.n, e.id, e.type, e.data::jsonb,
         $4, $5, $6, $7
       FROM head, unnest($8::uuid[], $9::text[], $10::text[]) WITH ORDINALITY AS e(id, type, data, n)
       RETURNING position, event_id, stream_id
     )
     INSERT INTO ringiflow.outbox (tenant_id, position, event_id, stream_id, queued_at)
     SELECT ringiflow.current_tenant(), position, event_id, stream_id, clock_timestamp() FROM appended
     RETURNING delivery_id`,
    [
      events.length,
      input.streamId,
      input.expectedVersion,
      input.actor.id,
      input.actor.name,
      input.correlationId,
      input.at,
      events.map(({ id }) => id),
      events.map(({ event }) => event.type),
      events.map(({ event: { type: _, ...data } }) => JSON.stringify(data)),
    ],
  );
  if (appended.length !== events.length) throw new Error("the tenant has no head: it was never provisioned");
}

/**
 * True when the key is ours to carry out. A concurrent holder of the same key is waited for; false means
 * that it has committed.
 */
export async function claimCommand(
  tx: Tx,
  input: { actorId: string; key: string; digest: string; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO ringiflow.commands (tenant_id, actor_id, idempotency_key, request_digest, at)
     VALUES (ringiflow.current_tenant(), $1, $2, $3, $4)
     ON CONFLICT (tenant_id, actor_id, idempotency_key) DO NOTHING RETURNING at`,
    [input.actorId, input.key, input.digest, input.at],
  );
  return rows.length > 0;
}

export async function readCommand(
  tx: Tx,
  input: { actorId: string; key: string },
): Promise<{ digest: string; response: unknown; responseDigest: string } | null> {
  const rows = await tx.query<{ request_digest: string; response: unknown; response_digest: string }>(
    `SELECT request_digest, response, response_digest FROM ringiflow.commands
     WHERE actor_id = $1 AND idempotency_key = $2`,
    [input.actorId, input.key],
  );
  const row = rows[0];
  return row
    ? { digest: row.request_digest, response: row.response, responseDigest: row.response_digest }
    : null;
}

export async function storeResponse(
  tx: Tx,
  input: { actorId: string; key: string; response: unknown; digest: string },
): Promise<void> {
  await tx.query(
    `UPDATE ringiflow.commands SET response = $3, response_digest = $4
     WHERE actor_id = $1 AND idempotency_key = $2`,
    [input.actorId, input.key, JSON.stringify(input.response), input.digest],
  );
}

/** A look without a lock, so that an idle worker writes nothing. */
export async function hasDeliveries(tx: Tx): Promise<boolean> {
  const rows = await tx.query(
    "SELECT FROM ringiflow.outbox WHERE not_before IS NULL OR not_before <= clock_timestamp() LIMIT 1",
  );
  return rows.length > 0;
}

/**
 * Deliveries that are due, in order. A delivery that waits for a retry holds back the later ones of its
 * stream and no others.
 */
export async function dueDeliveries(tx: Tx, limit: number): Promise<Delivery[]> {
  const rows = await tx.query<EventRow & { delivery_id: number; attempts: number }>(
    `SELECT o.delivery_id, o.attempts, ${EVENT_COLUMNS}
     FROM ringiflow.outbox o JOIN ringiflow.events e ON e.tenant_id = o.tenant_id AND e.event_id = o.event_id
     WHERE (o.not_before IS NULL OR o.not_before <= clock_timestamp())
       AND NOT EXISTS (
         SELECT FROM ringiflow.outbox earlier
         WHERE earlier.stream_id = o.stream_id AND earlier.not_before > clock_timestamp()
           AND (earlier.position, earlier.delivery_id) < (o.position, o.delivery_id))
     ORDER BY o.position, o.delivery_id LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({
    deliveryId: row.delivery_id,
    attempts: row.attempts,
    stored: toStored(row),
  }));
}

export async function removeDeliveries(tx: Tx, deliveryIds: number[]): Promise<void> {
  await tx.query("DELETE FROM ringiflow.outbox WHERE delivery_id = ANY($1::bigint[])", [deliveryIds]);
}

export async function removeDeliveriesUpTo(tx: Tx, position: number): Promise<void> {
  await tx.query("DELETE FROM ringiflow.outbox WHERE position <= $1", [position]);
}

export async function postponeDelivery(
  tx: Tx,
  input: { deliveryId: number; attempts: number; afterMs: number; error: string },
): Promise<void> {
  await tx.query(
    `UPDATE ringiflow.outbox
     SET attempts = $2, not_before = clock_timestamp() + make_interval(secs => $3::float8 / 1000), last_error = $4
     WHERE delivery_id = $1`,
    [input.deliveryId, input.attempts, input.afterMs, input.error],
  );
}

/** Delivers an event once more, at its old place in the order. */
export async function redeliver(tx: Tx, eventIds: string[]): Promise<void> {
  await tx.query(
    `INSERT INTO ringiflow.outbox (tenant_id, position, event_id, stream_id, queued_at)
     SELECT tenant_id, position, event_id, stream_id, clock_timestamp()
     FROM ringiflow.events WHERE event_id = ANY($1::uuid[]) ORDER BY position`,
    [eventIds],
  );
}

/** Deliveries that wait, and the age of the oldest in seconds (0 when none waits). */
export async function queueStats(tx: Tx): Promise<{ backlog: number; lagSeconds: number }> {
  const rows = await tx.query<{ backlog: number; lag: number }>(
    `SELECT count(*) AS backlog,
       coalesce(extract(epoch FROM clock_timestamp() - min(queued_at)), 0)::float8 AS lag
     FROM ringiflow.outbox`,
  );
  return { backlog: rows[0]?.backlog ?? 0, lagSeconds: Math.max(0, rows[0]?.lag ?? 0) };
}
