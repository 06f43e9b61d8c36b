// The bundle that an auditor receives: JSON Lines, each line canonical JSON, so that one bundle has one form only.
import { createHash } from "node:crypto";
import { canonicalJson, decodeUtf8 } from "./canonical.ts";
import { leafHashOfText, rightWidths, widthsBetween } from "./merkle.ts";

export const BUNDLE_FORMAT = "toban-audit-bundle/1";
/** After so many leaves, aligned, the hashes of the next ones follow. */
export const BLOCK = 256;
const CHUNK_BYTES = 64 * 1024;

export type BundleHeader = {
  installation: string;
  tenant: string;
  exportedAt: string;
  /** Whether the exporter says that this is everything: all classes, each from its pruned point to its head. */
  complete: boolean;
  verifiers: string[];
  certificates: string[];
  /** The sections that follow, in this order. */
  classes: string[];
};

/** An anchored checkpoint and the proof that the section's checkpoint continues it (`consistencyProof`). */
export type BundleAnchor = { note: string; proof: Buffer[] };

export type SectionHead = {
  class: string;
  /** The leaves in this section: `start` to before `end`. */
  start: number;
  end: number;
  /** The size in the checkpoint; leaves from `end` to there are represented by `right` only. */
  size: number;
  checkpoint: string;
  /** From `rangeProof`. */
  left: Buffer[];
  right: Buffer[];
  anchors: BundleAnchor[];
  /** Leaves before `before` no longer exist; absent while none has been pruned. */
  pruned?: { before: number };
};

/** A personal value behind a commitment in the leaf; the salt in base64. */
export type Reveal = { commitment: string; value: string; salt: string };

export type BundleLeaf = {
  seq: number;
  leaf: string | Uint8Array;
  /**
   * The hash as it was sealed (from the tile). Without it an altered leaf still breaks the root, but nothing says which
   * one it is.
   */
  hash?: Uint8Array;
  reveals?: Reveal[];
};

export type BundleSection = SectionHead & { leaves: AsyncIterable<BundleLeaf> | Iterable<BundleLeaf> };

export type BundleInput = {
  header: BundleHeader;
  sections: AsyncIterable<BundleSection> | Iterable<BundleSection>;
};

/** The bundle in chunks, holding one block of leaves at a time. Throws when leaves or sections are not as announced. */
export async function* bundleWriter({ header, sections }: BundleInput): AsyncGenerator<Buffer> {
  const digest = createHash("sha256");
  const written: string[] = [];
  let pending = "";
  const take = (): Buffer => {
    const chunk = Buffer.from(pending);
    pending = "";
    digest.update(chunk);
    return chunk;
  };
  pending += line(headerLine(header));
  for await (const section of sections) {
    if (header.classes[written.length] !== section.class) {
      throw new RangeError(`section ${section.class} is not the one announced`);
    }
    written.push(section.class);
    pending += line(sectionLine(section));
    for await (const block of blocks(section)) {
      pending += block;
      if (pending.length >= CHUNK_BYTES) yield take();
    }
    pending += line({ sectionEnd: section.class, count: section.end - section.start });
  }
  if (written.length !== header.classes.length) throw new RangeError("sections are missing");
  yield take();
  yield Buffer.from(line({ end: true, sections: written.length, sha256: digest.digest("hex") }));
}

const line = (value: object) => `${canonicalJson(value)}\n`;
const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString("base64"));

const headerLine = (header: BundleHeader) => ({
  format: BUNDLE_FORMAT,
  installation: header.installation,
  tenant: header.tenant,
  exportedAt: header.exportedAt,
  complete: header.complete,
  verifiers: header.verifiers,
  certificates: header.certificates,
  classes: header.classes,
});

function sectionLine(section: SectionHead): object {
  const { start, end, size, left, right } = section;
  if (left.length !== widthsBetween(0, start).length)
    throw new RangeError("the proof does not fit the range");
  rightWidths(end, size, right);
  return {
    section: section.class,
    range: { start, end },
    size,
    checkpoint: section.checkpoint,
    left: base64(left),
    right: base64(right),
    anchors: section.anchors.map(({ note, proof }) => ({ note, proof: base64(proof) })),
    ...(section.pruned && { pruned: { before: section.pruned.before } }),
  };
}

/** Each block as text: the line of its hashes and the lines of its leaves. */
async function* blocks({ class: name, start, end, leaves }: BundleSection): AsyncGenerator<string> {
  let first = start;
  let next = start;
  let hashes: Uint8Array[] = [];
  let lines = "";
  for await (const { seq, leaf, hash, reveals } of leaves) {
    if (seq !== next || seq >= end) throw new RangeError(`leaf ${seq} of ${name} where ${next} was due`);
    const text = typeof leaf === "string" ? leaf : decodeUtf8(leaf);
    hashes.push(hash ?? leafHashOfText(text));
    lines += line({ seq, leaf: text, ...(reveals && reveals.length > 0 && { reveals }) });
    next++;
    if (next === blockEnd(first, end)) {
      yield line({ first, hashes: Buffer.concat(hashes).toString("base64") }) + lines;
      [first, hashes, lines] = [next, [], ""];
    }
  }
  if (next !== end) throw new RangeError(`the leaves of ${name} end at ${next}, not at ${end}`);
}

/** Where the block that begins at `first` ends: at the next multiple of 256, or where the range does. */
export const blockEnd = (first: number, end: number): number =>
  Math.min(end, (Math.floor(first / BLOCK) + 1) * BLOCK);
