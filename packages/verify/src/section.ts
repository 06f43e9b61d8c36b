// One section of a bundle: the leaves of one class between two sequences, and the signed root that they must give.
import { type Head, readAnchor } from "./anchors.ts";
import { type BundleHeader, blockEnd, type SectionHead } from "./bundle.ts";
import type { LeafLine } from "./bundle-lines.ts";
import { type Checkpoint, checkpointTime, parseCheckpoint } from "./checkpoint.ts";
import type { Finding } from "./findings.ts";
import { leafProblem, revealProblem } from "./leaf.ts";
import {
  EMPTY_ROOT,
  emptyFrontier,
  extendFrontier,
  extendFrontierBy,
  type Frontier,
  frontierRoot,
  HASH_BYTES,
  leafHashOfText,
  rightWidths,
  verifyConsistency,
  widthsBetween,
} from "./merkle.ts";
import { openNote, splitNote } from "./note.ts";

export type Keys = { pinned: string[]; accepted: string[]; known: string[] };

/** What a section came to, in figures. */
export type SectionReport = {
  class: string;
  start: number;
  end: number;
  size: number;
  root: string;
  sealedAt: string | null;
  signedBy: string[];
  entries: number;
  reveals: number;
  prunedBefore: number;
  /** Anchors in the bundle and given by the user, how many of them the section leads to, and who signed them. */
  anchors: { embedded: number; given: number; linked: number; unknownKey: number };
};

type Options = {
  header: BundleHeader;
  head: SectionHead;
  keys: Keys;
  given: readonly Head[];
  find: (finding: Finding) => void;
};

export class SectionCheck {
  readonly report: SectionReport;
  readonly #header: BundleHeader;
  readonly #head: SectionHead;
  readonly #keys: Keys;
  readonly #find: (finding: Finding) => void;
  readonly #heads: Head[];
  readonly #tree: Frontier = emptyFrontier();
  readonly #linked = new Set<Head>();
  readonly #contradicted: Head[] = [];
  /** Heads in the order of their sizes: those before have been passed. */
  #passed = 0;
  #checkpoint: Checkpoint | undefined;
  #block: { first: number; end: number; hashes: Buffer } | undefined;
  #next: number;

  /** Throws a TypeError or RangeError when the section's line cannot be one. */
  constructor({ header, head, keys, given, find }: Options) {
    this.#header = header;
    this.#head = head;
    this.#keys = keys;
    this.#find = (finding) => find({ class: head.class, ...finding });
    this.#next = head.start;
    rightWidths(head.end, head.size, head.right);
    if (head.left.length !== widthsBetween(0, head.start).length) {
      throw new RangeError("the proof does not fit the range's start");
    }
    if (head.pruned !== undefined && head.pruned.before > head.start) {
      throw new RangeError("it has entries that it says are pruned");
    }
    this.report = {
      class: head.class,
      start: head.start,
      end: head.end,
      size: head.size,
      root: "",
      sealedAt: null,
      signedBy: [],
      entries: 0,
      reveals: 0,
      prunedBefore: head.pruned?.before ?? 0,
      anchors: { embedded: head.anchors.length, given: given.length, linked: 0, unknownKey: 0 },
    };
    this.#checkpoint = this.#openCheckpoint();
    this.#heads = [...this.#embeddedHeads(), ...given].sort((one, other) => one.size - other.size);
    this.#pass(EMPTY_ROOT);
    for (const [index, width] of widthsBetween(0, head.start).entries())
      this.#append(head.left[index]!, width);
  }

  /** The sequence of the leaf that is due. */
  get next(): number {
    return this.#next;
  }

