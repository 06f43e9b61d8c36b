import { parseBaseline, withoutKnown } from "./baseline.ts";
import { type Finding, type Outcome, type SourceFile, type Verdict, verdictOf } from "./finding.ts";
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

export type ReportOptions = {
  now: Date;
  /** The text of a line that a finding is in; empty when it has none. */
  lineOf(finding: Finding): string;
  waivers?: SourceFile;
  baseline?: SourceFile;
  /** Only findings in these files are reported. Default: all. */
  only?: Set<string>;
};

/**
 * Joins what the families found into one report. Throws `invalid` when the waivers or the baseline cannot be read.
 * No file at all is inconclusive: nothing was proven.
 */
export function report(outcomes: Outcome[], options: ReportOptions): Report {
  const { now, lineOf, only } = options;
  const isReported = (path: string) => only === undefined || only.has(path);
  let findings = outcomes.flatMap((outcome) => outcome.findings).filter(({ path }) => isReported(path));
  let known = 0;
  if (options.baseline) {
    const fresh = withoutKnown(findings, parseBaseline(options.baseline), lineOf);
    known = findings.length - fresh.length;
    findings = fresh;
  }
  let waived: Waived[] = [];
  if (options.waivers) {
    const file = options.waivers;
    const applied = applyWaivers(findings, { file, waivers: parseWaivers(file, now), now, lineOf });
    findings = applied.findings;
    waived = applied.waived;
  }
  findings.sort(inPlaceOrder);
  const paths = new Set([
    ...outcomes.flatMap((outcome) => outcome.files).filter(isReported),
    ...findings.map(({ path }) => path),
  ]);
  const byPath = groupByPath(findings);
  const files = [...paths]
    .sort(byCodeUnit)
    .map((path) => ({ path, verdict: verdictOf(byPath.get(path) ?? []) }));
  return { verdict: overall(files, only), files, findings, waived, known };
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
function overall(files: { verdict: Verdict }[], only: Set<string> | undefined): Verdict {
  if (files.some(({ verdict }) => verdict === "fail")) return "fail";
  if (files.some(({ verdict }) => verdict === "inconclusive")) return "inconclusive";
  return files.length === 0 && only === undefined ? "inconclusive" : "pass";
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const inPlaceOrder = (a: Finding, b: Finding) =>
  byCodeUnit(a.path, b.path) || a.line - b.line || a.column - b.column || byCodeUnit(a.code, b.code);
