import { parseBaseline, withoutKnown } from "./baseline.ts";
import { type Finding, type Outcome, type SourceFile, type Verdict, verdictOf } from "./finding.ts";
import type { Recognition } from "./fingerprint.ts";
import { applyWaivers, parseWaivers, type Waived } from "./waivers.ts";

/** What a run of the gate answers. A file that was looked at and has no blocking finding passes. */
export type Report = {
  verdict: Verdict;
  files: { path: string; verdict: Verdict }[];
  /** By path, line and column. */
  findings: Finding[];
  waived: Waived[];
  /** How many findings the baseline knows. */
  known: number;
};

export type ReportOptions = Recognition & {
  now: Date;
  waivers?: SourceFile;
  baseline?: SourceFile;
  /** Whether findings in this file are reported. Default: all are. */
  isReported?: (path: string) => boolean;
  /** Only a part was looked at: a waiver that covers nothing may be for another part. */
  partial?: boolean;
};

/**
 * Joins what the families found into one report. Throws `invalid` when the waivers or the baseline cannot be read.
 * No file at all is inconclusive: nothing was proven.
 */
export function report(outcomes: Outcome[], options: ReportOptions): Report {
  const { now, isReported = () => true } = options;
  let findings = distinct(outcomes.flatMap((outcome) => outcome.findings));
  let known = 0;
  if (options.baseline) {
    const fresh = new Set(withoutKnown(findings, parseBaseline(options.baseline), options));
    known = findings.filter((one) => !fresh.has(one) && isReported(one.path)).length;
    findings = [...fresh];
  }
  let waived: Waived[] = [];
  if (options.waivers) {
    const file = options.waivers;
    const applied = applyWaivers(findings, { ...options, file, waivers: parseWaivers(file, now) });
    findings = applied.findings;
    waived = applied.waived.filter(({ path }) => isReported(path));
  }
  findings = findings.filter(({ path }) => isReported(path)).sort(inPlaceOrder);
  const looked = outcomes.flatMap((outcome) => outcome.files);
  const paths = new Set([...looked.filter(isReported), ...findings.map(({ path }) => path)]);
  const byPath = groupByPath(findings);
  const files = [...paths]
    .sort(byCodeUnit)
    .map((path) => ({ path, verdict: verdictOf(byPath.get(path) ?? []) }));
  return { verdict: overall(files, looked.length > 0), files, findings, waived, known };
}

/** The same path may have been named twice, as itself and by its folder. */
function distinct(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, path, line, column, endLine, endColumn, reason }) => {
    const key = JSON.stringify([code, path, line, column, endLine, endColumn, reason.en]);
    return !seen.has(key) && seen.add(key);
  });
}

function groupByPath(findings: Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.path);
    if (group) group.push(finding);
    else groups.set(finding.path, [finding]);
  }
  return groups;
}

/** Nothing changed is a pass; nothing looked at is not. */
function overall(files: { verdict: Verdict }[], looked: boolean): Verdict {
  if (files.some(({ verdict }) => verdict === "fail")) return "fail";
  if (files.some(({ verdict }) => verdict === "inconclusive")) return "inconclusive";
  return looked || files.length > 0 ? "pass" : "inconclusive";
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const inPlaceOrder = (a: Finding, b: Finding) =>
  byCodeUnit(a.path, b.path) || a.line - b.line || a.column - b.column || byCodeUnit(a.code, b.code);
