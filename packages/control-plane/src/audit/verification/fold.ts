import { emptyFrontier, extendFrontier, extendFrontierBy, type Frontier, frontierRoot } from "@toban/verify";
import type { AuditClass } from "../record/event.ts";
import type { Chunk } from "./chunk.ts";
import { type AuditFailure, failure, type KnownHead, TILE_LEAVES } from "./types.ts";

const HASH = 32;

/** The part of a frontier that consists of whole tiles: where re-reading the last tile begins. */
export function wholeTiles(frontier: Frontier): Frontier {
  let nodes = 0;
  for (let rest = Math.floor(frontier.size / TILE_LEAVES); rest > 0; rest = Math.floor(rest / 2)) {
    nodes += rest % 2;
  }
  const size = Math.floor(frontier.size / TILE_LEAVES) * TILE_LEAVES;
  return { size, nodes: frontier.nodes.slice(0, nodes) };
}

/** Follows a tree from chunk to chunk and compares it with every head that somebody has kept of it. */
export function foldTree(class_: AuditClass, heads: KnownHead[], from: Frontier = emptyFrontier()) {
  const waiting = heads.filter((head) => head.size > from.size).sort((a, b) => a.size - b.size);
  const frontier = { size: from.size, nodes: [...from.nodes] };
  const failures: AuditFailure[] = [];
  /** The largest size at which the tree is what was signed: what is wrong comes after it. */
  let trusted = from.size;
  let tail = frontier;

  const compare = (at: Frontier) => {
    for (let head = waiting[0]; head?.size === at.size; head = waiting[0]) {
      waiting.shift();
      if (frontierRoot(at).equals(head.root)) trusted = head.size;
      else if (failures.length === 0) {
        failures.push(
          failure(
            "audit_root_differs",
            { class: class_, seq: trusted },
            `The leaves from ${trusted} to ${head.size - 1} do not lead to the root of ${head.from}.`,
          ),
        );
      }
    }
  };

  return {
    failures,
    add(chunk: Chunk): void {
      if (chunk.start !== frontier.size)
        throw new RangeError(`chunk ${chunk.start} does not follow ${frontier.size}`);
      for (let seq = chunk.start; seq < chunk.end; seq += TILE_LEAVES) {
        const end = Math.min(seq + TILE_LEAVES, chunk.end);
        const isWhole = end - seq === TILE_LEAVES;
        // Heads within a tile are rare; only then its leaves are followed one by one.
        if (!isWhole || (waiting[0] && waiting[0].size < end)) {
          const within = { size: frontier.size, nodes: [...frontier.nodes] };
          for (let leaf = seq; leaf < end; leaf++) {
            const offset = (leaf - chunk.start) * HASH;
            extendFrontier(within, chunk.hashes.subarray(offset, offset + HASH));
            if (!isWhole || leaf + 1 < end) compare(within);
          }
          tail = within;
        }
        if (isWhole) {
          const offset = ((seq - chunk.start) / TILE_LEAVES) * HASH;
          extendFrontierBy(frontier, chunk.roots.subarray(offset, offset + HASH), TILE_LEAVES);
          compare(frontier);
          tail = frontier;
        }
      }
    },
    /** Of everything added. */
    frontier: (): Frontier => tail,
  };
}

/** Heads that are larger than the tree: it has lost leaves since. */
export function lostLeaves(class_: AuditClass, size: number, heads: KnownHead[]): AuditFailure[] {
  const larger = heads.filter((head) => head.size > size).sort((a, b) => b.size - a.size)[0];
  if (!larger) return [];
  return [
    failure(
      "audit_tree_shrunk",
      { class: class_, seq: size },
      `The tree has ${size} leaves; ${larger.from} shows that it had ${larger.size}.`,
    ),
  ];
}
