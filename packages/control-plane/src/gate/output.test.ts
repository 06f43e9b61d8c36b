import { describe, expect, test } from "vitest";
import type { Check } from "./check.ts";
import { raise } from "./finding.ts";
import { asJson } from "./output/json.ts";
import { asJunit } from "./output/junit.ts";
import { asMarkdown } from "./output/markdown.ts";
import { asSarif } from "./output/sarif.ts";
import { asText } from "./output/text.ts";
import { report } from "./report.ts";

const check = (code: string, severity: Check["severity"], undecided?: true): Check => ({
  code,
  severity,
  commitments: ["GL-074"],
  title: { en: "Title", ja: "題" },
  why: { en: "Why", ja: "理由" },
  reason: { en: "Index <i> | locks.", ja: "索引 <i> がロックする。" },
  remedy: { en: "Build it concurrently.", ja: "並行して作る。" },
  bad: "",
  good: "",
  ...(undecided ? { undecided } : {}),
});
const BLOCK = check("migration/index-locks", "block");
const OPEN = check("migration/unparseable", "block", true);
const LINE = "CREATE INDEX 表_i ON 表 (c);";
const lineOf = () => LINE;

const findings = [
  raise(BLOCK, { path: "db/2.sql", line: 3, column: 14, endLine: 3, endColumn: 17 }),
  raise(check("migration/slow", "warn"), { path: "db/2.sql", line: 4, column: 1 }),
  raise(OPEN, { path: "db/3.sql", line: 1, column: 1 }),
  raise(check("migration/drop-table", "block"), { path: "db/4.sql", line: 1, column: 1 }),
];
const waivers = {
  path: "toban.waivers.json",
  text: JSON.stringify({
    waivers: [
      {
        id: "W-1",
        code: "migration/drop-table",
        path: "db/4.sql",
        reason: "It was never in use.",
        author: "a",
        approver: "b",
        until: "2026-12-01",
      },
    ],
  }),
};
const made = report([{ files: ["db/1.sql", "db/2.sql", "db/3.sql", "db/4.sql"], findings }], {
  now: new Date("2026-11-23T00:00:00Z"),
  lineOf,
  waivers,
});

