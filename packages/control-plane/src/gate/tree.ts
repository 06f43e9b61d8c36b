import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import type { Text } from "./check.ts";
import { GATE_CHECKS } from "./checks.ts";
import { type Finding, raise, type SourceFile } from "./finding.ts";

/** Larger than any file a person writes; what is larger is refused rather than half read. */
const LIMIT_MB = 20;
/** Without git: what tools make or bring along, and nobody writes. */
const IGNORED = new Set(
  (
    ".git .hg .svn node_modules bower_components vendor .toban dist build target coverage " +
    ".next .nuxt .svelte-kit .turbo .cache .venv venv __pycache__ .terraform .gradle"
  ).split(" "),
);

/** `isText` is false for what was opened and is no text: a picture, an archive. */
export type ReadResult = { file: SourceFile } | { finding: Finding; isText?: false };
export type ReadFile = (shown: string) => ReadResult;

const DENIED: Text = { en: "this user may not open it", ja: "このユーザーには開く権限がない" };
const CAUSES: Record<string, Text> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EISDIR: { en: "it is a folder", ja: "フォルダーである" },
  ELOOP: { en: "its links go round in a circle", ja: "シンボリックリンクが循環している" },
  device: { en: "it is a device", ja: "デバイスである" },
  large: { en: "it is too large", ja: "大きすぎる" },
  encoding: { en: "it is no UTF-8 text", ja: "UTF-8 のテキストではない" },
};

/** Says in both languages why something could not be read: a system's error code, or a key of `CAUSES`. */
export function unreadable(shown: string, code: string): Finding {
  const place = { path: shown, line: 1, column: 1 };
  const finding = raise(GATE_CHECKS.inputUnreadable, place, { path: shown, limit: LIMIT_MB });
  const cause = CAUSES[code] ?? { en: code, ja: code };
  const { en, ja } = finding.reason;
  return {
    ...finding,
    reason: { en: en.replace("{cause}", cause.en), ja: ja.replace("{cause}", cause.ja) },
  };
}

/** Reads files under `cwd` as UTF-8; what cannot be read is a finding, for it is never a pass. */
export function reader(cwd: string): ReadFile {
  return (shown) => {
    let bytes: Buffer;
    try {
      const full = path.resolve(cwd, shown);
      const found = statSync(full);
      if (found.size > LIMIT_MB * 1024 * 1024) return { finding: unreadable(shown, "large"), isText: false };
      if (found.isCharacterDevice() || found.isBlockDevice()) return { finding: unreadable(shown, "device") };
      bytes = readFileSync(full);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") {
        const place = { path: shown, line: 1, column: 1 };
        return { finding: raise(GATE_CHECKS.inputMissing, place, { path: shown }) };
      }
      return { finding: unreadable(shown, code ?? "unknown") };
    }
    try {
      // A byte order mark is kept out of the text; nothing that reads it expects one.
      return { file: { path: shown, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) } };
    } catch {
      return { finding: unreadable(shown, "encoding"), isText: false };
    }
  };
}

/**
 * All files below a folder, named as the folder was; without what git ignores, or without the usual build folders.
 * @param refused is told each folder that may not be opened, and why
 */
