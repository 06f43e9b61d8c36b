import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIRECTORIES } from "../domain/directory.ts";
import { migrate } from "../migrate/store.ts";
import { asSuperuser, createTestDatabase, MIGRATIONS, type TestDatabase } from "../platform/testing.ts";
import { commander, contents, submit } from "../platform/testing-commands.ts";
import { until } from "../platform/testing-services.ts";
import { headPosition, readEvents, readStream } from "./store.ts";

let database: TestDatabase;
let send: ReturnType<typeof commander>;

beforeAll(async () => {
  database = await createTestDatabase();
  send = commander(database.db);
});
afterAll(() => database?.close());

const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) =>
    result.status === "fulfilled" ? "ok" : (result.reason as { refusal?: { code: string } }).refusal?.code,
  );
const streamOf = (tenant: string, id: string) => database.db.tx(tenant, (tx) => readStream(tx, id));

describe("the event store", () => {
  test("lets one of many concurrent appends win and tells the others of the conflict", async () => {
    const { line } = await send("aozora-01", submit);
    const note = { name: "comment", comment: "同時" } as const;
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => send("aozora-03", note, { id: line.id, expectedVersion: 1 })),
    );
    expect(codes(results).sort()).toEqual(["ok", ...Array.from({ length: 7 }, () => "version_conflict")]);
    expect(await streamOf("aozora", line.id)).toHaveLength(2);
  });

  test("carries concurrent duplicates of a command out once and gives them one answer", async () => {
    const key = "concurrent-duplicate";
    const results = await Promise.all(Array.from({ length: 8 }, () => send("minato-01", submit, { key })));
    expect(new Set(results.map(({ line }) => line.id)).size).toBe(1);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await database.db.tx("minato", headPosition)).toBe(1);
  });

  test("gives a repeated command its first answer, although the request went on since", async () => {
    const key = "approve-and-repeat";
    const { line } = await send("aozora-01", submit);
    const approve = { name: "approve", comment: null } as const;
    const first = await send("aozora-03", approve, { id: line.id, expectedVersion: 1, key });
    await send("aozora-01", { name: "comment", comment: "ありがとう" }, { id: line.id, expectedVersion: 2 });
    const again = await send("aozora-03", approve, { id: line.id, expectedVersion: 1, key });
    expect(again).toEqual({ line: first.line, replayed: true });
    expect(await streamOf("aozora", line.id)).toHaveLength(3);
  });

  test("refuses a key that was used for something else, but not the same key of another person", async () => {
    const key = "key-of-one-command";
    await send("aozora-01", submit, { key });
    const other = { name: "submit", contents: { ...contents, amountYen: 1 } } as const;
    await expect(send("aozora-01", other, { key })).rejects.toMatchObject({
      refusal: { code: "idempotency_key_reused", kind: "unprocessable" },
    });
    expect((await send("aozora-02", other, { key })).replayed).toBe(false);
  });

  test("keeps nothing of a refused command, so its key may be tried again", async () => {
    const key = "refused-first";
    const { line } = await send("aozora-01", submit);
    const approve = { name: "approve", comment: null } as const;
    await expect(send("aozora-03", approve, { id: line.id, expectedVersion: 9, key })).rejects.toMatchObject({
      refusal: { code: "version_conflict" },
    });
    expect((await send("aozora-03", approve, { id: line.id, expectedVersion: 1, key })).replayed).toBe(false);
  });

  test("shows no position before a lower one that a slow transaction still holds", async () => {
    const before = await database.db.tx("hinode", headPosition);
    const read = () =>
      database.db.tx("hinode", (tx) => readEvents(tx, { after: before, upTo: 1e9, limit: 100 }));
    await asSuperuser(database.superuserUrl, async (slow) => {
      await slow.query("BEGIN");
      await slow.query("SELECT set_config('ringiflow.tenant', 'hinode', true)");
      await slow.query(
        `WITH head AS (UPDATE ringiflow.heads SET position = position + 1 WHERE tenant_id = 'hinode' RETURNING position)
         INSERT INTO ringiflow.events (tenant_id, stream_id, version, position, event_id, type, data, actor_id,
           actor_name, correlation_id, at)
         SELECT 'hinode', $1, 1, position, $2, 'submitted', '{}', 'x', 'x', 'x', now() FROM head`,
        [randomUUID(), randomUUID()],
      );
      const fast = Array.from({ length: 3 }, () => send("hinode-01", submit));
      await until("appends that wait for the slow one", async () => {
        const { rows } = await slow.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length === 3 || undefined;
      });
      expect(await read()).toEqual([]);
      await slow.query("COMMIT");
      await Promise.all(fast);
    });
    const positions = (await read()).map(({ position }) => position);
    expect(positions).toEqual([1, 2, 3, 4].map((n) => before + n));
  });
});

describe("row-level security", () => {
  const TABLES = [
    "tenants",
    "heads",
    "events",
    "commands",
    "outbox",
    "checkpoints",
    "applied_events",
    "dead_letters",
    "request_list",
    "request_counters",
  ];

  test("shows a tenant its own rows only, and without a tenant none", async () => {
    const { line } = await send("aozora-01", submit);
    expect(await streamOf("aozora", line.id)).toHaveLength(1);
    expect(await streamOf("minato", line.id)).toEqual([]);
    const urls = [database.appUrl, database.ownerUrl];
    for (const url of urls) {
      await asSuperuser(url, async (client) => {
        for (const table of TABLES) {
          const { rows } = await client.query(`SELECT count(*)::int AS n FROM ringiflow.${table}`);
          expect(rows[0].n, `${table} without a tenant`).toBe(0);
        }
      });
    }
  });

  test("is enabled and forced on every table that has a tenant but the sessions", async () => {
    await asSuperuser(database.superuserUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relnamespace = 'ringiflow'::regnamespace AND c.relkind = 'r'`,
      );
      const unforced = rows.filter((row) => !row.forced).map((row) => row.relname);
      expect(unforced).toEqual(["bff_sessions"]);
      expect(rows.map((row) => row.relname).sort()).toEqual([...TABLES, "bff_sessions"].sort());
    });
  });

  test("refuses a row of another tenant", async () => {
    const foreign = database.db.tx("minato", (tx) =>
      tx.query("INSERT INTO ringiflow.checkpoints (tenant_id, at) VALUES ('aozora', now())"),
    );
    await expect(foreign).rejects.toThrow("row-level security");
  });

  test("comes with a role that can neither change nor remove events", async () => {
    for (const sql of ["UPDATE ringiflow.events SET type = 'x'", "DELETE FROM ringiflow.events"]) {
      await expect(database.db.tx("aozora", (tx) => tx.query(sql))).rejects.toThrow("permission denied");
    }
  });
});

test("migrations applied by several at once are applied once, and again they change nothing", async () => {
  const fresh = await createTestDatabase({ migrated: false });
  try {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(fresh.ownerUrl, MIGRATIONS, DIRECTORIES)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(fresh.ownerUrl, MIGRATIONS, DIRECTORIES)).toEqual([]);
  } finally {
    await fresh.close();
  }
});
