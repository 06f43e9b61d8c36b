import { isRecord, type Json, listOf, momentOf, recordOf, textOf } from "../json.ts";
import { type Level, levelOfWord } from "./cvss.ts";
import { idOf, levelOfCvss, type Observation, type Problem, type Scan, subjectOf } from "./scan.ts";

const WITH_PACKAGES = new Set(["os-pkgs", "lang-pkgs"]);

/** Trivy's report (schema 2), or the bare list of targets that it wrote before (schema 1). */
export const isTrivy = (report: unknown): boolean =>
  isRecord(report)
    ? "SchemaVersion" in report && ("Results" in report || "ArtifactName" in report)
    : Array.isArray(report) && report.length > 0 && report.every((one) => isRecord(one) && "Target" in one);

/** `trivy image|fs|repo --format json`. */
export function readTrivy(report: unknown): Scan {
  const root: Json = isRecord(report) ? report : { SchemaVersion: 1, Results: report };
  const problems: Problem[] = [];
  if (root.SchemaVersion !== 2 && root.SchemaVersion !== 1) {
    problems.push({ kind: "failed", detail: `SchemaVersion ${String(root.SchemaVersion)}` });
  }
  const results = listOf(root.Results).map(recordOf);
  const looked = results.filter(
    (one) => "Vulnerabilities" in one || WITH_PACKAGES.has(String(one.Class)) || !one.Class,
  );
  // Trivy leaves `Results` out both when all is well with nothing and when it recognised nothing: it looked at nothing.
  if (looked.length === 0) problems.push({ kind: "nothing", detail: textOf(root.ArtifactName) ?? "Results" });
  const observations: Observation[] = [];
  for (const [index, result] of results.entries()) {
    const { Vulnerabilities: listed } = result;
    if (listed !== undefined && listed !== null && !Array.isArray(listed)) {
      problems.push({ kind: "incomplete", detail: `Results[${index}].Vulnerabilities` });
    }
    for (const entry of listOf(listed)) take(entry, false, observations, problems);
    for (const entry of listOf(result.ExperimentalModifiedFindings)) {
      const { Type: type, Finding: finding } = recordOf(entry);
      if (type === "vulnerability" || recordOf(finding).VulnerabilityID)
        take(finding, true, observations, problems);
    }
  }
  const os = recordOf(recordOf(root.Metadata).OS);
  return {
    tool: "Trivy",
    ...optional("subject", subjectOf(textOf(root.ArtifactName))),
    ...optional("at", momentOf(root.CreatedAt)),
    observations,
    problems,
    ...(os.EOSL === true ? { endOfLife: `${textOf(os.Family) ?? "?"} ${textOf(os.Name) ?? ""}`.trim() } : {}),
  };
}

const optional = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };

function take(value: unknown, suppressed: boolean, observations: Observation[], problems: Problem[]): void {
  const entry = recordOf(value);
  const id = textOf(entry.VulnerabilityID);
  const name = textOf(entry.PkgName);
  if (id === undefined || name === undefined) {
    problems.push({ kind: "incomplete", detail: `Vulnerabilities: ${id ?? name ?? "?"}` });
    return;
  }
  // VendorIDs are no aliases: one DSA or USN stands for many CVEs.
  const level: Level | undefined = levelOfWord(entry.Severity) ?? levelOfCvss(entry.CVSS);
  observations.push({
    ids: [idOf(id)],
    package: name,
    versions: textOf(entry.InstalledVersion) === undefined ? [] : [textOf(entry.InstalledVersion)!],
    ...optional("level", level),
    fixedIn: textOf(entry.FixedVersion) === undefined ? [] : [textOf(entry.FixedVersion)!],
    ...(suppressed ? { suppressed: true as const } : {}),
  });
}
