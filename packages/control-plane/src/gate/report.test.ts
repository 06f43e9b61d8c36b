import { describe, expect, test } from "vitest";
import { baselineOf } from "./baseline.ts";
import type { Check } from "./check.ts";
import { type Finding, placesIn, raise, verdictOf } from "./finding.ts";
import { fingerprints } from "./fingerprint.ts";
import { matchesGlob } from "./glob.ts";
import { report } from "./report.ts";

const NOW = new Date("2026-11-23T00:00:00Z");
const both = (text: string) => ({ en: text, ja: text });
const check = (code: string, severity: Check["severity"], undecided?: true): Check => ({
  code,
  severity,
  commitments: ["INV-016"],
  title: both("t"),
  why: both("w"),
  reason: both("{what} is wrong."),
  remedy: both("Write {other}."),
  bad: "",
  good: "",
  ...(undecided ? { undecided } : {}),
});
const BLOCK = check("migration/drop-table", "block");
const WARN = check("migration/slow", "warn");
const OPEN = check("migration/unparseable", "block", true);

const at = (path: string, line = 1) => ({ path, line, column: 1, endLine: line, endColumn: 5 });
const found = (what: Check, path: string, line = 1): Finding => raise(what, at(path, line), { what: "a" });
const lines: Record<string, string[]> = { "a.sql": ["DROP TABLE a;", "DROP TABLE b;"], "b.sql": ["x"] };
const options = {
  now: NOW,
  lineOf: ({ path, line }: { path: string; line: number }) => lines[path]?.[line - 1] ?? "",
};
const waivers = (...records: object[]) => ({
  path: "toban.waivers.json",
  text: JSON.stringify({ waivers: records }, null, 1),
});
const waiver = {
  id: "W-1",
  code: "migration/drop-table",
  path: "**/*.sql",
  reason: "Never been in use.",
  author: "aoki",
  approver: "baba",
  until: "2026-12-31",
};

describe("a verdict", () => {
  test("fails by a block only, and is never a pass while something is undecided", () => {
    expect(verdictOf([])).toBe("pass");
    expect(verdictOf([found(WARN, "a")])).toBe("pass");
    expect(verdictOf([found(OPEN, "a"), found(WARN, "a")])).toBe("inconclusive");
    expect(verdictOf([found(OPEN, "a"), found(BLOCK, "a")])).toBe("fail");
  });

  test("of a report is that of its worst file; nothing looked at is inconclusive", () => {
    const made = report(
      [{ files: ["b.sql", "a.sql"], findings: [found(OPEN, "b.sql"), found(BLOCK, "a.sql", 2)] }],
      options,
    );
    expect(made.verdict).toBe("fail");
    expect(made.files).toEqual([
      { path: "a.sql", verdict: "fail" },
      { path: "b.sql", verdict: "inconclusive" },
    ]);
    expect(report([{ files: ["b.sql"], findings: [found(OPEN, "b.sql")] }], options).verdict).toBe(
      "inconclusive",
    );
    expect(report([], options).verdict).toBe("inconclusive");
  });

  test("of changed files counts those only, and is a pass when none has changed", () => {
    const outcome = { files: ["a.sql", "b.sql"], findings: [found(BLOCK, "a.sql")] };
    expect(report([outcome], { ...options, isReported: (path) => path === "b.sql" }).verdict).toBe("pass");
    expect(report([outcome], { ...options, isReported: () => false }).files).toEqual([]);
    expect(report([outcome], { ...options, isReported: (path) => path === "a.sql" }).verdict).toBe("fail");
  });
});

describe("a finding", () => {
  test("says what is wrong with the values at hand, in both languages", () => {
    const finding = raise(BLOCK, at("a.sql"), { what: "Table a", other: "b" });
    expect(finding.reason).toEqual(both("Table a is wrong."));
    expect(finding.remedy.ja).toBe("Write b.");
  });

  test("ends with one full stop where another tool's message is a sentence", () => {
    const told = raise({ ...BLOCK, reason: both("It says: {what}.") }, at("a"), { what: "no such table." });
    expect(told.reason.en).toBe("It says: no such table.");
  });

  test("named twice is told once", () => {
    const outcome = { files: ["a.sql"], findings: [found(BLOCK, "a.sql")] };
    expect(report([outcome, outcome], options).findings).toHaveLength(1);
  });

  test("of a whole file keeps its fingerprint whatever its first line is", () => {
    const whole = [raise(BLOCK, { path: "a.sql", line: 1, column: 1 }, { what: "a" })];
    expect(fingerprints(whole, { lineOf: () => "new" })).toEqual(fingerprints(whole, options));
    const other = [raise(BLOCK, { path: "a.sql", line: 1, column: 1 }, { what: "b" })];
    expect(fingerprints(other, options)).not.toEqual(fingerprints(whole, options));
  });

  test("is placed by line and column from 1, in UTF-16 code units", () => {
    const place = placesIn({ path: "a", text: "ab\n表𠮷c\n" });
    expect(place(0)).toEqual({ path: "a", line: 1, column: 1 });
    expect(place(3, 6)).toEqual({ path: "a", line: 2, column: 1, endLine: 2, endColumn: 4 });
    expect(place(8)).toEqual({ path: "a", line: 3, column: 1 });
  });

  test("keeps its fingerprint when lines move, and two alike are told apart", () => {
    const before = fingerprints([found(BLOCK, "a.sql", 1), found(BLOCK, "a.sql", 1)], options);
    expect(new Set(before).size).toBe(2);
    const moved = { ...lines, "a.sql": ["-- new", "DROP  TABLE a;"] };
    const after = fingerprints([found(BLOCK, "a.sql", 2)], {
      lineOf: ({ path, line }) => (moved as typeof lines)[path]?.[line - 1] ?? "",
    });
    expect(after[0]).toBe(before[0]);
    expect(fingerprints([found(BLOCK, "a.sql", 2)], options)[0]).not.toBe(before[0]);
  });
});

