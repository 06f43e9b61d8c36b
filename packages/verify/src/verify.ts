// Verifies a bundle while it streams by: constant memory, whatever the number of entries.
import { type GivenAnchors, type Head, sortAnchors } from "./anchors.ts";
import { BUNDLE_FORMAT, type BundleHeader } from "./bundle.ts";
import {
  type BundleLine,
  LONGEST_LINE,
  parseHeader,
  parseLine,
  type RawLine,
  readLines,
} from "./bundle-lines.ts";
import { isTimestamp } from "./checkpoint.ts";
import { type Finding, Findings, type Verdict } from "./findings.ts";
import { parseVerifier } from "./note.ts";
import { acceptChain, readCertificate } from "./rotation.ts";
import { type Keys, SectionCheck, type SectionReport } from "./section.ts";

export type VerifyOptions = { pinned?: readonly string[]; anchors?: GivenAnchors };

/** Something that was not looked at, so that nobody takes the verdict for more than it is. */
export type NotChecked =
  | { code: "no-key" | "no-anchors" | "excerpt" }
  | { code: "absent-classes"; classes: string[] }
  | { code: "pruned" | "before" | "after" | "no-anchor-here"; class: string; entries: number }
  | { code: "other-anchors" | "torn-anchors" | "unknown-key-anchors"; count: number };

export type Report = {
  format: typeof BUNDLE_FORMAT;
  verdict: Verdict;
  header: Pick<BundleHeader, "installation" | "tenant" | "exportedAt" | "complete" | "classes"> | null;
  keys: Keys;
  sections: SectionReport[];
  bytes: number;
  findings: Finding[];
  /** All of them; `findings` has the first hundred and those with evidence. */
  findingsTotal: number;
  notChecked: NotChecked[];
};

/** Toban's own classes: an export that calls itself complete has a section for each that has entries. */
const CLASSES = ["auth", "operation", "admin", "access"];

export async function verifyBundle(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: VerifyOptions = {},
): Promise<Report> {
  for (const key of options.pinned ?? []) parseVerifier(key);
  const check = new BundleCheck(options);
  let rest = 0;
  for await (const batch of readLines(chunks)) {
    for (const line of batch.lines) if (!check.stopped) check.line(line);
    if (batch.rest.length > LONGEST_LINE && !check.stopped) check.line({ bytes: batch.rest });
    if (check.stopped) break;
    rest = batch.rest.length;
  }
  if (!check.stopped) check.end(rest);
  return check.report();
}

