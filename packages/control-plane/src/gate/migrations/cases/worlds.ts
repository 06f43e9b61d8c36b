import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { TEST_POSTGRES } from "../../../platform/testing.ts";
import { transactionOf } from "../shadow/observe.ts";
import { CORPUS } from "./corpus.ts";

const SHOP = readFileSync(path.join(CORPUS, "shop.sql"), "utf8");
/** What the running version of the shop asks, a statement a line. */
export const LIVE = readFileSync(path.join(CORPUS, "shop-live.sql"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("--"));

/** Faster than a new database: its files would have to be copied and deleted for every case. */
const EMPTY = `
  DO $$ DECLARE s text; BEGIN
    FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', s);
    END LOOP;
  END $$;
  CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC; RESET ALL; DISCARD TEMP`;

/** The database of the shop as it is before a migration, and an empty one. */
export type Worlds = {
  watcher: pg.Client;
  shop: pg.Client;
  empty: pg.Client;
  /** Makes one of them again what it was, after a case that has committed something. */
  restore(client: pg.Client): Promise<void>;
  close(): Promise<void>;
};

export async function openWorlds(): Promise<Worlds> {
  const superuserUrl = process.env[TEST_POSTGRES];
  if (!superuserUrl) throw new Error(`${TEST_POSTGRES} is not set: run the tests with vitest`);
  const watcher = new pg.Client({ connectionString: superuserUrl });
  await watcher.connect();
  const open = async (name: string) => {
    await watcher.query(`CREATE DATABASE ${name}`);
    const url = Object.assign(new URL(superuserUrl), { pathname: `/${name}` }).href;
    const client = new pg.Client({ connectionString: url, statement_timeout: 20_000 });
    await client.connect();
    return client;
  };
  const prefix = `corpus_${randomBytes(4).toString("hex")}`;
  const shop = await open(`${prefix}_shop`);
  const empty = await open(`${prefix}_empty`);
  await shop.query(SHOP);
  return {
    watcher,
    shop,
    empty,
    async restore(client) {
      await client.query(EMPTY);
      if (client === shop) await client.query(SHOP);
    },
    async close() {
      await Promise.all([shop.end(), empty.end()]);
      for (const kind of ["shop", "empty"])
        await watcher.query(`DROP DATABASE ${prefix}_${kind} WITH (FORCE)`);
      await watcher.end();
    },
  };
}

/** Whether a statement works, as seen inside the open transaction or from outside; nothing of it stays. */
export async function attempt(client: pg.Client, sql: string, role?: string): Promise<string | undefined> {
  const inside = transactionOf(client) === "T";
  const [before, after] = inside ? ["SAVEPOINT attempt", "ROLLBACK TO attempt"] : ["BEGIN", "ROLLBACK"];
  try {
    await client.query(`${before}; ${role ? `SET LOCAL ROLE ${role};` : ""} ${sql}; ${after}`);
    return undefined;
  } catch (error) {
    await client.query(after);
    return (error as Error).message;
  }
}

/** The first value of a query's first row. */
export async function firstValue(client: pg.Client, sql: string): Promise<unknown> {
  const asked = /^@app /.test(sql);
  if (asked) await client.query("SET ROLE app_user");
  const { rows } = await client.query({ text: sql.replace(/^@app /, ""), rowMode: "array" });
  if (asked) await client.query("RESET ROLE");
  return rows[0]?.[0];
}

/** How many rows each relation holds, without those that are gone. */
export async function rowCounts(client: pg.Client, names: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const quoted = (name: string) => name.split(".").map(pg.escapeIdentifier).join(".");
  const there = await client.query<{ name: string; there: boolean }>(
    "SELECT name, to_regclass(quoted) IS NOT NULL AS there FROM unnest($1::text[], $2::text[]) AS t (name, quoted)",
    [names, names.map(quoted)],
  );
  const parts = there.rows
    .filter((row) => row.there)
    .map(
      ({ name }) => `SELECT ${pg.escapeLiteral(name)} AS name, count(*)::int AS rows FROM ${quoted(name)}`,
    );
  if (parts.length === 0) return counts;
  const { rows } = await client.query<{ name: string; rows: number }>(parts.join(" UNION ALL "));
  for (const row of rows) counts.set(row.name, row.rows);
  return counts;
}
