import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { DIRECTORIES } from "../domain/directory.ts";
import { migrate } from "../migrate/store.ts";
import { type Database, openDatabase } from "./database.ts";

export const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

const OWNER = "ringiflow_owner";
const APP = "ringiflow_app";

export type TestDatabase = {
  db: Database;
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
  close(): Promise<void>;
};

/** A migrated database of its own in the PostgreSQL of this test run. */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const base = process.env.TOBAN_TEST_POSTGRES;
  if (!base) throw new Error("TOBAN_TEST_POSTGRES is not set: run the tests with vitest");
  const database = `ringiflow_${randomBytes(6).toString("hex")}`;
  await asSuperuser(base, async (client) => {
    // Roles belong to the cluster: two test files must not create them at once.
    await client.query("SELECT pg_advisory_lock(2)");
    for (const role of [OWNER, APP]) {
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
      if (!rowCount) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    }
    await client.query(`CREATE DATABASE ${database} OWNER ${OWNER}`);
  });
  const url = (user: string) => {
    const parsed = new URL(base);
    parsed.username = user;
    parsed.password = user;
    parsed.pathname = `/${database}`;
    return parsed.href;
  };
  const superuser = new URL(base);
  superuser.pathname = `/${database}`;
  if (options.migrated ?? true) await migrate(url(OWNER), MIGRATIONS, DIRECTORIES);
  const db = openDatabase({
    url: url(APP),
    name: "test",
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 20_000,
  });
  return {
    db,
    appUrl: url(APP),
    ownerUrl: url(OWNER),
    superuserUrl: superuser.href,
    async close() {
      await db.close();
      await asSuperuser(base, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      });
    },
  };
}

/** Runs statements that the services' role may not, to prepare damage and to look past row-level security. */
export async function asSuperuser<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
