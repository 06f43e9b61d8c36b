import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../platform/testing.ts";
import { parseSettings } from "../settings.ts";
import { checkDatabase } from "./check-database.ts";
import { OWN_EXCEPTIONS } from "./exceptions.ts";
import { openShop, type Shop } from "./testing/shop.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../../..");
const MIGRATIONS = path.join(ROOT, "workloads/ringiflow/migrations");

let toban: TestDatabase;
let ringiflow: Shop;

beforeAll(async () => {
  toban = await createTestDatabase();
  const files = readdirSync(MIGRATIONS).sort();
  const roles = ["ringiflow_owner", "ringiflow_app"].map(
    (role) =>
      `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} LOGIN PASSWORD '${role}'; END IF;`,
  );
  ringiflow = await openShop(`
    SELECT pg_advisory_lock(2);
    DO $$ BEGIN ${roles.join(" ")} END $$;
    SELECT pg_advisory_unlock(2);
    CREATE SCHEMA ringiflow AUTHORIZATION ringiflow_owner;
    SET ROLE ringiflow_owner;
    CREATE TABLE ringiflow.schema_migrations (name text PRIMARY KEY);
    ${files.map((file) => readFileSync(path.join(MIGRATIONS, file), "utf8")).join("\n")}`);
});
afterAll(async () => {
  await toban?.close();
  await ringiflow?.close();
});

const superuserUrl = () => {
  const url = new URL(process.env.TOBAN_TEST_POSTGRES!);
  url.pathname = new URL(toban.appUrl).pathname;
  return url.href;
};
const blocks = ({ findings }: { findings: { code: string; path: string; severity: string }[] }) =>
  findings.filter(({ severity }) => severity === "block");

describe("Toban's own database", () => {
  test("keeps its tenants apart, as its application's role finds out", async () => {
    const seen = await checkDatabase({ url: toban.appUrl, exceptions: OWN_EXCEPTIONS, fuzz: true });
    expect(blocks(seen)).toEqual([]);
    expect(seen.verdict).toBe("pass");
    expect(seen.checked.fuzzed.length).toBeGreaterThan(20);
    expect(seen.excepted.map(({ finding }) => `${finding.code} ${finding.path}`)).toContain(
      "database/policy-too-wide toban.tenants",
    );
  });

  test("and as a superuser finds out, who can put a row into every table", async () => {
    const options = { appRole: "toban_app", exceptions: OWN_EXCEPTIONS, fuzz: true };
    const seen = await checkDatabase({ url: superuserUrl(), ...options });
    expect(blocks(seen)).toEqual([]);
    expect(seen.findings.filter(({ code }) => code === "database/not-fuzzed")).toEqual([]);
  });

  test("leaves nothing behind", async () => {
    const rows = await toban.db.tx(toban.ctx, (tx) =>
      tx.query("SELECT count(*)::int AS n FROM toban.tenants"),
    );
    expect(rows).toMatchObject([{ n: 0 }]);
  });

  test("is not clean without the exception that says why the tenants' list is open", async () => {
    const seen = await checkDatabase({ url: toban.appUrl, exceptions: [], fuzz: false });
    expect(seen.verdict).toBe("fail");
    const changed = OWN_EXCEPTIONS.map((one) => ({ ...one, expression: "(true)" }));
    expect((await checkDatabase({ url: toban.appUrl, exceptions: changed, fuzz: false })).verdict).toBe(
      "fail",
    );
  });

  test("its owner sees the catalogue but cannot act as the application: no pass without --no-fuzz", async () => {
    const options = { url: toban.ownerUrl, appRole: "toban_app", exceptions: OWN_EXCEPTIONS };
    expect((await checkDatabase({ ...options, fuzz: true })).verdict).toBe("inconclusive");
    expect((await checkDatabase({ ...options, fuzz: false })).verdict).toBe("pass");
  });
});

test("RingiFlow's database keeps its tenants apart, by what its settings declare", async () => {
  for (const file of ["toban.check.json", "workloads/ringiflow/toban.check.json"]) {
    const { migrations, database } = parseSettings({
      path: file,
      text: readFileSync(path.join(ROOT, file), "utf8"),
    });
    const seen = await checkDatabase({
      url: ringiflow.url,
      appRole: "ringiflow_app",
      exceptions: database.exceptions,
      except: migrations.tenancy?.except,
      fuzz: true,
    });
    expect(blocks(seen)).toEqual([]);
    expect(seen.verdict).toBe("pass");
    expect(seen.findings.filter(({ code }) => code === "database/not-fuzzed")).toEqual([]);
    expect(seen.excepted.map(({ finding }) => finding.path)).toContain("ringiflow.tenants");
    expect(seen.findings.map(({ code, path: object }) => `${code} ${object}`)).toContain(
      "database/table-exempt ringiflow.bff_sessions",
    );
  }
});
