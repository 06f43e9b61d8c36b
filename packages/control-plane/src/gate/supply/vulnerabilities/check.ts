import { type Finding, type Outcome, type Place, placesIn, raise, type SourceFile } from "../../finding.ts";
import { SCAN_CHECKS } from "../checks/scans.ts";
import { VULNERABILITY_CHECKS } from "../checks/vulnerabilities.ts";
import type { SupplySettings } from "../settings.ts";
import { type Clock, clockOf, daysLeft, isOverdue } from "./clock.ts";
import { type Level, rank } from "./cvss.ts";
import { advance, EMPTY_LEDGER, indexLedger, type Ledger, readLedger, strictest } from "./ledger.ts";
import { mergeSightings, type Vulnerability } from "./merge.ts";
import { readReport } from "./report.ts";
import type { Problem, Scan } from "./scan.ts";

/** A report; `text` is undefined when it could not be read, `modified` is the file's time, for reports that tell none. */
export type Report = {
  path: string;
  text: string | undefined;
  modified?: Date;
  /** What the ledger calls it, however it was named now. Default: its path. */
  name?: string;
};

export type VulnerabilityOutcome = {
  outcome: Outcome;
  /** The ledger brought up to these reports; undefined when the present one cannot be believed. */
  ledger: Ledger | undefined;
};

type Settings = SupplySettings["vulnerabilities"];

const HOUR = 3_600_000;

const PROBLEMS: Record<Problem["kind"], (typeof SCAN_CHECKS)[keyof typeof SCAN_CHECKS]> = {
  unreadable: SCAN_CHECKS.unreadable,
  unknown: SCAN_CHECKS.unknown,
  unreachable: SCAN_CHECKS.unreachable,
  failed: SCAN_CHECKS.failed,
  incomplete: SCAN_CHECKS.incomplete,
  nothing: SCAN_CHECKS.nothing,
  database: SCAN_CHECKS.database,
};

/**
 * Judges scanners' reports by the ledger of what has been known since when. A vulnerability is told once in every report that
 * shows it, however many names it has there.
 * @param ledger the ledger file, or undefined when there is none yet
 * @param options.record judge as if the returned ledger had been written: what is new starts its clock now
 */
export function checkVulnerabilities(
  reports: readonly Report[],
  ledger: SourceFile | undefined,
  settings: Settings,
  now: Date,
  options: { record?: boolean } = {},
): VulnerabilityOutcome {
  const files = reports.map(({ path }) => path);
  if (reports.length === 0) {
    const place = { path: ledger?.path ?? ".", line: 1, column: 1 };
    const findings = [raise(SCAN_CHECKS.missing, place, { path: "audit.json" })];
    return { outcome: { files: [place.path], findings }, ledger: undefined };
  }
  const old = ledger === undefined ? EMPTY_LEDGER : readLedger(ledger.text, now);
  const findings: Finding[] = [];
  const read = reports.map((report) => {
    const scan =
      report.text === undefined ? undefined : readReport(report.text, databaseLimit(settings, now));
    const problems = problemsOf(report, scan, settings, now);
    findings.push(...problems);
    return { report, scan, decided: !problems.some(({ undecided }) => undecided) };
  });
  if (typeof old === "string") {
    const place = { path: ledger!.path, line: 1, column: 1 };
    findings.push(raise(SCAN_CHECKS.ledger, place, { detail: old }));
    return { outcome: { files: [...files, place.path], findings }, ledger: undefined };
  }
  const found = mergeSightings(
    read.flatMap(({ report, scan }) =>
      (scan?.observations ?? []).map((one) => ({
        ...one,
        path: report.path,
        source: sourceOf(report, scan!),
      })),
    ),
  );
  const scanned = read.flatMap(({ report, scan, decided }) =>
    scan && decided ? [sourceOf(report, scan)] : [],
  );
  const next = advance(old, found, scanned, now, settings);
  const judge = judgeBy(options.record ? next : old, settings, now);
  const locators = new Map(reports.map((report) => [report.path, locator(report)]));
  for (const one of found) {
    for (const path of one.paths) findings.push(judge(one, locators.get(path)!(one)));
  }
  return { outcome: { files, findings }, ledger: next };
}

/** What a ledger calls a scan: its tool and what it looked at, or the report's path when the tool does not say. */
const sourceOf = (report: Report, scan: Scan): string =>
  `${scan.tool}:${scan.subject ?? report.name ?? report.path}`;

