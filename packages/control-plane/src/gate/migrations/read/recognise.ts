import type { Tree } from "../../family.ts";
import { baseName, folderOf, isSql, join, nameOf } from "./names.ts";
import { splitSections } from "./sections.ts";

const HISTORY =
  /^(?:migrations?|migrates?|migrators?|evolutions|changelogs?|committed|deploy|flyway|liquibase|sqls)$/i;
const MAYBE_HISTORY = /^(?:db|database|sql|schema|versions|ddl|drizzle|postgres(?:ql)?|pg|patches|updates)$/i;
/** Places whose SQL does not ship, or is not PostgreSQL's. */
const ELSEWHERE =
  /^(?:node_modules|vendor|dist|build|target|out|coverage|tests?|__tests__|specs?|fixtures?|__fixtures__|testdata|test-data|corpus|seeds?|seeders|quer(?:y|ies)|snapshots?|verify|examples?|mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|clickhouse|d1|bigquery|snowflake|cassandra)$/i;

/**
 * The folders of a working tree that hold a history of PostgreSQL migrations, for `readMigrationSets`. `paths` of the
 * settings takes the place of looking. Whatever is under tests, seeds or queries is left out.
 */
export function recognizeMigrations(
  tree: Tree,
  settings: { paths?: readonly string[] | undefined } = {},
): string[] {
  if (settings.paths !== undefined) return [...settings.paths];
  const known = new Set(tree.paths);
  const folders = new Map<string, string[]>();
  for (const path of tree.paths) {
    if (
      !isSql(path) ||
      folderOf(path)
        .split("/")
        .some((part) => ELSEWHERE.test(part))
    )
      continue;
    const { folder } = nameOf(path);
    const graphile = /^(?:committed|current)$/.test(baseName(folder)) ? folderOf(folder) : folder;
    const root =
      baseName(folder) === "committed" || known.has(join(graphile, "committed")) ? graphile : folder;
    const paths = folders.get(root);
    if (paths) paths.push(path);
    else folders.set(root, [path]);
  }
  const found = [...folders]
    .filter(([root, paths]) => isHistory(tree, known, root, paths))
    .map(([root]) => root);
  return found.filter((root) => !found.some((other) => other !== root && isWithin(root, other))).sort();
}

const isWithin = (path: string, folder: string): boolean => folder === "" || path.startsWith(`${folder}/`);

function isHistory(tree: Tree, known: ReadonlySet<string>, root: string, paths: readonly string[]): boolean {
  const names = paths.map((path) => nameOf(path));
  const numbered = names.filter((name) => name.version.length > 0);
  if (isOtherDatabase(tree, known, root)) return false;
  if (known.has(join(root, "atlas.sum")) || known.has(join(root, "meta/_journal.json"))) return true;
  if (names.some((name) => name.layout === "flyway" && name.version.length > 0)) return true;
  if (paths.some((path) => baseName(folderOf(path)) === "committed" && /^\d{6}/.test(baseName(path))))
    return true;
  const parts = root.split("/").slice(-3);
  if (numbered.length > 0 && parts.some((part) => HISTORY.test(part))) return true;
  if (
    numbered.length * 2 > names.length &&
    numbered.some((name) => /^\d{3,}$/.test(name.version[0]!)) &&
    parts.some((part) => MAYBE_HISTORY.test(part))
  ) {
    return true;
  }
  if (numbered.length === 0 && !parts.some((part) => HISTORY.test(part))) return false;
  // Any other folder only by what a tool's own headings say.
  return paths.some((path) => {
    const { tool } = splitSections(tree.read(path).text);
    return tool !== undefined && tool !== "sections";
  });
}

function isOtherDatabase(tree: Tree, known: ReadonlySet<string>, root: string): boolean {
  const says = (path: string, pattern: RegExp) => known.has(path) && !pattern.test(tree.read(path).text);
  return (
    says(join(root, "migration_lock.toml"), /provider\s*=\s*"(?:postgresql|cockroachdb)"/) ||
    says(join(root, "meta/_journal.json"), /"dialect"\s*:\s*"(?:postgresql|pg)"/)
  );
}
