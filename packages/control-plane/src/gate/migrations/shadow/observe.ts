import type pg from "pg";
import { loadParser } from "../parse.ts";

/** PostgreSQL's table locks, weakest first. */
const LOCKS = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;
export type Lock = (typeof LOCKS)[number];
export const isAtLeast = (lock: Lock | undefined, other: Lock): boolean =>
  lock !== undefined && LOCKS.indexOf(lock) >= LOCKS.indexOf(other);

/** A relation that held rows before a script ran. */
export type Relation = { oid: number; name: string; kind: string; file: number };

/** What one statement was seen to do to the relations that were there before its script. */
export type ObservedStatement = {
  text: string;
  /** UTF-16 offset in the script. */
  start: number;
  /** It ran outside a transaction block; then its locks could not be read. */
  alone: boolean;
  /** In effect when it began, as `SHOW lock_timeout` writes it. */
  lockTimeout: string;
  /** The strongest lock held on each relation after it, by name. */
  locks: ReadonlyMap<string, Lock>;
  /** Relations that were read from end to end to prove a constraint, that got an index built, and those rewritten. */
  scanned: readonly string[];
  built: readonly string[];
  rewritten: readonly string[];
};

export type ObservedRun = {
  statements: ObservedStatement[];
  error?: { code: string; message: string; start: number };
};

/** `I`: in none, `T`: in one, `E`: in one that has failed. The types of `pg` do not know it yet. */
export const transactionOf = (client: pg.Client): "I" | "T" | "E" | null =>
  (client as unknown as { getTransactionStatus(): "I" | "T" | "E" | null }).getTransactionStatus();

