import { type Finding, verdictOf } from "../finding.ts";
import type { Report } from "../report.ts";
import type { Language } from "./text.ts";

/** JUnit XML as CI servers read it: a file is a test case; a block is its failure, what is undecided its error. */
export function asJunit(report: Report, language: Language): string {
  const byPath = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding]);
  }
  // What is wrong with no file in particular (the settings, the command) is a case of its own.
  const named = new Set(report.files.map(({ path }) => path));
  const others = [...byPath].filter(([path]) => !named.has(path));
  const files = [
    ...report.files,
    ...others.map(([path, found]) => ({ path: path || "toban check", verdict: verdictOf(found) })),
  ];
  byPath.set("toban check", byPath.get("") ?? []);
  const count = (verdict: string) => files.filter((file) => file.verdict === verdict).length;
  const counts = `tests="${files.length}" failures="${count("fail")}" errors="${count("inconclusive")}"`;
  const cases = files.map(({ path, verdict }) => {
    const found = byPath.get(path) ?? [];
    const counted = found.filter((f) => (verdict === "fail" ? isBlock(f) : f.undecided));
    const others = found.filter((f) => !counted.includes(f));
    const element = verdict === "fail" ? "failure" : "error";
    const message = counted.map(({ code }) => code).join(", ");
    return [
      `    <testcase classname="toban.check" name="${attribute(path)}">`,
      ...(verdict === "pass"
        ? []
        : [
            `      <${element} message="${attribute(message)}">${xml(details(counted, language))}</${element}>`,
          ]),
      ...(others.length > 0 ? [`      <system-out>${xml(details(others, language))}</system-out>`] : []),
      "    </testcase>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="toban check" ${counts}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const isBlock = (finding: Finding) => finding.severity === "block" && !finding.undecided;

const details = (findings: Finding[], language: Language): string =>
  findings
    .map((f) => `${f.line}:${f.column} ${f.code}: ${f.reason[language]} → ${f.remedy[language]}`)
    .join("\n");

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 has no way to write most control characters. */
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** In an attribute a line break would be read as a space. */
const attribute = (text: string): string =>
  xml(text).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
