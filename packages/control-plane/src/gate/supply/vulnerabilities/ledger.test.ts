import { describe, expect, test } from "vitest";
import { verdictOf } from "../../finding.ts";
import { npmExample, trivyExample } from "../checks/examples.ts";
import { defaultSupplySettings } from "../settings.ts";
import { checkVulnerabilities } from "./check.ts";
import { clockOf } from "./clock.ts";
import { advance, approveDowngrade, EMPTY_LEDGER, type Ledger, readLedger, writeLedger } from "./ledger.ts";
import { mergeSightings, type Vulnerability } from "./merge.ts";

const settings = defaultSupplySettings().vulnerabilities;
const days = settings.days;
const day = (n: number, ms = 0) => new Date(Date.UTC(2026, 10, n) + ms);

const one = (level: Vulnerability["level"], more: Partial<Vulnerability> = {}): Vulnerability => ({
  ids: ["CVE-2026-10001"],
  package: "pad-zero",
  versions: ["1.0.0"],
  level,
  rated: true,
  fixedIn: [],
  suppressed: false,
  sources: ["Trivy:shop"],
  paths: ["trivy.json"],
  ...more,
});

const after = (ledger: Ledger, found: Vulnerability[], now: Date, scanned = ["Trivy:shop"]) =>
  advance(ledger, found, scanned, now, settings);
const clock = (ledger: Ledger, at = 0) => clockOf(ledger.findings[at]!.history, days);

describe("the clock of a vulnerability", () => {
  test("gives Critical 7 days and High 30 from the first detection", () => {
    expect(clock(after(EMPTY_LEDGER, [one("critical")], day(1))).dueAt).toEqual(day(8));
    expect(clock(after(EMPTY_LEDGER, [one("high")], day(1))).dueAt).toEqual(day(31));
    expect(clock(after(EMPTY_LEDGER, [one("medium")], day(1))).dueAt).toBeUndefined();
  });

  test("shortens when the rating is raised, and never lengthens", () => {
    const first = after(EMPTY_LEDGER, [one("high")], day(1));
    expect(clock(after(first, [one("critical")], day(10))).dueAt).toEqual(day(17));
    expect(clock(after(first, [one("critical")], day(28))).dueAt).toEqual(day(31));
    const medium = after(EMPTY_LEDGER, [one("medium")], day(1));
    expect(clock(after(medium, [one("high")], day(5))).dueAt).toEqual(day(35));
  });

  test("runs on after a lower rating until somebody else approves it", () => {
    const lowered = after(after(EMPTY_LEDGER, [one("critical")], day(1)), [one("high")], day(3));
    expect(clock(lowered)).toMatchObject({ severity: "critical", rated: "high", dueAt: day(8) });
    const approval = {
      id: "CVE-2026-10001",
      package: "pad-zero",
      to: "high",
      author: "sato",
      reason: "unreachable",
    } as const;
    const approve = (approver: string) => approveDowngrade(lowered, { ...approval, approver }, day(4), days);
    expect(() => approve("Sato")).toThrow(/gate\.downgrade_not_approved/);
    expect(clock(approve("suzuki"))).toMatchObject({ severity: "high", dueAt: day(31) });
    const tooLow = { ...approval, to: "low" as const, approver: "suzuki" };
    expect(() => approveDowngrade(lowered, tooLow, day(4), days)).toThrow(/gate\.downgrade_not_rated/);
    expect(() => approveDowngrade(EMPTY_LEDGER, tooLow, day(4), days)).toThrow(/gate\.vulnerability_unknown/);
  });

  test("goes on where it was when a vulnerability comes back within 90 days, and begins anew after", () => {
    const fixed = after(after(EMPTY_LEDGER, [one("high")], day(1)), [], day(5));
    expect(clock(fixed).fixedAt).toEqual(day(5));
    const back = after(fixed, [one("high")], day(95));
    expect(back.findings).toHaveLength(1);
    expect(clock(back)).toMatchObject({ firstSeen: day(1), dueAt: day(31) });
    const anew = after(fixed, [one("high")], day(95, 1));
    expect(anew.findings).toHaveLength(2);
    expect(clock(anew, 1)).toMatchObject({ firstSeen: day(95, 1) });
  });

  test("is not stopped by another scan that does not show it", () => {
    const first = after(EMPTY_LEDGER, [one("high")], day(1));
    expect(clock(after(first, [], day(2), ["npm audit:audit.json"])).fixedAt).toBeUndefined();
    expect(clock(after(first, [], day(2), [])).fixedAt).toBeUndefined();
    const both = after(EMPTY_LEDGER, [one("high", { sources: ["Grype:shop", "Trivy:shop"] })], day(1));
    const half = after(both, [], day(2));
    expect(clock(half).fixedAt).toBeUndefined();
    expect(clock(after(half, [], day(3), ["Grype:shop"])).fixedAt).toEqual(day(3));
  });

  test("keeps the strictest when two entries turn out to be one vulnerability", () => {
    const ghsa = one("high", { ids: ["GHSA-22XX-33VV-44WW"] });
    const two = after(after(EMPTY_LEDGER, [ghsa], day(1)), [ghsa, one("high")], day(5));
    expect(two.findings).toHaveLength(2);
    const merged = after(two, [one("high", { ids: ["CVE-2026-10001", "GHSA-22XX-33VV-44WW"] })], day(6));
    expect(merged.findings).toHaveLength(1);
    expect(clock(merged).firstSeen).toEqual(day(1));
  });

  test("stays as it is when nothing changes, also through its file", () => {
    const first = after(EMPTY_LEDGER, [one("high")], day(1));
    expect(after(first, [one("high")], day(9))).toEqual(first);
    expect(readLedger(writeLedger(first), day(9))).toEqual(first);
  });
});

