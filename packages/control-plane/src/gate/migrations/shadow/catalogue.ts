import type pg from "pg";

/**
 * Everything that a migration can change in the catalogue, a line each, sorted. Two schemas are the same when their
 * lines are. The order of columns, comments and what belongs to extensions are left out.
 */
export async function catalogueOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`${PARTS.join("\nUNION ALL\n")}\nORDER BY 1`);
  return rows.map((row) => row.line);
}

/** Lines that only one of them has, with `+` for those that came and `-` for those that went. */
export function catalogueDifference(before: readonly string[], after: readonly string[]): string[] {
  const had = new Set(before);
  const has = new Set(after);
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}

const own = (object: string, catalog: string) =>
  `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS (
     SELECT FROM pg_depend d WHERE d.objid = ${object} AND d.classid = '${catalog}'::regclass AND d.deptype = 'e')`;
const RELATION = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND ${own("c.oid", "pg_class")}`;
const SORTED_ACL = (acl: string) =>
  `(SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(${acl}) x)`;

const PARTS = [
  `SELECT concat_ws(' ', 'schema', n.nspname, ${SORTED_ACL("n.nspacl")}) COLLATE "C" AS line FROM pg_namespace n WHERE ${own("n.oid", "pg_namespace")}`,
  `SELECT concat_ws(' ', 'extension', e.extname) FROM pg_extension e`,
  `SELECT concat_ws(' ', 'relation', c.relkind, n.nspname, c.relname, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
     pg_get_userbyid(c.relowner), c.reloptions::text, pg_get_expr(c.relpartbound, c.oid), ${SORTED_ACL("c.relacl")})
   FROM ${RELATION} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')`,
  `SELECT concat_ws(' ', 'column', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
     a.attgenerated, a.attstorage, a.attacl::text, pg_get_expr(d.adbin, d.adrelid))
   FROM ${RELATION} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')`,
  `SELECT concat_ws(' ', 'constraint', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))
   FROM ${RELATION} JOIN pg_constraint k ON k.conrelid = c.oid`,
  `SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid) FROM ${RELATION} JOIN pg_index i ON i.indrelid = c.oid
   WHERE c.relkind <> 't'`,
  `SELECT concat_ws(' ', 'view', n.nspname, c.relname, pg_get_viewdef(c.oid)) FROM ${RELATION} WHERE c.relkind IN ('v', 'm')`,
  `SELECT concat_ws(' ', 'sequence', n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
     s.seqcache, s.seqcycle) FROM ${RELATION} JOIN pg_sequence s ON s.seqrelid = c.oid`,
  `SELECT concat_ws(' ', 'routine', CASE p.prokind WHEN 'a' THEN p.oid::regprocedure::text ELSE pg_get_functiondef(p.oid) END, ${SORTED_ACL("p.proacl")})
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND ${own("p.oid", "pg_proc")}`,
  `SELECT concat_ws(' ', 'type', n.nspname, t.typname, t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault,
     (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
     (SELECT string_agg(k.conname || pg_get_constraintdef(k.oid), ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid))
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND ${own("t.oid", "pg_type")} WHERE t.typtype IN ('e', 'd', 'r')`,
  `SELECT concat_ws(' ', 'trigger', n.nspname, c.relname, pg_get_triggerdef(t.oid), t.tgenabled)
   FROM ${RELATION} JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal`,
  `SELECT concat_ws(' ', 'policy', n.nspname, c.relname, p.polname, p.polpermissive, p.polcmd, p.polroles::regrole[]::text,
     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
   FROM ${RELATION} JOIN pg_policy p ON p.polrelid = c.oid`,
];
