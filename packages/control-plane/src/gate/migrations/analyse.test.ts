import { describe, expect, test } from "vitest";
import { type Finding, verdictOf } from "../finding.ts";
import { analyseMigrations, migrationSettings, setsOfFiles } from "./index.ts";

type Given = Record<string, string> | string;

async function check(given: Given, settings: Record<string, unknown> = {}): Promise<Finding[]> {
  const files = typeof given === "string" ? { "change.sql": given } : given;
  const { sets, findings } = setsOfFiles(Object.entries(files).map(([path, text]) => ({ path, text })));
  for (const set of sets) {
    findings.push(
      ...set.findings,
      ...(await analyseMigrations(set, { settings: migrationSettings.parse(settings) })),
    );
  }
  return findings;
}
const codes = async (given: Given, settings?: Record<string, unknown>) =>
  (await check(given, settings)).filter(({ severity }) => severity === "block").map(({ code }) => code);
const verdict = async (given: Given, settings?: Record<string, unknown>) =>
  verdictOf(await check(given, settings));

const SAFE = "SET lock_timeout = '2s';\n";

describe("what a script runs", () => {
  test("a place is in characters, whatever bytes stand before it", async () => {
    const [found] = await check("-- 注文に索引を😀\n  CREATE INDEX i ON 注文 (番号);\n");
    expect(found).toMatchObject({ code: "migration/index-without-concurrently", line: 2, column: 21 });
  });

  test("a DO block is followed through loops over constants", async () => {
    const text = `${SAFE}DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['orders', 'items'] LOOP
    EXECUTE format('CREATE INDEX %I ON %I (id)', t || '_idx', t);
  END LOOP;
END $$;`;
    const found = await check(text);
    const reasons = found.filter(({ severity }) => severity === "block").map(({ reason }) => reason.en);
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toContain("orders");
    expect(reasons[1]).toContain("items");
    expect(found.find(({ severity }) => severity === "block")).toMatchObject({ line: 6 });
  });

  test("what is put together from data is refused", async () => {
    const text = `DO $$ DECLARE t text; BEGIN
  SELECT name INTO t FROM targets;
  EXECUTE 'ANALYZE ' || t;
END $$;`;
    expect(await codes(text)).toEqual(["migration/dynamic-sql-undecidable"]);
  });

  test("a table of an unknown name may be created", async () => {
    const text = `DO $$ DECLARE d date := now(); BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I (id bigint)', 'log_' || to_char(d, 'YYYYMM'));
END $$;`;
    expect(await verdict(text)).toBe("pass");
  });

  test("a function's body counts when it is called, not when it is defined", async () => {
    const define = `CREATE FUNCTION grow() RETURNS void LANGUAGE plpgsql AS $$
BEGIN CREATE INDEX i ON orders (id); END $$;`;
    expect(await verdict(define)).toBe("pass");
    expect(await codes(`${define}\nSELECT grow();`)).toEqual(["migration/index-without-concurrently"]);
    expect(await codes({ "m/1_define.sql": define, "m/2_call.sql": "SELECT grow();" })).toEqual([
      "migration/index-without-concurrently",
    ]);
  });

  test("endless loops and deep nesting end", async () => {
    const loops = "FOR i IN 1..100 LOOP ".repeat(6);
    const text = `DO $$ BEGIN ${loops} EXECUTE 'SELECT ' || i; ${"END LOOP;".repeat(6)} END $$;`;
    expect(await verdict(text)).toBe("fail");
    expect(await verdict(`SELECT ${"a || ".repeat(50_000)}1;`)).toBe("inconclusive");
  });

  test("psql's commands are followed only where they change nothing", async () => {
    expect(
      await verdict(`\\set ON_ERROR_STOP on\n\\echo hello\n${SAFE}ALTER TABLE a ADD COLUMN b int;`),
    ).toBe("pass");
    expect(await verdict("\\i other.sql\nSELECT 1;")).toBe("inconclusive");
  });
});

