import { emptyFrontier, type Frontier, frontierToBytes } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import type { Chunk } from "./chunk.ts";
import { foldTree, lostLeaves } from "./fold.ts";
import { asLost, checkCover, checkNote, type HeadDeps, keptHeads, verifiedHead } from "./head.ts";
import { openPool, type Pool } from "./pool.ts";
import { checkQueue } from "./queue.ts";
import * as store from "./store.ts";
import {
  AUDIT_CLASSES,
  type AuditFailure,
  failure,
  type KnownHead,
  TILE_LEAVES,
  type TreeRow,
} from "./types.ts";

export type FullDeps = HeadDeps & {
  db: Database;
  /** For the threads' own connections, as the application's role. */
  databaseUrl: string;
};

export type Progress = { done: number; total: number; trees: number; failures: AuditFailure[] };

/** 16 tiles: a statement of some 30 ms. */
const PART = 16 * TILE_LEAVES;
const LOST_PAGE = 20_000;
/** The first ones are enough to know where to look. */
const MOST_FAILURES = 200;

/** Reads everything of a tenant's audit record. `onProgress` may throw to give up. */
export async function verifyFully(
  deps: FullDeps,
  ctx: Ctx,
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  const progress: Progress = { done: 0, total: 0, trees: 0, failures: [] };
  const found = (failures: AuditFailure[]) => {
    progress.failures.push(...failures.slice(0, MOST_FAILURES - progress.failures.length));
    onProgress(progress);
  };
  const trees = await deps.db.tx(ctx, (tx) => store.readTrees(tx));
  progress.total = trees.reduce((sum, tree) => sum + tree.size - tree.pruned, 0);
  progress.trees = trees.length;
  onProgress(progress);
  const pool = openPool(deps.databaseUrl);
  try {
    // The comparison of ids needs the database only, the trees mostly this process: they do not wait for each other.
    const [lost, ...results] = await Promise.all([
      verifyEvents(deps, ctx, () => onProgress(progress)),
      verifyTrees(deps, ctx, pool, trees, (chunk) => {
        progress.done += chunk.events;
        found(chunk.failures);
      }),
    ]);
    found(lost);
    for (const result of results.flat()) found(result.failures);
    found(await deps.db.tx(ctx, (tx) => checkCover(tx)));
    found(await checkQueue(deps.db, ctx));
    await writeResults(deps, ctx, results.flat(), progress.failures);
  } finally {
    await pool.close();
  }
  return progress;
}

type TreeResult = { class: AuditClass; size: number; frontier: Frontier; failures: AuditFailure[] };

async function verifyTrees(
  deps: FullDeps,
  ctx: Ctx,
  pool: Pool,
  trees: TreeRow[],
  onChunk: (chunk: Chunk) => void,
): Promise<TreeResult[]> {
  const results: TreeResult[] = [];
  for (const tree of trees) results.push(await verifyTree(deps, ctx, pool, tree, onChunk));
  return results;
}

async function verifyTree(
  deps: FullDeps,
  ctx: Ctx,
  pool: Pool,
  tree: TreeRow,
  onChunk: (chunk: Chunk) => void,
): Promise<TreeResult> {
  const { class: class_, size } = tree;
  const { heads, failures } = await headsOf(deps, ctx, tree);
  const fold = foldTree(class_, heads);
  const parts: { start: number; end: number }[] = [];
  for (let start = 0; start < size; start += PART) parts.push({ start, end: Math.min(start + PART, size) });
  let broken = false;
  const underWay: Promise<Chunk>[] = [];
  for (let taken = 0; taken < parts.length || underWay.length > 0; ) {
    while (taken < parts.length && underWay.length < pool.width) {
      const started = pool.check({ tenant: ctx.tenant, class: class_, ...parts[taken++]! });
      // Whoever waits for it hears of a rejection; until then it must not end the process.
      started.catch(() => {});
      underWay.push(started);
    }
    const chunk = await underWay.shift()!;
    onChunk(chunk);
    broken ||= chunk.failures.length > 0;
    fold.add(chunk);
  }
  // Roots that differ say nothing new where the leaves themselves are known to be wrong.
  if (!broken) failures.push(...fold.failures);
  return { class: class_, size, frontier: fold.frontier(), failures };
}

async function headsOf(deps: FullDeps, ctx: Ctx, tree: TreeRow) {
  const { class: class_, size, root } = tree;
  const kept = await keptHeads(deps, ctx.tenant, class_);
  const heads: KnownHead[] = [...kept.heads, { size, root, from: "the head" }];
  await deps.db.tx(ctx, async (tx) => {
    heads.push(...verifiedHead(await store.readVerification(tx, class_)));
    for (let from = 0; ; ) {
      const anchors = await store.readAnchors(tx, class_, from);
      heads.push(...anchors);
      if (anchors.length === 0) break;
      from = anchors.at(-1)!.size;
    }
  });
  const failures = [
    ...kept.failures,
    ...checkNote(deps, ctx.tenant, tree),
    ...lostLeaves(class_, size, heads),
  ];
  return { heads: heads.filter((head) => head.size <= size), failures };
}

/** Every event has a leaf or waits for one, and none has two. */
async function verifyEvents(deps: FullDeps, ctx: Ctx, onPage: () => void): Promise<AuditFailure[]> {
  const failures: AuditFailure[] = [];
  for (let after: string | null = ""; after !== null && failures.length < MOST_FAILURES; onPage()) {
    const from: string = after;
    after = await deps.db.tx(ctx, async (tx) => {
      const { next, lost } = await store.lostEvents(tx, from, LOST_PAGE);
      failures.push(...asLost(ctx, lost));
      for (const { eventId, ...at } of await store.sealedTwice(tx, from, next)) {
        failures.push(failure("audit_event_twice", at, `Event ${eventId} was sealed more than once.`));
      }
      return next;
    });
  }
  return failures;
}

async function writeResults(
  deps: FullDeps,
  ctx: Ctx,
  results: TreeResult[],
  failures: AuditFailure[],
): Promise<void> {
  const known = new Set<string>(results.map((result) => result.class));
  const others = ([...AUDIT_CLASSES, store.NO_CLASS] as const).filter((class_) => !known.has(class_));
  const failureOf = (class_: string) =>
    failures.find((one) => (one.class ?? store.NO_CLASS) === class_) ?? null;
  await deps.db.tx(ctx, async (tx) => {
    for (const { class: class_, size, frontier } of results) {
      const row = { size, frontier: frontierToBytes(frontier), failure: failureOf(class_) };
      await store.writeFull(tx, ctx, class_, row);
    }
    for (const class_ of others) {
      const failure = failureOf(class_);
      const row = { size: 0, frontier: frontierToBytes(emptyFrontier()), failure };
      await (failure ? store.writeFull(tx, ctx, class_, row) : store.clearFailure(tx, class_));
    }
  });
}
