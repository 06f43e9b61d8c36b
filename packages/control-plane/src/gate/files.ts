import path from "node:path";
import { notFound } from "../platform/errors.ts";
import { GATE_CHECKS } from "./checks.ts";
import type { Tree } from "./family.ts";
import { type Finding, type Outcome, raise, type SourceFile } from "./finding.ts";
import { fileAt, filesBelow, filesBeside, isFolder, type ReadResult, reader, unreadable } from "./tree.ts";

/** The working directory as the checks see it. Every file is read once and remembered. */
export type Files = {
  cwd: string;
  /** A file, or a finding that says why it could not be read. `git:REF:PATH` is a file of a commit. */
  read(shown: string): ReadResult;
  /** Reads many; those that cannot be read are in the outcome, and so are paths where nothing is. */
  readAll(shown: string[]): { files: SourceFile[]; unread: Outcome };
  isFolder(shown: string): boolean;
  /** Files of a folder, or the file itself. */
  below(shown: string): string[];
  /** All files of the working directory. */
  tree(): Tree;
  /** Only these files and folders; of a file also what stands beside it. */
  treeOf(shown: string[]): Tree;
  lineOf(place: { path: string; line: number }): string;
  /** What a file is called in records: as seen from the working directory, however it was named now. */
  nameOf(shown: string): string;
  /** What was listed but may not be opened, so far. */
  refused(): Outcome;
};

export function openFiles(cwd: string): Files {
  const fromDisk = reader(cwd);
  const known = new Map<string, ReadResult>();
  const lines = new Map<string, string[]>();
  const closed = new Map<string, Finding>();
  let paths: string[] | undefined;
  const list = (folder: string) =>
    filesBelow(cwd, folder, (shown, code) => closed.set(shown, unreadable(shown, code)));
  const read: Files["read"] = (shown) => {
    const result = known.get(shown) ?? (shown.startsWith("git:") ? fromGit(cwd, shown) : fromDisk(shown));
    known.set(shown, result);
    return result;
  };
  return {
    cwd,
    read,
    readAll(shown) {
      const files: SourceFile[] = [];
      const unread: Outcome = { files: [], findings: [] };
      for (const name of shown) {
        const result = read(name);
        if ("file" in result) files.push(result.file);
        else {
          unread.files.push(name);
          unread.findings.push(result.finding);
        }
      }
      return { files, unread };
    },
    isFolder: (shown) => isFolder(cwd, shown),
    below: (shown) => (isFolder(cwd, shown) ? list(shown) : [shown]),
    tree() {
      paths ??= list(".");
      return treeFrom(paths, read);
    },
    treeOf(shown) {
      const beside = new Map<string, string[]>();
      for (const name of shown.filter((one) => !isFolder(cwd, one))) {
        const folder = path.dirname(name);
        if (!beside.has(folder)) beside.set(folder, filesBeside(cwd, name));
      }
      const folders = shown.filter((one) => isFolder(cwd, one)).flatMap(list);
      return treeFrom([...new Set([...folders, ...[...beside.values()].flat()])].sort(), read);
    },
    lineOf({ path, line }) {
      let found = lines.get(path);
      if (!found) {
        const result = read(path);
        found = "file" in result ? result.file.text.split(/\r?\n/) : [];
        lines.set(path, found);
      }
      return found[line - 1] ?? "";
    },
    nameOf: (shown) => nameIn(cwd, shown),
    refused: () => ({ files: [...closed.keys()], findings: [...closed.values()] }),
  };
}

/** `git:REF:PATH` stays what it is: another version is not the file. */
function nameIn(cwd: string, shown: string): string {
  if (shown === "" || shown.startsWith("git:")) return shown;
  return path.relative(cwd, path.resolve(cwd, shown)).split(path.sep).join("/") || ".";
}

function treeFrom(paths: string[], read: Files["read"]): Tree {
  return {
    paths,
    read(shown) {
      const result = read(shown);
      if ("file" in result) return result.file;
      // Whoever catches this puts the reason into a sentence of their own.
      const { code, reason, remedy } = result.finding;
      const isMissing = code === GATE_CHECKS.inputMissing.code;
      throw notFound(isMissing ? "file_missing" : "file_unreadable", reason.en.replace(/\.$/, ""), remedy.en);
    },
  };
}

function fromGit(cwd: string, spec: string): ReadResult {
  const file = fileAt(cwd, spec);
  const place = { path: spec, line: 1, column: 1 };
  return file ? { file } : { finding: raise(GATE_CHECKS.inputMissing, place, { path: spec }) };
}