describe("a baseline", () => {
  test("hides what was there before, not what is new, and never what is undecided", () => {
    const old = [found(BLOCK, "a.sql", 1), found(OPEN, "b.sql")];
    const baseline = { path: "toban.baseline.json", text: baselineOf(old, options) };
    const outcome = { files: ["a.sql"], findings: [...old, found(BLOCK, "a.sql", 2)] };
    const made = report([outcome], { ...options, baseline });
    expect(made.known).toBe(1);
    expect(made.findings.map(({ path, line }) => `${path}:${line}`)).toEqual(["a.sql:2", "b.sql:1"]);
  });

  test("keeps earlier entries when asked, and has none for what runs by a clock of its own", () => {
    const earlier = [{ fingerprint: "f", code: "sources/x", path: "c.ts" }];
    const clocked = found(check("supply/vulnerability-open", "block"), "a.sql");
    const text = baselineOf([found(BLOCK, "b.sql"), clocked], options, earlier);
    expect(JSON.parse(text).findings.map(({ path }: { path: string }) => path)).toEqual(["b.sql", "c.ts"]);
  });

  test("that is not one is refused", () => {
    const baseline = { path: "toban.baseline.json", text: "[]" };
    expect(() => report([], { ...options, baseline })).toThrow(/baseline_invalid/);
  });
});

describe("a waiver", () => {
  const run = (...records: object[]) =>
    report([{ files: ["db/a.sql"], findings: [found(BLOCK, "db/a.sql")] }], {
      ...options,
      waivers: waivers(...records),
    });

  test("takes its findings out of the verdict and shows them as waived", () => {
    const made = run(waiver);
    expect(made.verdict).toBe("pass");
    expect(made.waived).toMatchObject([{ code: "migration/drop-table", waiver: { id: "W-1" } }]);
    expect(made.findings).toEqual([]);
  });

  test("holds on its last day and not on the next", () => {
    expect(run({ ...waiver, until: "2026-11-23" }).verdict).toBe("pass");
    const over = run({ ...waiver, until: "2026-11-22" });
    expect(over.verdict).toBe("fail");
    expect(over.findings.map(({ code }) => code)).toEqual(["migration/drop-table", "gate/waiver-expired"]);
  });

  test("that covers nothing says so", () => {
    const made = run({ ...waiver, path: "other/*.sql" });
    expect(made.verdict).toBe("fail");
    expect(made.findings.at(-1)?.code).toBe("gate/waiver-unused");
    expect(run({ ...waiver, contains: "b is wrong" }).verdict).toBe("fail");
    expect(run({ ...waiver, contains: "a is wrong" }).verdict).toBe("pass");
  });

  test("for a part that was not looked at is left alone", () => {
    const outcome = { files: ["db/a.sql"], findings: [found(BLOCK, "db/a.sql")] };
    const elsewhere = waivers({ ...waiver, path: "other/*.sql", until: "2026-11-22" });
    const partial = report([outcome], { ...options, waivers: elsewhere, partial: true });
    expect(partial.findings.map(({ code }) => code)).toEqual(["migration/drop-table"]);
  });

  test("covers a file however it was named, and what is undecided only by its own code", () => {
    const nameOf = (path: string) => path.replace("./", "");
    const outcome = { files: ["./db/a.sql"], findings: [found(OPEN, "./db/a.sql")] };
    const by = (code: string) => waivers({ ...waiver, code, path: "db/*.sql" });
    const run = (code: string) => report([outcome], { ...options, nameOf, waivers: by(code) }).verdict;
    expect([run("migration/drop-table"), run("migration/unparseable")]).toEqual(["inconclusive", "pass"]);
  });

  test("has an id of its own", () => {
    expect(() => run(waiver, waiver)).toThrow(/two waivers/);
  });

  test.each([
    ["that ends on a day no month has", { ...waiver, until: "2026-11-31" }, /within a year/],
    ["with a reason of spaces", { ...waiver, reason: " ".repeat(20) }, /reason/],
    ["approved by its author", { ...waiver, approver: " Aoki" }, /own author/],
    ["without an end", { ...waiver, until: undefined }, /until/],
    ["that ends in years", { ...waiver, until: "2031-01-01" }, /within a year/],
    ["that ends on no day", { ...waiver, until: "2026-13-45" }, /within a year/],
    ["without a reason worth the name", { ...waiver, reason: "ok" }, /reason/],
    ["with a field that nobody reads", { ...waiver, scope: "all" }, /waivers\.0/],
  ])("%s is refused", (_title, record, message) => {
    expect(() => run(record)).toThrow(message);
  });
});

describe("a glob", () => {
  test.each([
    ["a/*.sql", "a/b.sql", true],
    ["a/*.sql", "a/b/c.sql", false],
    ["**/*.sql", "a/b/c.sql", true],
    ["**/*.sql", "c.sql", true],
    ["a/**", "a/b/c", true],
    ["a?.sql", "ab.sql", true],
    ["a.sql", "aXsql", false],
    ["*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false],
  ])("%s and %s: %s", (glob, path, expected) => {
    expect(matchesGlob(glob, path)).toBe(expected);
  });
});
