import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "../../platform/database.ts";
import { migrate } from "../../platform/migrations.ts";
import { freePort } from "../../platform/ports.ts";
import { startEmbeddedPostgres } from "../../platform/postgres/embedded.ts";
import { provisionDatabase } from "../../platform/postgres/provision.ts";
import { APP, OWNER } from "../../platform/testing.ts";

export type BenchServer = {
  folder: string;
  appUrl: string;
  db: Database;
  superuser: pg.Client;
  close(): Promise<void>;
};

/** PostgreSQL as Toban starts it, with durable settings, and a migrated database. */
export async function startBenchServer(connections = 34): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "toban-bench-"));
  const port = await freePort();
  const postgres = await startEmbeddedPostgres({ folder: path.join(folder, "pg"), port, password: "bench" });
  const roles = { database: "bench", owner: OWNER, app: APP };
  const { ownerUrl, appUrl } = await provisionDatabase(postgres.superuserUrl, roles);
  await migrate(ownerUrl);
  const url = new URL(postgres.superuserUrl);
  url.pathname = "/bench";
  const superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
  const db = openDatabase({
    url: appUrl,
    maxConnections: connections,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 60_000,
  });
  return {
    folder,
    appUrl,
    db,
    superuser,
    async close() {
      await db.close();
      await superuser.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
