import { leafHashOfText, nodeHash, parseCanonical } from "@toban/verify";
import type { AuditClass } from "../record/event.ts";
import { rebuildLeaf } from "./rebuild.ts";
import { type AuditFailure, failure, type LeafRow, TILE_LEAVES, type TileRow } from "./types.ts";

const HASH = 32;
/** More of one chunk say nothing new. */
const MOST_FAILURES = 20;

export type ChunkInput = {
  tenant: string;
  class: AuditClass;
  /** Begins with a tile. */
  start: number;
  end: number;
  /** Leaves below this sequence are pruned. */
  pruned: number;
  /** By sequence. */
  leaves: LeafRow[];
  tiles: TileRow[];
};

export type Chunk = {
  start: number;
  end: number;
  /** Of every leaf, 32 bytes each. */
  hashes: Buffer;
  /** Of every full tile, 32 bytes each. */
  roots: Buffer;
  events: number;
  failures: AuditFailure[];
};

/** Compares leaves, events and tiles of a part of a tree. Pure; what cannot be had is replaced so that the rest is checked. */
export function checkChunk(input: ChunkInput): Chunk {
  const hashes = Buffer.alloc((input.end - input.start) * HASH);
  const failures: AuditFailure[] = [];
  const fail = (code: string, seq: number, reason: string) => {
    if (failures.length < MOST_FAILURES) failures.push(failure(code, { class: input.class, seq }, reason));
  };
  const tiles = new Map(input.tiles.map((tile) => [tile.tile, tile]));
  const roots: Buffer[] = [];
  let next = 0;
  for (let seq = input.start; seq < input.end; seq += TILE_LEAVES) {
    const end = Math.min(seq + TILE_LEAVES, input.end);
    const from = next;
    while (next < input.leaves.length && input.leaves[next]!.seq < end) next++;
    const leaves = input.leaves.slice(from, next);
    const own = hashes.subarray((seq - input.start) * HASH, (end - input.start) * HASH);
    const tile = tiles.get(seq / TILE_LEAVES);
    if (end <= input.pruned) pruned(tile, leaves, seq, own, fail);
    else if (end - seq === TILE_LEAVES) full(input, tile, leaves, seq, own, fail);
    else part(input, leaves, seq, own, fail);
    if (end - seq === TILE_LEAVES) roots.push(rootOf(own));
  }
  const { start, end } = input;
  return { start, end, hashes, roots: Buffer.concat(roots), events: input.leaves.length, failures };
}

type Fail = (code: string, seq: number, reason: string) => void;

function pruned(tile: TileRow | undefined, leaves: LeafRow[], seq: number, own: Buffer, fail: Fail): void {
  if (leaves.length > 0) fail("audit_pruned_leaf", leaves[0]!.seq, "A leaf is there that was pruned.");
  if (!tile) {
    fail("audit_tile_missing", seq, `The tile of ${seq} is missing; its leaves are pruned.`);
    return;
  }
  if (!tile.prunedAt) fail("audit_tile_changed", seq, `The tile of ${seq} does not say that it was pruned.`);
  tile.hashes.copy(own);
  if (!rootOf(own).equals(tile.root)) {
    fail("audit_tile_changed", seq, `The hashes of the pruned tile of ${seq} do not lead to its root.`);
  }
}

function full(
  input: ChunkInput,
  tile: TileRow | undefined,
  leaves: LeafRow[],
  seq: number,
  own: Buffer,
  fail: Fail,
): void {
  const differs: number[] = [];
  if (!tile) fail("audit_tile_missing", seq, `The tile of the leaves from ${seq} is missing.`);
  else if (tile.prunedAt)
    fail("audit_tile_changed", seq, `The tile of ${seq} says that it was pruned; it was not.`);
  eachLeaf(leaves, seq, seq + TILE_LEAVES, (at, row) => {
    const offset = (at - seq) * HASH;
    const kept = tile?.hashes.subarray(offset, offset + HASH);
    if (!row) {
      fail("audit_leaf_missing", at, `Leaf ${at} is missing.`);
      kept?.copy(own, offset);
      return;
    }
    const hash = hashOf(row);
    hash.copy(own, offset);
    const fault = compare(input, row);
    if (kept === undefined || hash.equals(kept)) {
      if (fault) fail(fault.code, at, fault.reason);
    } else if (fault) {
      fail(
        "audit_leaf_changed",
        at,
        `The bytes of leaf ${at} are not those that were sealed. ${fault.reason}`,
      );
      kept.copy(own, offset);
    } else differs.push(at);
  });
  if (!tile) return;
  if (differs.length > 0 && rootOf(tile.hashes).equals(tile.root)) {
    // Leaf and event agree with each other, but the tile is whole too: both were altered, or swapped with another.
    for (const at of differs) {
      fail("audit_leaf_changed", at, `Leaf ${at} and its event are not what was sealed at this place.`);
      tile.hashes.copy(own, (at - seq) * HASH, (at - seq) * HASH, (at - seq + 1) * HASH);
    }
  } else if (differs.length > 0) {
    fail("audit_tile_changed", differs[0]!, `The hash of leaf ${differs[0]} in its tile was changed.`);
  } else if (!rootOf(own).equals(tile.root)) {
    fail("audit_tile_changed", seq, `The root of the tile of ${seq} was changed.`);
  }
}

function part(input: ChunkInput, leaves: LeafRow[], seq: number, own: Buffer, fail: Fail): void {
  eachLeaf(leaves, seq, seq + own.length / HASH, (at, row) => {
    if (!row) {
      fail("audit_leaf_missing", at, `Leaf ${at} is missing.`);
      return;
    }
    hashOf(row).copy(own, (at - seq) * HASH);
    const fault = compare(input, row);
    if (fault) fail(fault.code, at, fault.reason);
  });
}

/** Every sequence of the range once, with its row if there is one. */
function eachLeaf(
  leaves: LeafRow[],
  start: number,
  end: number,
  visit: (seq: number, row?: LeafRow) => void,
) {
  let next = 0;
  for (let seq = start; seq < end; seq++) {
    const row = leaves[next];
    if (row?.seq === seq) {
      visit(seq, row);
      next++;
    } else visit(seq);
  }
}

const hashOf = (row: LeafRow): Buffer => (row.leaf === null ? Buffer.alloc(HASH) : leafHashOfText(row.leaf));

function compare(input: ChunkInput, row: LeafRow): { code: string; reason: string } | undefined {
  const { seq, leaf } = row;
  if (row.id === null) {
    return { code: "audit_event_missing", reason: `Event ${row.eventId} of leaf ${seq} is missing.` };
  }
  if (row.class === input.class && leaf !== null && rebuildLeaf(row, input.tenant) === leaf) return undefined;
  const canonical = isCanonical(leaf) ? "" : " The leaf is not canonical JSON.";
  return {
    code: "audit_columns_changed",
    reason: `The columns of event ${row.id} do not say what leaf ${seq} says.${canonical}`,
  };
}

function isCanonical(leaf: string | null): boolean {
  try {
    parseCanonical(Buffer.from(leaf ?? "", "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Of one full tile. */
export function rootOf(hashes: Buffer): Buffer {
  let level: Buffer[] = [];
  for (let i = 0; i < hashes.length; i += HASH) level.push(hashes.subarray(i, i + HASH));
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(level[i]!, level[i + 1]!));
    level = above;
  }
  return level[0]!;
}
