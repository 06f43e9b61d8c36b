import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Verdict, verdictOf } from "../finding.ts";
import { checkEvents, type EventSet, eventSettings } from "./index.ts";

type Version = Record<string, unknown> & { files?: Record<string, unknown>; text?: string };
type Case = {
  title: string;
  bases: Version[];
  revision: Version;
  verdict: Verdict;
  codes?: string[];
  settings?: object;
};

const folder = path.resolve(import.meta.dirname, "../../../corpus/events");
const now = new Date("2026-11-23T12:00:00Z");
const topics = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
const cases = topics.flatMap((file) =>
  (parse(readFileSync(path.join(folder, file), "utf8")) as Case[]).map(
    (one) => [`${file.replace(".yaml", "")}: ${one.title}`, one] as const,
  ),
);

function setOf(version: Version, name: string): EventSet {
  if (version.files) {
    const files = Object.entries(version.files).map(([file, value]) => ({
      path: `${name}/${file}`,
      text: JSON.stringify(value, null, 2),
    }));
    return { name, files, folder: true };
  }
  const text = version.text ?? JSON.stringify(version, null, 2);
  return { name, files: [{ path: `${name}/event.json`, text }] };
}

function check(one: Case) {
  const bases = one.bases.map((base, index) => setOf(base, `v${index + 1}`));
  const settings = eventSettings.parse(one.settings ?? {});
  return checkEvents(bases, setOf(one.revision, `v${bases.length + 1}`), settings, now);
}

describe("corpus of event contracts", () => {
  test.each(cases)("%s", (_, one) => {
    const { findings } = check(one);
    const said = findings.map(({ code, severity, reason }) => `${severity} ${code}: ${reason.en}`).join("\n");
    expect(verdictOf(findings), said).toBe(one.verdict);
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(one.codes ?? []));
  });

  test("it is large, half of it is compatible, and titles are not repeated", () => {
    const count = (verdict: Verdict) => cases.filter(([, one]) => one.verdict === verdict).length;
    const counts = { pass: count("pass"), fail: count("fail"), inconclusive: count("inconclusive") };
    console.info(`event contracts: ${cases.length} cases, ${JSON.stringify(counts)}`);
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(counts.pass).toBeGreaterThanOrEqual(40);
    expect(counts.pass / (counts.pass + counts.fail)).toBeGreaterThan(0.4);
    expect(new Set(cases.map(([title]) => title)).size).toBe(cases.length);
  });

  test("every version is compatible with itself", () => {
    for (const [title, one] of cases) {
      if (one.verdict === "inconclusive") continue;
      const again = check({ ...one, bases: [one.revision], settings: {} });
      expect(again.findings, title).toEqual([]);
    }
  });
});
