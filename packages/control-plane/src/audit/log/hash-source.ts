import { type HashSource, treeRoot } from "@toban/verify";
import type { Tx } from "../../platform/database.ts";
import { invalid } from "../../platform/errors.ts";
import type { AuditClass } from "../record/event.ts";
import { leafHashes, tileHashes, tileRoots } from "./store.ts";
import { TILE } from "./types.ts";

export const HASHES_MISSING = "audit_hashes_missing";

/**
 * Hashes of a tree of this size for proofs: from tile roots, from the hashes in tiles, and from the leaves after the
 * last full tile. Pruned leaves are not needed. Remembers what it has read; use one source per transaction.
 */
export function treeSource(tx: Tx, auditClass: AuditClass, size: number): HashSource {
  const read = new Map<number, Promise<Buffer[]>>();
  const ofTile = (tile: number) => {
    let hashes = read.get(tile);
    if (!hashes) {
      hashes = readTile(tx, auditClass, tile, size);
      read.set(tile, hashes);
    }
    return hashes;
  };
  return async (start, end) => {
    if (start < 0 || end <= start || end > size) throw new RangeError(`no leaves [${start}, ${end})`);
    const tile = Math.floor(start / TILE);
    if (end - start < TILE)
      return treeRoot((await ofTile(tile)).slice(start - tile * TILE, end - tile * TILE));
    const last = end / TILE;
    const roots = await tileRoots(tx, auditClass, tile, last);
    if (roots.length !== last - tile) throw missing(auditClass, start, end);
    return treeRoot(roots);
  };
}

async function readTile(tx: Tx, auditClass: AuditClass, tile: number, size: number): Promise<Buffer[]> {
  const first = tile * TILE;
  const end = Math.min(first + TILE, size);
  if (end - first === TILE) {
    const bytes = await tileHashes(tx, auditClass, tile);
    if (bytes?.length !== TILE * 32) throw missing(auditClass, first, end);
    return Array.from({ length: TILE }, (_, index) => bytes.subarray(index * 32, (index + 1) * 32));
  }
  const hashes = await leafHashes(tx, auditClass, first, end);
  if (hashes.length !== end - first) throw missing(auditClass, first, end);
  return hashes;
}

const missing = (auditClass: AuditClass, start: number, end: number) =>
  invalid(
    HASHES_MISSING,
    `Hashes of the ${auditClass} events ${start} to ${end - 1} are missing in the database.`,
    "Restore the audit tables from a backup; `toban audit verify` says what else is missing.",
  );