describe("the report", () => {
  test("as text shows the place in its line, in the reader's language, and sums up", () => {
    const text = asText(made, { language: "ja", colour: false, frameOf: lineOf });
    expect(text).toMatchInlineSnapshot(`
      "db/2.sql
        3:14  不可  migration/index-locks  GL-074
          索引 <i> がロックする。
          → 並行して作る。
          3 │ CREATE INDEX 表_i ON 表 (c);
            │              ^^^
        4:1  注意  migration/slow  GL-074
          索引 <i> がロックする。
          → 並行して作る。
          4 │ CREATE INDEX 表_i ON 表 (c);
            │ ^

      db/3.sql
        1:1  判定不能  migration/unparseable  GL-074
          索引 <i> がロックする。
          → 並行して作る。
          1 │ CREATE INDEX 表_i ON 表 (c);
            │ ^

      不合格: 4 ファイル、不合格 1、判定不能 1; 不可 1, 注意 1, 情報 0; 例外 1 件
      詳しくは: toban check --explain コード
      "
    `);
    expect(asText(made, { language: "en", colour: true, frameOf: lineOf })).toContain("\u001b[31mblock");
  });

  test("as JSON is one object with verdict, files and findings", () => {
    const json = JSON.parse(asJson(made, { language: "en", lineOf }));
    expect(json).toMatchObject({
      verdict: "fail",
      files: [
        { path: "db/1.sql", verdict: "pass" },
        { path: "db/2.sql", verdict: "fail" },
        { path: "db/3.sql", verdict: "inconclusive" },
        { path: "db/4.sql", verdict: "pass" },
      ],
      waived: [{ code: "migration/drop-table", waiver: "W-1" }],
    });
    expect(Object.keys(json.findings[1])).toEqual([
      "code",
      "severity",
      "path",
      "line",
      "column",
      "reason",
      "remedy",
      "commitments",
      "fingerprint",
    ]);
  });

  test("as SARIF has levels, open results, suppressions and stable fingerprints", () => {
    const checks = new Map([[BLOCK.code, BLOCK]]);
    const sarif = () => JSON.parse(asSarif(made, { language: "en", lineOf, checks, version: "1.2.3" }));
    const [run] = sarif().runs;
    expect(run.results.map((r: { kind: string; level: string }) => [r.kind, r.level])).toEqual([
      ["fail", "error"],
      ["fail", "warning"],
      ["open", "none"],
      ["fail", "error"],
    ]);
    expect(run.results[3].suppressions[0].justification).toContain("W-1");
    expect(run.results[0].locations[0].physicalLocation.region).toEqual({
      startLine: 3,
      startColumn: 14,
      endLine: 3,
      endColumn: 17,
    });
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(sarif()).toEqual(sarif());
  });

  test("as Markdown cannot be broken by what stands in it, and stays below the size of a comment", () => {
    const markdown = asMarkdown(made, "en");
    expect(markdown).toContain("Index &lt;i> \\| locks.");
    expect(markdown.match(/^\| ❌/gm)).toHaveLength(1);
    const many = { ...made, findings: Array.from({ length: 2000 }, () => findings[0]!) };
    expect(asMarkdown(many, "en").length).toBeLessThan(65_536);
    expect(asMarkdown(many, "en")).toMatch(/… and \d+ more/);
  });

  test("as JUnit has a case for a file, a failure for a block and an error for what is undecided", () => {
    const junit = asJunit(made, "en");
    expect(junit).toContain('<testsuites tests="4" failures="1" errors="1">');
    expect(junit).toContain(
      '<failure message="migration/index-locks">3:14 migration/index-locks: Index &lt;i&gt;',
    );
    expect(junit).toContain('<error message="migration/unparseable">');
    expect(junit.match(/<testcase/g)).toHaveLength(4);
  });

  test("as SARIF has an address for any name, from the repository's root", () => {
    const uriOf = (path: string, folder = "") => {
      const one = report([{ files: [path], findings: [raise(BLOCK, { path, line: 1, column: 1 })] }], {
        now: new Date(0),
        lineOf,
      });
      const text = asSarif(one, { language: "ja", lineOf, checks: new Map(), version: "1", folder });
      return JSON.parse(text).runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    };
    expect(uriOf("db/索引 1#?%.sql")).toEqual({
      uri: "db/%E7%B4%A2%E5%BC%95%201%23%3F%25.sql",
      uriBaseId: "%SRCROOT%",
    });
    expect(uriOf("db/1.sql", "packages/api/").uri).toBe("packages/api/db/1.sql");
    expect(uriOf("../web/1.sql", "packages/api/").uri).toBe("packages/web/1.sql");
    expect(uriOf("git:origin/main:api/a.yaml", "packages/").uri).toBe("api/a.yaml");
    expect(uriOf("/srv/a b.sql")).toEqual({ uri: "file:///srv/a%20b.sql" });
  });

  test("as text moves no cursor, whatever a file is called", () => {
    const path = "a\u001b[2Jb.sql";
    const one = report([{ files: [path], findings: [raise(BLOCK, { path, line: 1, column: 1 })] }], {
      now: new Date(0),
      lineOf,
    });
    const text = asText(one, { language: "en", colour: false, frameOf: () => "x \u001b]0;t\u0007 \u202e y" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(text).toContain("1 file, 1 failed");
    expect(asJunit(one, "en")).toContain('name="a\ufffd[2Jb.sql"');
  });

  test("as Markdown keeps what blocks when it is cut, and calls nobody", () => {
    const warn = raise(check("supply/licence", "warn"), { path: "a", line: 1, column: 1 });
    const many = [...Array.from({ length: 2000 }, () => warn), { ...findings[0]!, path: "z|`z" }];
    const mention = { ...warn, reason: { en: "@types/node is under X.", ja: "" } };
    const markdown = asMarkdown({ ...made, findings: [mention, ...many] }, "en");
    expect(markdown.split("\n").find((line) => line.startsWith("| ❌"))).toContain("`` z\\|`z:3 ``");
    expect(markdown).not.toContain("@types");
  });

  test("as JUnit has an error for what belongs to no file", () => {
    const finding = { ...findings[2]!, path: "" };
    const junit = asJunit({ ...made, files: [], findings: [finding] }, "en");
    expect(junit).toContain('<testsuites tests="1" failures="0" errors="1">');
    expect(junit).toContain('name="toban check"');
  });
});
