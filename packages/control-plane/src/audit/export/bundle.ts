import {
  type BundleAnchor,
  type BundleLeaf,
  type BundleSection,
  bundleWriter,
  consistencyProof,
  rangeProof,
} from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { treeSource } from "../log/hash-source.ts";
import type { ExportRange } from "./ranges.ts";
import * as store from "./store-export.ts";

export type BundleKeys = { installation: string; verifiers(): string[]; certificates(): string[] };

/** A whole number of tiles; a page is all that is in memory. */
const PAGE = 8 * 256;
const TILE = 256;
const HASH = 32;
const MOST_ANCHORS = 5;
const COMMITMENT = /~[A-Za-z0-9_-]{43}/g;

/** The ranges as a bundle, page by page. A leaf that is missing ends it with an error: what was sent stays incomplete. */
export function writeBundle(
  deps: { db: Database; keys: BundleKeys },
  ctx: Ctx,
  ranges: ExportRange[],
  options: { complete: boolean; reveal: boolean },
): AsyncGenerator<Buffer> {
  return bundleWriter({
    header: {
      installation: deps.keys.installation,
      tenant: ctx.tenant,
      exportedAt: ctx.clock.now().toISOString(),
      complete: options.complete,
      verifiers: deps.keys.verifiers(),
      certificates: deps.keys.certificates(),
      classes: ranges.map((range) => range.class),
    },
    sections: sections(deps.db, ctx, ranges, options.reveal),
  });
}

async function* sections(db: Database, ctx: Ctx, ranges: ExportRange[], reveal: boolean) {
  for (const range of ranges) yield await sectionOf(db, ctx, range, reveal);
}

function sectionOf(db: Database, ctx: Ctx, range: ExportRange, reveal: boolean): Promise<BundleSection> {
  const { class: class_, start, end, size, note, pruned } = range;
  return db.tx(ctx, async (tx) => {
    const source = treeSource(tx, class_, size);
    const anchors: BundleAnchor[] = [];
    for (const anchor of await store.readAnchors(tx, class_, size, MOST_ANCHORS)) {
      anchors.push({ note: anchor.note, proof: await consistencyProof(source, anchor.size, size) });
    }
    return {
      class: class_,
      start,
      end,
      size,
      checkpoint: note,
      ...(await rangeProof(source, start, end, size)),
      anchors,
      ...(pruned > 0 && { pruned: { before: pruned } }),
      leaves: leavesOf(db, ctx, range, reveal),
    };
  });
}

async function* leavesOf(
  db: Database,
  ctx: Ctx,
  { class: class_, start, end }: ExportRange,
  reveal: boolean,
): AsyncGenerator<BundleLeaf> {
  for (let at = start; at < end; ) {
    const past = Math.min(end, at - (at % PAGE) + PAGE);
    const [from, to] = [at, past];
    yield* await db.tx(ctx, async (tx) => {
      const leaves = await store.readLeaves(tx, class_, from, to);
      const tiles = await store.readTileHashes(tx, class_, from, to);
      const hashes = new Map(tiles.map((tile) => [tile.tile, tile.hashes]));
      const texts = leaves.map((row) => row.leaf.toString("utf8"));
      const values = reveal ? await personalIn(texts) : undefined;
      async function personalIn(all: string[]) {
        const commitments = [...new Set(all.flatMap((text) => text.match(COMMITMENT) ?? []))];
        const rows = await store.readPersonal(tx, commitments);
        return new Map(rows.map((row) => [row.commitment, row]));
      }
      return leaves.map(({ seq, leaf }, index): BundleLeaf => {
        const tile = hashes.get(Math.floor(seq / TILE));
        const offset = (seq % TILE) * HASH;
        return {
          seq,
          leaf,
          ...(tile && { hash: tile.subarray(offset, offset + HASH) }),
          ...(values && { reveals: revealsOf(texts[index]!, values) }),
        };
      });
    });
    at = past;
  }
}

function revealsOf(text: string, values: Map<string, { value: string; salt: Buffer }>) {
  return [...new Set(text.match(COMMITMENT) ?? [])].flatMap((commitment) => {
    const known = values.get(commitment);
    return known ? [{ commitment, value: known.value, salt: known.salt.toString("base64") }] : [];
  });
}
