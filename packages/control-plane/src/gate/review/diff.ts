/** One line of a hunk. `line` is its number in the new file, for a removed one the number it would have had. */
export type DiffLine = { kind: "added" | "removed" | "context"; text: string; line: number };
export type Hunk = { start: number; end: number; lines: DiffLine[] };
export type ChangedFile = {
  /** The path after the change; of a deleted file the one before. */
  path: string;
  status: "added" | "modified" | "deleted" | "renamed";
  binary: boolean;
  hunks: Hunk[];
};

/**
 * Reads a unified diff, of git (with or without prefixes) or of diff -u. Text before the first file is passed over, so
 * that `git show` and mail patches are read too. Undefined when it holds no file at all although it is not empty.
 */
export function parseDiff(text: string): ChangedFile[] | undefined {
  const files: ChangedFile[] = [];
  let file: ChangedFile | undefined;
  let hunk: Hunk | undefined;
  let left = { old: 0, new: 0 };
  let line = 0;
  const begin = (path: string) => {
    file = { path, status: "modified", binary: false, hunks: [] };
    files.push(file);
    hunk = undefined;
  };
  let previous = "";
  for (const raw of text.split("\n")) {
    const row = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (hunk && (left.old > 0 || left.new > 0)) {
      const kind = row[0] === "+" ? "added" : row[0] === "-" ? "removed" : "context";
      if (row[0] === "\\") continue;
      hunk.lines.push({ kind, text: row.slice(1), line });
      if (kind !== "added") left.old -= 1;
      if (kind !== "removed") {
        left.new -= 1;
        hunk.end = line;
        line += 1;
      }
      continue;
    }
    const header = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
    if (header && file) {
      const start = Number(header[2]);
      left = { old: Number(header[1] ?? 1), new: Number(header[3] ?? 1) };
      line = Math.max(start, 1);
      hunk = { start: line, end: line, lines: [] };
      file.hunks.push(hunk);
    } else if (row.startsWith("diff --git ")) begin(gitPath(row.slice("diff --git ".length)));
    else if (row.startsWith("--- ")) {
      previous = stripped(row.slice(4));
      if (!file || file.hunks.length > 0) begin(previous);
    } else if (row.startsWith("+++ ") && file) {
      const name = stripped(row.slice(4));
      if (name === "/dev/null") {
        file.status = "deleted";
        file.path = previous;
      } else {
        file.path = name;
        if (previous === "/dev/null") file.status = "added";
      }
    } else if (file && row.startsWith("new file mode")) file.status = "added";
    else if (file && row.startsWith("deleted file mode")) file.status = "deleted";
    else if (file && row.startsWith("rename to ")) {
      file.status = "renamed";
      file.path = unquoted(row.slice("rename to ".length));
    } else if (file && /^(Binary files |GIT binary patch)/.test(row)) file.binary = true;
  }
  return files.length === 0 && text.trim() !== "" ? undefined : files;
}

/** A file that git does not know yet, as if all its lines were added. */
export function addedFile(path: string, text: string): ChangedFile {
  const rows = text.split(/\r?\n/);
  if (rows.at(-1) === "") rows.pop();
  const lines: DiffLine[] = rows.map((row, index) => ({ kind: "added", text: row, line: index + 1 }));
  const hunks = lines.length > 0 ? [{ start: 1, end: lines.length, lines }] : [];
  return { path, status: "added", binary: false, hunks };
}

const stripped = (name: string): string =>
  unquoted(name.split("\t")[0]!.trimEnd()).replace(/^[abciwo]\//, "");

/** `a/x b/x`: the second half; both are alike unless the file was renamed, which a later line says. */
function gitPath(names: string): string {
  const quoted = / ("b\/.*")$/.exec(names)?.[1];
  if (quoted) return stripped(quoted);
  const half = names.indexOf(" b/");
  return half < 0 ? stripped(names.split(" ").at(-1) ?? names) : stripped(names.slice(half + 1));
}

/** Git quotes names that are not ASCII, byte by byte in octal. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes: number[] = [];
  const inner = name.slice(1, -1);
  const encoder = new TextEncoder();
  for (let index = 0; index < inner.length; index++) {
    const octal = /^\\([0-7]{3})/.exec(inner.slice(index, index + 4));
    if (octal) {
      bytes.push(Number.parseInt(octal[1]!, 8));
      index += 3;
    } else if (inner[index] === "\\") {
      index += 1;
      const escaped = { n: "\n", t: "\t" }[inner[index] ?? ""] ?? inner[index] ?? "";
      bytes.push(...encoder.encode(escaped));
    } else bytes.push(...encoder.encode(inner[index]!));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
