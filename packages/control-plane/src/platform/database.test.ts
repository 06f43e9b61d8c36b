import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { TobanError } from "./errors.ts";
import { assertSchemaIsCurrent, migrate, readMigrations } from "./migrations.ts";
import { freePort } from "./ports.ts";
import { startEmbeddedPostgres } from "./postgres/embedded.ts";
import { provisionDatabase } from "./postgres/provision.ts";
import { APP, createTestDatabase, OWNER, type TestDatabase, testCtx } from "./testing.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

describe("database", () => {
  it("every table of Toban forces row-level security for the owner too", async () => {
    const client = new pg.Client({ connectionString: t.ownerUrl });
    await client.connect();
    const { rows } = await client.query(
      `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'toban' AND c.relkind IN ('r', 'p') AND relname <> 'schema_migrations'
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    await client.end();
    expect(rows).toEqual([]);
  });

  it("the tenant holds for one transaction only", async () => {
    await t.db.tx({ tenant: "acme" }, (tx) => tx.query("SELECT 1"));
    const rows = await t.db.tx({ tenant: "globex" }, (tx) =>
      tx.query<{ tenant: string }>("SELECT toban.current_tenant() AS tenant"),
    );
    expect(rows[0]?.tenant).toBe("globex");
  });

  it("a transaction without a tenant is refused before it reaches the database", async () => {
    await expect(t.db.tx({ tenant: "" }, (tx) => tx.query("SELECT 1"))).rejects.toThrow(/tenant_missing/);
  });

  it("a row of another tenant cannot be written", async () => {
    const write = t.db.tx(testCtx(), (tx) =>
      tx.query(
        "INSERT INTO toban.leases (tenant_id, name, holder, fence, expires_at) VALUES ('globex', 'x', 'y', 1, now())",
      ),
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  it("a port where nobody listens is `unavailable`, not a hang", async () => {
    const db = openDatabase({ url: `postgres://x:y@127.0.0.1:${await freePort()}/x` });
    await expect(db.ping()).rejects.toMatchObject({ kind: "unavailable", code: "database_unavailable" });
    await db.close();
  });

  it("a server that accepts and never answers is `unavailable`, not a hang", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const db = openDatabase({
      url: `postgres://x:y@127.0.0.1:${(server.address() as { port: number }).port}/x`,
    });
    await expect(db.tx({ tenant: "a" }, (tx) => tx.query("SELECT 1"))).rejects.toMatchObject({
      kind: "unavailable",
    });
    for (const socket of sockets) socket.destroy();
    server.close();
    await db.close();
  });

  it("a connection that is ended in the middle of a transaction is `unavailable`, and the next one works", async () => {
    const work = t.db.tx(t.ctx, async (tx) => {
      const [row] = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const superuser = new pg.Client({ connectionString: process.env.TOBAN_TEST_POSTGRES });
      await superuser.connect();
      await superuser.query("SELECT pg_terminate_backend($1)", [row!.pid]);
      await superuser.end();
      // Long enough for the connection's end to arrive while no statement is under way.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return tx.query("SELECT 1");
    });
    await expect(work).rejects.toMatchObject({ kind: "unavailable" });
    await expect(t.db.tx(t.ctx, (tx) => tx.query("SELECT 1 AS one"))).resolves.toEqual([{ one: 1 }]);
  });

  it("a tenant cannot smuggle SQL", async () => {
    const tenant = "x'; SELECT set_config('toban.tenant', 'acme', true); --";
    const rows = await t.db.tx({ tenant }, (tx) =>
      tx.query<{ tenant: string }>("SELECT toban.current_tenant() AS tenant"),
    );
    expect(rows[0]?.tenant).toBe(tenant);
  });

  it("an error of the statement itself stays what it is and the connection is used again", async () => {
    await expect(t.db.tx(t.ctx, (tx) => tx.query("SELECT * FROM toban.no_such_table"))).rejects.toMatchObject(
      {
        code: "42P01",
      },
    );
    await expect(t.db.tx(t.ctx, (tx) => tx.query("SELECT 1 AS one"))).resolves.toEqual([{ one: 1 }]);
  });
});

describe("schema", () => {
  it("the app role passes the start-up check; the owner and a superuser do not", async () => {
    await assertSchemaIsCurrent(t.appUrl);
    for (const url of [t.ownerUrl, t.appUrl.replace(/\/\/[^@]+@/, "//postgres:test@")]) {
      await expect(assertSchemaIsCurrent(url)).rejects.toMatchObject({ code: "database_role_too_strong" });
    }
  });

  it("an empty database is reported as behind, with the first missing migration", async () => {
    const empty = await createTestDatabase({ template: "template1" });
    const check = assertSchemaIsCurrent(empty.appUrl);
    await expect(check).rejects.toMatchObject({ code: "schema_behind" });
    await empty.close();
  });

  it("two processes that migrate at once apply each file once", async () => {
    const empty = await createTestDatabase({ template: "template1" });
    const applied = (await Promise.all([migrate(empty.ownerUrl), migrate(empty.ownerUrl)])).flat();
    expect(applied.sort()).toEqual((await readMigrations()).map((m) => m.name));
    await empty.close();
  });

  it("a migration that was changed after it had been applied is refused", async () => {
    const client = new pg.Client({ connectionString: t.ownerUrl });
    await client.connect();
    await client.query("UPDATE toban.schema_migrations SET digest = 'other' WHERE name LIKE '0001-%'");
    await client.end();
    await expect(migrate(t.ownerUrl)).rejects.toMatchObject({ code: "migration_changed" });
  });
});

describe("embedded PostgreSQL", () => {
  it("is adopted after its starter is gone, and starts again after kill -9", async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), "toban-pg-"));
    await chmod(temporary, 0o755);
    const folder = path.join(temporary, "postgres");
    const options = { folder, port: await freePort(), password: "secret", durable: false };
    const first = await startEmbeddedPostgres(options);
    const adopted = await startEmbeddedPostgres({ ...options, port: 1 });
    expect(adopted.pid).toBe(first.pid);

    process.kill(first.pid, "SIGKILL");
    const second = await startEmbeddedPostgres({ ...options, port: await freePort() });
    expect(second.pid).not.toBe(first.pid);
    const { appUrl } = await provisionDatabase(second.superuserUrl, {
      database: "x",
      owner: OWNER,
      app: APP,
    });
    const db = openDatabase({ url: appUrl, connectTimeoutMs: 5_000 });
    await expect(db.ping()).resolves.toBeUndefined();

    process.kill(second.pid, "SIGSTOP");
    const hung = db.tx({ tenant: "a" }, (tx) => tx.query("SELECT 1"));
    await expect(openDatabase({ url: appUrl }).ping()).rejects.toBeInstanceOf(TobanError);
    process.kill(second.pid, "SIGCONT");
    await hung.catch(() => {});
    await db.close();
    await second.stop();
    const { stdout } = await promisify(execFile)("ps", ["-o", "pid=", "-p", String(second.pid)]).catch(
      () => ({
        stdout: "",
      }),
    );
    expect(stdout.trim()).toBe("");
    await rm(temporary, { recursive: true, force: true });
  });
});
