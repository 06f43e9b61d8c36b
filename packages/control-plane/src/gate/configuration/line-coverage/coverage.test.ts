import { describe, expect, test } from "vitest";
import { verdictOf } from "../../finding.ts";
import { coverageSettings } from "../settings.ts";
import { checkCoverage } from "./check.ts";
import { readCoverage } from "./read.ts";

const now = new Date("2026-11-23T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

function check(text: string | null, minimum = 80, modifiedAt: Date | null = now) {
  const path = "coverage/report";
  const settings = coverageSettings.parse({ minimum });
  const findings = checkCoverage(
    [{ path, file: text === null ? null : { path, text }, modifiedAt }],
    settings,
    now,
  );
  return { verdict: verdictOf(findings), codes: findings.map(({ code }) => code) };
}

const REPORTS: [string, string, string][] = [
  [
    "Istanbul's summary",
    '{"total":{"lines":{"total":5,"covered":4,"skipped":0,"pct":80},"statements":{"pct":10}}}',
    '{"total":{"lines":{"total":5,"covered":3,"skipped":0,"pct":60},"statements":{"pct":99}}}',
  ],
  [
    "Istanbul's final report",
    '{"/a.ts":{"path":"/a.ts","statementMap":{"0":{"start":{"line":1}},"1":{"start":{"line":1}},"2":{"start":{"line":2}},"3":{"start":{"line":3}},"4":{"start":{"line":4}},"5":{"start":{"line":5}}},"s":{"0":0,"1":3,"2":1,"3":1,"4":1,"5":0}}}',
    '{"/a.ts":{"path":"/a.ts","statementMap":{"0":{"start":{"line":1}},"1":{"start":{"line":2}}},"s":{"0":1,"1":0}}}',
  ],
  [
    "LCOV, with a file in two records",
    "TN:\nSF:a.ts\nDA:1,1\nDA:2,1\nDA:3,0\nend_of_record\nSF:a.ts\nDA:3,2\nDA:4,1\nDA:5,0\nend_of_record\n",
    "TN:\nSF:a.ts\nDA:1,1\nDA:2,0\nLF:2\nLH:2\nend_of_record\n",
  ],
  ["LCOV with sums only", "SF:a.ts\nLF:10\nLH:8\nend_of_record\n", "SF:a.ts\nLF:10\nLH:7\nend_of_record\n"],
  [
    "Cobertura",
    '<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "x.dtd"><coverage line-rate="0.8" lines-covered="8" lines-valid="10"><packages/></coverage>',
    '<coverage line-rate="0.79" lines-covered="79" lines-valid="100"/>',
  ],
  [
    "Cobertura by its lines",
    '<coverage line-rate="0.1"><packages><package><classes><class name="a>b" filename="a.py"><methods><method><lines><line number="1" hits="1"/></lines></method></methods><lines><line number="1" hits="1"/><line number="2" hits="2"/><line number="3" hits="1"/><line number="4" hits="1"/><line number="5" hits="0"/></lines></class></classes></package></packages></coverage>',
    '<coverage line-rate="0.99"><class filename="a.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></coverage>',
  ],
  [
    "JaCoCo",
    '<report name="r"><package name="p"><counter type="LINE" missed="9" covered="1"/></package><counter type="INSTRUCTION" missed="9" covered="1"/><counter type="LINE" missed="2" covered="8"/></report>',
    '<report name="r"><package name="p"><counter type="LINE" missed="0" covered="10"/></package><counter type="LINE" missed="3" covered="7"/></report>',
  ],
  [
    "JaCoCo as CSV",
    "GROUP,PACKAGE,CLASS,LINE_MISSED,LINE_COVERED\nr,p,A,1,3\nr,p,B,1,5\n",
    "GROUP,PACKAGE,CLASS,LINE_MISSED,LINE_COVERED\nr,p,A,5,3\n",
  ],
  [
    "Clover",
    '<coverage generated="1795430000" clover="3"><project><file name="a" path="/a"><line num="1" type="stmt" count="1"/><line num="2" type="method" count="0"/></file></project></coverage>',
    '<coverage generated="1795430000"><project><file name="a" path="/a"><line num="1" type="stmt" count="1"/><line num="2" type="stmt" count="0"/></file></project></coverage>',
  ],
  [
    "llvm-cov",
    '{"data":[{"totals":{"lines":{"count":10,"covered":8,"percent":80},"regions":{"count":9,"covered":1}}}],"type":"llvm.coverage.json.export","version":"2"}',
    '{"data":[{"totals":{"lines":{"count":10,"covered":7,"percent":80}}}],"type":"llvm.coverage.json.export","version":"2"}',
  ],
  [
    "coverage.py",
    '{"meta":{"version":"7"},"files":{},"totals":{"covered_lines":8,"num_statements":10,"percent_covered":10}}',
    '{"meta":{"version":"7"},"files":{},"totals":{"covered_lines":7,"num_statements":10,"percent_covered":90}}',
  ],
  [
    "SimpleCov",
    '{"RSpec":{"coverage":{"/a.rb":{"lines":[1,null,2,1,1,0]}},"timestamp":1795430000}}',
    '{"RSpec":{"coverage":{"/a.rb":{"lines":[1,null,0]}},"timestamp":1795430000}}',
  ],
  [
    "Go",
    "mode: set\na.go:1.1,2.2 8 1\na.go:3.1,4.2 2 0\n",
    "mode: count\na.go:1.1,2.2 7 3\na.go:3.1,4.2 3 0\n",
  ],
  [
    "a table as c8 prints it",
    "File      | % Stmts | % Branch | % Funcs | % Lines | Uncovered\n----|---\nAll files |   10 |   10 |  10 |  80 | \n",
    "File      | % Stmts | % Branch | % Funcs | % Lines | Uncovered\n----|---\nAll files |   90 |   90 |  90 |  79.99 | \n",
  ],
  [
    "a summary as nyc prints it",
    "Statements : 1% ( 1/100 )\nLines      : 80% ( 8/10 )\n",
    "Lines : 80% ( 7999/10000 )\n",
  ],
];

describe("line coverage from a report", () => {
  test.each(REPORTS)("%s: exactly the minimum passes and less is refused", (name, enough, less) => {
    expect(check(enough, name === "Clover" ? 100 : 80, now).codes).toEqual([]);
    expect(check(less, 80, now).codes).toEqual(["configuration/coverage-too-low"]);
  });

  test("no rounding lifts a report over the minimum", () => {
    expect(check('{"total":{"lines":{"total":100000,"covered":79999,"pct":80}}}').verdict).toBe("fail");
  });

  test.each([
    ["missing", null],
    ["empty", ""],
    ["blank", "  \n"],
    ["cut off", '{"total":{"lines":{"tot'],
    ["cut off in XML", '<coverage line-rate="0.9" lines-covered="9" lines-valid="10"><packages>'],
    ["without lines", '{"total":{"lines":{"total":0,"covered":0,"skipped":0,"pct":"Unknown"}}}'],
    ["a configuration", '{"coverageThreshold":{"global":{"lines":90}}}'],
    ["raw data of V8", '{"result":[{"scriptId":"1","url":"file:///a.js","functions":[]}]}'],
    ["an empty object", "{}"],
    ["of another kind", "all tests passed"],
  ])("a report that is %s is undecided", (_, text) => {
    expect(check(text).verdict).toBe("inconclusive");
  });

  test("age counts from what the report says, otherwise from its file; an unknown age is undecided", () => {
    const good = '{"total":{"lines":{"total":5,"covered":5,"pct":100}}}';
    expect(check(good, 80, hoursAgo(24)).verdict).toBe("pass");
    expect(check(good, 80, hoursAgo(24.1)).codes).toEqual(["configuration/coverage-stale"]);
    expect(check(good, 80, null).verdict).toBe("inconclusive");
    const stamped = (at: Date) =>
      `<coverage lines-covered="9" lines-valid="10" timestamp="${at.getTime()}"/>`;
    expect(check(stamped(hoursAgo(1)), 80, hoursAgo(100)).verdict).toBe("pass");
    expect(check(stamped(hoursAgo(30)), 80, now).verdict).toBe("inconclusive");
  });

  test("a megabyte of anything is read at once", () => {
    const started = performance.now();
    for (const piece of ["<a ", "<!--", '<a b="', "SF:a\nDA:1,1\n", '{"a":', "| a ", "Lines : 1"]) {
      readCoverage(piece.repeat(Math.ceil(1_000_000 / piece.length)));
    }
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
