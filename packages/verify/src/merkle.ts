// The Merkle tree of RFC 6962 §2.1 with SHA-256. Sizes are numbers up to 2^53; no bit operations, which end at 2^32.
import { hash } from "node:crypto";

export const HASH_BYTES = 32;
export const EMPTY_ROOT: Buffer = hash("sha256", "", "buffer");

export function leafHash(leaf: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = 0x00;
  input.set(leaf, 1);
  return hash("sha256", input, "buffer");
}

/** As `leafHash`, of the UTF-8 bytes of a text. */
export const leafHashOfText = (leaf: string): Buffer => hash("sha256", `\u0000${leaf}`, "buffer");

/** One buffer for all nodes: hashing is synchronous, so nothing else can be using it. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01);

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError("a hash has 32 bytes");
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash("sha256", pair, "buffer");
}

export function treeRoot(hashes: readonly Buffer[]): Buffer {
  const frontier = emptyFrontier();
  for (const leaf of hashes) extendFrontier(frontier, leaf);
  return frontierRoot(frontier);
}

/** The roots of the perfect subtrees that [0, size) consists of, largest first: all that appending needs to know. */
export type Frontier = { size: number; nodes: Buffer[] };

export const emptyFrontier = (): Frontier => ({ size: 0, nodes: [] });

/** Appends one leaf's hash. Changes `frontier` in place and returns it. */
export function extendFrontier(frontier: Frontier, leaf: Buffer): Frontier {
  return extendFrontierBy(frontier, leaf, 1);
}

/** Appends the root of a perfect subtree of `width` leaves; the size must be a multiple of it. In place. */
export function extendFrontierBy(frontier: Frontier, root: Buffer, width: number): Frontier {
  if (frontier.size % width !== 0) throw new RangeError("a subtree begins at a multiple of its width");
  let node = root;
  // As in adding one to a binary counter: every full digit on the way is carried.
  for (let carry = frontier.size / width; carry % 2 === 1; carry = (carry - 1) / 2) {
    node = nodeHash(frontier.nodes.pop()!, node);
  }
  frontier.nodes.push(node);
  frontier.size += width;
  return frontier;
}

export function frontierRoot(frontier: Frontier): Buffer {
  const { nodes } = frontier;
  if (nodes.length === 0) return EMPTY_ROOT;
  let root = nodes[nodes.length - 1]!;
  for (let index = nodes.length - 2; index >= 0; index--) root = nodeHash(nodes[index]!, root);
  return root;
}

export const frontierToBytes = (frontier: Frontier): Buffer => Buffer.concat(frontier.nodes);

export function frontierFromBytes(size: number, bytes: Uint8Array): Frontier {
  const widths = widthsBetween(0, size);
  if (bytes.length !== widths.length * HASH_BYTES) {
    throw new RangeError(
      `the frontier of ${size} leaves has ${widths.length * HASH_BYTES} bytes, not ${bytes.length}`,
    );
  }
  const own = Buffer.from(bytes);
  return {
    size,
    nodes: widths.map((_, index) => own.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)),
  };
}

/** Gives the root of the perfect subtree [start, end): the width is a power of two and start a multiple of it. */
export type HashSource = (start: number, end: number) => Promise<Buffer> | Buffer;

/** A source over hashes in memory; for tiles and tests. */
export function hashSourceOf(hashes: readonly Buffer[]): HashSource {
  return (start, end) => {
    if (start < 0 || end > hashes.length || end <= start)
      throw new RangeError(`no leaves [${start}, ${end})`);
    return treeRoot(hashes.slice(start, end));
  };
}

