import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { freePort } from "../../../platform/ports.ts";
import { startEmbeddedPostgres } from "../../../platform/postgres/embedded.ts";

/** A database that nobody else knows of, and a second connection to watch the first one. */
export type ShadowDatabase = {
  client: pg.Client;
  watcher: pg.Client;
  /** Roles may be made up here: the whole server is thrown away. */
  ownServer: boolean;
  close(): Promise<void>;
};

export type ShadowServer = { database(): Promise<ShadowDatabase>; close(): Promise<void> };

/**
 * A PostgreSQL for trying migrations out: at `url`, where only a database of a fresh name is used and dropped again,
 * or an embedded one in a temporary folder. Throws when there is none.
 */
export async function openShadowServer(url: string | undefined): Promise<ShadowServer> {
  if (url !== undefined) return serverAt(url, false, async () => {});
  const folder = await mkdtemp(path.join(tmpdir(), "toban-shadow-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await chmod(folder, 0o755);
    const postgres = await startEmbeddedPostgres({
      folder: path.join(folder, "postgres"),
      port: await freePort(),
      password: randomBytes(12).toString("hex"),
      durable: false,
    });
    return await serverAt(postgres.superuserUrl, true, async () => {
      await postgres.stop();
      await remove();
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

async function serverAt(url: string, ownServer: boolean, stop: () => Promise<void>): Promise<ShadowServer> {
  const admin = await connect(url);
  return {
    async database() {
      const name = `toban_shadow_${randomBytes(6).toString("hex")}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
      const at = Object.assign(new URL(url), { pathname: `/${name}` }).href;
      const opened: pg.Client[] = [];
      const close = async () => {
        await Promise.all(opened.map((client) => client.end().catch(() => {})));
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        if (ownServer) await dropRoles(admin);
      };
      try {
        for (let count = 0; count < 2; count += 1) opened.push(await connect(at));
      } catch (error) {
        await close();
        throw error;
      }
      return { client: opened[0]!, watcher: opened[1]!, ownServer, close };
    },
    async close() {
      await admin.end().catch(() => {});
      await stop();
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that is ended from outside says so here as well; the query that was running reports it.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Roles belong to the server: the next history has to find none. */
async function dropRoles(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "SELECT quote_ident(rolname) AS name FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user",
  );
  for (const { name } of rows) await admin.query(`DROP ROLE ${name}`).catch(() => {});
}
