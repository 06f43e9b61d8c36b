/** What a file's place and name say of it. */
export type MigrationName = {
  path: string;
  /** The folder whose history it belongs to; "" is the working directory. */
  folder: string;
  /** Up and down of one migration share it. */
  key: string;
  /** Parts of the version, compared as numbers one by one; none when the name has no number. */
  version: string[];
  role: "up" | "down" | "repeatable" | "baseline";
  /** Only a sibling of that key makes it a down (`0004_scale_down.sql` may be a plain name). */
  tentative?: { key: string; role: "up" | "down" };
  layout: "flyway" | "pair" | "folder" | "plain";
};

const UP_WORDS = new Set(["up", "ups", "do", "deploy", "apply", "forward", "forwards"]);
const DOWN_WORDS = new Set(
  "down downs undo undos rollback rollbacks revert reverts reverse backward backwards".split(" "),
);
const FLYWAY = /^([VUB])(\d+(?:[._]\d+)*)__(.*)$/i;
const FLYWAY_REPEATABLE = /^R__(.*)$/i;
const LEADING_NUMBERS = /^[vV]?(\d+(?:[._-]\d+)*)(?=[._-]|$)/;

export const isSql = (path: string): boolean => /\.sql$/i.test(path);
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** The numbers that a migration's name starts with: `20240101_120000-x` → ["20240101", "120000"]. */
export function versionIn(name: string): string[] {
  const parts = (LEADING_NUMBERS.exec(name)?.[1] ?? "").split(/[._-]/).filter((part) => part !== "");
  // 2026-06-18-084149 is the same kind of number as 20260618084149.
  const isDate =
    /^(?:19|20)\d\d$/.test(parts[0] ?? "") && /^\d\d$/.test(parts[1] ?? "") && /^\d\d$/.test(parts[2] ?? "");
  if (!isDate) return parts;
  const end = /^\d{4}(?:\d\d)?$/.test(parts[3] ?? "") ? 4 : 3;
  return [parts.slice(0, end).join(""), ...parts.slice(end)];
}

/** Reads the name of an SQL file. `root` is the folder that was given: what lies above it says nothing. */
export function nameOf(path: string, root?: string): MigrationName {
  const folder = folderOf(path);
  const name = baseName(path).replace(/\.sql$/i, "");
  const own = baseName(folder);
  if (folder !== "" && /^(?:up|down|migration)$/i.test(name)) {
    const version = versionIn(own);
    const role = name.toLowerCase() === "down" ? "down" : "up";
    // A folder that was given alone and holds up.sql and down.sql is one migration.
    return {
      path,
      folder: folder === root ? folder : folderOf(folder),
      key: `/${own}`,
      version,
      role,
      layout: "folder",
    };
  }
  const flyway = FLYWAY.exec(name);
  if (flyway) {
    const version = flyway[2]!.split(/[._]/);
    const role = { V: "up", U: "down", B: "baseline" } as const;
    const kind = role[flyway[1]!.toUpperCase() as "V" | "U" | "B"];
    const key = `V${version.map(trimZeros).join(".")}`;
    return {
      path,
      folder,
      key: kind === "baseline" ? `B${key}` : key,
      version,
      role: kind,
      layout: "flyway",
    };
  }
  if (FLYWAY_REPEATABLE.test(name)) {
    return { path, folder, key: name, version: [], role: "repeatable", layout: "flyway" };
  }
  // up/0001.sql with down/0001.sql, or 0001.sql with rollback/0001.sql.
  const word = own.toLowerCase();
  if (folder !== root && (DOWN_WORDS.has(word) || UP_WORDS.has(word))) {
    const inner = nameOf(join(folderOf(folder), baseName(path)));
    const role = DOWN_WORDS.has(word) ? "down" : "up";
    return { ...inner, path, role, key: inner.key, layout: "pair" };
  }
  return suffixed(path, folder, name);
}

function suffixed(path: string, folder: string, name: string): MigrationName {
  const version = versionIn(name);
  const keyOf = (rest: string) => (version.length > 0 ? version.map(trimZeros).join(".") : rest);
  const numbered = /^(\d+)\.(do|undo)(?:\.|$)/i.exec(name);
  if (numbered) {
    const role = numbered[2]!.toLowerCase() === "do" ? "up" : "down";
    return { path, folder, key: keyOf(name), version, role, layout: "pair" };
  }
  const cut = Math.max(name.lastIndexOf("."), name.lastIndexOf("_"), name.lastIndexOf("-"));
  const last = name.slice(cut + 1).toLowerCase();
  const role = UP_WORDS.has(last) ? "up" : DOWN_WORDS.has(last) ? "down" : undefined;
  const rest = name.slice(0, Math.max(cut, 0));
  if (cut > 0 && role) {
    const key = keyOf(rest);
    if (name[cut] === ".") return { path, folder, key, version, role, layout: "pair" };
    return { path, folder, key: `=${name}`, version, role: "up", tentative: { key, role }, layout: "plain" };
  }
  return { path, folder, key: keyOf(name), version, role: "up", layout: "plain" };
}

/** Decides the names that need their siblings: `x_up`/`x_down` are a pair only when both, or `x`, are there. */
export function settleNames(names: readonly MigrationName[]): MigrationName[] {
  const stem = (name: MigrationName) => {
    const base = baseName(name.path).replace(/\.sql$/i, "");
    return `${name.folder}/${name.tentative ? base.slice(0, base.search(/[._-][^._-]*$/)) : base}`;
  };
  const ups = new Set<string>();
  const downs = new Set<string>();
  for (const name of names) {
    if (name.tentative?.role === "down") downs.add(stem(name));
    else if (name.role === "up") ups.add(stem(name));
  }
  return names.map((name) => {
    if (!name.tentative) return name;
    const { tentative, ...rest } = name;
    const paired = tentative.role === "down" ? ups.has(stem(name)) : downs.has(stem(name));
    if (paired) return { ...rest, key: tentative.key, role: tentative.role, layout: "pair" };
    return { ...rest, key: tentative.key };
  });
}

const trimZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, "");

/** Versions as numbers, part by part (`1.2.10` after `1.2.9`); a missing part is 0. */
export function compareVersions(left: readonly string[], right: readonly string[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const one = trimZeros(left[at] ?? "0");
    const other = trimZeros(right[at] ?? "0");
    if (one.length !== other.length) return one.length - other.length;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** Order of a history: numbered by number, then what has none by name, repeatables last. */
export function compareNames(left: MigrationName, right: MigrationName): number {
  const rank = (name: MigrationName) => (name.role === "repeatable" ? 2 : name.version.length === 0 ? 1 : 0);
  return (
    rank(left) - rank(right) ||
    compareVersions(left.version, right.version) ||
    compareNaturally(left.path, right.path)
  );
}

/** Text order in which runs of digits count as numbers: `step9` before `step10`. */
export function compareNaturally(left: string, right: string): number {
  const one = left.match(/\d+|\D+/g) ?? [];
  const other = right.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [a, b] = [one[at]!, other[at]!];
    const order = /^\d/.test(a) && /^\d/.test(b) ? compareVersions([a], [b]) : a === b ? 0 : a < b ? -1 : 1;
    if (order !== 0) return order;
  }
  return one.length - other.length || (left < right ? -1 : left > right ? 1 : 0);
}
