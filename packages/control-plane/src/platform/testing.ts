import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Ctx, createCtx } from "./ctx.ts";
import { type Database, openDatabase } from "./database.ts";
import { createLogger } from "./log.ts";
import { provisionDatabase } from "./postgres/provision.ts";

/** Set by `test/global-setup.ts`: superuser URL of the PostgreSQL of this test run. */
export const TEST_POSTGRES = "TOBAN_TEST_POSTGRES";
/** Database with every migration applied, copied for each test file. */
export const TEMPLATE = "toban_template";
export const OWNER = { user: "toban_owner", password: "owner" };
export const APP = { user: "toban_app", password: "app" };

export type TestDatabase = {
  db: Database;
  ctx: Ctx;
  appUrl: string;
  ownerUrl: string;
  close(): Promise<void>;
};

/** A migrated database of its own, with a ctx of tenant `acme` (no tenant row is needed for RLS). */
export async function createTestDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const superuserUrl = process.env[TEST_POSTGRES];
  if (!superuserUrl) throw new Error(`${TEST_POSTGRES} is not set: run the tests with vitest`);
  const database = `test_${randomBytes(6).toString("hex")}`;
  const urls = await withTemplateLock(superuserUrl, () =>
    provisionDatabase(superuserUrl, {
      database,
      owner: OWNER,
      app: APP,
      template: options.template ?? TEMPLATE,
    }),
  );
  const db = openDatabase({ url: urls.appUrl, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 });
  return {
    db,
    ctx: testCtx(),
    ...urls,
    async close() {
      await db.close();
      const client = new pg.Client({ connectionString: superuserUrl });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await client.end();
    },
  };
}

/** `ALTER ROLE` and copying a template collide when several workers do it at once. */
async function withTemplateLock<T>(superuserUrl: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock(1)");
    return await work();
  } finally {
    await client.end();
  }
}

export function testCtx(overrides: Partial<Ctx> = {}): Ctx {
  return {
    ...createCtx({
      tenant: "acme",
      actor: { kind: "person", id: "tester" },
      log: createLogger("test", process.env.TOBAN_LOG_LEVEL ?? "silent"),
    }),
    ...overrides,
  };
}

/** A clock that moves only when told to. */
export function testClock(start = "2026-01-01T00:00:00.000Z") {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    nowMicros: () => BigInt(now) * 1000n,
    advance(ms: number) {
      now += ms;
    },
  };
}
