import { createHash } from "node:crypto";
import { canonicalJson } from "@toban/verify";
import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { Task } from "../../platform/tasks.ts";
import { KEPT_AFTER_DELETION_MS } from "./life.ts";
import { actAs, listTenantsToPurge, lockTenant, type Purged, purgeBatch } from "./store.ts";

const PERIOD_MS = 10 * 60_000;
/** Rows of one transaction: well within the longest statement, and a kill loses no more than this. */
const BATCH = 5_000;

export type PurgeDeps = {
  db: Database;
  /** As the installation's own tenant, whose record keeps the receipt. */
  own: Ctx;
  /** Removes what is kept of a tenant outside the database; repeatable. Before the rows, so that it is never forgotten. */
  forget?(tenant: string): Promise<void>;
  batch?: number;
};

/** Removes the rows of tenants that were deleted 30 days ago. */
export const purgeTask = (deps: PurgeDeps): Task => ({
  name: "tenants.purge",
  periodMs: PERIOD_MS,
  async run() {
    await purgeTenants(deps);
  },
});

/** @returns the ids of the tenants that it has finished. One that cannot go does not hold up the others. */
export async function purgeTenants(deps: PurgeDeps): Promise<string[]> {
  const now = deps.own.clock.now();
  const before = new Date(now.getTime() - KEPT_AFTER_DELETION_MS);
  const purged: string[] = [];
  let failure: unknown;
  for (const tenant of await listTenantsToPurge(deps.db, before)) {
    try {
      if (await purgeTenant(deps, tenant, before, now)) purged.push(tenant);
    } catch (error) {
      failure = error;
    }
  }
  if (failure) throw failure;
  return purged;
}

async function purgeTenant(deps: PurgeDeps, tenant: string, before: Date, now: Date): Promise<boolean> {
  await deps.forget?.(tenant);
  for (;;) {
    const outcome = await purgeOnce(deps, tenant, before, now);
    if (outcome !== "more") return outcome === "done";
  }
}

/** One batch in one transaction; the last one commits together with its receipt. */
async function purgeOnce(
  deps: PurgeDeps,
  tenant: string,
  before: Date,
  now: Date,
): Promise<"more" | "done" | "not-now"> {
  try {
    return await deps.db.tx({ tenant }, async (tx) => {
      const row = await lockTenant(tx);
      // Another replica was quicker, or somebody brought it back.
      if (row?.state !== "deleted") return "not-now";
      const purged = await purgeBatch(tx, before, now, deps.batch ?? BATCH);
      if (!purged.done) return "more";
      await actAs(tx, deps.own.tenant);
      await record(tx, deps.own, {
        class: "admin",
        action: "tenant.purge",
        resource: `tenant/${tenant}`,
        result: "success",
        details: receiptOf(tenant, row.deletedAt!, now, purged),
      });
      return "done";
    });
  } catch (error) {
    // A hold may stay for years: that is no failure of the task.
    if ((error as { code?: string }).code !== "TB003") throw error;
    deps.own.log.warn({ tenant }, "a deleted tenant stays: a legal hold is open");
    return "not-now";
  }
}

/** What went, with the last heads of the audit trees: whoever holds an anchor of them can tell that they are these. */
export function receiptOf(tenant: string, deletedAt: Date, purgedAt: Date, purged: Purged) {
  const { heads, rows } = purged;
  const receipt = { deletedAt: deletedAt.toISOString(), purgedAt: purgedAt.toISOString(), heads, rows };
  const digest = createHash("sha256")
    .update(canonicalJson({ tenant, ...receipt }))
    .digest("hex");
  return { ...receipt, digest: `sha256:${digest}` };
}
