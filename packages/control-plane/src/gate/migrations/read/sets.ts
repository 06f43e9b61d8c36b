import type { Tree } from "../../family.ts";
import { type Finding, type Place, placesIn, raise, type SourceFile } from "../../finding.ts";
import { READING_CHECKS as CHECKS } from "../checks/reading.ts";
import type { Migration, MigrationSet, Script, Transaction } from "../types.ts";
import {
  baseName,
  compareNames,
  folderOf,
  isSql,
  join,
  type MigrationName,
  nameOf,
  settleNames,
} from "./names.ts";
import { isBlankSql, type Sectioned, splitSections } from "./sections.ts";
import { plainText, scriptOf } from "./text.ts";

/** One SQL file as it was found, before it is part of a history. */
type Entry = { name: MigrationName; file: SourceFile; sectioned: Sectioned };

/**
 * The histories in what was given. A file given alone is a set of its own (with its down file when that lies beside
 * it); a folder is a history, or several when its subfolders are. What cannot be read is a finding, never left out.
 */
export function readMigrationSets(
  tree: Tree,
  given: readonly string[],
): { sets: MigrationSet[]; findings: Finding[] } {
  const reader: Reader = { tree, known: new Set(tree.paths), areas: new Map(), findings: [] };
  const sets: MigrationSet[] = [];
  const taken = new Set<string>();
  for (const raw of given) {
    const path = raw.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
    const root = path === "." ? "" : path;
    const within = () => tree.paths.filter((one) => root === "" || one.startsWith(`${root}/`));
    const inside = reader.known.has(path) ? [] : within();
    if (inside.length > 0) sets.push(...folderSets(reader, root, inside));
    else if (!taken.has(path)) sets.push(...fileSet(reader, path, taken));
  }
  return { sets, findings: reader.findings };
}

/** The sets of files that are all there is: one file is a set of its own, several are the folder they share. */
export function setsOfFiles(files: readonly SourceFile[]): { sets: MigrationSet[]; findings: Finding[] } {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const tree: Tree = { paths: [...byPath.keys()].sort(), read: (path) => byPath.get(path)! };
  return readMigrationSets(tree, files.length === 1 ? tree.paths : [""]);
}

type Area = { byPath: ReadonlyMap<string, MigrationName>; pairs: ReadonlyMap<string, MigrationName[]> };
type Reader = {
  tree: Tree;
  known: ReadonlySet<string>;
  areas: Map<string, Area>;
  findings: Finding[];
};

const startOf = (path: string): Place => ({ path, line: 1, column: 1 });

function readEntry(reader: Reader, name: MigrationName): Entry | undefined {
  let read: SourceFile;
  try {
    read = reader.tree.read(name.path);
  } catch (error) {
    const cause = error as { reason?: string; message?: string };
    const why = (cause.reason ?? cause.message ?? String(error)).replace(/\.$/, "");
    reader.findings.push(raise(CHECKS.unreadable, startOf(name.path), { why }));
    return undefined;
  }
  // PostgreSQL's parser would stop at it and never see what follows.
  const zero = read.text.indexOf("\0");
  if (zero >= 0) {
    reader.findings.push(raise(CHECKS.unreadable, placesIn(read)(zero), { why: "NUL character" }));
    return undefined;
  }
  const sectioned = splitSections(read.text);
  const graphile = /(?:^|\/)(?:committed|current)(?:\/|\.sql$)/.test(name.path);
  return { name, file: plainText(read, graphile ? "graphile-migrate" : (sectioned.tool ?? "")), sectioned };
}

function fileSet(reader: Reader, path: string, taken: Set<string>): MigrationSet[] {
  const folder = folderOf(path);
  const area = areaOf(reader, folder);
  const own = { ...(area.byPath.get(path) ?? nameOf(path)) };
  // x.up.sql with x.down.sql, up.sql with down.sql, x.sql with down/x.sql.
  const partner = area.pairs
    .get(pairKey(own))
    ?.find(({ role }) => (own.role === "up" && role === "down") || (own.role === "down" && role === "up"));
  taken.add(path);
  if (partner) taken.add(partner.path);
  // A down that was given without its up is what somebody wants to run.
  if (!partner && own.role === "down") own.role = "up";
  return assemble(reader, path, partner ? [own, partner] : [own]);
}

