import type pg from "pg";
import { type Finding, type Outcome, type Place, placesIn, raise, type SourceFile } from "../../finding.ts";
import { loadParser } from "../parse.ts";
import type { Migration, MigrationSet, Script } from "../types.ts";
import { catalogueDifference, catalogueOf } from "./catalogue.ts";
import { SHADOW_CHECKS as CHECKS } from "./checks.ts";
import {
  isAtLeast,
  type Lock,
  type ObservedRun,
  type Relation,
  relationsOf,
  runObserved,
  statementsOf,
  transactionOf,
} from "./observe.ts";
import { brokenBy, type Query, readQueries } from "./queries.ts";
import { rowsOfAll, writeSentinels } from "./sentinels.ts";
import { openShadowServer, type ShadowDatabase, type ShadowServer } from "./server.ts";
import { prepareSurroundings } from "./surroundings.ts";

export type ShadowOptions = {
  /** A server on which databases may be created. Default: an embedded one that is thrown away. */
  url?: string;
  /** Statements of the live release, ended by `;`; parameters are `$1`, `$2`, …. */
  queries?: SourceFile;
  /** In what order names are looked up; schemas that no migration creates are made. Default `public`. */
  searchPath?: readonly string[];
  /** Tables that may be rewritten or scanned. Default none. */
  smallTables?: readonly string[];
  /** Which migrations are judged; the others are only run. Default all. */
  reported?: (path: string) => boolean;
  /** Seconds that one migration may take. Default 60. */
  limitSeconds?: number;
};

/**
 * Runs each history on a PostgreSQL of its own: before every migration sentinel rows are written; then up with its locks,
 * rewrites and scans watched, the live release's queries, down, and up again. What cannot be run is undecided.
 */
export async function shadowMigrations(
  sets: readonly MigrationSet[],
  options: ShadowOptions = {},
): Promise<Outcome> {
  const files = sets.flatMap((set) => set.migrations.map((migration) => migration.path));
  const findings: Finding[] = [];
  const queries = options.queries ? await readQueries(options.queries) : { queries: [], findings: [] };
  findings.push(...queries.findings);
  let server: ShadowServer;
  try {
    server = await openShadowServer(options.url);
  } catch (error) {
    const why = (error as { reason?: string; message: string }).reason ?? (error as Error).message;
    findings.push(...files.map((file) => raise(CHECKS.notRun, startOf(file), { why })));
    return { files, findings };
  }
  try {
    for (const set of sets) findings.push(...(await shadowSet(server, set, queries.queries, options)));
  } finally {
    await server.close();
  }
  return { files, findings };
}

const startOf = (path: string): Place => ({ path, line: 1, column: 1 });

async function shadowSet(
  server: ShadowServer,
  set: MigrationSet,
  queries: readonly Query[],
  options: ShadowOptions,
): Promise<Finding[]> {
  const judged = set.migrations.filter((migration) => options.reported?.(migration.path) ?? true);
  const notRun = (from: readonly Migration[], why: string) =>
    from.filter((one) => judged.includes(one)).map((one) => raise(CHECKS.notRun, startOf(one.path), { why }));
  const findings: Finding[] = [];
  let database: ShadowDatabase | undefined;
  try {
    database = await server.database();
    const searchPath = options.searchPath ?? ["public"];
    await prepareSurroundings(database.client, set, { ownServer: database.ownServer, searchPath });
    for (const [index, migration] of set.migrations.entries()) {
      const last = migration === set.migrations.at(-1);
      const found = await limited(database, options.limitSeconds ?? 60, () =>
        judged.includes(migration)
          ? shadowMigration(database!, migration, { first: index === 0, last, queries, options })
          : replay(database!, migration, index === 0),
      );
      findings.push(...found.findings);
      if (found.stopped) {
        const why = `${migration.path} did not go through`;
        return [...findings, ...notRun(set.migrations.slice(index + 1), why)];
      }
    }
    return findings;
  } catch (error) {
    const reached = new Set(findings.map((finding) => finding.path));
    const left = set.migrations.filter((migration) => !reached.has(migration.path));
    return [...findings, ...notRun(left, (error as Error).message)];
  } finally {
    await database?.close();
  }
}

