// Reading a bundle: bytes to lines, and lines to what they say. Nothing is verified here but the form.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { BUNDLE_FORMAT, type BundleHeader, type Reveal, type SectionHead } from "./bundle.ts";
import { parseCanonicalText } from "./canonical.ts";
import { HASH_BYTES } from "./merkle.ts";
import { decodeBase64 } from "./note.ts";

const NEWLINE = 0x0a;
/** More than this without a newline is no line of a bundle. */
export const LONGEST_LINE = 16 * 1024 * 1024;
const TRAILER = Buffer.from('{"end":');
const CLASS = /^[a-z][a-z0-9-]{0,31}$/;

/** Without the newline. `digest` is that of all bytes before, for lines that look like a trailer. */
export type RawLine = { bytes: Buffer; digest?: string };

/** Lines in batches, as the chunks bring them; `rest` is what follows the last newline. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<{ lines: RawLine[]; rest: Buffer }> {
  const digest = createHash("sha256");
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? view(chunk) : Buffer.concat([rest, chunk]);
    const lines: RawLine[] = [];
    let start = 0;
    let hashed = 0;
    // What was left over has no newline; only the new bytes need to be searched.
    for (let end = bytes.indexOf(NEWLINE, rest.length); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line: RawLine = { bytes: bytes.subarray(start, end) };
      if (line.bytes.subarray(0, TRAILER.length).equals(TRAILER)) {
        digest.update(bytes.subarray(hashed, start));
        hashed = start;
        line.digest = digest.copy().digest("hex");
      }
      lines.push(line);
      start = end + 1;
    }
    digest.update(bytes.subarray(hashed, start));
    rest = Buffer.from(bytes.subarray(start));
    yield { lines, rest };
  }
}

const view = (chunk: Uint8Array) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

export type LeafLine = { seq: number; leaf: string; reveals: Reveal[] };
export type BundleLine =
  | { kind: "section"; section: SectionHead }
  | { kind: "hashes"; first: number; hashes: Buffer }
  | { kind: "leaf"; leaf: LeafLine }
  | { kind: "sectionEnd"; class: string; count: number }
  | { kind: "trailer"; sections: number; sha256: string };

type Fields = Record<string, unknown>;

export function parseHeader(bytes: Buffer): BundleHeader {
  const fields = object(parse(bytes));
  if (fields.format !== BUNDLE_FORMAT) throw new TypeError(`not a bundle of format ${BUNDLE_FORMAT}`);
  exactly(fields, HEADER_FIELDS);
  return {
    installation: string(fields.installation),
    tenant: string(fields.tenant),
    exportedAt: string(fields.exportedAt),
    complete: boolean(fields.complete),
    verifiers: list(fields.verifiers).map(string),
    certificates: list(fields.certificates).map(string),
    classes: list(fields.classes).map(className),
  };
}

const HEADER_FIELDS = [
  "format",
  "installation",
  "tenant",
  "exportedAt",
  "complete",
  "verifiers",
  "certificates",
  "classes",
];

export function parseLine(bytes: Buffer): BundleLine {
  const fields = object(parse(bytes));
  if ("leaf" in fields) return { kind: "leaf", leaf: leafLine(fields) };
  if ("hashes" in fields) return hashesLine(fields);
  if ("section" in fields) return { kind: "section", section: sectionHead(fields) };
  if ("sectionEnd" in fields) {
    exactly(fields, ["sectionEnd", "count"]);
    return { kind: "sectionEnd", class: className(fields.sectionEnd), count: size(fields.count) };
  }
  exactly(fields, ["end", "sections", "sha256"]);
  if (fields.end !== true) throw new TypeError("a line of no known kind");
  return { kind: "trailer", sections: size(fields.sections), sha256: string(fields.sha256) };
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new TypeError("not UTF-8");
  return parseCanonicalText(bytes.toString());
}

function leafLine(fields: Fields): LeafLine {
  exactly(fields, "reveals" in fields ? ["seq", "leaf", "reveals"] : ["seq", "leaf"]);
  const reveals = "reveals" in fields ? list(fields.reveals).map(reveal) : [];
  return { seq: size(fields.seq), leaf: string(fields.leaf), reveals };
}

function reveal(value: unknown): Reveal {
  const fields = object(value);
  exactly(fields, ["commitment", "value", "salt"]);
  return {
    commitment: string(fields.commitment),
    value: string(fields.value),
    salt: string(fields.salt),
  };
}

function hashesLine(fields: Fields): BundleLine {
  exactly(fields, ["first", "hashes"]);
  const hashes = decodeBase64(string(fields.hashes));
  if (hashes === undefined || hashes.length % HASH_BYTES !== 0) throw new TypeError("not hashes in base64");
  return { kind: "hashes", first: size(fields.first), hashes };
}

function sectionHead(fields: Fields): SectionHead {
  const names = ["section", "range", "size", "checkpoint", "left", "right", "anchors"];
  exactly(fields, "pruned" in fields ? [...names, "pruned"] : names);
  const range = object(fields.range);
  exactly(range, ["start", "end"]);
  return {
    class: className(fields.section),
    start: size(range.start),
    end: size(range.end),
    size: size(fields.size),
    checkpoint: string(fields.checkpoint),
    left: list(fields.left).map(hash),
    right: list(fields.right).map(hash),
    anchors: list(fields.anchors).map((value) => {
      const anchor = object(value);
      exactly(anchor, ["note", "proof"]);
      return { note: string(anchor.note), proof: list(anchor.proof).map(hash) };
    }),
    ...("pruned" in fields && { pruned: pruned(fields.pruned) }),
  };
}

function pruned(value: unknown): { before: number } {
  const fields = object(value);
  exactly(fields, ["before"]);
  return { before: size(fields.before) };
}

function object(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("not an object");
  return value as Fields;
}

/** Neither more nor less: what a verifier does not know it cannot vouch for. */
function exactly(fields: Fields, names: string[]): void {
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`unknown field ${unknown}`);
  const missing = names.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) throw new TypeError(`${missing} is missing`);
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}

function string(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}

function boolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError("neither true nor false");
  return value;
}

function size(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError("not a size");
  return value as number;
}

function hash(value: unknown): Buffer {
  const bytes = decodeBase64(string(value));
  if (bytes?.length !== HASH_BYTES) throw new TypeError("not a hash in base64");
  return bytes;
}

function className(value: unknown): string {
  const name = string(value);
  if (!CLASS.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a class`);
  return name;
}
