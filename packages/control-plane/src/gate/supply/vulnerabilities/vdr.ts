import { type Json, listOf, momentOf, recordOf, textOf } from "../json.ts";
import { levelOfRating, levelOfWord, worst } from "./cvss.ts";
import { idOf, type Observation, type Scan } from "./scan.ts";

/** A CycloneDX document that lists vulnerabilities; one that lists none is an SBOM, which proves no scan. */
export const isVdr = (report: Json): boolean =>
  report.bomFormat === "CycloneDX" && listOf(report.vulnerabilities).length > 0;

/** A CycloneDX vulnerability disclosure report, as `trivy --format cyclonedx` writes. */
export function readVdr(report: Json): Scan {
  const at = momentOf(recordOf(report.metadata).timestamp);
  const entries = listOf(report.vulnerabilities).map(recordOf);
  const names = new Map(
    listOf(report.components).map((one) => [String(recordOf(one)["bom-ref"]), textOf(recordOf(one).name)]),
  );
  const named = entries.filter(({ id }) => textOf(id) !== undefined);
  return {
    tool: "CycloneDX",
    ...(at === undefined ? {} : { at }),
    observations: named.flatMap((entry) => observationsOf(entry, names)),
    problems: named.length < entries.length ? [{ kind: "incomplete", detail: "vulnerabilities[].id" }] : [],
  };
}

function observationsOf(entry: Json, names: ReadonlyMap<string, string | undefined>): Observation[] {
  const ratings = listOf(entry.ratings).map(recordOf);
  const level = worst(
    ratings.flatMap(
      ({ severity, score, vector }) => levelOfWord(severity) ?? levelOfRating(score ?? vector) ?? [],
    ),
  );
  const aliases = listOf(entry.references).flatMap((reference) => textOf(recordOf(reference).id) ?? []);
  const refs = listOf(entry.affects).flatMap((affected) => textOf(recordOf(affected).ref) ?? []);
  const state = textOf(recordOf(entry.analysis).state);
  const suppressed = state === "not_affected" || state === "false_positive";
  return (refs.length === 0 ? ["?"] : refs).map((ref) => ({
    ids: [...new Set([String(entry.id), ...aliases].map(idOf))],
    package: names.get(ref) ?? ref,
    versions: [],
    ...(level === undefined ? {} : { level }),
    fixedIn: [],
    ...(suppressed ? { suppressed: true as const } : {}),
  }));
}