  hashes(first: number, hashes: Buffer): void {
    const { end } = this.#head;
    const due = this.#block?.end ?? this.#head.start;
    if (first !== due || this.#next !== due || due === end) throw new TypeError(`hashes from ${first} on`);
    if (hashes.length !== (blockEnd(first, end) - first) * HASH_BYTES)
      throw new TypeError("not a block's hashes");
    this.#block = { first, end: blockEnd(first, end), hashes };
    for (let at = 0; at < hashes.length; at += HASH_BYTES)
      this.#append(hashes.subarray(at, at + HASH_BYTES), 1);
  }

  leaf({ seq, leaf, reveals }: LeafLine): void {
    if (this.#block === undefined || this.#next >= this.#block.end)
      throw new TypeError(`entry ${seq} without its hash`);
    if (seq !== this.#next) throw new TypeError(`entry ${seq} where ${this.#next} was due`);
    this.#next++;
    this.report.entries++;
    const at = (seq - this.#block.first) * HASH_BYTES;
    if (leafHashOfText(leaf).compare(this.#block.hashes, at, at + HASH_BYTES) !== 0) {
      this.#find({ code: "altered", seq });
      return;
    }
    const detail = leafProblem(leaf, this.#header.tenant, this.#head.class);
    if (detail !== undefined) this.#find({ code: "leaf", seq, detail });
    for (const reveal of reveals) {
      const detail = revealProblem(reveal, leaf);
      if (detail !== undefined) this.#find({ code: "reveal", seq, detail });
      this.report.reveals++;
    }
  }

  end(name: string, count: number): void {
    const { start, end, size, right } = this.#head;
    if (name !== this.#head.class) throw new TypeError(`the end of ${name} in ${this.#head.class}`);
    if (count !== this.#next - start && count !== end - start)
      throw new TypeError(`${count} entries counted`);
    if (this.#next < end) {
      this.#find({ code: "entries-missing", seq: this.#next, detail: `the section goes to ${end}` });
    }
    if (this.#tree.size < end) return;
    for (const [index, width] of widthsBetween(end, size).entries()) this.#append(right[index]!, width);
    const root = frontierRoot(this.#tree);
    this.report.root = root.toString("base64");
    if (this.#checkpoint === undefined) return;
    // Without the signed root the hashes say nothing, so anchors can only narrow down where the damage is.
    if (root.equals(this.#checkpoint.root)) this.#judgeHeads(this.#checkpoint);
    else this.#find({ code: "root", detail: this.#narrow() });
    this.#requireWhole();
  }

  #openCheckpoint(): Checkpoint | undefined {
    const { checkpoint: note, class: name, size } = this.#head;
    let checkpoint: Checkpoint;
    try {
      checkpoint = parseCheckpoint(splitNote(note).text);
    } catch (error) {
      this.#find({ code: "checkpoint", detail: (error as Error).message });
      return undefined;
    }
    const origin = `${this.#header.installation}/${this.#header.tenant}/${name}`;
    if (checkpoint.origin !== origin) {
      this.#find({ code: "checkpoint", detail: `it is of ${checkpoint.origin}, not of ${origin}` });
    }
    if (checkpoint.size !== size) {
      this.#find({ code: "checkpoint", detail: `it is of size ${checkpoint.size}, not ${size}` });
    }
    this.report.sealedAt = checkpointTime(checkpoint) ?? null;
    this.#requireSigned(note);
    return checkpoint;
  }

  #requireSigned(note: string): void {
    const { accepted, known } = this.#keys;
    try {
      const { signedBy } = openNote(note, known);
      this.report.signedBy = signedBy.filter((key) => accepted.includes(key));
      if (this.report.signedBy.length === 0) this.#find({ code: "key" });
    } catch (error) {
      this.#find({ code: "signature", detail: (error as Error).message });
    }
  }

  #embeddedHeads(): Head[] {
    return this.#head.anchors.flatMap(({ note, proof }) => {
      const read = readAnchor(note, this.#keys.known);
      const origin = `${this.#header.installation}/${this.#header.tenant}/${this.#head.class}`;
      if (read?.known && read.checkpoint.origin === origin) {
        return [{ size: read.checkpoint.size, root: read.checkpoint.root, note, known: true, proof }];
      }
      this.#find({ code: "signature", detail: "an anchor in the bundle is not a signed head of this tree" });
      return [];
    });
  }

  #append(hash: Buffer, width: number): void {
    if (width === 1) extendFrontier(this.#tree, hash);
    else extendFrontierBy(this.#tree, hash, width);
    if ((this.#heads[this.#passed]?.size ?? Number.POSITIVE_INFINITY) <= this.#tree.size) {
      this.#pass(frontierRoot(this.#tree));
    }
  }

  /** The tree has its present size and `root`: heads of that size must be the same, smaller ones were jumped over. */
  #pass(root: Buffer): void {
    for (let head = this.#heads[this.#passed]; head && head.size <= this.#tree.size; ) {
      if (head.size === this.#tree.size) {
        if (head.root.equals(root)) this.#linked.add(head);
        else this.#contradicted.push(head);
      }
      head = this.#heads[++this.#passed];
    }
  }

  #judgeHeads(checkpoint: Checkpoint): void {
    for (const head of this.#heads) {
      const { size, proof } = head;
      if (this.#contradicted.includes(head)) this.#diverged(head);
      else if (size > checkpoint.size) {
        this.#find({ code: "anchor-beyond", size, detail: `${checkpoint.size}` });
      } else if (!this.#linked.has(head)) this.#judgeByProof(head, checkpoint);
      else if (proof && !continues(head, proof, checkpoint)) this.#find({ code: "proof", size });
    }
    this.report.anchors.linked = this.#linked.size;
    this.report.anchors.unknownKey = [...this.#linked].filter((head) => !head.known).length;
  }

  /** A head whose size lies in the part that is not here, except for its hashes. */
  #judgeByProof(head: Head, checkpoint: Checkpoint): void {
    const { size } = head;
    const proofs = this.#heads.flatMap((other) => (other.size === size && other.proof ? [other.proof] : []));
    if (proofs.length === 0) this.#find({ code: "anchor-unlinked", size });
    else if (proofs.some((proof) => continues(head, proof, checkpoint))) this.#linked.add(head);
    else this.#diverged(head);
  }

  #diverged({ size, note, known }: Head): void {
    const heads = { bundle: this.#head.checkpoint, anchor: note };
    this.#find({
      code: "diverged",
      size,
      heads,
      ...(!known && { detail: "the anchor's key is not known here" }),
    });
  }

  #narrow(): string | undefined {
    const { start } = this.#head;
    const good = [...this.#linked].map(({ size }) => size).filter((size) => size > start);
    const bad = this.#contradicted.map(({ size }) => size).filter((size) => size > Math.max(start, ...good));
    if (good.length === 0 && bad.length === 0) return undefined;
    return `anchors show it between ${Math.max(start, ...good)} and ${Math.min(this.#head.size, ...bad)}`;
  }

  /** A part is no damage, unless the exporter says that it is the whole. */
  #requireWhole(): void {
    const { start, end, size, pruned } = this.#head;
    if (!this.#header.complete) return;
    if (start > (pruned?.before ?? 0)) {
      this.#find({
        code: "entries-missing",
        seq: pruned?.before ?? 0,
        detail: `the section begins at ${start}`,
      });
    }
    if (end < size) this.#find({ code: "entries-missing", seq: end, detail: `the tree has ${size}` });
  }
}

function continues(head: Head, proof: Buffer[], checkpoint: Checkpoint): boolean {
  const roots = { firstRoot: head.root, secondRoot: checkpoint.root };
  return verifyConsistency({ first: head.size, second: checkpoint.size, ...roots, proof });
}
