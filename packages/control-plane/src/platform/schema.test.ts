import { readFile } from "node:fs/promises";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { dumpSchema } from "./schema.ts";
import { createTestDatabase } from "./testing.ts";

const SCHEMA = new URL("../../schema.sql", import.meta.url);
const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((database) => database.close())));

describe("schema.sql", () => {
  it("is what the migrations lead to (update with `npm test -- -u schema`)", async () => {
    const migrated = await createTestDatabase();
    opened.push(migrated);
    await expect(await dumpSchema(migrated.ownerUrl)).toMatchFileSnapshot("../../schema.sql");
  });

  it("leads to the same catalogue when applied alone, and a changed column is noticed", async () => {
    const fresh = await createTestDatabase({ template: "template1" });
    opened.push(fresh);
    const sql = await readFile(SCHEMA, "utf8");
    const client = new pg.Client({ connectionString: fresh.ownerUrl });
    await client.connect();
    await client.query(sql);
    expect(await dumpSchema(fresh.ownerUrl)).toBe(sql);
    await client.query("ALTER TABLE toban.leases ALTER COLUMN fence DROP NOT NULL");
    expect(await dumpSchema(fresh.ownerUrl)).not.toBe(sql);
    await client.end();
  });
});
