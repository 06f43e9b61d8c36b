import { isRecord, type Json, listOf, momentOf, recordOf, textOf, textsOf } from "../json.ts";
import { levelOfWord } from "./cvss.ts";
import { idOf, levelOfCvss, type Observation, type Problem, type Scan, subjectOf } from "./scan.ts";

/** Databases whose advisory is one vulnerability; a distribution's notice (ALAS, ELSA, RHSA …) may be many. */
const SINGLE = /^(CVE|GHSA|GO|PYSEC|RUSTSEC|MAL|OSV)-/i;

/** Grype's report, or the part of one that holds its matches. */
export const isGrype = (report: Json): boolean =>
  "matches" in report &&
  (isRecord(report.descriptor) ||
    "source" in report ||
    "ignoredMatches" in report ||
    (listOf(report.matches).length > 0 &&
      listOf(report.matches).every((match) => isRecord(match) && isRecord(match.vulnerability))));

/** `grype -o json`. */
export function readGrype(report: Json): Scan {
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  if (!Array.isArray(report.matches)) problems.push({ kind: "incomplete", detail: "matches" });
  for (const match of listOf(report.matches)) take(recordOf(match), false, observations, problems);
  for (const match of listOf(report.ignoredMatches)) {
    if (!ofKernelHeaders(recordOf(match))) take(recordOf(match), true, observations, problems);
  }
  const descriptor = recordOf(report.descriptor);
  const at = momentOf(descriptor.timestamp);
  const source = recordOf(report.source);
  const target = textOf(source.target) ?? textOf(recordOf(source.target).userInput);
  const subject = subjectOf(target);
  return {
    tool: "Grype",
    ...(subject === undefined ? {} : { subject }),
    ...(at === undefined ? {} : { at }),
    observations,
    problems: [...problems, ...databaseProblems(recordOf(descriptor.db))],
  };
}

function databaseProblems(db: Json): Problem[] {
  const status = isRecord(db.status) ? db.status : db;
  const error = textOf(status.error);
  if (status.valid === false || error !== undefined)
    return [{ kind: "failed", detail: error ?? "descriptor.db.valid" }];
  return [];
}

/** When the vulnerability database of a Grype report was built; undefined when it does not say. */
export function databaseBuilt(report: unknown): Date | undefined {
  const db = recordOf(recordOf(recordOf(report).descriptor).db);
  return momentOf(db.built) ?? momentOf(recordOf(db.status).built);
}

/** Grype leaves out by itself what a kernel's header package inherits from the kernel. */
function ofKernelHeaders(match: Json): boolean {
  const rules = listOf(match.appliedIgnoreRules).map((rule) => recordOf(recordOf(rule).package));
  return rules.some((rule) =>
    /^(kernel|linux)(-|\.\*|$)/.test(String(rule["upstream-name"] ?? rule.name ?? "")),
  );
}

function take(match: Json, suppressed: boolean, observations: Observation[], problems: Problem[]): void {
  const vulnerability = recordOf(match.vulnerability);
  const artifact = recordOf(match.artifact);
  const id = textOf(vulnerability.id);
  const name = textOf(artifact.name);
  if (id === undefined || name === undefined) {
    problems.push({ kind: "incomplete", detail: `matches: ${id ?? name ?? "?"}` });
    return;
  }
  const related = listOf(match.relatedVulnerabilities).map(recordOf);
  const aliases = SINGLE.test(id) ? related.flatMap((one) => textOf(one.id) ?? []) : [];
  const told = [vulnerability, ...related];
  const level =
    levelOfWord(vulnerability.severity) ??
    told.map((one) => levelOfCvss(one.cvss)).find((one) => one !== undefined) ??
    related.map((one) => levelOfWord(one.severity)).find((one) => one !== undefined);
  observations.push({
    ids: [...new Set([id, ...aliases].map(idOf))],
    package: name,
    versions: textOf(artifact.version) === undefined ? [] : [textOf(artifact.version)!],
    ...(level === undefined ? {} : { level }),
    fixedIn: textsOf(recordOf(vulnerability.fix).versions),
    ...(suppressed ? { suppressed: true as const } : {}),
  });
}
