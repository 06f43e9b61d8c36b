import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "./migrations.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let t: TestDatabase;
let folder: string;
beforeAll(async () => {
  t = await createTestDatabase({ template: "template1" });
  folder = await mkdtemp(path.join(tmpdir(), "toban-migrations-"));
  const file = (name: string, sql: string) => writeFile(path.join(folder, name), sql);
  await file("0001-rows.sql", "CREATE TABLE toban.rows (a int);\nINSERT INTO toban.rows VALUES (1), (1);\n");
  await file(
    "0002-index.sql",
    `-- Says; much.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS toban.rows_a;
CREATE UNIQUE INDEX CONCURRENTLY rows_a
  ON toban.rows (a);
`,
  );
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const valid = async (client: pg.Client) =>
  (await client.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'toban.rows_a'::regclass")).rows;

describe("a migration that builds indexes CONCURRENTLY", () => {
  it("is begun anew when it was broken off, and two processes that migrate do not wait for each other", async () => {
    const client = new pg.Client({ connectionString: t.ownerUrl });
    await client.connect();
    await expect(migrate(t.ownerUrl, folder)).rejects.toMatchObject({ code: "migration_failed" });
    expect(await valid(client)).toEqual([{ indisvalid: false }]);
    await client.query("DELETE FROM toban.rows WHERE ctid = (SELECT min(ctid) FROM toban.rows)");
    const both = await Promise.all([migrate(t.ownerUrl, folder), migrate(t.ownerUrl, folder)]);
    expect(both.flat()).toEqual(["0002-index.sql"]);
    expect(await valid(client)).toEqual([{ indisvalid: true }]);
    await client.end();
  });
});
