import pg from "pg";

const ROWS = 3;

type Column = {
  table: string;
  name: string;
  /** Of the innermost type: a domain's base, an array's element is not looked at. */
  type: string;
  category: string;
  length: number;
  /** It has to be written: not null, without a default. */
  required: boolean;
  written: boolean;
  labels: string[] | null;
  /** Of a foreign key of one column: the quoted table and column it refers to. */
  refers: string | null;
  /** Words of the checks that name the column; one of them may be what is allowed. */
  words: string[] | null;
};

/**
 * Writes a few rows into each empty table, made up from the types of its columns; tables referred to come first. A table
 * whose rules admit none of the attempts stays empty. Returns the names of those (quoted).
 */
export async function writeSentinels(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<Column>(COLUMNS);
  const tables = new Map<string, Column[]>();
  for (const column of rows) tables.set(column.table, [...(tables.get(column.table) ?? []), column]);
  let waiting = [...tables.keys()];
  // Each round fills at least what refers to nothing that is still empty.
  for (let round = 0; round < 8 && waiting.length > 0; round += 1) {
    const left: string[] = [];
    for (const table of waiting) if (!(await fill(client, table, tables.get(table)!))) left.push(table);
    if (left.length === waiting.length) break;
    waiting = left;
  }
  return waiting;
}

async function fill(client: pg.ClientBase, table: string, columns: Column[]): Promise<boolean> {
  const found = await client.query(`SELECT FROM ${table} LIMIT 1`);
  if (found.rowCount) return true;
  const all = columns.filter((column) => column.written);
  const required = all.filter((column) => column.required);
  for (const chosen of [all, required]) {
    for (const words of [false, true]) {
      if (await attempt(client, statement(table, chosen, words))) return true;
    }
  }
  return false;
}

async function attempt(client: pg.ClientBase, sql: string): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query("COMMIT");
    return true;
  } catch {
    await client.query("ROLLBACK");
    return false;
  }
}

function statement(table: string, columns: Column[], words: boolean): string {
  if (columns.length === 0) return `INSERT INTO ${table} DEFAULT VALUES`;
  const names = columns.map((column) => pg.escapeIdentifier(column.name)).join(", ");
  const values = columns.map((column) => expressionFor(column, words)).join(", ");
  return `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM generate_series(1, ${ROWS}) AS n`;
}

/** An expression over `n`, different for each row where the type has room for it. */
function expressionFor(column: Column, words: boolean): string {
  if (column.refers !== null) {
    const [table, name] = JSON.parse(column.refers) as [string, string];
    return `(SELECT ${name} FROM ${table} ORDER BY 1 OFFSET n - 1 LIMIT 1)`;
  }
  const literal = words ? column.words?.[0] : undefined;
  if (literal !== undefined) return `${pg.escapeLiteral(literal)}::${column.type}`;
  if (column.labels?.length) return `${pg.escapeLiteral(column.labels[0]!)}::${column.type}`;
  const cast = (text: string) => `(${text})::${column.type}`;
  switch (column.category) {
    case "N":
      return cast("n");
    case "B":
      return "true";
    case "D":
      return cast(
        column.type.startsWith("time ") ? "'00:00:00'" : "timestamptz '2026-01-01' + n * interval '1 hour'",
      );
    case "T":
      return cast("n * interval '1 hour'");
    case "A":
      return cast("'{}'");
    case "I":
      return cast("'10.0.0.' || n");
    case "R":
      return cast("'empty'");
    case "V":
      return cast("n::bit(8)");
    case "S":
      return cast(column.length > 0 ? `left('s' || n, ${column.length})` : "'s' || n");
    default:
      break;
  }
  if (column.type === "uuid") return "md5('toban' || n)::uuid";
  if (/^jsonb?$/.test(column.type)) return cast(`'{"n":' || n || '}'`);
  if (column.type === "bytea") return "decode(lpad(n::text, 2, '0'), 'hex')";
  return "NULL";
}

const COLUMNS = `
  SELECT format('%I.%I', ns.nspname, c.relname) AS "table", a.attname AS name, format_type(t.oid, NULL) AS type,
    t.typcategory::text AS category, greatest(a.atttypmod, b.typtypmod) - 4 AS length,
    (a.attnotnull OR b.typnotnull) AND NOT a.atthasdef AND a.attidentity = '' AS required,
    a.attgenerated = '' AND a.attidentity = '' AS written,
    (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)::text[] AS labels,
    (SELECT json_build_array(k.confrelid::regclass::text, quote_ident(r.attname))::text
     FROM pg_constraint k JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = k.confkey[array_position(k.conkey, a.attnum)]
     WHERE k.contype = 'f' AND k.conrelid = c.oid AND a.attnum = ANY (k.conkey) LIMIT 1) AS refers,
    (SELECT array_agg(m[1]) FROM pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''([^'']+)''', 'g') m
     WHERE k.contype = 'c' AND ((k.conrelid = c.oid AND a.attnum = ANY (k.conkey)) OR k.contypid = b.oid)) AS words
  FROM pg_class c
  JOIN pg_namespace ns ON ns.oid = c.relnamespace AND ns.nspname NOT LIKE 'pg\\_%' AND ns.nspname <> 'information_schema'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type b ON b.oid = a.atttypid
  JOIN pg_type t ON t.oid = CASE WHEN b.typtype = 'd' THEN b.typbasetype ELSE b.oid END
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  ORDER BY 1, a.attnum`;

/** All rows of each table that has any, as sorted JSON, up to 500 a table; by quoted name. */
export async function rowsOfAll(client: pg.ClientBase): Promise<Map<string, string[]>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     ORDER BY name`,
  );
  const found = new Map<string, string[]>();
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${name} t ORDER BY 1 LIMIT 500`,
    );
    if (rows.length > 0)
      found.set(
        name,
        rows.map((one) => one.row),
      );
  }
  return found;
}
