import type { Tx } from "../../platform/database.ts";

/** Columns as they are stored: commitments in place of personal values. */
export type StoredEvent = {
  id: string;
  class: string;
  tsMicros: bigint;
  actorId: string;
  action: string;
  resource: string;
  result: string;
  correlationId: string;
  sourceIp: string | null;
  details: string;
  leaf: Buffer;
};

export type PersonalRow = {
  commitment: string;
  kind: "person" | "value";
  subject: string;
  value: string;
  salt: Buffer;
};

/** The parts that an event does not need cost as much as those that it does: each ordinary form has its statement. */
const GUARDS = {
  none: "",
  one: `WHERE EXISTS (
         SELECT FROM toban.audit_personal WHERE tenant_id = $1 AND commitment = $13 AND kind = 'person')`,
  many: `WHERE cardinality($13::text[]) = (
         SELECT count(*) FROM toban.audit_personal
         WHERE tenant_id = $1 AND kind = 'person' AND commitment = ANY ($13::text[]))`,
};

function statementOf(guard: keyof typeof GUARDS, withValues: boolean): { name: string; sql: string } {
  const first = guard === "none" ? 13 : 14;
  const $ = (n: number) => `$${first + n}`;
  const personal = `, personal AS (
       INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt, created_at)
       SELECT $1, p.*, ${$(5)}::timestamptz
       FROM unnest(${$(0)}::text[], ${$(1)}::text[], ${$(2)}::text[], ${$(3)}::text[], ${$(4)}::bytea[]) p
       WHERE EXISTS (SELECT FROM event)
     )`;
  return {
    name: `audit-event-${guard}${withValues ? "-values" : ""}`,
    sql: `WITH event AS (
       INSERT INTO toban.audit_events
         (tenant_id, id, class, ts_us, actor_id, action, resource, result, correlation_id, source_ip, details)
       SELECT $1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, $11::jsonb ${GUARDS[guard]}
       RETURNING id
     )${withValues ? personal : ""}
     INSERT INTO toban.audit_queue (tenant_id, event_id, class, leaf)
     SELECT $1, id, $3, $12::bytea FROM event RETURNING event_id`,
  };
}

const formsOf = (guard: keyof typeof GUARDS) => ({
  bare: statementOf(guard, false),
  values: statementOf(guard, true),
});
const STATEMENTS = { none: formsOf("none"), one: formsOf("one"), many: formsOf("many") };

/**
 * The event, its queue row and the values behind its commitments, in one round trip. Nothing is written, and false
 * returned, when one of the persons `known` is not known (any more).
 */
export async function insertEvent(
  tx: Tx,
  tenant: string,
  event: StoredEvent,
  known: string[],
  personal: PersonalRow[],
  createdAt: Date,
): Promise<boolean> {
  const values: unknown[] = [
    ...[tenant, event.id, event.class, event.tsMicros, event.actorId, event.action, event.resource],
    ...[event.result, event.correlationId, event.sourceIp, event.details, event.leaf],
  ];
  const guard = known.length === 0 ? "none" : known.length === 1 ? "one" : "many";
  if (guard !== "none") values.push(guard === "one" ? known[0] : known);
  if (personal.length > 0) {
    values.push(
      personal.map((row) => row.commitment),
      personal.map((row) => row.kind),
      personal.map((row) => row.subject),
      personal.map((row) => row.value),
      personal.map((row) => row.salt),
      createdAt,
    );
  }
  const { name, sql } = STATEMENTS[guard][personal.length > 0 ? "values" : "bare"];
  const written = await tx.query(sql, values, name);
  return written.length === 1;
}

/** The oldest pseudonym of each person, where there is one. */
export async function selectPseudonyms(
  tx: Tx,
  tenant: string,
  names: string[],
): Promise<Map<string, string>> {
  const rows = await tx.query<{ value: string; commitment: string }>(
    `SELECT DISTINCT ON (value) value, commitment FROM toban.audit_personal
     WHERE tenant_id = $1 AND kind = 'person' AND value = ANY ($2) ORDER BY value, created_at, commitment`,
    [tenant, names],
  );
  return new Map(rows.map((row) => [row.value, row.commitment]));
}

/**
 * How a person stands in a column of the events: under the pseudonym; under several after two transactions named the
 * person first at the same time; and under the name, in events of versions that knew no pseudonyms.
 */
export async function selectWrittenForms(
  tx: Tx,
  column: "actor_id" | "resource",
  prefix: string,
  name: string,
): Promise<string[]> {
  const rows = await tx.query<{ form: string }>(
    `SELECT $1 || commitment AS form FROM toban.audit_personal
     WHERE tenant_id = (SELECT toban.current_tenant()) AND kind = 'person' AND value = $2
     UNION ALL
     SELECT $1 || $2 WHERE EXISTS (SELECT FROM toban.audit_events
       WHERE tenant_id = (SELECT toban.current_tenant()) AND ${column} = $1 || $2)
     ORDER BY form`,
    [prefix, name],
  );
  return rows.map((row) => row.form);
}

export async function insertPersonal(
  tx: Tx,
  tenant: string,
  row: PersonalRow,
  createdAt: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, row.commitment, row.kind, row.subject, row.value, row.salt, createdAt],
  );
}

/** The values behind commitments; those that were erased are missing. */
export async function selectValues(tx: Tx, commitments: string[]): Promise<Map<string, string>> {
  if (commitments.length === 0) return new Map();
  const rows = await tx.query<{ commitment: string; value: string }>(
    `SELECT commitment, value FROM toban.audit_personal
     WHERE tenant_id = (SELECT toban.current_tenant()) AND commitment = ANY ($1)`,
    [commitments],
  );
  return new Map(rows.map((row) => [row.commitment, row.value]));
}
