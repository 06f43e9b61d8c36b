import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { AuditEvent } from "./event.ts";
import { type Draft, draftOf, recordDraft } from "./record.ts";

const GATHER_MS = 4;
/** Keeps one batch far from the time limit of a request. */
const LARGEST_BATCH = 100;

type Waiting = { ctx: Ctx; draft: Draft; resolve(): void; reject(error: unknown): void };
type Batch = { waiting: Waiting[]; timer: NodeJS.Timeout };
/** Of one database: what is gathered, by tenant, and what is being written. */
type Group = { gathering: Map<string, Batch>; writing: Set<Promise<void>> };

const groups = new WeakMap<Database, Group>();

/**
 * Records that something was read. Readers who come within milliseconds of each other share one commit; each waits for
 * it, and must not answer when it fails.
 */
export async function recordAccess(db: Database, ctx: Ctx, event: AuditEvent): Promise<void> {
  // An event that cannot be recorded fails its own reader, not the others of the batch.
  const draft = draftOf(ctx, event);
  const group = groups.get(db) ?? { gathering: new Map(), writing: new Set() };
  groups.set(db, group);
  await new Promise<void>((resolve, reject) => {
    let batch = group.gathering.get(ctx.tenant);
    if (!batch) {
      batch = { waiting: [], timer: setTimeout(() => write(db, group, ctx.tenant), GATHER_MS) };
      group.gathering.set(ctx.tenant, batch);
    }
    batch.waiting.push({ ctx, draft, resolve, reject });
    if (batch.waiting.length >= LARGEST_BATCH) write(db, group, ctx.tenant);
  });
}

/** Writes what is still gathered, and resolves when nothing is under way; for the end of the process. */
export async function flushAccess(db: Database): Promise<void> {
  const group = groups.get(db);
  if (!group) return;
  for (const tenant of [...group.gathering.keys()]) write(db, group, tenant);
  await Promise.all(group.writing);
}

function write(db: Database, group: Group, tenant: string): void {
  const batch = group.gathering.get(tenant);
  if (!batch) return;
  group.gathering.delete(tenant);
  clearTimeout(batch.timer);
  const written = db
    .tx({ tenant }, async (tx) => {
      for (const { ctx, draft } of batch.waiting) await recordDraft(tx, ctx, draft);
    })
    .then(
      () => batch.waiting.forEach((one) => void one.resolve()),
      (error) => batch.waiting.forEach((one) => void one.reject(error)),
    )
    .finally(() => group.writing.delete(written));
  group.writing.add(written);
}
