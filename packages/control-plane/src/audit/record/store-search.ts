import type { Tx } from "../../platform/database.ts";
import type { Position } from "./cursor.ts";
import type { Details } from "./details.ts";
import type { AuditClass, AuditResult } from "./event.ts";

export type FoundEvent = {
  id: string;
  class: AuditClass;
  tsMicros: number;
  tenantId: string;
  actorId: string;
  action: string;
  resource: string;
  result: AuditResult;
  correlationId: string;
  sourceIp: string | null;
  details: Details;
  seq: number | null;
};

/** The column has one of the values. */
export type SearchBy = {
  column: "correlation_id" | "resource" | "actor_id" | "result" | "action" | "class";
  values: string[];
};

const COLUMNS = `e.id, e.class, e.ts_us, e.tenant_id, e.actor_id, e.action, e.resource, e.result,
  e.correlation_id, e.source_ip, e.details`;

/**
 * Newest first. With one value, each filter is an index in the order of the result, and the planner takes the rarest.
 * A filter of several values is read once per value, in order, and merged: an index sorts by time only within a value.
 */
export async function selectEvents(
  tx: Tx,
  input: { by: SearchBy[]; from?: Date; to?: Date; before?: Position; limit: number },
): Promise<FoundEvent[]> {
  const parameters: unknown[] = [];
  const $ = (value: unknown) => `$${parameters.push(value)}`;
  const conditions = ["e.tenant_id = (SELECT toban.current_tenant())"];
  const { from, to, before } = input;
  const single = input.by.filter(({ values }) => values.length === 1);
  const several = input.by.filter(({ values }) => values.length !== 1);
  for (const { column, values } of single) conditions.push(`e.${column} = ${$(values[0])}`);
  // One value that narrows the search down leaves the way to the planner, which knows how frequent it is.
  const narrows = single.some(({ column, values }) => column !== "result" || values[0] !== "success");
  const lead = narrows ? undefined : several[0];
  for (const { column, values } of several) {
    if (column !== lead?.column && column !== "class") conditions.push(`e.${column} = ANY (${$(values)})`);
  }
  if (from) conditions.push(`e.ts_us >= ${$(from.getTime() * 1000)}`);
  if (to) conditions.push(`e.ts_us < ${$(to.getTime() * 1000)}`);
  if (before) conditions.push(`(e.ts_us, e.id) < (${$(before.tsMicros)}::bigint, ${$(before.id)})`);
  const limit = $(input.limit);
  const newest = (condition: string) =>
    `SELECT ${COLUMNS} FROM toban.audit_events e WHERE ${[condition, ...conditions].filter(Boolean).join(" AND ")}
     ORDER BY e.ts_us DESC, e.id DESC LIMIT ${limit}`;
  const rows = lead
    ? `SELECT ${COLUMNS} FROM unnest(${$(lead.values)}::text[]) wanted(value)
       CROSS JOIN LATERAL (${newest(`e.${lead.column} = wanted.value`)}) e
       ORDER BY e.ts_us DESC, e.id DESC LIMIT ${limit}`
    : newest("");
  // The place is looked up row by row: joined, a planner without fresh figures would read all leaves of the tenant.
  return tx.query<FoundEvent>(
    `SELECT e.id, e.class, e.ts_us AS "tsMicros", e.tenant_id AS "tenantId", e.actor_id AS "actorId", e.action,
            e.resource, e.result, e.correlation_id AS "correlationId", e.source_ip AS "sourceIp", e.details,
            (SELECT l.seq FROM toban.audit_leaves l WHERE l.tenant_id = e.tenant_id AND l.event_id = e.id) AS seq
     FROM (${rows}) e
     ORDER BY e.ts_us DESC, e.id DESC`,
    parameters,
  );
}