const databaseLimit = (settings: Settings, now: Date) =>
  new Date(now.getTime() - settings.maxDatabaseAgeHours * HOUR);

function problemsOf(report: Report, scan: Scan | undefined, settings: Settings, now: Date): Finding[] {
  const place = { path: report.path, line: 1, column: 1 };
  if (scan === undefined) return [raise(SCAN_CHECKS.missing, place, { path: report.path })];
  const told = new Map(scan.problems.map((problem) => [problem.kind, problem]));
  const findings = [...told.values()].map(({ kind, detail }) => raise(PROBLEMS[kind], place, { detail }));
  if (scan.endOfLife !== undefined)
    findings.push(raise(SCAN_CHECKS.endOfLife, place, { os: scan.endOfLife }));
  const at = scan.at ?? report.modified;
  if (at === undefined) return findings;
  const age = now.getTime() - at.getTime();
  // A report from the future would never grow old; clocks may differ by an hour.
  if (age > settings.maxAgeHours * HOUR || age < -HOUR) {
    findings.push(raise(SCAN_CHECKS.stale, place, { at: at.toISOString(), hours: settings.maxAgeHours }));
  }
  return findings;
}

/** Finds where a report names a vulnerability; the file's beginning when it does so in other words. */
function locator(report: Report): (one: Vulnerability) => Place {
  const text = report.text ?? "";
  const placeAt = placesIn({ path: report.path, text });
  const places = new Map<string, number>();
  for (const match of text.matchAll(/CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|"[A-Z]{2,9}-[\w:-]{4,40}"/gi)) {
    const id = match[0].replaceAll('"', "").toUpperCase();
    if (!places.has(id)) places.set(id, match.index);
  }
  return (one) => {
    const at = one.ids.map((id) => places.get(id)).find((offset) => offset !== undefined);
    return placeAt(at ?? 0);
  };
}

const WORD: Record<Level, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  none: "None",
};

const day = (moment: Date) => `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;

function judgeBy(
  ledger: Ledger,
  settings: Settings,
  now: Date,
): (one: Vulnerability, place: Place) => Finding {
  const entriesOf = indexLedger(ledger);
  return (one, place) => {
    const entry = strictest(entriesOf(one.ids, one.package), settings, now);
    const clock = entry && clockOf(entry.history, settings.days);
    const fix = one.fixedIn.length === 0 ? "" : ` (${one.fixedIn.slice(0, 3).join(", ")})`;
    const params = { id: shownId(one.ids[0]!), package: one.package, fix, ...paramsOf(one, clock, now) };
    return raise(checkFor(one, clock, now), place, params);
  };
}

/** GitHub writes its own ids in lower case. */
const shownId = (id: string) => (id.startsWith("GHSA-") ? `GHSA-${id.slice(5).toLowerCase()}` : id);

function paramsOf(one: Vulnerability, clock: Clock | undefined, now: Date) {
  const rated = one.rated ? WORD[one.level] : "High (unrated)";
  if (clock === undefined) return { level: rated, raised: "" };
  const raised = rank(one.level) > rank(clock.severity);
  return {
    level: raised ? rated : WORD[clock.severity],
    rated,
    raised: raised ? ` (recorded as ${WORD[clock.severity]})` : "",
    first: day(clock.firstSeen),
    ...(clock.dueAt === undefined
      ? {}
      : { due: day(clock.dueAt), left: Math.max(0, daysLeft(clock.dueAt, now)) }),
  };
}

function checkFor(one: Vulnerability, clock: Clock | undefined, now: Date) {
  const serious = rank(one.level) >= rank("high");
  if (clock !== undefined && isOverdue(clock, now)) return VULNERABILITY_CHECKS.overdue;
  if (serious && (clock === undefined || rank(one.level) > rank(clock.severity))) {
    return one.suppressed ? SCAN_CHECKS.suppressed : VULNERABILITY_CHECKS.untracked;
  }
  if (clock?.dueAt !== undefined) {
    return rank(one.level) < rank(clock.severity)
      ? VULNERABILITY_CHECKS.downgraded
      : VULNERABILITY_CHECKS.open;
  }
  const level = clock !== undefined && rank(clock.severity) > rank(one.level) ? clock.severity : one.level;
  return rank(level) >= rank("medium") ? VULNERABILITY_CHECKS.moderate : VULNERABILITY_CHECKS.low;
}
