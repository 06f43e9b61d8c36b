import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { isTenantId } from "./names.ts";
import { actAs, lockTenant, type TenantRow, updateState } from "./store.ts";

/** Commitment SK-102: a deleted tenant can be brought back for 30 days, then its rows go. */
export const KEPT_AFTER_DELETION_MS = 30 * 24 * 3_600_000;

type Change = Pick<TenantRow, "state" | "suspendedAt" | "deletedAt">;
/** What becomes of the tenant; undefined when it is so already. @throws `conflict` */
type Decide = (tenant: TenantRow, now: Date) => Change | undefined;

/** Each is repeatable, and recorded in the tenant's own record and in that of the operator's tenant (`ctx`). */
export const suspendTenant = (db: Database, ctx: Ctx, id: string) =>
  change(db, ctx, id, "tenant.suspend", (tenant, now) => {
    if (tenant.state === "deleted") throw deleted(id);
    if (tenant.state === "suspended") return undefined;
    return { state: "suspended", suspendedAt: now, deletedAt: null };
  });

export const resumeTenant = (db: Database, ctx: Ctx, id: string) =>
  change(db, ctx, id, "tenant.resume", (tenant) => {
    if (tenant.state === "deleted") throw deleted(id);
    if (tenant.state === "active") return undefined;
    return { state: "active", suspendedAt: null, deletedAt: null };
  });

export const deleteTenant = (db: Database, ctx: Ctx, id: string) =>
  change(db, ctx, id, "tenant.delete", (tenant, now) => {
    if (tenant.state === "deleted") return undefined;
    return { state: "deleted", suspendedAt: tenant.suspendedAt, deletedAt: now };
  });

/** Back to what it was before its deletion. */
export const undeleteTenant = (db: Database, ctx: Ctx, id: string) =>
  change(db, ctx, id, "tenant.undelete", (tenant, now) => {
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
  db: Database,
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
  return db.tx(inside, async (tx) => {
    const tenant = await lockTenant(tx);
    if (!tenant || tenant.state === "purged") throw missing(id);
    const next = decide(tenant, ctx.clock.now());
    if (!next) return tenant;
    await updateState(tx, next);
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
}

const missing = (id: string) =>
  notFound("tenant_not_found", `There is no tenant ${id}.`, "See `toban tenants list`.");

const deleted = (id: string) =>
  conflict("tenant_deleted", `The tenant ${id} is deleted.`, "Bring it back with `toban tenants undelete`.");