describe("aliases", () => {
  const sighting = (ids: string[], name: string, level?: "high" | "medium") => ({
    ids,
    package: name,
    versions: [],
    fixedIn: [],
    source: "s",
    path: "p",
    ...(level === undefined ? {} : { level }),
  });

  test("bring findings together through one another, but not across packages", () => {
    const merged = mergeSightings([
      sighting(["GHSA-2222-3333-4444"], "a", "medium"),
      sighting(["CVE-2026-1111", "PYSEC-2026-1"], "a"),
      sighting(["PYSEC-2026-1", "GHSA-2222-3333-4444"], "A", "high"),
      sighting(["CVE-2026-1111"], "b"),
    ]);
    expect(merged.map(({ ids, package: name, level }) => [ids[0], name, level])).toEqual([
      ["CVE-2026-1111", "a", "high"],
      ["CVE-2026-1111", "b", "high"],
    ]);
    expect(merged.map(({ rated }) => rated)).toEqual([true, false]);
  });
});

describe("checking reports", () => {
  const now = day(23, 9 * 3_600_000);
  const audit = { path: "audit.json", text: npmExample("critical"), modified: now };

  test("recording starts the clock: it passes until the due instant and fails one millisecond later", () => {
    const recorded = checkVulnerabilities([audit], undefined, settings, now, { record: true });
    expect(verdictOf(recorded.outcome.findings)).toBe("pass");
    const ledger = { path: "toban.vulnerabilities.json", text: writeLedger(recorded.ledger!) };
    const at = (ms: number) => {
      const moment = new Date(now.getTime() + 7 * 86_400_000 + ms);
      return verdictOf(
        checkVulnerabilities([{ ...audit, modified: moment }], ledger, settings, moment).outcome.findings,
      );
    };
    expect([at(0), at(1)]).toEqual(["pass", "fail"]);
  });

  test("a report that decides nothing closes nothing", () => {
    const { ledger } = checkVulnerabilities([audit], undefined, settings, now);
    const file = { path: "toban.vulnerabilities.json", text: writeLedger(ledger!) };
    const broken = { ...audit, text: '{ "error": { "code": "ENOTFOUND" } }' };
    const next = checkVulnerabilities([broken], file, settings, now, { record: true });
    expect(verdictOf(next.outcome.findings)).toBe("inconclusive");
    expect(next.ledger).toEqual(ledger);
  });

  test("a report is stale by its own clock, or else by the file's", () => {
    const old = new Date(now.getTime() - 24 * 3_600_000 - 1);
    const codes = (report: Parameters<typeof checkVulnerabilities>[0][number]) =>
      checkVulnerabilities([report], undefined, settings, now).outcome.findings.map(({ code }) => code);
    expect(codes({ ...audit, text: npmExample("none"), modified: old })).toEqual(["supply/scan-stale"]);
    const looked = { Results: [{ Target: "a", Class: "lang-pkgs" }] };
    const trivy = {
      path: "t.json",
      text: trivyExample({ CreatedAt: now.toISOString(), ...looked }),
      modified: old,
    };
    expect(codes(trivy)).toEqual([]);
    expect(codes({ path: "gone.json", text: undefined })).toEqual(["supply/scan-missing"]);
  });
});
