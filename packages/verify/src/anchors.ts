// Anchors that the auditor has from elsewhere: signed heads, as the sinks outside the database keep them.
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { openNote, splitNote } from "./note.ts";

export type GivenAnchors = {
  notes: { note: string; where: string }[];
  /** Lines that are neither an anchor nor JSON: what a crash left of an anchor in the middle of its writing. */
  unreadable: string[];
};

/** A signed head of one tree that the section must lead to. */
export type Head = {
  size: number;
  root: Buffer;
  note: string;
  /** Whether a key that is known here signed it. */
  known: boolean;
  /** The proof that came with it in the bundle. */
  proof?: Buffer[];
};

/** Records of refused heads and of keys lie beside the anchors and are none. */
const NO_ANCHORS = ["diverged.jsonl", "keys.jsonl"];

/** Reads files and folders of JSON Lines `{ at, note }`. Throws when a path cannot be read. */
export async function loadAnchors(paths: readonly string[]): Promise<GivenAnchors> {
  const anchors: GivenAnchors = { notes: [], unreadable: [] };
  for (const given of paths) {
    for (const file of await filesIn(given)) await loadFile(file, anchors);
  }
  return anchors;
}

async function filesIn(given: string): Promise<string[]> {
  if (!(await stat(given)).isDirectory()) return [given];
  const entries = await readdir(given, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !NO_ANCHORS.includes(entry.name) && !entry.name.startsWith("."))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

async function loadFile(file: string, anchors: GivenAnchors): Promise<void> {
  let number = 0;
  const lines: string[] = [];
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const where = `${file}:${++number}`;
    // A sink that keeps objects has one for each note, as it was signed.
    if (!line.startsWith("{") && lines.length === number - 1) lines.push(line);
    else if (line !== "") addLine(line, where, anchors);
  }
  if (lines.some((line) => line !== "")) anchors.notes.push({ note: `${lines.join("\n")}\n`, where: file });
}

function addLine(line: string, where: string, anchors: GivenAnchors): void {
  try {
    const { note } = JSON.parse(line);
    // Other records may lie in the same folder.
    if (typeof note === "string") anchors.notes.push({ note, where });
  } catch {
    anchors.unreadable.push(where);
  }
}

/** The given anchors by class, as far as they are of the bundle's tenant. */
export function sortAnchors(given: GivenAnchors, prefix: string, verifiers: readonly string[]) {
  const heads = new Map<string, Map<string, Head>>();
  const unreadable: string[] = [];
  let others = 0;
  for (const { note, where } of given.notes) {
    const read = readAnchor(note, verifiers);
    if (read === undefined) {
      unreadable.push(where);
    } else if (!read.checkpoint.origin.startsWith(prefix)) {
      others++;
    } else {
      const { origin, size, root } = read.checkpoint;
      const ofClass = heads.get(origin.slice(prefix.length)) ?? new Map<string, Head>();
      heads.set(origin.slice(prefix.length), ofClass);
      // Each sink has its own copy of the same head.
      ofClass.set(`${size} ${root.toString("hex")}`, { size, root, note, known: read.known });
    }
  }
  return { heads, others, unreadable };
}

/** Undefined when the note is no signed checkpoint or a known key's signature under it is wrong. */
export function readAnchor(
  note: string,
  verifiers: readonly string[],
): { checkpoint: Checkpoint; known: boolean } | undefined {
  try {
    const { text, signatures } = splitNote(note);
    const checkpoint = parseCheckpoint(text);
    const known = signatures.some(({ name, id }) =>
      verifiers.some((key) => key.startsWith(`${name}+${id}+`)),
    );
    if (known) openNote(note, verifiers);
    return { checkpoint, known };
  } catch {
    return undefined;
  }
}
