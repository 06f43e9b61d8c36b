import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Outcome, verdictOf } from "../finding.ts";
import { checkLicences, checkSecrets, checkVulnerabilities } from "./index.ts";
import { defaultSupplySettings } from "./settings.ts";

const root = path.resolve(import.meta.dirname, "../../../corpus/supply");
const now = new Date("2026-11-23T09:00:00Z");
const settings = defaultSupplySettings();
const WANTED = { bad: "fail", good: "pass", warn: "pass", undecided: "inconclusive" } as const;

type Case = { verdict: keyof typeof WANTED; name: string; text: string };

const cases = (group: string): Case[] =>
  readdirSync(path.join(root, group), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const [verdict, ...name] = path.relative(path.join(root, group), file).split(path.sep);
      return { verdict: verdict as Case["verdict"], name: name.join("/"), text: readFileSync(file, "utf8") };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const wrong = (all: Case[], judge: (one: Case) => Outcome) =>
  all.flatMap((one) => {
    const { findings } = judge(one);
    const verdict = verdictOf(findings);
    const warned = one.verdict !== "warn" || findings.length > 0;
    const told = `${one.verdict}/${one.name}: ${verdict} ${findings.map(({ code }) => code).join(" ")}`;
    return verdict === WANTED[one.verdict] && warned ? [] : [told];
  });

describe("the supply chain corpus", () => {
  test("every vulnerability report is judged as the expert did", () => {
    const all = cases("vulnerabilities");
    const ledgers = new Map(
      all.filter(({ name }) => name.endsWith(".ledger.json")).map((one) => [one.name, one]),
    );
    const reports = all.filter(({ name }) => !ledgers.has(name));
    expect(reports.length).toBeGreaterThanOrEqual(90);
    const judge = ({ name, text }: Case) => {
      const ledger = ledgers.get(name.replace(/\.json$/, ".ledger.json"));
      const file = ledger && { path: "toban.vulnerabilities.json", text: ledger.text };
      const report = { path: name, text, modified: now };
      return checkVulnerabilities([report], file, settings.vulnerabilities, now).outcome;
    };
    expect(wrong(reports, judge)).toEqual([]);
  });

  test("every list of packages is judged by its licences as the expert did", () => {
    const all = cases("licences");
    expect(all.length).toBeGreaterThanOrEqual(20);
    expect(wrong(all, ({ name, text }) => checkLicences({ path: name, text }, settings.licences))).toEqual(
      [],
    );
  });

  test("secrets: recall at least 0.97 and at most 2 % false positives, also by warnings", () => {
    const all = cases("secrets").map((one) => ({ ...one, text: one.text.replaceAll("¦", "") }));
    const judge = ({ name, text }: Case) => checkSecrets([{ path: name, text }]);
    const bad = all.filter(({ verdict }) => verdict !== "good");
    const good = all.filter(({ verdict }) => verdict === "good");
    expect(bad.length).toBeGreaterThanOrEqual(60);
    expect(good.length).toBeGreaterThanOrEqual(50);
    const missed = wrong(bad, judge);
    const alarms = good.filter((one) => judge(one).findings.length > 0).map(({ name }) => name);
    expect(1 - missed.length / bad.length, missed.join("\n")).toBeGreaterThanOrEqual(0.97);
    expect(alarms.length / good.length, alarms.join("\n")).toBeLessThanOrEqual(0.02);
    expect({ missed, alarms }).toEqual({ missed: [], alarms: [] });
  });

  test("no finding about a secret holds the secret", () => {
    for (const { name, text } of cases("secrets").filter(({ verdict }) => verdict === "bad")) {
      const plain = text.replaceAll("¦", "");
      const { findings } = checkSecrets([{ path: name, text: plain }]);
      const told = JSON.stringify(findings);
      for (const word of plain.match(/[\w+/=.-]{12,}/g) ?? []) {
        const isValue = /\d/.test(word) && /[A-Za-z]/.test(word) && !name.includes(word);
        if (isValue) expect(told, name).not.toContain(word);
      }
    }
  });
});