/** Ends the connection that works when it takes too long; its query then fails. */
async function limited<T>(database: ShadowDatabase, seconds: number, work: () => Promise<T>): Promise<T> {
  const { rows } = await database.client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const timer = setTimeout(() => {
    database.watcher.query("SELECT pg_terminate_backend($1)", [rows[0]!.pid]).catch(() => {});
  }, seconds * 1000);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

type Step = { findings: Finding[]; stopped: boolean };
type Context = { first: boolean; last: boolean; queries: readonly Query[]; options: ShadowOptions };

async function replay(database: ShadowDatabase, migration: Migration, first: boolean): Promise<Step> {
  const run = await execute(database, migration.up, []);
  return run.error ? failed(migration.up, run.error, first) : { findings: [], stopped: false };
}

async function shadowMigration(
  database: ShadowDatabase,
  migration: Migration,
  context: Context,
): Promise<Step> {
  const { client } = database;
  const { up, down } = migration;
  const findings: Finding[] = [];
  await writeSentinels(client);
  const known = await relationsOf(client);
  const catalogue = down ? await catalogueOf(client) : [];
  const rows = await rowsOfAll(client);
  const usable = await brokenBy(client, context.queries);
  const run = await execute(database, up, known);
  if (run.error) {
    const { findings: fault } = failed(up, run.error, context.first);
    return { findings: [...findings, ...fault], stopped: true };
  }
  findings.push(...workFindings(up, run, context.options.smallTables ?? []));
  const after = await rowsOfAll(client);
  for (const [table, had] of rows) {
    const lost = had.length - (after.get(table)?.length ?? 0);
    if (lost > 0) {
      findings.push(raise(CHECKS.rowsLost, startOf(up.file.path), { table, lost, rows: had.length }));
    }
  }
  findings.push(...(await queryFindings(client, up, usable, context)));
  if (!down || (await doesNothing(down))) return { findings, stopped: false };
  const back = await wayBack(database, { up, down }, { catalogue, rows });
  return { findings: [...findings, ...back.findings], stopped: back.stopped };
}

/** A query that works before has to work after; one that never worked says nothing when the newest is judged. */
async function queryFindings(
  client: pg.Client,
  up: Script,
  before: ReadonlyMap<Query, string>,
  context: Context,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const works = context.queries.filter((query) => !before.has(query));
  for (const [query, message] of await brokenBy(client, works)) {
    findings.push(raise(CHECKS.queryFails, startOf(up.file.path), { query: query.shown, message }));
  }
  if (!context.last) return findings;
  for (const [query, message] of before) {
    findings.push(raise(CHECKS.queryUnusable, query.place, { query: query.shown, message }));
  }
  return findings;
}

async function wayBack(
  database: ShadowDatabase,
  { up, down }: { up: Script; down: Script },
  before: { catalogue: string[]; rows: Map<string, string[]> },
): Promise<Step> {
  const { client } = database;
  const path = down.file.path;
  const run = await execute(database, down, []);
  if (run.error) {
    const { code: sqlstate, message } = run.error;
    const place = placeOf(down, run.error.start);
    return { findings: [raise(CHECKS.downFails, place, { sqlstate, message })], stopped: true };
  }
  const findings: Finding[] = [];
  const difference = catalogueDifference(before.catalogue, await catalogueOf(client));
  if (difference.length > 0) {
    const shown = difference.slice(0, 3).map((line) => line.slice(0, 160));
    if (difference.length > 3) shown.push(`… ${difference.length - 3} more`);
    findings.push(raise(CHECKS.downDiffers, startOf(path), { difference: shown.join("; ") }));
  }
  const rows = await rowsOfAll(client);
  for (const [table, had] of before.rows) {
    const has = new Set(rows.get(table));
    const lost = had.filter((row) => !has.has(row)).length;
    if (lost > 0) findings.push(raise(CHECKS.downLoses, startOf(path), { table, lost, rows: had.length }));
  }
  const again = await execute(database, up, []);
  if (again.error && findings.length === 0) {
    const message = `up fails when it is run again: ${again.error.message}`;
    findings.push(raise(CHECKS.downDiffers, startOf(path), { difference: message }));
  }
  return { findings, stopped: again.error !== undefined };
}

/** Locks, rewrites and scans of tables that were there. */
function workFindings(up: Script, run: ObservedRun, smallTables: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const small = (table: string) => smallTables.some((name) => name.replace(/^public\./, "") === table);
  const strongest = new Map<string, { lock: Lock; start: number }>();
  for (const statement of run.statements) {
    const place = placeOf(up, statement.start);
    const lockOf = (table: string) => statement.locks.get(table) ?? "ACCESS EXCLUSIVE";
    for (const table of statement.rewritten.filter((name) => !small(name))) {
      findings.push(raise(CHECKS.rewrite, place, { table, lock: lockOf(table) }));
    }
    const works = { scan: statement.scanned, "index build": statement.built };
    for (const [work, tables] of Object.entries(works)) {
      for (const table of tables) {
        if (statement.rewritten.includes(table) || small(table)) continue;
        if (!isAtLeast(statement.locks.get(table), "SHARE")) continue;
        findings.push(raise(CHECKS.blockingWork, place, { table, work, lock: lockOf(table) }));
      }
    }
    for (const [table, lock] of statement.locks) {
      if (isAtLeast(lock, "SHARE") && !isAtLeast(strongest.get(table)?.lock, lock)) {
        strongest.set(table, { lock, start: statement.start });
      }
    }
  }
  for (const [table, { lock, start }] of strongest) {
    findings.push(raise(CHECKS.locks, placeOf(up, start), { table, lock }));
  }
  return findings;
}

const placeOf = (script: Script, start: number): Place => placesIn(script.file)(script.offset + start);

/** Runs a script as its tool would, and ends its transaction. */
async function execute(
  { client, watcher }: ShadowDatabase,
  script: Script,
  known: readonly Relation[],
): Promise<ObservedRun> {
  const statements = await statementsOf(script.text);
  const own = statements.some((statement) => statement.control);
  const { transaction } = script;
  const single = statements.length === 1 && transaction !== "per-file";
  let wrapped = transaction !== "none" && !single && !(own && transaction !== "per-file");
  for (;;) {
    const run = await runObserved(client, watcher, script.text, { wrapped, known });
    const refused = run.error?.code === "25001" && /detected|unknown/.test(transaction);
    if (!run.error && wrapped && transactionOf(client) === "T") {
      try {
        await client.query("COMMIT");
      } catch (error) {
        const { code = "", message } = error as { code?: string; message: string };
        return { ...run, error: { code, message, start: 0 } };
      }
    }
    // What a script leaves open is lost when its connection closes.
    if (transactionOf(client) !== "I") await client.query("ROLLBACK");
    await client.query("RESET client_min_messages");
    if (!wrapped || !refused) return run;
    wrapped = false;
  }
}

/** What exists elsewhere (other histories, extensions, other roles) is missing here; that proves nothing. */
const ELSEWHERE = new Set(["42P01", "42703", "42704", "42883", "3F000"]);
const UNAVAILABLE = new Set(["0A000 extension", "58P01", "42501", "57014", "57P01"]);

function failed(script: Script, error: NonNullable<ObservedRun["error"]>, first: boolean): Step {
  const { code: sqlstate, message, start } = error;
  const place = placeOf(script, start);
  const extension = sqlstate === "0A000" && /^extension /.test(message) ? "0A000 extension" : sqlstate;
  // A connection that was ended has no SQLSTATE any more.
  const undecided = (first && ELSEWHERE.has(sqlstate)) || UNAVAILABLE.has(extension) || sqlstate === "";
  const finding = undecided
    ? raise(CHECKS.notRun, place, { why: message })
    : raise(CHECKS.fails, place, { sqlstate, message });
  return { findings: [finding], stopped: true };
}

/** A down of comments, or of a SELECT in their place, says that there is no way back; that is for other checks. */
async function doesNothing(down: Script): Promise<boolean> {
  const parsed = (await loadParser()).parse(down.text);
  return parsed.ok && parsed.statements.every(({ kind }) => kind === "SelectStmt");
}