/** The SQL files in and around a folder, where a file's other half may be. */
function areaOf(reader: Reader, folder: string): Area {
  const known = reader.areas.get(folder);
  if (known) return known;
  const near = (other: string) =>
    other === folder ||
    folderOf(other) === folder ||
    (folder !== "" && (folderOf(folder) === other || folderOf(folder) === folderOf(other)));
  const names = settleNames(
    reader.tree.paths.filter((one) => isSql(one) && near(folderOf(one))).map((one) => nameOf(one)),
  );
  const area: Area = {
    byPath: new Map(names.map((name) => [name.path, name])),
    pairs: groupBy(names, pairKey),
  };
  reader.areas.set(folder, area);
  return area;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const CODE = /^(?:\d+[^/]*|V\d+__[^/]*)\.(?:[cm]?[jt]s|py|rb|go|java|kt|php|cs)$/i;
const DUMPS = /^(?:schema|structure|dump)\.sql$/i;

function folderSets(reader: Reader, root: string, inside: readonly string[]): MigrationSet[] {
  const sql = inside.filter(isSql);
  const relevant =
    sql.length > 1 ? sql.filter((path) => !DUMPS.test(baseName(path)) || !hasNumbers(sql)) : sql;
  if (relevant.length === 0) {
    reader.findings.push(
      raise(CHECKS.nothingFound, startOf(root === "" ? "." : root), { path: root || "." }),
    );
    return [];
  }
  const names = settleNames(relevant.map((path) => nameOf(path, root)));
  const folders = groupBy(names, (name) => historyOf(name, root));
  const merged = [...folders.values()];
  const sets = (merged.length > 1 && isOneHistory(folders) ? [names] : merged).flatMap((group) =>
    assemble(reader, merged.length > 1 && group !== names ? group[0]!.folder : root, group),
  );
  const code = inside.filter((path) => CODE.test(baseName(path)) && folders.has(folderOf(path)));
  for (const path of code) reader.findings.push(raise(CHECKS.notSql, startOf(path)));
  return sets;
}

const hasNumbers = (paths: readonly string[]): boolean =>
  paths.some((path) => nameOf(path).version.length > 0 && !DUMPS.test(baseName(path)));

/** graphile-migrate keeps one history in committed/ and current.sql or current/. */
function historyOf(name: MigrationName, root: string): string {
  const last = baseName(name.folder);
  return name.folder !== root && /^(?:committed|current)$/.test(last) ? folderOf(name.folder) : name.folder;
}

/** Subfolders by year or release are one history: their versions never repeat. */
function isOneHistory(folders: ReadonlyMap<string, MigrationName[]>): boolean {
  const all = [...folders.values()].flat().filter((name) => name.role !== "down");
  const versions = all.filter((name) => name.version.length > 0).map((name) => name.key);
  if (new Set(versions).size !== versions.length) return false;
  if (all.every((name) => name.layout === "flyway")) return true;
  return (
    versions.length === all.length &&
    [...folders.keys()].every((folder) => /^[vr]?\d/i.test(baseName(folder)))
  );
}

function assemble(reader: Reader, path: string, names: MigrationName[]): MigrationSet[] {
  const ordered = withoutBaselines([...names].sort(inOrder));
  const entries = ordered.flatMap((name) => readEntry(reader, name) ?? []);
  if (entries.length === 0) return [];
  const tool = toolOf(reader, entries);
  const findings: Finding[] = [];
  const wrap = (entry: Entry): Transaction => transactionOf(reader, tool, entry, entries);
  const downs = new Map<string, Entry>();
  for (const entry of entries) if (entry.name.role === "down") downs.set(pairKey(entry.name), entry);
  const migrations: Migration[] = [];
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const { name, file, sectioned } = entry;
    if (name.role === "down") continue;
    const earlier = seen.get(pairKey(name));
    if (earlier !== undefined && name.version.length > 0) {
      const known = !["plain", "sections"].includes(tool);
      findings.push(
        raise(CHECKS.sameVersion, startOf(name.path), { other: earlier }, known ? {} : { severity: "warn" }),
      );
    }
    seen.set(pairKey(name), name.path);
    const pair = downs.get(pairKey(name));
    downs.delete(pairKey(name));
    for (const part of sectioned.migrations) {
      const transaction = part.transaction ?? wrap(entry);
      const up = scriptOf(file, part.up, transaction);
      const down = part.down
        ? scriptOf(file, part.down, transaction)
        : pair && scriptOf(pair.file, wholeOf(pair), pair.sectioned.migrations[0]?.transaction ?? wrap(pair));
      migrations.push({
        path: name.path,
        up,
        ...(down && { down }),
        ...(name.role === "repeatable" && { repeatable: true }),
      });
      noteEmpty(findings, file, up);
    }
    if (sectioned.migrations.length === 0) noteEmpty(findings, file, scriptOf(file, [], "unknown"));
  }
  for (const entry of downs.values()) {
    findings.push(raise(CHECKS.downAlone, startOf(entry.name.path)));
  }
  const downsThere = migrations.filter((migration) => migration.down !== undefined).length;
  // x.up.sql by itself promises its x.down.sql; of a longer history its habit counts.
  const isHabit =
    downsThere > 0 ? downsThere * 2 >= migrations.length : tool === "pairs" && migrations.length === 1;
  const hasDowns = WITH_DOWNS.has(tool) || isHabit;
  return [{ path: path || ".", tool, hasDowns, migrations, findings }];
}

