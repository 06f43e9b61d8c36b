import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { TEST_POSTGRES } from "../../../platform/testing.ts";
import type { Check } from "../../check.ts";
import { verdictOf } from "../../finding.ts";
import { setsOfFiles } from "../read/sets.ts";
import { SHADOW_CHECKS } from "./checks.ts";
import { type ShadowOptions, shadowMigrations } from "./shadow.ts";

const url = process.env[TEST_POSTGRES]!;

async function shadow(files: Record<string, string>, options: ShadowOptions = {}) {
  const { "queries.txt": queries, ...migrations } = files;
  const { sets } = setsOfFiles(Object.entries(migrations).map(([path, text]) => ({ path, text })));
  const asked = queries === undefined ? {} : { queries: { path: "queries.txt", text: queries } };
  return shadowMigrations(sets, { url, ...asked, ...options });
}

const codesOf = (outcome: { findings: { code: string }[] }) =>
  outcome.findings.map((finding) => finding.code);

describe("the checks that need a real PostgreSQL", () => {
  const all: [string, Check][] = Object.values<Check>(SHADOW_CHECKS).map((check) => [check.code, check]);

  test.for(all)("%s is found in its bad example, and not in its good one", async ([code, check]) => {
    const bad = await shadow(check.bad as Record<string, string>);
    expect(codesOf(bad)).toContain(code);
    if (check.undecided) expect(verdictOf(bad.findings)).toBe("inconclusive");
    const good = await shadow(check.good as Record<string, string>);
    expect(codesOf(good)).not.toContain(code);
    expect(verdictOf(good.findings)).toBe("pass");
  });
});

describe("a history on a shadow PostgreSQL", () => {
  test("finds its place in the file, in any encoding of names", async () => {
    const { findings } = await shadow({
      "0001_create.sql": 'CREATE TABLE "稟議" ("件名" text);\n',
      "0002_change.sql": '-- 件名の索引\nSET lock_timeout = 0;\nCREATE INDEX ON "稟議" ("件名");\n',
    });
    expect(findings.find((finding) => finding.code === "migration/shadow-blocking-work")).toMatchObject({
      path: "0002_change.sql",
      line: 3,
      column: 1,
      reason: { en: "稟議 was read from end to end (index build) with SHARE held." },
    });
  });

  test("writes sentinels through foreign keys, checks, enums and domains", async () => {
    const { findings } = await shadow({
      "0001_create.sql": `
        CREATE TYPE mood AS ENUM ('ok', 'sad');
        CREATE DOMAIN code AS varchar(4) CHECK (VALUE <> '');
        CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY, parent_id uuid NOT NULL, state text NOT NULL
          CHECK (state IN ('new', 'done')), mood mood NOT NULL, code code NOT NULL, at date NOT NULL, tags text[] NOT NULL);
        CREATE TABLE parent (id uuid PRIMARY KEY, doc jsonb NOT NULL, ip inet NOT NULL, amount numeric(4, 2) NOT NULL);
        ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent;`,
      "0002_forget.sql": "DELETE FROM child; DELETE FROM parent;",
    });
    const lost = findings.filter((finding) => finding.code === "migration/shadow-rows-lost");
    expect(lost.map((finding) => finding.reason.en)).toEqual([
      "public.child lost 3 of 3 rows.",
      "public.parent lost 3 of 3 rows.",
    ]);
  });

  test("makes roles, schemas and the tool's table that it takes for granted", async () => {
    const files = {
      "0001_create.sql": `CREATE TABLE app.members (id bigint PRIMARY KEY);
        GRANT SELECT ON app.members, app.schema_migrations TO app_of_nobody;`,
    };
    const { findings } = await shadowMigrations(
      setsOfFiles([{ path: "0001_create.sql", text: files["0001_create.sql"] }]).sets,
    );
    expect(findings).toEqual([]);
  }, 60_000);

  test("the histories of this repository go through", async () => {
    for (const folder of ["../../../../migrations", "../../../../../../workloads/ringiflow/migrations"]) {
      const root = fileURLToPath(new URL(folder, import.meta.url));
      const files = readdirSync(root).map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
      const { sets } = setsOfFiles(files);
      const searchPath = [folder.includes("ringiflow") ? "ringiflow" : "toban"];
      const outcome = await shadowMigrations(sets, { searchPath });
      expect(outcome.files).toHaveLength(files.length);
      expect(outcome.findings.filter((finding) => finding.severity === "block")).toEqual([]);
    }
  });

  test("goes on only as far as it gets, and says so of what it did not reach", async () => {
    const { findings } = await shadow({
      "0001_create.sql": "CREATE TABLE a (id bigint);",
      "0002_wrong.sql": "ALTER TABLE a ADD COLUMN id bigint;",
      "0003_right.sql": "ALTER TABLE a ADD COLUMN note text;",
    });
    expect(findings.map((finding) => [finding.path, finding.code])).toEqual([
      ["0002_wrong.sql", "migration/shadow-fails"],
      ["0003_right.sql", "migration/shadow-not-run"],
    ]);
  });

  test("ends what takes too long, and calls it undecided", async () => {
    const { findings } = await shadow({ "0001_sleep.sql": "SELECT pg_sleep(30);" }, { limitSeconds: 0.3 });
    expect(codesOf({ findings })).toEqual(["migration/shadow-not-run"]);
    expect(verdictOf(findings)).toBe("inconclusive");
  });

  test("judges only what is asked, and leaves small tables alone", async () => {
    const files = {
      "0001_create.sql": "CREATE TABLE a (id bigint);",
      "0002_index.sql": "CREATE INDEX ON a (id);",
      "0003_index.sql": "CREATE INDEX ON a (id);",
    };
    const newest = await shadow(files, { reported: (path) => path === "0003_index.sql" });
    expect(new Set(newest.findings.map((finding) => finding.path))).toEqual(new Set(["0003_index.sql"]));
    const small = await shadow(files, { smallTables: ["public.a"] });
    expect(verdictOf(small.findings)).toBe("pass");
  });

  test("without a server everything is undecided", async () => {
    const { findings } = await shadow(
      { "0001.sql": "SELECT 1;" },
      { url: "postgres://nobody@127.0.0.1:9/x" },
    );
    expect(verdictOf(findings)).toBe("inconclusive");
  });
});
