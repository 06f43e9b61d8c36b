import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { invalid, unavailable } from "../../platform/errors.ts";
import { writeFileAtomic } from "../../platform/files.ts";
import { actAs, lockTenant, selectTenants, updateState } from "./store.ts";

/** Which tenants were deleted, and when: outside the database, so that a restored backup brings none of them back. */
export type Tombstones = {
  /** By tenant. */
  read(): Promise<Map<string, Date>>;
  put(tenant: string, deletedAt: Date): Promise<void>;
  remove(tenant: string): Promise<void>;
};

export function openTombstones(file: string): Tombstones {
  let writing: Promise<unknown> = Promise.resolve();
  const change = (work: (tombstones: Map<string, Date>) => void) => {
    const written = writing.then(async () => {
      const tombstones = await read(file);
      work(tombstones);
      const dates = [...tombstones].map(([tenant, at]) => [tenant, at.toISOString()]);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFileAtomic(file, `${JSON.stringify({ v: 1, deleted: Object.fromEntries(dates) })}\n`);
    });
    writing = written.catch(() => {});
    return written;
  };
  return {
    read: () => read(file),
    put: (tenant, deletedAt) => change((tombstones) => tombstones.set(tenant, deletedAt)),
    remove: (tenant) => change((tombstones) => tombstones.delete(tenant)),
  };
}

/**
 * Before anything is served: deletes again what a restored database has alive, from the day on which it was deleted, and
 * completes the file as far as the database knows more. A tenant is put into the file after its deletion has committed
 * and taken out before its return has: a crash in between leaves the older state, which this then repeats.
 */
export async function replayDeletions(db: Database, own: Ctx, tombstones: Tombstones): Promise<string[]> {
  const known = await tombstones.read();
  const replayed: string[] = [];
  for (const tenant of await selectTenants(db)) {
    const deletedAt = known.get(tenant.id);
    if (tenant.state === "deleted" || tenant.state === "purged") {
      if (!deletedAt) await tombstones.put(tenant.id, tenant.deletedAt!);
    } else if (deletedAt && tenant.id !== own.tenant) {
      await deleteAgain(db, own, tenant.id, deletedAt);
      replayed.push(tenant.id);
    }
  }
  return replayed;
}

async function deleteAgain(db: Database, own: Ctx, id: string, deletedAt: Date): Promise<void> {
  const inside = { ...own, tenant: id };
  await db.tx(inside, async (tx) => {
    const tenant = await lockTenant(tx);
    if (!tenant || tenant.state === "deleted" || tenant.state === "purged") return;
    await updateState(tx, { state: "deleted", suspendedAt: tenant.suspendedAt, deletedAt });
    const event = {
      class: "admin" as const,
      action: "tenant.delete",
      resource: `tenant/${id}`,
      result: "success" as const,
      details: { from: tenant.state, to: "deleted" },
    };
    await record(tx, inside, event);
    await actAs(tx, own.tenant);
    await record(tx, own, event);
  });
}

async function read(file: string): Promise<Map<string, Date>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw unavailable(
      "tombstones_unreadable",
      `The list of deleted tenants ${file} cannot be read.`,
      "Give this user the right to read it. Without it nobody knows what a restored database must not bring back.",
      cause,
    );
  }
  return parse(text) ?? failDamaged(file);
}

function parse(text: string): Map<string, Date> | undefined {
  try {
    const { v, deleted } = JSON.parse(text) as { v: number; deleted: Record<string, string> };
    const dates = Object.entries(deleted).map(([tenant, at]) => [tenant, new Date(at)] as const);
    const isWhole = v === 1 && dates.every(([, at]) => !Number.isNaN(at.getTime()));
    return isWhole ? new Map(dates) : undefined;
  } catch {
    return undefined;
  }
}

function failDamaged(file: string): never {
  throw invalid(
    "tombstones_damaged",
    `The list of deleted tenants ${file} is damaged.`,
    "Restore the file from a copy. Toban does not serve without it: deleted tenants could come back from a backup.",
  );
}
