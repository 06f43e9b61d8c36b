import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { isTenantId } from "./names.ts";
import { actAs, lockTenant, type TenantRow, updateState } from "./store.ts";
import type { Tombstones } from "./tombstones.ts";

/** Commitment SK-102: a deleted tenant can be brought back for 30 days, then its rows go. */
export const KEPT_AFTER_DELETION_MS = 30 * 24 * 3_600_000;

export type LifeDeps = { db: Database; tombstones?: Tombstones | undefined };

type Change = Pick<TenantRow, "state" | "suspendedAt" | "deletedAt">;
/** What becomes of the tenant; undefined when it is so already. @throws `conflict` */
type Decide = (tenant: TenantRow, now: Date) => Change | undefined;

/** Each is repeatable, and recorded in the tenant's own record and in that of the operator's tenant (`ctx`). */
export const suspendTenant = (deps: LifeDeps, ctx: Ctx, id: string) =>
  change(deps, ctx, id, "tenant.suspend", (tenant, now) => {
    if (tenant.state === "deleted") throw deleted(id);
    if (tenant.state === "suspended") return undefined;
    return { state: "suspended", suspendedAt: now, deletedAt: null };
  });

export const resumeTenant = (deps: LifeDeps, ctx: Ctx, id: string) =>
  change(deps, ctx, id, "tenant.resume", (tenant) => {
    if (tenant.state === "deleted") throw deleted(id);
    if (tenant.state === "active") return undefined;
    return { state: "active", suspendedAt: null, deletedAt: null };
  });

export const deleteTenant = (deps: LifeDeps, ctx: Ctx, id: string) =>
  change(deps, ctx, id, "tenant.delete", (tenant, now) => {
    if (tenant.state === "deleted") return undefined;
    return { state: "deleted", suspendedAt: tenant.suspendedAt, deletedAt: now };
  });

/** Back to what it was before its deletion. */
export const undeleteTenant = (deps: LifeDeps, ctx: Ctx, id: string) =>
  change(deps, ctx, id, "tenant.undelete", (tenant, now) => {
    if (tenant.state !== "deleted") return undefined;
    const endsAt = (tenant.deletedAt?.getTime() ?? 0) + KEPT_AFTER_DELETION_MS;
    if (tenant.isPurgeBegun || now.getTime() >= endsAt) {
      throw conflict(
        "tenant_purge_due",
        `The 30 days in which ${id} could be brought back are over.`,
        "Create a new tenant under another id.",
      );
    }
    const state = tenant.suspendedAt === null ? "active" : "suspended";
    return { state, suspendedAt: tenant.suspendedAt, deletedAt: null };
  });

async function change(
  deps: LifeDeps,
  ctx: Ctx,
  id: string,
  action: string,
  decide: Decide,
): Promise<TenantRow> {
  if (id === ctx.tenant) {
    throw conflict(
      "own_tenant",
      "This is the installation's own tenant.",
      "To stop it, stop the installation.",
    );
  }
  if (!isTenantId(id)) throw missing(id);
  const inside = { ...ctx, tenant: id };
  const changed = await deps.db.tx(inside, async (tx) => {
    const tenant = await lockTenant(tx);
    if (!tenant || tenant.state === "purged") throw missing(id);
    const next = decide(tenant, ctx.clock.now());
    if (!next) return tenant;
    await updateState(tx, next);
    if (tenant.state === "deleted") await deps.tombstones?.remove(id);
    const event = {
      class: "admin" as const,
      action,
      resource: `tenant/${id}`,
      result: "success" as const,
      details: { from: tenant.state, to: next.state },
    };
    await record(tx, inside, event);
    await actAs(tx, ctx.tenant);
    await record(tx, ctx, event);
    return { ...tenant, ...next };
  });
  if (changed.state === "deleted") await deps.tombstones?.put(id, changed.deletedAt!);
  return changed;
}

const missing = (id: string) =>
  notFound("tenant_not_found", `There is no tenant ${id}.`, "See `toban tenants list`.");

const deleted = (id: string) =>
  conflict("tenant_deleted", `The tenant ${id} is deleted.`, "Bring it back with `toban tenants undelete`.");