class BundleCheck {
  stopped = false;
  readonly #options: VerifyOptions;
  readonly #findings = new Findings();
  readonly #sections: SectionCheck[] = [];
  #header: BundleHeader | undefined;
  #keys: Keys;
  #given = new Map<string, Map<string, Head>>();
  #otherAnchors = 0;
  #section: SectionCheck | undefined;
  #nextClass = 0;
  #ended = false;
  #lines = 0;
  #bytes = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#keys = { pinned: [...(options.pinned ?? [])], accepted: [], known: [] };
  }

  line(raw: RawLine): void {
    this.#lines++;
    this.#bytes += raw.bytes.length + 1;
    if (this.#header === undefined) {
      this.#begin(raw);
      return;
    }
    try {
      if (this.#ended) throw new TypeError("after the end");
      this.#take(parseLine(raw.bytes), raw);
    } catch (error) {
      // Where the reader has lost its place, everything that follows would be found wrong.
      this.#find({ code: "line", line: this.#lines, ...this.#place(), detail: messageOf(error) });
      this.stopped = true;
    }
  }

  /** The bytes are at their end; `rest` of them belong to a line that is cut off. */
  end(rest: number): void {
    if (this.#header === undefined) {
      this.#find({
        code: "unreadable",
        detail: this.#bytes + rest === 0 ? "it is empty" : "its first line is cut off",
      });
    } else if (this.#ended && rest > 0) {
      this.#find({ code: "line", line: this.#lines + 1, detail: "after the end" });
    } else if (!this.#ended) {
      this.#find({ code: "truncated", ...this.#place() });
    }
    this.#bytes += rest;
  }

  report(): Report {
    return {
      format: BUNDLE_FORMAT,
      verdict: this.#findings.verdict,
      header: this.#header
        ? {
            installation: this.#header.installation,
            tenant: this.#header.tenant,
            exportedAt: this.#header.exportedAt,
            complete: this.#header.complete,
            classes: this.#header.classes,
          }
        : null,
      keys: this.#keys,
      sections: this.#sections.map((section) => section.report),
      bytes: this.#bytes,
      findings: this.#findings.kept,
      findingsTotal: this.#findings.total,
      notChecked: this.#header ? this.#notChecked(this.#header) : [],
    };
  }

  #find = (finding: Finding): void => this.#findings.add(finding);

  #place(): { class?: string; seq?: number } {
    const name = this.#section?.report.class ?? this.#header?.classes[this.#nextClass];
    return { ...(name !== undefined && { class: name }), ...(this.#section && { seq: this.#section.next }) };
  }

  #begin({ bytes }: RawLine): void {
    try {
      this.#header = parseHeader(bytes);
    } catch (error) {
      this.#find({ code: "unreadable", detail: messageOf(error) });
      this.stopped = true;
      return;
    }
    const header = this.#header;
    this.#checkHeader(header);
    const { pinned } = this.#keys;
    const accepted = acceptChain(
      pinned.length > 0 ? pinned : header.verifiers,
      header.certificates,
      header.verifiers,
    );
    this.#keys = { pinned, accepted, known: [...new Set([...accepted, ...header.verifiers])] };
    if (this.#options.anchors) this.#sortAnchors(header, this.#options.anchors);
  }

  #checkHeader(header: BundleHeader): void {
    const wrong = (detail: string) => this.#find({ code: "header", detail });
    if (!isTimestamp(header.exportedAt)) wrong("exportedAt is not a time");
    if (new Set(header.classes).size !== header.classes.length) wrong("a class twice");
    const keys: string[] = [];
    for (const key of header.verifiers) {
      try {
        if (parseVerifier(key).name !== header.installation) wrong("a key of another installation");
        keys.push(key);
      } catch (error) {
        wrong(messageOf(error));
      }
    }
    header.verifiers = keys;
    for (const certificate of header.certificates) {
      try {
        readCertificate(certificate, [...new Set([...keys, ...this.#keys.pinned])]);
      } catch (error) {
        this.#find({ code: "signature", detail: `certificate: ${messageOf(error)}` });
      }
    }
  }

  #sortAnchors(header: BundleHeader, anchors: GivenAnchors): void {
    const prefix = `${header.installation}/${header.tenant}/`;
    const { heads, others, unreadable } = sortAnchors(anchors, prefix, this.#keys.known);
    this.#given = heads;
    this.#otherAnchors = others;
    for (const detail of unreadable) this.#find({ code: "anchor-unreadable", detail });
    const fits = header.classes.some((name) => heads.has(name));
    if (!fits && header.classes.length > 0) this.#find({ code: "no-anchor-fits" });
    for (const name of header.complete ? heads.keys() : []) {
      if (!header.classes.includes(name)) this.#find({ code: "section-missing", class: name });
    }
  }

  #take(line: BundleLine, raw: RawLine): void {
    const section = this.#section;
    if (line.kind === "section") {
      if (section !== undefined) throw new TypeError("a section within a section");
      this.#open(line.section);
    } else if (line.kind === "trailer") {
      if (section !== undefined) throw new TypeError("the end within a section");
      this.#close(line, raw);
    } else if (section === undefined) {
      throw new TypeError("outside of any section");
    } else if (line.kind === "hashes") {
      section.hashes(line.first, line.hashes);
    } else if (line.kind === "leaf") {
      section.leaf(line.leaf);
    } else {
      section.end(line.class, line.count);
      this.#section = undefined;
    }
  }

  #open(head: Extract<BundleLine, { kind: "section" }>["section"]): void {
    const header = this.#header!;
    const index = header.classes.indexOf(head.class);
    if (index < this.#nextClass) throw new TypeError(`no section ${head.class} was due`);
    this.#missing(index);
    const given = [...(this.#given.get(head.class)?.values() ?? [])];
    this.#section = new SectionCheck({ header, head, keys: this.#keys, given, find: this.#find });
    this.#sections.push(this.#section);
  }

  /** Sections before the one at `index` that have not come. */
  #missing(index: number): void {
    for (const name of this.#header!.classes.slice(this.#nextClass, index)) {
      this.#find({ code: "section-missing", class: name });
    }
    this.#nextClass = index + 1;
  }

  #close(line: Extract<BundleLine, { kind: "trailer" }>, { digest }: RawLine): void {
    this.#ended = true;
    if (line.sha256 !== digest) this.#find({ code: "digest" });
    if (line.sections !== this.#sections.length) {
      throw new TypeError(`${this.#sections.length} sections, and it counts ${line.sections}`);
    }
    this.#missing(this.#header!.classes.length);
    if (this.#sections.length === 0) this.#find({ code: "no-sections" });
  }

  #notChecked(header: BundleHeader): NotChecked[] {
    const notes: NotChecked[] = [];
    if (this.#keys.pinned.length === 0) notes.push({ code: "no-key" });
    if (this.#options.anchors === undefined) notes.push({ code: "no-anchors" });
    if (!header.complete) notes.push({ code: "excerpt" });
    const classes = CLASSES.filter((name) => !header.classes.includes(name));
    if (classes.length > 0) notes.push({ code: "absent-classes", classes });
    for (const { report } of this.#sections) {
      const { class: name, start, end, size, prunedBefore, anchors } = report;
      if (prunedBefore > 0) notes.push({ code: "pruned", class: name, entries: prunedBefore });
      if (start > prunedBefore) notes.push({ code: "before", class: name, entries: start - prunedBefore });
      if (end < size) notes.push({ code: "after", class: name, entries: size - end });
      if (this.#options.anchors && anchors.given === 0) {
        notes.push({ code: "no-anchor-here", class: name, entries: size });
      }
    }
    const torn = this.#options.anchors?.unreadable.length ?? 0;
    if (torn > 0) notes.push({ code: "torn-anchors", count: torn });
    if (this.#otherAnchors > 0) notes.push({ code: "other-anchors", count: this.#otherAnchors });
    const unknown = this.#sections.reduce((sum, { report }) => sum + report.anchors.unknownKey, 0);
    if (unknown > 0) notes.push({ code: "unknown-key-anchors", count: unknown });
    return notes;
  }
}

const messageOf = (error: unknown) => (error as Error).message;
