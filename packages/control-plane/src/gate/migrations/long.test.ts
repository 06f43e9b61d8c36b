import { describe, expect, test } from "vitest";
import { analyseMigrations, migrationSettings, setsOfFiles } from "./index.ts";
import { parserOf } from "./parse.ts";
import { type Answered, answering, readAhead } from "./parse-ahead.ts";
import { partsAround } from "./part.ts";
import type { Statement } from "./types.ts";

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `${line(at)}\n`).join("");

/** How many findings a script has, judged as one file. */
async function findings(text: string): Promise<number> {
  const { sets } = setsOfFiles([{ path: "long.sql", text }]);
  return (await analyseMigrations(sets[0]!, { settings: migrationSettings.parse({}) })).length;
}

// Quadratic work takes minutes at this size; the runner's own limit ends it.
describe("20,000 statements in one script end in seconds", () => {
  const MIXED = [
    (at: number) => `DROP TABLE t${at};`,
    (at: number) => `CREATE TABLE y${at} (id int);`,
    (at: number) => `CREATE INDEX i${at} ON y${at - 1} (id);`,
    (at: number) => `ALTER TABLE x${at} ADD COLUMN n int NOT NULL;`,
    (at: number) => `DROP VIEW v${at};`,
    (at: number) => `CREATE VIEW w${at} AS SELECT 1;`,
    (at: number) => `ALTER TYPE mood ADD VALUE 'v${at}';`,
    (at: number) => `DROP FUNCTION f${at}();`,
    () => "UPDATE a SET x = 1;",
    () => "ALTER TABLE z RENAME COLUMN a TO b;",
  ];
  test.each([
    ["DELETE", () => "DELETE FROM a;"],
    ["DROP TABLE", (at: number) => `DROP TABLE t${at};`],
    ["CREATE TABLE and INDEX", (at: number) => MIXED[1 + (at % 2)]!(at)],
    ["SET NOT NULL", (at: number) => `ALTER TABLE t${at} ALTER COLUMN a SET NOT NULL;`],
    ["all kinds", (at: number) => MIXED[at % MIXED.length]!(at)],
  ])("%s", async (_, line) => {
    expect(await findings(lines(20_000, line))).toBeGreaterThan(0);
  });
});

test("statements around one are found by kind, the first in the order of the script", () => {
  const script = ["ViewStmt", "CreateStmt", "ViewStmt", "CreateStmt", "DropStmt"].map(
    (kind, at) => ({ kind, node: { relation: { relname: `t${at}` } }, text: String(at) }) as Statement,
  );
  let at = 2;
  const { earlier, later } = partsAround(script, () => at);
  const any = () => true;
  expect(earlier.find(["CreateStmt", "ViewStmt"], any)?.text).toBe("0");
  expect(later.find(["DropStmt", "CreateStmt"], any)?.text).toBe("3");
  expect(later.some("ViewStmt", any)).toBe(false);
  at = 0;
  expect(later.find("ViewStmt", any)?.text).toBe("2");
  expect(later.find("CreateStmt", any, "public.t3")?.text).toBe("3");
  expect(later.some("CreateStmt", any, "public.t2")).toBe(false);
  expect(earlier.some("ViewStmt", any)).toBe(false);
});

describe("what another thread has read", () => {
  const answered: Answered = [
    ["sql", "SELECT 1", { tree: '{"stmts":[{"stmt":{"SelectStmt":{}}}]}' }],
    ["sql", "SELEC", { message: "syntax error", cursor: 0 }],
  ];

  test("is a tree or an error as the library gives them", () => {
    const { ask, missed } = answering(answered);
    const parser = parserOf(ask);
    expect(parser.parse("SELECT 1")).toMatchObject({ ok: true, statements: [{ kind: "SelectStmt" }] });
    expect(parser.parse("SELEC")).toMatchObject({ ok: false, message: "syntax error", at: 0 });
    expect(missed()).toBe(false);
  });

  test("is noticed to be missing", () => {
    const { ask, missed } = answering(answered);
    parserOf(ask).parse("SELECT 2");
    expect(missed()).toBe(true);
  });

  test("is nothing for few scripts: no thread is started", () => {
    const { sets } = setsOfFiles([{ path: "a.sql", text: "SELECT 1;" }]);
    expect(readAhead(sets[0]!.migrations.map(({ up }) => up))).toBeUndefined();
  });
});
