import { TobanError } from "../../../platform/errors.ts";
import type { Tree } from "../../family.ts";
import { type Finding, raise, type SourceFile } from "../../finding.ts";
import { CONFIGURATION_CHECKS as CHECKS } from "../checks.ts";
import type { CoverageSettings } from "../settings.ts";
import { readCoverage } from "./read.ts";

/** A report that was asked for; `modifiedAt` is its file's time, for reports that do not state their own. */
export type CoverageReport = { path: string; file: SourceFile | null; modifiedAt: Date | null };

/**
 * Line coverage as each report states it (RF-136); what a configuration asks for counts for nothing. A report that
 * is missing, empty, cut off or of unknown or too great an age is undecided.
 */
export function checkCoverage(reports: CoverageReport[], settings: CoverageSettings, now: Date): Finding[] {
  return reports.flatMap(({ path, file, modifiedAt }) => {
    const place = { path, line: 1, column: 1 };
    if (!file) return [raise(CHECKS.coverageMissing, place, { file: path })];
    const coverage = readCoverage(file.text);
    if (!coverage) return [raise(CHECKS.coverageUnreadable, place, { file: path })];
    const at = coverage.at ?? modifiedAt;
    const hours = at ? (now.getTime() - at.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY;
    if (hours > settings.maxAgeHours) {
      const age = at ? at.toISOString() : "–";
      return [raise(CHECKS.coverageStale, place, { file: path, at: age, hours: settings.maxAgeHours })];
    }
    // Counts are whole numbers: no rounding lifts 79.99 % to 80 %.
    const tooLow =
      coverage.total > 0
        ? coverage.covered * 100 < settings.minimum * coverage.total
        : coverage.percent < settings.minimum;
    if (!tooLow) return [];
    const percent = (Math.floor(coverage.percent * 100) / 100).toFixed(2);
    const lines = coverage.total > 0 ? ` (${coverage.covered}/${coverage.total})` : "";
    return [raise(CHECKS.coverageTooLow, place, { percent, lines, minimum: settings.minimum })];
  });
}

/** Where the tools of most languages put a report by themselves; git usually ignores these. */
const USUAL_REPORTS = [
  "coverage/coverage-summary.json",
  "coverage/coverage-final.json",
  "coverage/lcov.info",
  "coverage/cobertura-coverage.xml",
  "coverage/clover.xml",
  "coverage/.resultset.json",
  "coverage.xml",
  "coverage.json",
  "lcov.info",
  "cover.out",
  "coverage.out",
  "target/site/jacoco/jacoco.xml",
  "build/reports/jacoco/test/jacocoTestReport.xml",
];

/** Where nothing is found, this one is missing. */
export const FIRST_USUAL_REPORT = USUAL_REPORTS[0]!;

const MANIFEST =
  /(^|\/)(package\.json|pyproject\.toml|setup\.py|pom\.xml|build\.gradle(\.kts)?|go\.mod|Cargo\.toml|Gemfile)$/;

/** The most packages of a repository that are looked into. */
const MOST_PACKAGES = 500;

/**
 * The reports of a working directory: those that it lists, or else one of each package, also where git ignores it. A tool
 * often writes the same numbers in several forms.
 */
export function usualReports(tree: Tree): string[] {
  const listed = tree.paths.filter(isCoverageReport);
  if (listed.length > 0) return listed;
  const folders = tree.paths
    .filter((path) => MANIFEST.test(path) && !IS_MATERIAL.test(path))
    .map((path) => path.slice(0, path.lastIndexOf("/") + 1));
  return [...new Set(["", ...folders])].slice(0, MOST_PACKAGES).flatMap((folder) => {
    const report = USUAL_REPORTS.map((name) => folder + name).find((path) => isThere(tree, path));
    return report === undefined ? [] : [report];
  });
}

function isThere(tree: Tree, path: string): boolean {
  try {
    tree.read(path);
    return true;
  } catch (error) {
    // What is there and cannot be read is told by whoever reads it.
    return !(error instanceof TobanError && error.code === "file_missing");
  }
}

const IS_MATERIAL = /(^|\/)(tests?|__tests__|fixtures|examples?|corpus|testdata|node_modules)\//;

/** Where tools write reports that state lines, unless it is a test's own material. */
export const isCoverageReport = (path: string): boolean =>
  /(^|\/)(coverage|jacoco|jacoco\/test)\/[^/]+$|^[^/]+$/.test(path) &&
  !IS_MATERIAL.test(path) &&
  /(^|\/)(coverage-summary\.json|coverage-final\.json|lcov\.info|cobertura(-coverage)?\.xml|jacoco(TestReport)?\.xml|clover\.xml|coverage\.xml|\.resultset\.json)$/.test(
    path,
  );
