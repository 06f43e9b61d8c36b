import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { conflict, invalid, unavailable } from "./errors.ts";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../migrations", import.meta.url));

/** Any number of replicas may start at once; one migrates, the others wait. */
const ADVISORY_LOCK = 0x746f_6261;

export type Migration = { number: number; name: string; sql: string; digest: string };

export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(folder, name), "utf8");
      const digest = createHash("sha256").update(sql).digest("hex");
      return { number: Number(name.slice(0, 4)), name, sql, digest };
    }),
  );
}

/**
 * Applies what is missing, forward only, each file in one transaction; one that builds indexes CONCURRENTLY, which no
 * transaction allows, statement by statement. Returns the names applied.
 */
export async function migrate(ownerUrl: string, folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect().catch((error) => {
    throw asUnavailable(error);
  });
  try {
    await lockAlone(client);
    await client.query("CREATE SCHEMA IF NOT EXISTS toban");
    await client.query(
      `CREATE TABLE IF NOT EXISTS toban.schema_migrations (
         name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string; digest: string }>(
      "SELECT name, digest FROM toban.schema_migrations",
    );
    const applied = new Map(rows.map((row) => [row.name, row.digest]));
    const now: string[] = [];
    for (const migration of migrations) {
      const digest = applied.get(migration.name);
      if (digest === migration.digest) continue;
      if (digest !== undefined) {
        throw conflict(
          "migration_changed",
          `${migration.name} was changed after it had been applied.`,
          "Restore the file and write a new migration instead.",
        );
      }
      await apply(client, migration).catch((cause: Error) => {
        throw invalid(
          "migration_failed",
          `${migration.name}: ${cause.message}`,
          "Correct the cause and start again; the file is then applied from its beginning.",
          cause,
        );
      });
      now.push(migration.name);
    }
    return now;
  } finally {
    await client.end();
  }
}

/** Asks instead of waiting: a statement that waits has a snapshot, and CONCURRENTLY waits for every older snapshot. */
async function lockAlone(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS got", [ADVISORY_LOCK]);
    if (rows[0]?.got) return;
    await delay(100);
  }
}

async function apply(client: pg.Client, { name, sql, digest }: Migration): Promise<void> {
  const isConcurrent = /^(CREATE|DROP)( UNIQUE)? INDEX CONCURRENTLY\b/m.test(sql);
  if (!isConcurrent) await client.query("BEGIN");
  try {
    await client.query(`SET ${isConcurrent ? "" : "LOCAL "}search_path = toban`);
    for (const statement of isConcurrent ? sql.split(/;$/m) : [sql]) await client.query(statement);
    await client.query("INSERT INTO toban.schema_migrations (name, digest) VALUES ($1, $2)", [name, digest]);
    await client.query(isConcurrent ? "RESET search_path" : "COMMIT");
  } catch (cause) {
    if (!isConcurrent) await client.query("ROLLBACK");
    throw cause;
  }
}

/** The app role cannot migrate: it only checks that the schema is the one this version was built for. */
export async function assertSchemaIsCurrent(appUrl: string, folder = MIGRATIONS_FOLDER): Promise<void> {
  const expected = (await readMigrations(folder)).map((m) => m.name);
  const client = new pg.Client({ connectionString: appUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>("SELECT name FROM toban.schema_migrations");
    const present = new Set(rows.map((row) => row.name));
    const missing = expected.filter((name) => !present.has(name));
    if (missing.length > 0) throw behind(missing);
    const role = await client.query<{ unsafe: boolean }>(
      `SELECT (r.rolsuper OR r.rolbypassrls
               OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname = 'toban' AND pg_has_role(c.relowner, 'USAGE'))) AS unsafe
       FROM pg_roles r WHERE r.rolname = current_user`,
    );
    if (role.rows[0]?.unsafe !== false) {
      throw invalid(
        "database_role_too_strong",
        "DATABASE_URL connects as a superuser, as a role that bypasses row-level security, or as the owner of Toban's tables.",
        "Give DATABASE_URL the restricted role toban_app; put the owner in DATABASE_OWNER_URL, which is used for migrations only.",
      );
    }
  } catch (error) {
    if ((error as { code?: string }).code === "42P01" || (error as { code?: string }).code === "3F000") {
      throw behind(expected);
    }
    throw asUnavailable(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Nobody listens, a connection breaks off, or the server is starting or stopping (class 57P). Else the error itself. */
function asUnavailable(error: unknown): unknown {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (!/^(E(CONN|HOST|NET|TIMEDOUT)|57P)/.test(code) && !/timeout|terminated/i.test(message)) return error;
  return unavailable(
    "database_unavailable",
    "The database does not answer.",
    "Check that PostgreSQL runs and that DATABASE_URL points to it.",
    error,
  );
}

const behind = (missing: string[]) =>
  invalid(
    "schema_behind",
    `The database lacks ${missing.length} migration(s), first ${missing[0]}.`,
    "Set DATABASE_OWNER_URL so that Toban can apply them at start.",
  );
