import { isRecord, type Json, listOf, recordOf, textOf, textsOf } from "../json.ts";
import { type Level, levelOfRating, levelOfWord, worst } from "./cvss.ts";
import { idOf, type Observation, type Problem, type Scan } from "./scan.ts";

const EMPTY_KEYS = new Set(["results", "experimental_config", "image_metadata", "license_summary"]);

/** OSV-Scanner's report, as opposed to another tool's that has `results` too. */
export function isOsvScanner(report: Json): boolean {
  if (!Array.isArray(report.results)) return false;
  if (report.results.length === 0) return Object.keys(report).every((key) => EMPTY_KEYS.has(key));
  return report.results.every((result) => isRecord(result) && "packages" in result);
}

/** One record in the OSV format (https://ossf.github.io/osv-schema/). */
export const isOsvRecord = (value: unknown): value is Json =>
  isRecord(value) &&
  textOf(value.id) !== undefined &&
  (Array.isArray(value.affected) || textOf(value.modified) !== undefined);

/** `osv-scanner --format json`. It lists only packages that have something; a clean scan has no results. */
export function readOsvScanner(report: Json): Scan {
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  for (const [index, result] of listOf(report.results).entries()) {
    const { packages } = recordOf(result);
    if (packages !== null && !Array.isArray(packages)) {
      problems.push({ kind: "incomplete", detail: `results[${index}].packages` });
    }
    for (const entry of listOf(packages)) readPackage(recordOf(entry), observations, problems);
  }
  return { tool: "OSV-Scanner", observations, problems };
}

function readPackage(entry: Json, observations: Observation[], problems: Problem[]): void {
  const about = recordOf(entry.package);
  const name = textOf(about.name) ?? textOf(about.commit);
  const records = listOf(entry.vulnerabilities)
    .map(recordOf)
    .filter(({ id }) => textOf(id) !== undefined);
  const groups = listOf(entry.groups).map(recordOf);
  if (name === undefined || records.length < listOf(entry.vulnerabilities).length) {
    problems.push({ kind: "incomplete", detail: `packages: ${name ?? "?"}` });
  }
  const place = {
    package: name ?? "?",
    versions: textOf(about.version) === undefined ? [] : [textOf(about.version)!],
  };
  const grouped = new Set<string>();
  for (const group of groups) {
    const ids = new Set([...textsOf(group.ids), ...textsOf(group.aliases)].map(idOf));
    const members = records.filter((record) => ids.has(idOf(String(record.id))));
    for (const member of members) grouped.add(idOf(String(member.id)));
    const live = members.filter((member) => !isWithdrawn(member));
    if (ids.size === 0 || (members.length > 0 && live.length === 0)) continue;
    for (const member of live) for (const alias of textsOf(member.aliases)) ids.add(idOf(alias));
    const level = worst(
      [levelOfRating(group.max_severity) ?? [], ...live.map((one) => levelOf(one) ?? [])].flat(),
    );
    observations.push({ ids: [...ids], ...place, ...rated(level), fixedIn: live.flatMap(fixesOf) });
  }
  for (const record of records) {
    if (grouped.has(idOf(String(record.id))) || isWithdrawn(record)) continue;
    observations.push({ ...observationOf(record), ...place });
  }
}

const rated = (level: Level | undefined) => (level === undefined ? {} : { level });

/** Records of the OSV database itself: one, a list, or `{ vulns: […] }` as its interface answers. */
export function readOsvRecords(records: unknown[]): Scan {
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  for (const [index, record] of records.entries()) {
    if (!isOsvRecord(record)) problems.push({ kind: "incomplete", detail: `[${index}]` });
    else if (!isWithdrawn(record)) observations.push(observationOf(record));
  }
  return { tool: "OSV", observations, problems };
}

function observationOf(record: Json): Observation {
  const affected = recordOf(listOf(record.affected)[0]);
  return {
    ids: [...new Set([String(record.id), ...textsOf(record.aliases)].map(idOf))],
    package: textOf(recordOf(affected.package).name) ?? String(record.id),
    versions: [],
    ...rated(levelOf(record)),
    fixedIn: fixesOf(record),
  };
}

const isWithdrawn = (record: Json): boolean => textOf(record.withdrawn) !== undefined;

/** The worst of what the database says in words and of the vectors; malicious packages are always critical. */
function levelOf(record: Json): Level | undefined {
  if (/^MAL-/i.test(String(record.id)) || textsOf(record.aliases).some((id) => /^MAL-/i.test(id)))
    return "critical";
  const affected = listOf(record.affected).map(recordOf);
  const ratings = [record, ...affected].flatMap((one) => [
    ...listOf(one.severity).map((entry) => levelOfRating(recordOf(entry).score)),
    levelOfWord(recordOf(one.database_specific).severity),
    levelOfWord(recordOf(one.ecosystem_specific).severity),
  ]);
  return worst(ratings.flatMap((level) => level ?? []));
}

function fixesOf(record: Json): string[] {
  const events = listOf(record.affected).flatMap((affected) =>
    listOf(recordOf(affected).ranges).flatMap((range) => listOf(recordOf(range).events)),
  );
  return [...new Set(events.flatMap((event) => textOf(recordOf(event).fixed) ?? []))].slice(0, 5);
}
