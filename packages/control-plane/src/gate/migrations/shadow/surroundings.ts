import type pg from "pg";
import { loadParser } from "../parse.ts";
import type { MigrationSet } from "../types.ts";

/** Tables in which migration tools keep what they applied: histories grant rights on them without creating them. */
const BOOKKEEPING =
  /^(schema_migrations|flyway_schema_history|_sqlx_migrations|_prisma_migrations|__drizzle_migrations|pgmigrations|goose_db_version|atlas_schema_revisions)$/;

type Named = { roles: Set<string>; schemas: Set<string>; tables: Map<string, [string, string]> };

/**
 * Makes what a history takes for granted: roles that it grants to (on a server of our own only), schemas that it never
 * creates, and the table of its tool.
 */
export async function prepareSurroundings(
  client: pg.Client,
  set: MigrationSet,
  options: { ownServer: boolean; searchPath: readonly string[] },
): Promise<void> {
  const { parse } = await loadParser();
  const used: Named = { roles: new Set(), schemas: new Set(options.searchPath), tables: new Map() };
  const made = { roles: new Set<string>(), schemas: new Set<string>() };
  for (const { up, down } of set.migrations) {
    for (const script of down ? [up, down] : [up]) {
      const parsed = parse(script.text);
      if (!parsed.ok) continue;
      for (const { node } of parsed.statements) {
        collect(node, used);
        const { CreateRoleStmt: role, CreateSchemaStmt: schema } = node as unknown as Record<
          string,
          Record<string, string>
        >;
        if (role?.role) made.roles.add(role.role);
        if (schema?.schemaname) made.schemas.add(schema.schemaname);
      }
    }
  }
  const quote = client.escapeIdentifier.bind(client);
  if (options.ownServer) {
    for (const role of used.roles)
      if (!made.roles.has(role)) await attempt(client, `CREATE ROLE ${quote(role)}`);
  }
  for (const schema of used.schemas) {
    if (!made.schemas.has(schema)) await attempt(client, `CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`);
  }
  for (const [schema, table] of used.tables.values()) {
    await attempt(client, `CREATE TABLE ${quote(schema)}.${quote(table)} (name text)`);
  }
  await client.query(`SET search_path = ${options.searchPath.map(quote).join(", ")}`);
}

const SYSTEM = /^(pg_|information_schema$)/;

function collect(tree: unknown, used: Named): void {
  if (Array.isArray(tree)) {
    for (const item of tree) collect(item, used);
    return;
  }
  if (tree === null || typeof tree !== "object") return;
  const node = tree as Record<string, unknown>;
  if (typeof node.rolename === "string" && !SYSTEM.test(node.rolename)) used.roles.add(node.rolename);
  const schemas = [node.schemaname, qualifier(node.funcname), qualifier(node.objname), qualifier(node.names)];
  for (const schema of schemas)
    if (typeof schema === "string" && !SYSTEM.test(schema)) used.schemas.add(schema);
  if (typeof node.relname === "string" && BOOKKEEPING.test(node.relname)) {
    const schema = typeof node.schemaname === "string" ? node.schemaname : "public";
    used.tables.set(`${schema}.${node.relname}`, [schema, node.relname]);
  }
  for (const value of Object.values(node)) collect(value, used);
}

/** The first of two names. */
function qualifier(names: unknown): string | undefined {
  if (!Array.isArray(names) || names.length !== 2) return undefined;
  return (names[0] as { String?: { sval?: string } }).String?.sval;
}

/** What is there already, or may not be made here, shows when the history runs. */
async function attempt(client: pg.Client, sql: string): Promise<void> {
  await client.query(sql).catch(() => {});
}
