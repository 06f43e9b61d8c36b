import { emptyFrontier, type Frontier, frontierFromBytes, frontierToBytes } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import { foldTree, lostLeaves, wholeTiles } from "./fold.ts";
import { asLost, checkCover, checkNote, type HeadDeps, keptHeads, verifiedHead } from "./head.ts";
import { checkPart } from "./part.ts";
import * as store from "./store.ts";
import { type AuditFailure, type KnownHead, TILE_LEAVES, type TreeRow } from "./types.ts";

export type ContinuousDeps = HeadDeps & { db: Database };

/** Small steps: they share the process with everything else, and hashing keeps all of it waiting. */
const NEW_LEAVES = 4 * TILE_LEAVES;
const STEPS = 16;
const SWEPT_TILES = 1;
const NEWEST_EVENTS = 200;

/**
 * One small pass over a tenant: what was sealed since the last one, the next few of the old tiles, the heads, and whether
 * the newest events are sealed or wait. Returns what does not hold; the first of each class is kept.
 */
export async function verifyPass(deps: ContinuousDeps, ctx: Ctx): Promise<AuditFailure[]> {
  const trees = await deps.db.tx(ctx, (tx) => store.readTrees(tx));
  const failures = await deps.db.tx(ctx, async (tx) => [
    ...(await checkCover(tx)),
    ...asLost(ctx, await store.lostLately(tx, NEWEST_EVENTS)),
  ]);
  for (const tree of trees) {
    const ofTree = failures.filter((one) => one.class === tree.class);
    failures.push(...(await verifyTreePass(deps, ctx, tree, ofTree[0] ?? null)));
  }
  const covered = new Set<string | null>(trees.map((tree) => tree.class));
  for (const one of failures) {
    if (!covered.has(one.class)) await keep(deps, ctx, one.class ?? store.NO_CLASS, emptyFrontier(), 0, one);
  }
  return failures;
}

async function verifyTreePass(
  deps: ContinuousDeps,
  ctx: Ctx,
  tree: TreeRow,
  known: AuditFailure | null,
): Promise<AuditFailure[]> {
  const { class: class_ } = tree;
  const row = await deps.db.tx(ctx, (tx) => store.readVerification(tx, class_));
  const last = frontierOf(row);
  const kept = await keptHeads(deps, ctx.tenant, class_);
  const anchor = await deps.db.tx(ctx, (tx) => store.largestAnchor(tx, class_));
  const heads: KnownHead[] = [
    { size: tree.size, root: tree.root, from: "the head" },
    ...kept.heads,
    ...(anchor ? [anchor] : []),
    ...verifiedHead(row),
  ];
  const failures = [
    ...kept.failures,
    ...checkNote(deps, ctx.tenant, tree),
    ...lostLeaves(class_, tree.size, heads),
  ];
  let frontier = last;
  if (last.size < tree.size && failures.length === 0) {
    for (let step = 0; step < STEPS && frontier.size < tree.size; step++) {
      const grown = await verifyStep(deps, ctx, tree, heads, frontier);
      failures.push(...grown.failures);
      if (failures.length > 0) break;
      frontier = grown.frontier;
    }
  } else if (failures.length === 0) {
    const head = heads.find((one) => one.size === last.size && !one.root.equals(tree.root));
    if (head && last.size === tree.size) failures.push(...foldedAgain(class_, head, tree));
  }
  const { swept, found } = await sweep(deps, ctx, class_, row?.swept ?? 0, wholeTiles(frontier).size);
  failures.push(...found);
  await keep(deps, ctx, class_, frontier, swept, failures[0] ?? known);
  return failures;
}

async function verifyStep(
  deps: ContinuousDeps,
  ctx: Ctx,
  { class: class_, size }: TreeRow,
  heads: KnownHead[],
  from: Frontier,
): Promise<{ frontier: Frontier; failures: AuditFailure[] }> {
  const start = wholeTiles(from);
  const end = Math.min(size, start.size + NEW_LEAVES);
  const chunk = await checkPart(deps.db, { tenant: ctx.tenant, class: class_, start: start.size, end });
  const fold = foldTree(
    class_,
    heads.filter((head) => head.size <= end),
    start,
  );
  fold.add(chunk);
  return {
    frontier: fold.frontier(),
    failures: chunk.failures.length > 0 ? chunk.failures : fold.failures,
  };
}

/** The size is known already, but with another root. */
function foldedAgain(class_: AuditClass, head: KnownHead, tree: TreeRow): AuditFailure[] {
  return [
    {
      class: class_,
      seq: 0,
      code: "audit_root_differs",
      reason: `The head of ${tree.size} leaves has another root than ${head.from}.`,
      remedy: "Start a full verification; it names the leaves that are concerned.",
    },
  ];
}

/** Re-reads some old tiles, round and round, so that what is altered long after it was sealed is found too. */
async function sweep(deps: ContinuousDeps, ctx: Ctx, class_: AuditClass, tile: number, size: number) {
  const tiles = size / TILE_LEAVES;
  if (tiles === 0) return { swept: 0, found: [] };
  const from = tile < tiles ? tile : 0;
  const to = Math.min(from + SWEPT_TILES, tiles);
  const { failures } = await checkPart(deps.db, {
    tenant: ctx.tenant,
    class: class_,
    start: from * TILE_LEAVES,
    end: to * TILE_LEAVES,
  });
  return { swept: to, found: failures };
}

const keep = (
  deps: ContinuousDeps,
  ctx: Ctx,
  class_: AuditClass | typeof store.NO_CLASS,
  frontier: Frontier,
  swept: number,
  failure: AuditFailure | null,
) =>
  deps.db.tx(ctx, (tx) =>
    store.writeVerification(tx, ctx, class_, {
      size: frontier.size,
      frontier: frontierToBytes(frontier),
      swept,
      failure,
    }),
  );

function frontierOf(row: store.VerificationRow | undefined): Frontier {
  try {
    return row ? frontierFromBytes(row.size, row.frontier) : emptyFrontier();
  } catch {
    return emptyFrontier();
  }
}
