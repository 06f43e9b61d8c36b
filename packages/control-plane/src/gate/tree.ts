import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { GATE_CHECKS } from "./checks.ts";
import { type Finding, raise, type SourceFile } from "./finding.ts";

/** Larger than any file a person writes; what is larger is refused rather than half read. */
const LIMIT_MB = 20;
const IGNORED = new Set([".git", "node_modules", ".toban", "dist", "build", "target", "vendor", "coverage"]);

export type ReadFile = (shown: string) => { file: SourceFile } | { finding: Finding };

/** Reads files under `cwd` as UTF-8; what cannot be read is a finding, for it is never a pass. */
export function reader(cwd: string): ReadFile {
  return (shown) => {
    const place = { path: shown, line: 1, column: 1 };
    const unreadable = (cause: string) => ({
      finding: raise(GATE_CHECKS.inputUnreadable, place, { path: shown, cause, limit: LIMIT_MB }),
    });
    let bytes: Buffer;
    try {
      const full = path.resolve(cwd, shown);
      if (statSync(full).size > LIMIT_MB * 1024 * 1024) return unreadable("too large");
      bytes = readFileSync(full);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") {
        return { finding: raise(GATE_CHECKS.inputMissing, place, { path: shown }) };
      }
      return unreadable(code ?? "unknown");
    }
    try {
      // A byte order mark is kept out of the text; nothing that reads it expects one.
      return { file: { path: shown, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) } };
    } catch {
      return unreadable("not UTF-8");
    }
  };
}

/** All files below a folder, named as the folder was; without what git ignores, or without the usual build folders. */
export function filesBelow(cwd: string, folder: string): string[] {
  const full = path.resolve(cwd, folder);
  return (listedByGit(full) ?? walked(full, full))
    .map((name) => path.join(folder, name).split(path.sep).join("/"))
    .sort();
}

/** The files in the folder of a file, itself among them: where its pair may be. */
export function filesBeside(cwd: string, file: string): string[] {
  const folder = path.dirname(file);
  try {
    return readdirSync(path.resolve(cwd, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(folder, entry.name).split(path.sep).join("/"));
  } catch {
    return [];
  }
}

export const isFolder = (cwd: string, shown: string): boolean =>
  statSync(path.resolve(cwd, shown), { throwIfNoEntry: false })?.isDirectory() ?? false;

function listedByGit(folder: string): string[] | undefined {
  try {
    const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 256 * 1024 * 1024,
    });
    const names = output.split("\0").filter(Boolean);
    // A folder that git ignores as a whole was named on purpose.
    if (names.length === 0) return undefined;
    // Deleted but not yet committed is gone for us.
    return names.filter((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile());
  } catch {
    return undefined;
  }
}

function walked(root: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : walked(root, full);
    return entry.isFile() ? [path.relative(root, full)] : [];
  });
}

/** Files that differ from a commit: committed, changed, staged or new. Undefined when git cannot tell. */
export function changedSince(cwd: string, ref: string): Set<string> | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .split("\0")
      .filter(Boolean);
  try {
    const base = git("merge-base", "--end-of-options", ref, "HEAD")[0]?.trim() ?? ref;
    return new Set([
      ...git("diff", "--name-only", "-z", "--relative", "--end-of-options", base),
      ...git("ls-files", "-z", "--others", "--exclude-standard"),
    ]);
  } catch {
    return undefined;
  }
}

/** A file as it was in a commit, `git:REF:PATH` with PATH relative to the repository's root. */
export function fileAt(cwd: string, spec: string): SourceFile | undefined {
  const [, ref, name] = /^git:([^:]+):(.+)$/s.exec(spec) ?? [];
  if (!ref || !name || ref.startsWith("-")) return undefined;
  try {
    const text = execFileSync("git", ["show", "--end-of-options", `${ref}:${name}`], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 256 * 1024 * 1024,
    });
    return { path: spec, text };
  } catch {
    return undefined;
  }
}