describe("the replayed schema", () => {
  test("a table of the same file is nobody's; one of an earlier file is in use", async () => {
    const table = "CREATE TABLE notes (id bigint PRIMARY KEY, at timestamptz);\n";
    const index = "CREATE INDEX notes_at_idx ON notes (at);\n";
    expect(await verdict(table + index)).toBe("pass");
    expect(await codes({ "m/1_table.sql": table, "m/2_index.sql": index })).toContain(
      "migration/index-without-concurrently",
    );
  });

  test("what a rolled back transaction made is not there", async () => {
    const text = "BEGIN; CREATE TABLE a (id int); ROLLBACK; CREATE INDEX i ON a (id);";
    expect(await codes(text)).toContain("migration/index-without-concurrently");
  });

  test("renames keep what is known", async () => {
    const made = "CREATE TABLE a (id bigint PRIMARY KEY, code varchar(10));\n";
    const renamed = {
      "m/1.sql": made,
      "m/2.sql": "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME code TO label;\n",
    };
    const widened = `${SAFE}ALTER TABLE b ALTER COLUMN label TYPE varchar(20);\n`;
    const found = await check({ ...renamed, "m/3.sql": widened });
    expect(
      found.filter(({ path }) => path === "m/3.sql").filter(({ severity }) => severity === "block"),
    ).toEqual([]);
  });

  test("SET NOT NULL needs a validated check of that very column", async () => {
    const steps = (condition: string) => ({
      "m/1.sql": "CREATE TABLE a (id bigint PRIMARY KEY, b int DEFAULT 0, c int);\n",
      "m/2.sql": `${SAFE}ALTER TABLE a ADD CONSTRAINT k CHECK (${condition}) NOT VALID;\n`,
      "m/3.sql": "ALTER TABLE a VALIDATE CONSTRAINT k;\n",
      "m/4.sql": `${SAFE}ALTER TABLE a ALTER COLUMN b SET NOT NULL;\n`,
    });
    expect(await codes(steps("b IS NOT NULL"))).not.toContain("migration/set-not-null-scans");
    expect(await codes(steps("b IS NOT NULL OR c IS NOT NULL"))).toContain("migration/set-not-null-scans");
    expect(await codes(steps("b > 0"))).toContain("migration/set-not-null-scans");
  });
});

describe("the simulated session", () => {
  const pair = `${SAFE}ALTER TABLE a ADD CONSTRAINT k CHECK (b IS NOT NULL) NOT VALID;
ALTER TABLE a VALIDATE CONSTRAINT k;\n`;

  test("what is said of the runner decides whether two statements share a transaction", async () => {
    expect(await codes(pair, { transaction: "per-file" })).toContain(
      "migration/validate-in-same-transaction",
    );
    expect(await verdict(pair, { transaction: "none" })).toBe("pass");
    const guessed = await check(pair);
    expect(guessed.find(({ code }) => code === "migration/validate-in-same-transaction")?.severity).toBe(
      "block",
    );
  });

  test("what a file says of its own transaction beats what is said of the runner", async () => {
    const build = "CREATE INDEX CONCURRENTLY i ON a (b);\n";
    const refused = "migration/concurrently-in-transaction";
    expect(await codes(build, { transaction: "per-file" })).toContain(refused);
    for (const text of [
      `-- +goose NO TRANSACTION\n-- +goose Up\n${build}-- +goose Down\nDROP INDEX CONCURRENTLY i;\n`,
      `-- migrate:up transaction:false\n${build}-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;\n`,
      `-- no-transaction\n${build}`,
    ]) {
      expect(await codes(text, { transaction: "per-file" })).not.toContain(refused);
    }
    const flyway = { "V1__i.sql": build, "V1__i.sql.conf": "executeInTransaction=false\n" };
    expect(await codes(flyway, { transaction: "per-file" })).not.toContain(refused);
  });

  test("lock_timeout holds from where it is set to where it ends", async () => {
    const add = "ALTER TABLE a ADD COLUMN b int;\n";
    const warned = async (text: string) =>
      (await check(text)).map(({ code }) => code).filter((code) => code.includes("lock-timeout"));
    expect(await warned(add)).toEqual(["migration/no-lock-timeout"]);
    expect(await warned(SAFE + add)).toEqual([]);
    expect(await warned(`SELECT set_config('lock_timeout', '2s', false);\n${add}`)).toEqual([]);
    expect(await warned(`BEGIN; SET LOCAL lock_timeout = '2s'; ${add} COMMIT; ${add}`)).toEqual([
      "migration/lock-timeout-ineffective",
    ]);
    expect(await warned(`${SAFE}RESET lock_timeout; ${add}`)).toEqual(["migration/lock-timeout-ineffective"]);
    expect(await warned(`SET lock_timeout = '1h'; ${add}`)).toEqual(["migration/lock-timeout-too-long"]);
  });

  test("a new enum value is of no use before its transaction ends", async () => {
    const use = "ALTER TYPE mood ADD VALUE 'calm'; INSERT INTO moods (name, mood) VALUES ('x', 'calm');";
    expect(await codes(`BEGIN; ${use} COMMIT;`)).toContain("migration/enum-value-in-same-transaction");
    expect(await verdict(use, { transaction: "none" })).toBe("pass");
  });
});

test("only the files that are asked for are reported", async () => {
  const { sets } = setsOfFiles([
    { path: "m/1.sql", text: "CREATE INDEX i ON a (b);\n" },
    { path: "m/2.sql", text: "CREATE INDEX j ON a (b);\n" },
  ]);
  const found = await analyseMigrations(sets[0]!, {
    settings: migrationSettings.parse({}),
    reported: (path) => path === "m/2.sql",
  });
  expect(new Set(found.map(({ path }) => path))).toEqual(new Set(["m/2.sql"]));
});
