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

const at = (path: string, line = 1) => ({ path, line, column: 1 });
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

  test.each([
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