/** A down file may itself be written with headings; then its down part, or all of it. */
const wholeOf = (entry: Entry) => {
  const [part] = entry.sectioned.migrations;
  return part?.down && isBlankSql(part.up.map(([from, to]) => entry.file.text.slice(from, to)).join(""))
    ? part.down
    : [[0, entry.file.text.length] as const];
};

const pairKey = (name: MigrationName): string => `${name.folder} ${name.key}`;

function noteEmpty(findings: Finding[], file: SourceFile, up: Script): void {
  if (!isBlankSql(up.text)) return;
  const check = file.text.trim() === "" || up.text.trim() === "" ? CHECKS.empty : CHECKS.onlyComments;
  findings.push(raise(check, startOf(file.path), {}));
}

/** current.sql of graphile-migrate is what comes after all that is committed. */
const inOrder = (left: MigrationName, right: MigrationName): number => {
  const rank = (name: MigrationName) => (/(?:^|\/)current(?:\/|\.sql$)/.test(name.path) ? 1 : 0);
  return rank(left) - rank(right) || compareNames(left, right);
};

/** A baseline stands for what came before it; it is replayed only when that is no longer there. */
function withoutBaselines(names: MigrationName[]): MigrationName[] {
  const first = names.findIndex((name) => name.role === "up");
  return names.filter((name, at) => name.role !== "baseline" || first < 0 || at < first);
}

const WITH_DOWNS = new Set(["goose", "sql-migrate", "dbmate", "play", "node-pg-migrate"]);

function toolOf(reader: Reader, entries: readonly Entry[]): string {
  const marked = entries.find((entry) => entry.sectioned.tool !== undefined)?.sectioned.tool;
  if (marked && marked !== "sections") return marked;
  const { folder, layout } = entries[0]!.name;
  const has = (name: string, at = folder) => reader.known.has(join(at, name));
  if (layout === "flyway") return "flyway";
  if (has("meta/_journal.json") || entries.some((entry) => has("snapshot.json", folderOf(entry.name.path)))) {
    return "drizzle";
  }
  if (entries.some((entry) => entry.file.text.includes("--> statement-breakpoint"))) return "drizzle";
  if (entries.some((entry) => baseName(entry.name.path).toLowerCase() === "migration.sql")) return "prisma";
  if (entries.some((entry) => /^--! (?:Previous|Hash|Message):/im.test(entry.file.text)))
    return "graphile-migrate";
  if (/(?:^|\/)committed$/.test(folder)) return "graphile-migrate";
  if (has("atlas.sum")) return "atlas";
  if (has("sqitch.plan") || has("sqitch.plan", folderOf(folder))) return "sqitch";
  if (layout === "folder") return "diesel";
  if (entries.some((entry) => entry.name.layout === "pair")) return "pairs";
  return marked ?? "plain";
}

/** How each tool sends a file, as far as its documentation or source says. */
function transactionOf(reader: Reader, tool: string, entry: Entry, all: readonly Entry[]): Transaction {
  const { path } = entry.name;
  const settings = reader.known.has(`${path}.conf`) ? reader.tree.read(`${path}.conf`).text : "";
  if (/^\s*executeInTransaction\s*=\s*false\b/im.test(settings)) return "none";
  const metadata = join(folderOf(path), "metadata.toml");
  if (reader.known.has(metadata) && /run_in_transaction\s*=\s*false/.test(reader.tree.read(metadata).text)) {
    return "none";
  }
  if (tool === "flyway") return "detected";
  if (tool === "sqitch" || tool === "play") return "none";
  if (tool === "prisma") return "implicit";
  if (tool === "pairs") {
    // sqlx and golang-migrate share these names; only sqlx knows `-- no-transaction`, and it wraps all others.
    const isSqlx = all.some((one) => one.sectioned.migrations[0]?.transaction === "none");
    return isSqlx ? "per-file" : "implicit";
  }
  return tool === "plain" || tool === "sections" ? "unknown" : "per-file";
}