export function filesBelow(
  cwd: string,
  folder: string,
  refused: (shown: string, code: string) => void = () => {},
): string[] {
  const full = path.resolve(cwd, folder);
  const shown = (name: string) => path.join(folder, name).split(path.sep).join("/");
  const walk = () => walked(full, full, (name, code) => refused(shown(name), code));
  return (listedByGit(full) ?? walk()).map(shown).sort();
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
  statOf(path.resolve(cwd, shown))?.isDirectory() ?? false;

/** When a file was last written, or undefined when it is not on disk. See `dateOf` for what git keeps. */
export const writtenAt = (cwd: string, shown: string): Date | undefined =>
  statOf(path.resolve(cwd, shown))?.mtime;

/** Undefined also for what may not be looked at. */
function statOf(full: string): Stats | undefined {
  try {
    return statSync(full, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A file, or something that cannot even be looked at: reading it says why. */
function isFileOrRefused(full: string): boolean {
  try {
    return statSync(full, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return true;
  }
}

/** A commit hook is told by its environment which repository and index are meant; we mean that of the folder. */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR: _d, GIT_WORK_TREE: _w, GIT_INDEX_FILE: _i, GIT_PREFIX: _p, ...others } = process.env;
  return others;
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd,
    env: environment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 256 * 1024 * 1024,
  });
}

const listed = (output: string): string[] => output.split("\0").filter(Boolean);

function listedByGit(folder: string): string[] | undefined {
  try {
    const names = listed(git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard"));
    // A folder that git ignores as a whole was named on purpose.
    if (names.length === 0) return undefined;
    // Deleted but not yet committed is gone for us; a file in conflict is listed once for each side.
    return [...new Set(names)].filter((name) => isFileOrRefused(path.join(folder, name)));
  } catch {
    return undefined;
  }
}

function walked(root: string, folder: string, refused: (name: string, code: string) => void): string[] {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(folder);
  } catch (error) {
    refused(path.relative(root, folder), (error as NodeJS.ErrnoException).code ?? "unknown");
    return [];
  }
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : walked(root, full, refused);
    // As git does: a link to a file counts, one to a folder may lead round in a circle.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && isFileOrRefused(full));
    return isFile ? [path.relative(root, full)] : [];
  });
}

const entriesOf = (folder: string) => readdirSync(folder, { withFileTypes: true });

/**
 * Tells whether a file (absolute path) is the same as it was where this branch left a commit. What git does not keep is
 * not. Undefined when git cannot tell.
 */
export function unchangedSince(cwd: string, ref: string): ((full: string) => boolean) | undefined {
  try {
    const root = git(cwd, "rev-parse", "--show-toplevel").trim();
    // Before the first commit everything is new.
    if (ref === "HEAD" && !hasCommit(cwd)) return () => false;
    const base = mergeBase(cwd, ref);
    const at = (name: string) => path.join(root, name);
    const before = listed(git(root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", base));
    const kept = new Set(before.map(at));
    for (const name of listed(git(root, "diff", "--name-only", "--no-renames", "-z", base))) {
      kept.delete(at(name));
    }
    return (full) => kept.has(full);
  } catch {
    return undefined;
  }
}

function hasCommit(cwd: string): boolean {
  try {
    return git(cwd, "rev-parse", "--verify", "--quiet", "HEAD") !== "";
  } catch {
    return false;
  }
}

/** A shallow clone may lack the commit where the two part; then the named one itself is compared. */
function mergeBase(cwd: string, ref: string): string {
  const commit = git(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).trim();
  try {
    return git(cwd, "merge-base", commit, "HEAD").trim();
  } catch {
    return commit;
  }
}

/**
 * When the text of a file is from: its last commit, when it is as it was committed (a checkout writes it anew), else when it
 * was written. Undefined when it is not on disk.
 */
export function dateOf(cwd: string, shown: string): Date | undefined {
  const written = writtenAt(cwd, shown);
  if (!written) return undefined;
  try {
    const full = path.resolve(cwd, shown);
    const [folder, name] = [path.dirname(full), `./${path.basename(full)}`];
    const ask = (...args: string[]) => git(folder, "--literal-pathspecs", ...args, "--", name).trim();
    if (ask("status", "--porcelain", "--ignored") !== "") return written;
    const committed = ask("log", "-1", "--format=%cI");
    if (committed === "") return written;
    const date = new Date(committed);
    return date < written ? date : written;
  } catch {
    return written;
  }
}

/** The folder of `cwd` in its repository with a `/` at its end; empty at the root and outside of one. */
export function folderInRepository(cwd: string): string {
  try {
    return git(cwd, "rev-parse", "--show-prefix").replace(/\n$/, "");
  } catch {
    return "";
  }
}

/** A file as it was in a commit, `git:REF:PATH` with PATH relative to the repository's root. */
export function fileAt(cwd: string, spec: string): SourceFile | undefined {
  const [, ref, name] = /^git:([^:]+):(.+)$/s.exec(spec) ?? [];
  if (!ref || !name || ref.startsWith("-")) return undefined;
  try {
    return { path: spec, text: git(cwd, "cat-file", "blob", `${ref}:${name}`).replace(/^\uFEFF/, "") };
  } catch {
    return undefined;
  }
}
