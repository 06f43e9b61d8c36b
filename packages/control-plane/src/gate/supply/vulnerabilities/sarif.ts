import { isRecord, type Json, listOf, momentOf, recordOf, textOf } from "../json.ts";
import { levelOfRating } from "./cvss.ts";
import { idOf, type Observation, type Problem, type Scan } from "./scan.ts";

/** Scanners whose SARIF is about vulnerable packages; a linter's SARIF says nothing about them. */
const SCANNERS = /trivy|grype|osv-scanner|snyk|npm|docker scout|dependency-check|clair|anchore/i;

export const isSarif = (report: Json): boolean =>
  Array.isArray(report.runs) && textOf(report.version) === "2.1.0";

/** A vulnerability scanner's SARIF 2.1.0; undefined when no run is by such a scanner. */
export function readSarif(report: Json): Scan | undefined {
  const runs = listOf(report.runs).map(recordOf);
  const own = runs.filter((run) => SCANNERS.test(textOf(driverOf(run).name) ?? ""));
  if (own.length === 0) return undefined;
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  let at: Date | undefined;
  for (const run of own) {
    const rules = new Map(
      listOf(driverOf(run).rules).map((rule) => [String(recordOf(rule).id), recordOf(rule)]),
    );
    for (const invocation of listOf(run.invocations).map(recordOf)) {
      at = momentOf(invocation.endTimeUtc) ?? at;
      if (invocation.executionSuccessful === false)
        problems.push({ kind: "failed", detail: "executionSuccessful" });
    }
    if (!Array.isArray(run.results)) problems.push({ kind: "incomplete", detail: "runs[].results" });
    for (const result of listOf(run.results).map(recordOf)) {
      const rule =
        rules.get(String(result.ruleId)) ?? recordOf(listOf(driverOf(run).rules)[Number(result.ruleIndex)]);
      observations.push(observationOf(result, rule));
    }
  }
  return {
    tool: String(driverOf(own[0]!).name),
    ...(at === undefined ? {} : { at }),
    observations,
    problems,
  };
}

const driverOf = (run: Json): Json => recordOf(recordOf(run.tool).driver);

function observationOf(result: Json, rule: Json): Observation {
  const id = textOf(result.ruleId) ?? textOf(rule.id) ?? "?";
  const message = textOf(recordOf(result.message).text) ?? "";
  const properties = isRecord(rule.properties) ? rule.properties : recordOf(result.properties);
  const level = levelOfRating(properties["security-severity"]);
  // Grype appends the package to the CVE; Trivy names it in the message.
  const name =
    /^(?:CVE-\d+-\d+|GHSA(?:-\w{4}){3})-(.+)$/i.exec(id)?.[1] ?? /Package: (\S+)/.exec(message)?.[1];
  const plain = /^(CVE-\d+-\d+|GHSA(?:-\w{4}){3})/i.exec(id)?.[1] ?? id;
  const suppressed = listOf(result.suppressions).length > 0;
  return {
    ids: [idOf(plain)],
    package: name ?? "?",
    versions: [],
    ...(level === undefined ? {} : { level }),
    fixedIn: [],
    ...(suppressed ? { suppressed: true as const } : {}),
  };
}
