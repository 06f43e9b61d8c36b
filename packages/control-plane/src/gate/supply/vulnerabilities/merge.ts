import { type Level, worst } from "./cvss.ts";
import { CVE, GHSA, type Observation } from "./scan.ts";

/** One vulnerability in one package, whatever the reports call it and however many of them show it. */
export type Vulnerability = {
  /** All its names; the first is the one people use: CVE, else GHSA, else what there is. */
  ids: string[];
  package: string;
  versions: string[];
  /** The worst that a report rates it; High when none does. */
  level: Level;
  rated: boolean;
  fixedIn: string[];
  /** Every report that shows it does so only as something it was told to hide. */
  suppressed: boolean;
  /** The scans (`sourceOf`) and the reports' paths that show it. */
  sources: string[];
  paths: string[];
};

export type Sighting = Observation & { source: string; path: string };

/** Scanners write the same package as `group:name`, `Name` or `na_me`. */
export const packageKey = (name: string): string =>
  name
    .slice(name.lastIndexOf(":") + 1)
    .toLowerCase()
    .replace(/[_.]/g, "-");

/** Ids by use: CVE before GHSA before the rest, each in order. */
export function sortIds(ids: Iterable<string>): string[] {
  const order = (id: string) => (CVE.test(id) ? 0 : GHSA.test(id) ? 1 : 2);
  return [...new Set(ids)].sort((a, b) => order(a) - order(b) || (a < b ? -1 : a > b ? 1 : 0));
}

/** Brings together what is the same: aliases hold across packages and reports, and through one another. */
export function mergeSightings(sightings: readonly Sighting[]): Vulnerability[] {
  const rootOf = unite(sightings.map(({ ids }) => ids));
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = `${rootOf(sighting.ids[0]!)} ${packageKey(sighting.package)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sighting]);
    else group.push(sighting);
  }
  return [...groups.values()].map((group) => {
    const level = worst(group.flatMap((one) => one.level ?? []));
    return {
      ids: sortIds(group.flatMap(({ ids }) => ids)),
      package: group[0]!.package,
      versions: [...new Set(group.flatMap(({ versions }) => versions))].sort(),
      level: level ?? "high",
      rated: level !== undefined,
      fixedIn: [...new Set(group.flatMap(({ fixedIn }) => fixedIn))],
      suppressed: group.every(({ suppressed }) => suppressed === true),
      sources: [...new Set(group.map(({ source }) => source))].sort(),
      paths: [...new Set(group.map(({ path }) => path))],
    };
  });
}

/** Union-find over names: the returned function gives one representative for all names of the same thing. */
function unite(sets: readonly (readonly string[])[]): (id: string) => string {
  const parents = new Map<string, string>();
  const find = (id: string): string => {
    let root = id;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
      root = next;
    for (let at = id; at !== root; ) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  for (const [first, ...rest] of sets) {
    if (first === undefined) continue;
    for (const id of rest) {
      const [a, b] = [find(first), find(id)];
      if (a !== b) parents.set(a, b);
    }
  }
  return find;
}
