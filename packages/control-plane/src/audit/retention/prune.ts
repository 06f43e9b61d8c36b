import { rm } from "node:fs/promises";
import path from "node:path";
import type { Ctx } from "../../platform/ctx.ts";
import { readLeaves } from "../export/store-export.ts";
import { record } from "../record/record.ts";
import { type ArchiveDeps, archiveRange, commitmentsIn, commitmentsOf, digestOf } from "./archive.ts";
import type { RetentionRule } from "./rules.ts";
import * as store from "./store-retention.ts";

const TILE = 256;
/** Of one transaction: it keeps the head locked, and sealing waits for that. */
const TILES_AT_ONCE = 8;
/** Of one archive file. */
const MOST_ARCHIVED = 256 * TILE;

export type Pruned = { class: RetentionRule["class"]; leaves: number };

/**
 * Removes what is older than its class's rule: whole tiles, oldest first, by the time of the anchored checkpoint that
 * covers them. What has an archive rule is in a verified archive before. Under a legal hold nothing is removed.
 */
export async function pruneTenant(
  deps: ArchiveDeps,
  ctx: Ctx,
  rules: RetentionRule[],
  stopped: () => boolean = () => false,
): Promise<Pruned[]> {
  const pruned: Pruned[] = [];
  for (const rule of rules) {
    let leaves = 0;
    for (;;) {
      if (stopped() || (await deps.db.tx(ctx, store.isHeld))) break;
      const removed = await pruneSome(deps, ctx, rule).catch(otherwiseRefused);
      leaves += removed;
      if (removed === 0) break;
    }
    if (leaves > 0) pruned.push({ class: rule.class, leaves });
    await removeOldArchives(deps, ctx, rule);
  }
  return pruned;
}

/** A hold was opened, or another replica pruned, since it was looked at: there is nothing to do now. */
function otherwiseRefused(error: unknown): number {
  if (["TB001", "TB003"].includes((error as { code?: string }).code ?? "")) return 0;
  throw error;
}

async function pruneSome(deps: ArchiveDeps, ctx: Ctx, rule: RetentionRule): Promise<number> {
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - rule.keepMs);
  const tree = await deps.db.tx(ctx, (tx) => store.readDue(tx, rule.class, before));
  if (!tree || tree.due <= tree.pruned) return 0;
  const archive = rule.archiveMs === undefined ? undefined : await archiveOf(deps, ctx, tree);
  const start = tree.pruned;
  const end = Math.min(start + TILES_AT_ONCE * TILE, tree.due, archive?.past ?? tree.due);
  return deps.db.tx(ctx, async (tx) => {
    const tileRoots = await store.readTileRoots(tx, rule.class, start, end);
    if (!archive) {
      const leaves = await readLeaves(tx, rule.class, start, end);
      await store.forgetValues(
        tx,
        leaves.flatMap((row) => commitmentsOf(row.leaf.toString("utf8"))),
      );
    }
    let leaves = 0;
    for (let seq = start; seq < end; seq += TILE) {
      leaves += await store.pruneTile(tx, rule.class, seq / TILE, before, now);
    }
    // The receipt commits with the removal, is a leaf of the admin log itself, and so is signed with its next head.
    await record(tx, ctx, {
      action: "audit.prune",
      resource: `audit/${rule.class}`,
      result: "success",
      details: {
        ...{ class: rule.class, size: tree.size, from: start, to: end, tiles: (end - start) / TILE, leaves },
        ...{ before: before.toISOString(), anchoredAt: tree.anchoredAt?.toISOString(), tileRoots },
        ...(archive && { archive: archive.digest }),
      },
    });
    return leaves;
  });
}

/** The archive that holds the oldest leaves; one that was written before a crash is used again if it is whole. */
async function archiveOf(deps: ArchiveDeps, ctx: Ctx, tree: store.Due): Promise<store.Archive> {
  const known = await deps.db.tx(ctx, (tx) => store.readArchive(tx, tree.class, tree.pruned));
  if (known && (await digestOf(path.join(deps.folder, known.file))) === known.digest) return known;
  const { class: class_, size, note, pruned, due } = tree;
  const past = Math.min(due, pruned + MOST_ARCHIVED);
  const written = await archiveRange(deps, ctx, {
    class: class_,
    size,
    note,
    pruned,
    start: pruned,
    end: past,
  });
  const archive = { class: class_, first: pruned, past, ...written, archivedAt: ctx.clock.now() };
  await deps.db.tx(ctx, (tx) => store.writeArchive(tx, ctx, archive));
  return archive;
}

/** Archives have a period of their own. Without a rule for it (any more), they stay. */
async function removeOldArchives(deps: ArchiveDeps, ctx: Ctx, rule: RetentionRule): Promise<void> {
  if (rule.archiveMs === undefined) return;
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - rule.archiveMs);
  for (const archive of await deps.db.tx(ctx, (tx) => store.listArchivesBefore(tx, rule.class, before))) {
    if (await deps.db.tx(ctx, store.isHeld)) return;
    const file = path.join(deps.folder, archive.file);
    for await (const commitments of commitmentsIn(file)) {
      await deps.db.tx(ctx, (tx) => store.forgetValues(tx, commitments));
    }
    // A crash after this leaves a row without a file; the next pass finds it and finishes.
    await rm(file, { force: true });
    await deps.db.tx(ctx, async (tx) => {
      await store.writeArchiveRemoved(tx, archive, now);
      await record(tx, ctx, {
        action: "audit.prune",
        resource: `audit-archive/${rule.class}`,
        result: "success",
        details: {
          ...{ class: rule.class, from: archive.first, to: archive.past, archive: archive.digest },
          before: before.toISOString(),
        },
      });
    });
  }
}
