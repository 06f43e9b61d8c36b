import type { ClientBase } from "pg";
import type { Catalogue, Column, DatabaseFunction, Key, Policy, Reference, Relation, Role } from "./model.ts";

type Row = unknown;
type Scope = { schemas: string[] | undefined; appRole: string };

/** Schemas of the database's own, of extensions and of sessions are nobody's tenant data. */
const IN_SCOPE = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ($1::text[] IS NULL OR n.nspname = ANY ($1))`;
const NOT_OF_EXTENSION = (catalogue: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalogue}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;

/** Everything unqualified is then PostgreSQL's own, also in what it prints of expressions. */
const PLAIN_NAMES = "SET LOCAL search_path = pg_catalog";

export async function serverVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS version");
  return rows[0].version;
}

/** Reads what there is about `appRole`; undefined when there is no such role. Inside of a transaction. */
export async function readCatalogue(client: ClientBase, scope: Scope): Promise<Catalogue | undefined> {
  await client.query(PLAIN_NAMES);
  const version = await serverVersion(client);
  const roles = await readRoles(client, version);
  const appRole = [...roles.values()].find(({ name }) => name === scope.appRole);
  if (!appRole) return undefined;
  const { rows: here } = await client.query(
    "SELECT current_database() AS database, oid AS oid FROM pg_roles WHERE rolname = current_user",
  );
  const relations = await readRelations(client, version, scope.schemas ?? null, appRole.oid);
  await addParts(client, relations, appRole.oid);
  return {
    version,
    database: here[0].database,
    connectedAs: here[0].oid,
    roles,
    relations,
    appRole,
    functions: await readFunctions(client, version, appRole.oid),
    ...(await readRest(client, version, scope.schemas ?? null, appRole.oid)),
  };
}

async function readRoles(client: ClientBase, version: number): Promise<Map<number, Role>> {
  const { rows } = await client.query(
    `SELECT oid AS oid, rolname AS name, rolsuper AS "isSuperuser", rolbypassrls AS "bypassesRls",
            rolcreaterole AS "createsRoles", rolreplication AS replicates, rolcanlogin AS "canLogin", rolinherit AS inherit
     FROM pg_roles`,
  );
  const options =
    version >= 160_000 ? "inherit_option, set_option" : "NULL::bool AS inherit_option, true AS set_option";
  const { rows: members } = await client.query(
    `SELECT roleid AS role, member AS member, admin_option, ${options} FROM pg_auth_members`,
  );
  const roles = new Map<number, Role>(
    rows.map(({ inherit: _, ...role }) => [role.oid, { ...role, inherits: new Set(), reaches: new Set() }]),
  );
  const inheritsBy = new Map(rows.map(({ oid, inherit }) => [oid, inherit]));
  const inherited = members.filter((one) => one.inherit_option ?? inheritsBy.get(one.member));
  const reached = members.filter(
    (one) => one.set_option || one.admin_option || (one.inherit_option ?? inheritsBy.get(one.member)),
  );
  for (const role of roles.values()) {
    role.inherits = closure(role.oid, inherited);
    role.reaches = closure(role.oid, reached);
  }
  return roles;
}

function closure(from: number, edges: { member: number; role: number }[]): Set<number> {
  const found = new Set([from]);
  for (const member of found) for (const edge of edges) if (edge.member === member) found.add(edge.role);
  return found;
}

async function readRelations(
  client: ClientBase,
  version: number,
  schemas: string[] | null,
  appRole: number,
): Promise<Map<number, Relation>> {
  const rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
  if (version >= 170_000) rights.push("MAINTAIN");
  const { rows } = await client.query(
    `SELECT c.oid AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
            c.relowner AS owner, c.relrowsecurity AS rls, c.relforcerowsecurity AS forced,
            c.relispartition AS "isPartition",
            ARRAY(SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid) AS parents,
            COALESCE((SELECT option_value IN ('true', 'on', '1', 'yes') FROM pg_options_to_table(c.reloptions)
                      WHERE option_name = 'security_invoker'), false) AS "isInvoker",
            CASE WHEN c.relkind = 'S'
              THEN ARRAY(SELECT r FROM unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) r WHERE has_sequence_privilege($2::oid, c.oid, r))
              ELSE ARRAY(SELECT r FROM unnest($3::text[]) r WHERE has_table_privilege($2::oid, c.oid, r)
                OR (r IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege($2::oid, c.oid, r)))
            END AS rights,
            ARRAY(SELECT a.privilege_type FROM aclexplode(c.relacl) a WHERE a.grantee = $2::oid AND a.is_grantable) AS grantable,
            ARRAY(SELECT a.privilege_type FROM aclexplode(c.relacl) a WHERE a.grantee = 0
                  UNION SELECT a.privilege_type FROM pg_attribute t, aclexplode(t.attacl) a
                  WHERE t.attrelid = c.oid AND a.grantee = 0) AS "publicRights",
            ARRAY(SELECT DISTINCT d.refobjid FROM pg_rewrite w JOIN pg_depend d
                    ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                  WHERE w.ev_class = c.oid AND w.rulename = '_RETURN' AND d.refobjid <> c.oid
                    AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)) AS uses
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${IN_SCOPE} AND ${NOT_OF_EXTENSION("pg_class", "c.oid")}`,
    [schemas, appRole, rights],
  );
  const empty = () => ({ columns: [], policies: [], keys: [], references: [], checks: [] });
  return new Map(rows.map((row) => [row.oid, { ...row, rights: new Set(row.rights), ...empty() }]));
}

async function addParts(client: ClientBase, relations: Map<number, Relation>, appRole: number) {
  const add = async (sql: string, put: (relation: Relation, row: Row) => void, more: number[] = []) => {
    const { rows } = await client.query(sql, [[...relations.keys()], ...more]);
    for (const { relation, ...row } of rows) {
      const found = relations.get(relation);
      if (found) put(found, row as Row);
    }
  };
  await add(COLUMNS, (one, row) => one.columns.push(row as Column), [appRole]);
  await add(POLICIES, (one, row) => one.policies.push(row as Policy));
  await add(KEYS, (one, row) => one.keys.push(row as Key));
  await add(REFERENCES, (one, row) => one.references.push(row as Reference));
  await add(CHECKS, (one, row) => one.checks.push(row as Relation["checks"][number]));
}

const COLUMNS = `
  SELECT a.attrelid AS relation, a.attname AS name, a.attnum AS number, format_type(a.atttypid, a.atttypmod) AS type,
         COALESCE(b.typname, t.typname) AS base, COALESCE(b.typtype, t.typtype) AS "typeKind",
         CASE WHEN COALESCE(b.typname, t.typname) IN ('varchar', 'bpchar') AND GREATEST(a.atttypmod, t.typtypmod) > 4
              THEN GREATEST(a.atttypmod, t.typtypmod) - 4 END AS length,
         NOT (a.attnotnull OR t.typnotnull) AS "isNullable", pg_get_expr(d.adbin, d.adrelid) AS default,
         a.attidentity AS identity, a.attgenerated <> '' AS "isGenerated",
         COALESCE((SELECT o.collisdeterministic FROM pg_collation o WHERE o.oid = a.attcollation), true) AS "isDeterministic",
         ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = COALESCE(b.oid, t.oid) ORDER BY e.enumsortorder) AS labels,
         ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS "domainChecks",
         has_column_privilege($2::oid, a.attrelid, a.attnum, 'INSERT') AS "canInsert",
         has_column_privilege($2::oid, a.attrelid, a.attnum, 'UPDATE') AS "canUpdate"
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY ($1::int8[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

const POLICIES = `
  SELECT polrelid AS relation, polname AS name, polcmd AS command, polpermissive AS "isPermissive",
         polroles AS roles, pg_get_expr(polqual, polrelid) AS using, pg_get_expr(polwithcheck, polrelid) AS check
  FROM pg_policy WHERE polrelid = ANY ($1::int8[]::oid[]) ORDER BY polname`;

const KEYS = `
  SELECT i.indrelid AS relation, c.relname AS name, i.indisprimary AS "isPrimary", i.indisexclusion AS "isExclusion",
         EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid) AS "isInherited",
         ARRAY(SELECT a.attname::text FROM generate_series(0, i.indnkeyatts - 1) p
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p] AND a.attnum > 0
               LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'x'
               LEFT JOIN pg_operator o ON o.oid = k.conexclop[p + 1]
               WHERE o.oprname IS NULL OR o.oprname = '=') AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY ($1::int8[]::oid[])`;

const REFERENCES = `
  SELECT k.conrelid AS relation, k.conname AS name, k.confrelid AS to,
         ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i) AS columns,
         ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i) AS "toColumns"
  FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = ANY ($1::int8[]::oid[])`;

const CHECKS = `
  SELECT k.conrelid AS relation, k.conname AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
         ARRAY(SELECT a.attname::text FROM unnest(k.conkey) u(n)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS columns
  FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = ANY ($1::int8[]::oid[])`;

async function readFunctions(
  client: ClientBase,
  version: number,
  appRole: number,
): Promise<Map<number, DatabaseFunction>> {
  const body = version >= 140_000 ? "COALESCE(pg_get_function_sqlbody(p.oid), p.prosrc)" : "p.prosrc";
  const { rows } = await client.query(
    `SELECT p.oid AS oid, n.nspname AS schema, p.proname AS name, p.prokind AS kind, p.proowner AS owner,
            p.prosecdef AS "isDefiner", p.proleakproof AS "isLeakproof", p.provolatile AS volatility,
            l.lanname AS language, COALESCE(p.proconfig, '{}') AS settings,
            ARRAY(SELECT format_type(u.t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(t, i) ORDER BY u.i) AS arguments,
            p.pronargdefaults AS defaults, format_type(p.prorettype, NULL) AS returns, p.proretset AS "returnsSet",
            ${body} AS source,
            CASE WHEN l.lanname = 'plpgsql' THEN pg_get_functiondef(p.oid) END AS definition,
            has_function_privilege($1::oid, p.oid, 'EXECUTE') AND has_schema_privilege($1::oid, n.oid, 'USAGE') AS "isExecutable",
            ARRAY(SELECT DISTINCT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                  AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)) AS uses
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
     WHERE p.prokind IN ('f', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND ${NOT_OF_EXTENSION("pg_proc", "p.oid")}`,
    [appRole],
  );
  return new Map(rows.map((row) => [row.oid, row]));
}

async function readRest(client: ClientBase, version: number, schemas: string[] | null, appRole: number) {
  const triggers = await client.query(
    `SELECT tgname AS name, tgrelid AS table, tgfoid AS function
     FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'`,
  );
  const rules = await client.query(
    `SELECT w.rulename AS name, w.ev_class AS relation, w.ev_type AS event,
            ARRAY(SELECT DISTINCT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass
                  AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class) AS uses
     FROM pg_rewrite w WHERE w.rulename <> '_RETURN'`,
  );
  const found = await client.query(
    `SELECT n.nspname AS name, n.nspowner AS owner, has_schema_privilege($2::oid, n.oid, 'CREATE') AS "canCreate",
            has_schema_privilege($2::oid, n.oid, 'USAGE') AS "canUse"
     FROM pg_namespace n WHERE ${IN_SCOPE}`,
    [schemas, appRole],
  );
  const defaults = await client.query(
    `SELECT d.defaclrole AS owner, n.nspname AS schema, a.grantee AS grantee,
            d.defaclobjtype AS kind, a.privilege_type AS right
     FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a`,
  );
  const settings = await client.query(
    `SELECT setrole AS role, split_part(s, '=', 1) AS name, substr(s, strpos(s, '=') + 1) AS value
     FROM pg_db_role_setting, unnest(setconfig) s
     WHERE setdatabase = 0 OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  const parameters =
    version < 150_000
      ? { rows: [] }
      : await client.query(
          `SELECT parname AS name FROM pg_parameter_acl, aclexplode(paracl) a
           WHERE a.privilege_type = 'SET' AND (a.grantee = 0 OR pg_has_role($1::oid, a.grantee, 'USAGE'))`,
          [appRole],
        );
  return {
    triggers: triggers.rows,
    rules: rules.rows,
    schemas: found.rows,
    defaultGrants: defaults.rows,
    roleSettings: settings.rows,
    parameterGrants: parameters.rows.map(({ name }) => name as string),
  };
}

/** Who may do something with tables here without owning them, and could be the application; with how many tables. */
export async function possibleAppRoles(client: ClientBase, schemas: string[] | undefined): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT r.rolname AS name, count(DISTINCT c.oid) AS tables
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.relkind IN ('r', 'p') AND r.oid <> c.relowner AND ${IN_SCOPE}
     GROUP BY 1 ORDER BY 2 DESC, 1`,
    [schemas ?? null],
  );
  return rows.map(({ name }) => name);
}

/** Who is connected, and whether this role is above the rules of row-level security. */
export async function connectedRole(client: ClientBase, schemas: string[] | undefined) {
  const { rows } = await client.query<{ name: string; isStrong: boolean; isSuperuser: boolean }>(
    `SELECT r.rolname AS name, r.rolsuper AS "isSuperuser", r.rolsuper OR r.rolbypassrls OR EXISTS (
       SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND c.relowner = r.oid AND ${IN_SCOPE}) AS "isStrong"
     FROM pg_roles r WHERE r.rolname = current_user`,
    [schemas ?? null],
  );
  return rows[0]!;
}

/** A setting's value at the start of this session; null when nothing sets it. */
export async function settingNow(client: ClientBase, name: string): Promise<string | null> {
  const { rows } = await client.query("SELECT current_setting($1, true) AS value", [name]);
  return rows[0].value;
}
