import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../../platform/log.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing.ts";
import { assertTenantsAreApart } from "./check-database.ts";

let database: TestDatabase;
let lines: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  lines = [];
});
afterEach(() => database?.close());

const log = createLogger("test", "warn", { write: (line) => lines.push(line) });

async function change(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const superuserUrl = () => {
  const url = new URL(process.env.TOBAN_TEST_POSTGRES!);
  url.pathname = new URL(database.appUrl).pathname;
  return url.href;
};

describe("at start-up", () => {
  test("a database that keeps its tenants apart is served without a word", async () => {
    await assertTenantsAreApart(database.appUrl, log);
    expect(lines).toEqual([]);
  });

  test("one that leaks is refused, with what leaks and what to do", async () => {
    await change(
      database.ownerUrl,
      "ALTER POLICY tenant ON toban.runs USING (true); ALTER TABLE toban.releases NO FORCE ROW LEVEL SECURITY",
    );
    await expect(assertTenantsAreApart(database.appUrl, log)).rejects.toMatchObject({
      code: "database_leaks",
      reason: expect.stringMatching(/toban\.(runs|releases).*toban\.(runs|releases)/s),
      remedy: expect.stringContaining("toban db check"),
    });
  });

  test("what its role may not see is a warning, and no reason not to start", async () => {
    await change(superuserUrl(), "REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC");
    await assertTenantsAreApart(database.appUrl, log);
    expect(lines.join("")).toContain("could not be looked at");
    expect(lines.join("")).toContain("pg_policy");
  });

  test("a policy that cannot be read is taken as open", async () => {
    await change(
      database.ownerUrl,
      `CREATE FUNCTION toban.whose(t text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN t = toban.current_tenant(); END $$;
       ALTER POLICY tenant ON toban.runs USING (toban.whose(tenant_id))`,
    );
    await expect(assertTenantsAreApart(database.appUrl, log)).rejects.toThrow("toban.runs");
  });
});
