import { posix } from "node:path";
import { type Finding, type Outcome, type Place, raise } from "../finding.ts";
import { EVENTS_CHECKS as CHECKS } from "./checks/index.ts";
import { compareAsyncApis } from "./compare-asyncapi.ts";
import { compareNodes, type Sides } from "./differences.ts";
import { type About, applyEvolution, isPast } from "./evolution.ts";
import { matchContracts } from "./match.ts";
import type { AsyncApi, Contract, Version } from "./model.ts";
import type { EventSettings } from "./settings.ts";
import { type EventSet, readVersion } from "./version.ts";

/**
 * Holds a revision of event contracts against every live version. Bases come oldest first; with a compatibility
 * that is not transitive only the last one counts. No base, and what cannot be read, is undecided.
 */
export function checkEvents(
  bases: EventSet[],
  revision: EventSet,
  settings: EventSettings,
  now: Date,
): Outcome {
  try {
    return compareAll(bases, revision, settings, now);
  } catch (error) {
    // Documents nested thousands of levels deep: nobody's contract, but no reason to fall over.
    if (!(error instanceof RangeError)) throw error;
    const place = { path: revision.files[0]?.path ?? revision.name, line: 1, column: 1 };
    const params = { event: revision.name, path: "/", base: bases.map(({ name }) => name).join(", ") };
    return { files: [place.path], findings: [raise(CHECKS.tooComplex, place, params)] };
  }
}

function compareAll(bases: EventSet[], revision: EventSet, settings: EventSettings, now: Date): Outcome {
  const read = readVersion(revision);
  const files = new Set(revision.files.map(({ path }) => path));
  const start = { path: revision.files[0]?.path ?? revision.name, line: 1, column: 1 };
  files.add(start.path);
  const all: About[] = read.findings.map((finding) => ({ finding, names: [] }));
  if (revision.files.length === 0)
    all.push({ finding: raise(CHECKS.noRevision, start, { name: revision.name }), names: [] });
  const counted = settings.compatibility.endsWith("_TRANSITIVE") ? bases : bases.slice(-1);
  if (counted.length === 0 || counted.some(({ files: none }) => none.length === 0)) {
    all.push({ finding: raise(CHECKS.noBase, start), names: [] });
  }
  const strangers: EventSet[] = [];
  for (const base of counted) {
    const { version, findings } = readVersion(base);
    all.push(...findings.map((finding) => ({ finding, names: [] })));
    // The revision is undecided too, whichever of the two a change touches.
    if (findings.length > 0) all.push({ finding: raise(CHECKS.noBase, start), names: [] });
    // What could not be read in the revision is not known to be missing.
    const isWhole = (revision.folder ?? revision.files.length > 1) && read.findings.length === 0;
    const found = compareVersions(version, read.version, isWhole, { settings, now });
    if (found === null && findings.length + read.findings.length === 0 && base.files.length > 0) {
      strangers.push(base);
    }
    all.push(...(found ?? []));
  }
  // A folder may be older than the event; a file that was named is meant to be held against it.
  for (const base of strangers) {
    if (base.folder && strangers.length < counted.length) continue;
    all.push({ finding: raise(CHECKS.noCounterpart, start, { base: base.name }), names: [] });
  }
  const findings = unique(applyEvolution(all, settings));
  for (const { path } of findings) files.add(path);
  return { files: [...files].sort(), findings };
}

/** Null when nothing of the base has a counterpart that it could be held against. */
function compareVersions(
  base: Version,
  revision: Version,
  isWhole: boolean,
  context: Pick<Sides, "settings" | "now">,
): About[] | null {
  const sides = { base: base.library, revision: revision.library, baseName: base.name, ...context };
  const matches = matchContracts(base, revision, isWhole);
  const apis = matchApis(base.apis, revision.apis, isWhole);
  if (matches.length === 0 && apis.length === 0) return null;
  const found = matches.flatMap((match): About[] => {
    const names = namesOf(match.base, match.revision);
    if (!match.revision) {
      const place = placeOfGone(match.base.at.path, base.name, revision);
      return removed(match.base, place, sides).map((finding) => ({ finding, names }));
    }
    const event = match.revision.name;
    return compareNodes(match.base, match.revision, { ...sides, event }).map((finding) => ({
      finding,
      names,
    }));
  });
  for (const [one, other] of apis) {
    if (other) found.push(...compareAsyncApis(one, other, sides));
    else {
      const place = placeOfGone(one.at.path, base.name, revision);
      found.push({
        finding: raise(CHECKS.eventRemoved, place, { event: one.at.path, base: base.name }),
        names: [one.at.path],
      });
    }
  }
  return found;
}

/** Where the revision would have what only the base has: a change takes it away there. */
function placeOfGone(path: string, folder: string, revision: Version): Place {
  const start = { line: 1, column: 1 };
  if (revision.library.documents.has(revision.name)) return { path: revision.name, ...start };
  const [from, to] = [posix.normalize(`${folder}/`), posix.normalize(`${revision.name}/`)];
  const whole = posix.normalize(path);
  const within = whole.startsWith(from) ? whole.slice(from.length) : posix.basename(whole);
  return { path: to === "./" ? within : to + within, ...start };
}

function removed(contract: Contract, place: Place, sides: Omit<Sides, "event">): Finding[] {
  if (contract.isPart || (contract.sunset !== null && isPast(contract.sunset, sides.now))) return [];
  return [raise(CHECKS.eventRemoved, place, { event: contract.name, base: sides.baseName })];
}

/** By file name; the only ones of both versions belong together whatever their names. */
function matchApis(base: AsyncApi[], revision: AsyncApi[], isWhole: boolean): [AsyncApi, AsyncApi | null][] {
  if (base.length === 1 && revision.length === 1) return [[base[0]!, revision[0]!]];
  const fileOf = (api: AsyncApi) => api.at.path.slice(api.at.path.lastIndexOf("/") + 1);
  return base
    .map((one): [AsyncApi, AsyncApi | null] => [
      one,
      revision.find((other) => fileOf(other) === fileOf(one)) ?? null,
    ])
    .filter(([, counterpart]) => counterpart !== null || isWhole);
}

function namesOf(...contracts: (Contract | null)[]): string[] {
  return contracts.flatMap((contract) => {
    if (!contract) return [];
    const keys = contract.keys.map((key) => key.slice(key.indexOf(" ") + 1));
    return [contract.name, contract.at.path, ...keys];
  });
}

/** Many bases tell the same of one place: the first one that does is named. */
function unique(findings: Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    // Several events may be gone from one place.
    const told = finding.code === CHECKS.eventRemoved.code ? finding.reason.en : "";
    const { code, path, line, column, severity } = finding;
    const key = JSON.stringify([code, path, line, column, severity, told]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}