/** All tables, partitions and materialized views outside the system's schemas; `public.` is left out of names. */
export async function relationsOf(client: pg.ClientBase): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT c.oid::int AS oid, CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
            c.relkind::text AS kind, c.relfilenode::int AS file
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     ORDER BY name`,
  );
  return rows;
}

/** `control`: it opens or ends a transaction. `checks`: if it reads a table, then to prove something of its rows. */
export type ScriptStatement = { text: string; start: number; control: boolean; checks: boolean };

/** The statements of a script. One that does not parse is sent whole, so that PostgreSQL itself says why. */
export async function statementsOf(script: string): Promise<ScriptStatement[]> {
  const parsed = (await loadParser()).parse(script);
  if (!parsed.ok) return [{ text: script, start: 0, control: false, checks: false }];
  return parsed.statements.map(({ kind, start, end }) => ({
    text: script.slice(start, end),
    start,
    control: kind === "TransactionStmt",
    checks: kind === "AlterTableStmt" || kind === "CreateStmt",
  }));
}

/** SQLSTATE of statements that refuse a transaction block, and of procedures that end it. */
const REFUSES_TRANSACTION = new Set(["25001", "2D000"]);

/**
 * Runs a script on `client` statement by statement and looks at it from `watcher`, which may be connected to another
 * database of the same server. `wrapped` opens a transaction first and leaves it open at the end, for the caller to
 * end; otherwise each statement gets a transaction of its own where it admits one, so that its locks can be read.
 * Stops at the first error, with the transaction aborted.
 */
export async function runObserved(
  client: pg.Client,
  watcher: pg.ClientBase,
  script: string,
  options: { wrapped: boolean; known: readonly Relation[] },
): Promise<ObservedRun> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const pid = rows[0]!.pid;
  const messages: string[] = [];
  const listen = (notice: { message?: string }) => messages.push(notice.message ?? "");
  const byOid = new Map(options.known.map((relation) => [relation.oid, relation]));
  const files = new Map(options.known.map((relation) => [relation.oid, relation.file]));
  const oids = [...byOid.keys()];
  const run: ObservedRun = { statements: [] };
  const open = () => transactionOf(client) === "T";

  const locksHeld = async () => {
    const held = await watcher.query<{ relation: number; mode: string }>(
      `SELECT relation::int AS relation, mode FROM pg_locks
       WHERE pid = $1 AND locktype = 'relation' AND granted AND relation = ANY ($2::oid[])`,
      [pid, oids],
    );
    const locks = new Map<string, Lock>();
    for (const { relation, mode } of held.rows) {
      const name = byOid.get(relation)!.name;
      const lock = lockNamed(mode);
      if (!isAtLeast(locks.get(name), lock)) locks.set(name, lock);
    }
    return locks;
  };
  const filesChanged = async () => {
    const now = await client.query<{ oid: number; file: number }>(
      "SELECT oid::int AS oid, relfilenode::int AS file FROM pg_class WHERE oid = ANY ($1::oid[])",
      [oids],
    );
    const changed = now.rows.filter(({ oid, file }) => files.get(oid) !== file);
    for (const { oid, file } of changed) files.set(oid, file);
    return changed.map(({ oid }) => byOid.get(oid)!.name);
  };
  /** PostgreSQL says nothing of some scans (a default partition's): its statistics of the transaction do. */
  const scans = new Map<number, number>();
  const scansSince = async () => {
    const now = await client.query<{ oid: number; scans: number }>(
      `SELECT relid::int AS oid, seq_scan::int AS scans FROM pg_stat_xact_user_tables
       WHERE seq_scan > 0 AND relid = ANY ($1::oid[])`,
      [oids],
    );
    const read = now.rows.filter((row) => row.scans > (scans.get(row.oid) ?? 0));
    scans.clear();
    for (const row of now.rows) scans.set(row.oid, row.scans);
    return read.map(({ oid }) => byOid.get(oid)!.name);
  };
  const executeOnce = async ({ text, control, checks }: ScriptStatement): Promise<boolean> => {
    const own = !control && !open();
    if (own) await client.query("BEGIN");
    if (checks) await scansSince();
    messages.length = 0;
    try {
      await client.query(text);
      return false;
    } catch (error) {
      if (!own) throw error;
      await client.query("ROLLBACK");
      if (!REFUSES_TRANSACTION.has((error as { code?: string }).code ?? "")) throw error;
    }
    messages.length = 0;
    await client.query(text);
    return true;
  };

  client.on("notice", listen);
  try {
    await client.query("SET client_min_messages = debug1");
    if (options.wrapped) await client.query("BEGIN");
    let outer = options.wrapped;
    for (const statement of await statementsOf(script)) {
      const shown = await client.query<{ lock_timeout: string }>("SHOW lock_timeout");
      const before = open();
      const alone = await executeOnce(statement);
      const locks = open() ? await locksHeld() : new Map<string, Lock>();
      const work = await workDone(client, messages, options.known);
      const scanned = new Set(work.scanned);
      for (const name of statement.checks && open() ? await scansSince() : []) scanned.add(name);
      const rewritten = await filesChanged();
      run.statements.push({
        text: statement.text,
        start: statement.start,
        alone,
        lockTimeout: shown.rows[0]!.lock_timeout,
        locks,
        scanned: [...scanned],
        built: work.built,
        rewritten,
      });
      if (statement.control) outer = open();
      else if (!before && !outer && open()) await client.query("COMMIT");
    }
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    run.error = { code, message, start: run.statements.at(-1)?.start ?? 0 };
  } finally {
    client.off("notice", listen);
    if (transactionOf(client) === "I") await client.query("RESET client_min_messages");
  }
  return run;
}

function lockNamed(mode: string): Lock {
  const words = mode.replace(/Lock$/, "").replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.toUpperCase() as Lock;
}

/** What PostgreSQL says at debug level of the work a statement made it do. */
async function workDone(client: pg.ClientBase, messages: readonly string[], known: readonly Relation[]) {
  const named = (relation: string) =>
    known.filter(({ name }) => name === relation || name.endsWith(`.${relation}`)).map(({ name }) => name);
  const scanned = new Set<string>();
  const built = new Set<string>();
  for (const message of [...messages]) {
    const verified = /^verifying table "(.+)"$/.exec(message);
    for (const name of verified ? named(verified[1]!) : []) scanned.add(name);
    const index = /^building index ".+" on table "(.+)"/.exec(message);
    for (const name of index ? named(index[1]!) : []) built.add(name);
    const key = /^validating foreign key constraint "(.+)"$/.exec(message);
    if (!key) continue;
    const { rows } = await client.query<{ name: string }>(
      "SELECT c.relname AS name FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.conname = $1",
      [key[1]],
    );
    for (const row of rows) for (const name of named(row.name)) scanned.add(name);
  }
  return { scanned: [...scanned], built: [...built] };
}
