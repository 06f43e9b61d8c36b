import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import type { Json } from "../platform/json.ts";

export type AuditClass = "auth" | "operation" | "admin" | "access";
export type AuditResult = "success" | "failure" | "denied";

export type AuditEvent = {
  class: AuditClass;
  /** `noun.verb`, for example `rollout.start`. */
  action: string;
  /** `kind/id`, for example `service/bff`. */
  resource: string;
  result: AuditResult;
  /** Never personal data or secrets. */
  details?: { [key: string]: Json };
};

export type AuditRow = {
  id: string;
  class: AuditClass;
  /** RFC 3339 with microseconds, UTC. */
  ts: string;
  tenantId: string;
  actorId: string;
  action: string;
  resource: string;
  result: AuditResult;
  correlationId: string;
  sourceIp: string | null;
  details: { [key: string]: Json };
};

export type AuditFilter = {
  actor?: string;
  action?: string;
  resource?: string;
  result?: AuditResult;
  correlationId?: string;
  from?: Date;
  to?: Date;
  /** Default 100, at most 1,000. */
  limit?: number;
};

/** Writes the event inside the caller's transaction: the change and its record commit together. */
export async function record(tx: Tx, ctx: Ctx, event: AuditEvent): Promise<void> {
  await tx.query(
    `WITH event AS (
       INSERT INTO toban.audit_events
         (tenant_id, id, class, ts_us, actor_id, action, resource, result, correlation_id, source_ip, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       RETURNING tenant_id, id)
     INSERT INTO toban.audit_queue (tenant_id, event_id) SELECT tenant_id, id FROM event`,
    [
      ctx.tenant,
      ctx.newId(),
      event.class,
      ctx.clock.nowMicros(),
      `${ctx.actor.kind}:${ctx.actor.id}`,
      event.action,
      event.resource,
      event.result,
      ctx.correlationId,
      ctx.sourceIp ?? null,
      JSON.stringify(event.details ?? {}),
    ],
  );
}

/** Newest first. */
export async function search(tx: Tx, filter: AuditFilter): Promise<AuditRow[]> {
  const rows = await tx.query<Omit<AuditRow, "ts"> & { tsUs: number }>(
    `SELECT id, class, ts_us AS "tsUs", tenant_id AS "tenantId", actor_id AS "actorId", action, resource,
            result, correlation_id AS "correlationId", source_ip AS "sourceIp", details
     FROM toban.audit_events
     WHERE ($1::text IS NULL OR actor_id = $1)
       AND ($2::text IS NULL OR action = $2)
       AND ($3::text IS NULL OR resource = $3)
       AND ($4::text IS NULL OR result = $4)
       AND ($5::text IS NULL OR correlation_id = $5)
       AND ($6::bigint IS NULL OR ts_us >= $6)
       AND ($7::bigint IS NULL OR ts_us < $7)
     ORDER BY ts_us DESC, id DESC
     LIMIT $8`,
    [
      filter.actor ?? null,
      filter.action ?? null,
      filter.resource ?? null,
      filter.result ?? null,
      filter.correlationId ?? null,
      filter.from ? filter.from.getTime() * 1000 : null,
      filter.to ? filter.to.getTime() * 1000 : null,
      Math.min(filter.limit ?? 100, 1000),
    ],
  );
  return rows.map(({ tsUs, ...row }) => ({ ...row, ts: microsToText(tsUs) }));
}

function microsToText(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return `${iso.slice(0, 23)}${String(micros % 1000).padStart(3, "0")}Z`;
}
