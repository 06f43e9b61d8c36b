import { isRecord, parseJson, recordOf } from "../json.ts";
import { databaseBuilt, isGrype, readGrype } from "./grype.ts";
import { failureIn, readNpm6Audit, readNpmAudit, readYarnAudit } from "./npm.ts";
import { isOsvRecord, isOsvScanner, readOsvRecords, readOsvScanner } from "./osv.ts";
import { isSarif, readSarif } from "./sarif.ts";
import type { Problem, Scan } from "./scan.ts";
import { isTrivy, readTrivy } from "./trivy.ts";
import { isVdr, readVdr } from "./vdr.ts";

/** A report that could not be read still counts as a scan: one that decides nothing. */
const undecided = (kind: Problem["kind"], detail: string): Scan => ({
  tool: "?",
  observations: [],
  problems: [{ kind, detail }],
});

/**
 * Reads a vulnerability report by what it holds, whatever it is called: npm audit (also npm 6, pnpm, Yarn 1), OSV-Scanner,
 * OSV records, Trivy, Grype, and SARIF of such scanners. Never throws.
 * @param oldestDatabase databases built before this moment are too old to find what is new
 */
export function readReport(text: string, oldestDatabase?: Date): Scan {
  if (text.trim() === "") return undecided("unreadable", "empty");
  const report = parseJson(text);
  if (report === undefined) return readYarnAudit(text) ?? undecided("unreadable", "JSON");
  // Yarn's log of a clean audit is a single line, which is JSON as well.
  const scan = readKnown(report) ?? (isRecord(report) && "type" in report ? readYarnAudit(text) : undefined);
  if (scan === undefined) return undecided("unknown", "JSON");
  const failure = isRecord(report) ? failureIn(report) : undefined;
  const built = databaseBuilt(report);
  const old = built !== undefined && oldestDatabase !== undefined && built < oldestDatabase;
  return {
    ...scan,
    problems: [
      ...scan.problems,
      ...(failure && scan.tool !== "?" ? [failure] : []),
      ...(old ? [{ kind: "database" as const, detail: built.toISOString() }] : []),
    ],
  };
}

function readKnown(report: unknown): Scan | undefined {
  if (isTrivy(report)) return readTrivy(report);
  if (Array.isArray(report)) {
    return report.length > 0 && report.every(isOsvRecord) ? readOsvRecords(report) : undefined;
  }
  if (!isRecord(report)) return undefined;
  if (isGrype(report)) return readGrype(report);
  if (isRecord(report.advisories)) return readNpm6Audit(report);
  if ("auditReportVersion" in report || isNpmMetadata(report.metadata) || isNpmList(report.vulnerabilities)) {
    return readNpmAudit(report);
  }
  if (isVdr(report)) return readVdr(report);
  if (isOsvScanner(report)) return readOsvScanner(report);
  if (Array.isArray(report.vulns)) return readOsvRecords(report.vulns);
  if (isSarif(report)) return readSarif(report);
  if (isOsvRecord(report)) return readOsvRecords([report]);
  const failure = failureIn(report);
  return failure === undefined ? undefined : undecided(failure.kind, failure.detail);
}

/** Packages as npm audit lists them, without the frame around them; an empty list would not tell whose it is. */
function isNpmList(vulnerabilities: unknown): boolean {
  const entries = isRecord(vulnerabilities) ? Object.values(vulnerabilities) : [];
  return (
    entries.length > 0 && entries.every((entry) => isRecord(entry) && "via" in entry && "severity" in entry)
  );
}

const isNpmMetadata = (metadata: unknown): boolean =>
  isRecord(metadata) && isRecord(recordOf(metadata).vulnerabilities);

/**
 * Whether a text looks like a vulnerability report at all, for finding them in a folder.
 * @param named the file is called as only a report is, so that an empty or cut-off one counts as well
 */
export const looksLikeReport = (text: string, named = false): boolean =>
  readReport(text).problems.every(({ kind }) => kind !== "unknown" && (named || kind !== "unreadable"));
