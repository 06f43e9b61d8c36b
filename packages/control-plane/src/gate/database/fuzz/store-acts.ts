import pg, { type ClientBase } from "pg";
import type { Column, DatabaseFunction, Relation } from "../model.ts";

const quoted = pg.escapeIdentifier;
const nameIn = ({ schema, name }: { schema: string; name: string }) => `${quoted(schema)}.${quoted(name)}`;

/** How many rows of this tenant are seen. */
export async function countOf(
  client: ClientBase,
  relation: Relation,
  column: string,
  tenant: string,
): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS seen FROM (SELECT FROM ${nameIn(relation)} WHERE ${quoted(column)}::text = $1 LIMIT 10) t`,
    [tenant],
  );
  return rows[0].seen;
}

/** Whether a row of anybody but this tenant is seen; of anybody at all without one. */
export async function seesOthers(
  client: ClientBase,
  relation: Relation,
  column: string,
  tenant: string | null,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${nameIn(relation)} WHERE ${quoted(column)}::text IS DISTINCT FROM $1 LIMIT 1`,
    [tenant],
  );
  return rowCount === 1;
}

export async function touchRows(
  client: ClientBase,
  relation: Relation,
  set: string,
  column: string,
  tenant: string,
) {
  const { rowCount } = await client.query(
    `UPDATE ${nameIn(relation)} SET ${quoted(set)} = ${quoted(set)} WHERE ${quoted(column)}::text = $1`,
    [tenant],
  );
  return rowCount ?? 0;
}

export async function moveRows(
  client: ClientBase,
  relation: Relation,
  column: Column,
  from: string,
  to: string,
) {
  const { rowCount } = await client.query(
    `UPDATE ${nameIn(relation)} SET ${quoted(column.name)} = $2::text::${column.type} WHERE ${quoted(column.name)}::text = $1`,
    [from, to],
  );
  return rowCount ?? 0;
}

export async function deleteRows(client: ClientBase, relation: Relation, column: string, tenant: string) {
  const { rowCount } = await client.query(
    `DELETE FROM ${nameIn(relation)} WHERE ${quoted(column)}::text = $1`,
    [tenant],
  );
  return rowCount ?? 0;
}

export type Digest = { digest: string | null; hasToken: boolean };

const DIGEST = `md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest,
  COALESCE(bool_or(EXISTS (SELECT FROM unnest($1::text[]) k WHERE strpos(t::text, k) > 0)), false) AS "hasToken"`;

/** Everything that a relation shows, as a digest, and whether one of these texts is in it. */
export async function digestOf(client: ClientBase, relation: Relation, tokens: string[]): Promise<Digest> {
  const { rows } = await client.query(
    `SELECT ${DIGEST} FROM (SELECT * FROM ${nameIn(relation)} LIMIT 5000) t`,
    [tokens],
  );
  return rows[0];
}

export async function digestOfCall(
  client: ClientBase,
  one: DatabaseFunction,
  args: (string | null)[],
  tokens: string[],
): Promise<Digest> {
  const values = args.map((_, i) => `$${i + 2}::text::${one.arguments[i]}`).join(", ");
  const { rows } = await client.query(`SELECT ${DIGEST} FROM ${nameIn(one)}(${values}) t`, [tokens, ...args]);
  return rows[0];
}
