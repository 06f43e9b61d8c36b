import { listTenants } from "../events/store.ts";
import { type Database, openDatabase } from "../platform/database.ts";

/** Frame of the worker's commands: each tenant in turn, one line each, exit 0 only when all went well. */
export async function forEachTenant(work: (db: Database, tenant: string) => Promise<string>): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) {
    console.error("DATABASE_URL is not set. Set it to the URL of the restricted role.");
    process.exit(78);
  }
  const db = openDatabase({
    url,
    name: "ringiflow-repair",
    maxConnections: 1,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 600_000,
  });
  try {
    for (const tenant of await listTenants(db)) console.log(`${tenant}: ${await work(db, tenant)}`);
  } catch (error) {
    console.error(`failed: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await db.close();
  }
}
