import { randomBytes } from "node:crypto";
import pg from "pg";
import { SESSION_TABLE_SQL } from "./store.ts";

/** A database of its own, with the session table, in the PostgreSQL of this test run. */
export async function createSessionDatabase(): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  const base = process.env.TOBAN_TEST_POSTGRES;
  if (!base) throw new Error("TOBAN_TEST_POSTGRES is not set: run the tests with vitest");
  const database = `bff_${randomBytes(6).toString("hex")}`;
  await asSuperuser(base, `CREATE DATABASE ${database}`);
  const url = new URL(base);
  url.pathname = `/${database}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4, connectionTimeoutMillis: 10_000 });
  await pool.query(SESSION_TABLE_SQL);
  return {
    pool,
    async close() {
      if (!pool.ended) await pool.end();
      await asSuperuser(base, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    },
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A clock that moves only when told to. */
export function handClock(start = "2026-01-01T00:00:00.000Z") {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(ms: number) {
      now += ms;
    },
  };
}
