import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { Task } from "../../platform/tasks.ts";
import { record } from "../record/record.ts";
import { complete, type ErasureDeps, entryOf, erase } from "./erase.ts";
import type { LedgerEntry } from "./ledger.ts";
import {
  completeErasure,
  type ErasureRow,
  insertErasure,
  lockErasure,
  selectErasures,
  selectSubjects,
} from "./store-erasure.ts";

/**
 * A transaction that was open during an erasure may commit a value about its subject afterwards. None is open longer
 * than this: the database ends those that are idle for a minute, and every statement after seconds.
 */
const SWEPT_AGAIN_MS = 10 * 60_000;

/**
 * Before anything is served: removes what a restored database has brought back of those whom the ledger knows as
 * erased, and finishes what was begun. @throws when the ledger cannot be read: then nothing may be served.
 */
export async function replayErasures(deps: ErasureDeps): Promise<void> {
  for (const tenant of await deps.tenants()) await pass(deps, deps.ctxFor(tenant), () => true);
}

/** Completes what waited for a hold or was interrupted; nudged when a hold is released. */
export const erasureTask = (deps: ErasureDeps): Task => ({
  name: "audit.erasure",
  periodMs: 30_000,
  run: () => completePendingErasures(deps),
});

export async function completePendingErasures(deps: ErasureDeps): Promise<void> {
  for (const tenant of await deps.tenants()) {
    const ctx = deps.ctxFor(tenant);
    const since = ctx.clock.now().getTime() - SWEPT_AGAIN_MS;
    await pass(deps, ctx, (entry) => Date.parse(entry.completedAt ?? "") >= since);
  }
}

/** @param isSwept of the completed erasures, those whose subjects are removed again. */
async function pass(deps: ErasureDeps, ctx: Ctx, isSwept: (entry: LedgerEntry) => boolean): Promise<void> {
  const rows = new Map((await deps.db.tx(ctx, selectErasures)).map((row) => [row.id, row]));
  const entries = await deps.ledger.read(ctx.tenant);
  const known = new Set(entries.map(({ id }) => id));
  // A ledger that was lost is written anew as far as the database knows it.
  for (const row of [...rows.values()].reverse()) {
    if (known.has(row.id)) continue;
    const entry = entryOf(ctx.tenant, row);
    await deps.ledger.append(entry);
    entries.push(entry);
  }
  const subjectsOf = lookup(deps, ctx);
  for (const entry of entries) {
    const row = rows.get(entry.id);
    if (entry.completedAt === null && row?.completedAt) {
      // The process died between the commit and the ledger's second line.
      await deps.ledger.append(entryOf(ctx.tenant, row));
    } else if (entry.completedAt === null) {
      await complete(deps, ctx, entry, await subjectsOf(entry));
    } else if (!row?.completedAt || isSwept(entry)) {
      await sweep(deps, ctx, entry as LedgerEntry & { completedAt: string }, row, await subjectsOf(entry));
    }
  }
}

/** The subjects behind digests; computed once, and only when somebody asks. */
function lookup(deps: ErasureDeps, ctx: Ctx): (entry: LedgerEntry) => Promise<string[]> {
  let byDigest: Promise<Map<string, string>> | undefined;
  const read = async (tx: Tx) =>
    new Map((await selectSubjects(tx)).map((name) => [deps.ledger.digestOf(ctx.tenant, name), name]));
  return async ({ subjectDigest }) => {
    byDigest ??= deps.db.tx(ctx, read);
    const subject = (await byDigest).get(subjectDigest);
    return subject === undefined ? [] : [subject];
  };
}

/** Removes again what was written before an erasure that is complete, and completes its row. */
async function sweep(
  deps: ErasureDeps,
  ctx: Ctx,
  entry: LedgerEntry & { completedAt: string },
  row: ErasureRow | undefined,
  subjects: string[],
): Promise<void> {
  if (row?.completedAt && subjects.length === 0) return;
  const completedAt = new Date(entry.completedAt);
  await deps.db.tx(ctx, async (tx) => {
    let removed = 0;
    for (const subject of subjects) removed += await erase(deps, tx, ctx, subject, completedAt);
    const isWhole = row !== undefined && row.completedAt !== null;
    if (isWhole && removed === 0) return;
    if (!isWhole) await restoreRow(tx, ctx, entry, completedAt, removed);
    await record(tx, ctx, {
      action: "erasure.replay",
      resource: `erasure/${entry.id}`,
      result: "success",
      details: { completedAt: entry.completedAt, removed },
    });
  });
}

async function restoreRow(
  tx: Tx,
  ctx: Ctx,
  entry: LedgerEntry,
  completedAt: Date,
  removed: number,
): Promise<void> {
  const { id, subjectDigest, requestedBy } = entry;
  const requestedAt = new Date(entry.requestedAt);
  await insertErasure(tx, ctx, { id, subjectDigest, requestedBy, requestedAt, completedAt, removed });
  const locked = await lockErasure(tx, id);
  if (locked?.completedAt === null) await completeErasure(tx, id, completedAt, removed);
}