/** PATH(index, D[size]) of RFC 6962 §2.1.1: the siblings from the leaf to the root. */
export async function inclusionProof(source: HashSource, index: number, size: number): Promise<Buffer[]> {
  requireSizes(index, size);
  if (index === size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const proof: Buffer[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    const lower = index < middle;
    proof.push(lower ? await rootBetween(source, middle, end) : await rootBetween(source, start, middle));
    if (lower) end = middle;
    else start = middle;
  }
  return proof.reverse();
}

type Inclusion = { leafHash: Buffer; index: number; size: number; proof: readonly Buffer[]; root: Buffer };

export function verifyInclusion({ leafHash, index, size, proof, root }: Inclusion): boolean {
  if (!areSizes(index, size) || index >= size || !areHashes([leafHash, root, ...proof])) return false;
  let node = leafHash;
  // `position` of `last` on the level that has been reached; a last node without sibling rises unchanged.
  let [position, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node);
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else {
      node = nodeHash(node, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && node.equals(root);
}

/** PROOF(first, D[second]) of RFC 6962 §2.1.2; empty for an empty first tree and for equal sizes. */
export async function consistencyProof(source: HashSource, first: number, second: number): Promise<Buffer[]> {
  requireSizes(first, second);
  if (first === 0 || first === second) return [];
  const proof: Buffer[] = [];
  let [start, end] = [0, second];
  while (end !== first) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      proof.push(await rootBetween(source, middle, end));
      end = middle;
    } else {
      proof.push(await rootBetween(source, start, middle));
      start = middle;
    }
  }
  // A first tree that is a perfect subtree of the second one needs no hash: the verifier has its root.
  if (start > 0) proof.push(await rootBetween(source, start, end));
  return proof.reverse();
}

type Consistency = {
  first: number;
  second: number;
  firstRoot: Buffer;
  secondRoot: Buffer;
  proof: readonly Buffer[];
};

export function verifyConsistency({ first, second, firstRoot, secondRoot, proof }: Consistency): boolean {
  if (!areSizes(first, second) || !areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (second === 0 && !secondRoot.equals(EMPTY_ROOT)) return false;
  if (first === 0) return proof.length === 0 && firstRoot.equals(EMPTY_ROOT);
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot);
  let [position, last] = [first - 1, second - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  // Position 0: the first tree is perfect and its root is where both paths begin.
  const [start, ...rest] = position === 0 ? [firstRoot, ...proof] : proof;
  if (start === undefined) return false;
  let [older, newer] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && older.equals(firstRoot) && newer.equals(secondRoot);
}

export type RangeProof = { left: Buffer[]; right: Buffer[] };

/** What surrounds [start, end) in a tree of `size`: with all leaves of the range it gives the root. */
export async function rangeProof(
  source: HashSource,
  start: number,
  end: number,
  size: number,
): Promise<RangeProof> {
  requireSizes(start, end);
  requireSizes(end, size);
  return { left: await subtreesBetween(source, 0, start), right: await subtreesBetween(source, end, size) };
}

type Range = {
  start: number;
  end: number;
  size: number;
  leafHashes: readonly Buffer[];
  left: readonly Buffer[];
  right: readonly Buffer[];
};

/** The root that a tree with these leaves in [start, end) has; equal to a signed root only if none is missing. */
export function rootOfRange({ start, end, size, leafHashes, left, right }: Range): Buffer {
  requireSizes(start, end);
  if (leafHashes.length !== end - start)
    throw new RangeError(`${leafHashes.length} leaves in [${start}, ${end})`);
  const frontier = frontierBefore(start, left);
  for (const leaf of leafHashes) extendFrontier(frontier, leaf);
  for (const [index, width] of rightWidths(end, size, right).entries()) {
    extendFrontierBy(frontier, right[index]!, width);
  }
  return frontierRoot(frontier);
}

/** The frontier at the start of a range, from the left part of its proof. */
export function frontierBefore(start: number, left: readonly Buffer[]): Frontier {
  if (left.length !== widthsBetween(0, start).length)
    throw new RangeError("the proof does not fit the range's start");
  if (!areHashes(left)) throw new RangeError("a hash has 32 bytes");
  return { size: start, nodes: [...left] };
}

/** The widths of the subtrees in the right part of a range's proof, in the order to append them. */
export function rightWidths(end: number, size: number, right: readonly Buffer[]): number[] {
  const widths = widthsBetween(end, size);
  if (right.length !== widths.length) throw new RangeError("the proof does not fit the range's end");
  if (!areHashes(right)) throw new RangeError("a hash has 32 bytes");
  return widths;
}

/** The widths of the fewest aligned perfect subtrees that fill [start, end), from left to right. */
export function widthsBetween(start: number, end: number): number[] {
  requireSizes(start, end);
  const widths: number[] = [];
  for (let position = start; position < end; ) {
    let width = 1;
    while (position % (width * 2) === 0 && position + width * 2 <= end) width *= 2;
    widths.push(width);
    position += width;
  }
  return widths;
}

async function subtreesBetween(source: HashSource, start: number, end: number): Promise<Buffer[]> {
  const nodes: Buffer[] = [];
  let position = start;
  for (const width of widthsBetween(start, end)) {
    nodes.push(await source(position, position + width));
    position += width;
  }
  return nodes;
}

/** MTH(D[start:end]) for a start that is aligned as the halves of RFC 6962 are. */
async function rootBetween(source: HashSource, start: number, end: number): Promise<Buffer> {
  return frontierRoot({ size: end - start, nodes: await subtreesBetween(source, start, end) });
}

/** The largest power of two below `size`: where RFC 6962 splits. */
function splitOf(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}

const half = (value: number) => Math.floor(value / 2);
const areHashes = (hashes: readonly Buffer[]) => hashes.every((one) => one.length === HASH_BYTES);
const areSizes = (first: number, second: number) =>
  Number.isSafeInteger(first) && Number.isSafeInteger(second) && first >= 0 && first <= second;

function requireSizes(first: number, second: number): void {
  if (!areSizes(first, second)) throw new RangeError(`${first} and ${second} are not ascending sizes`);
}
