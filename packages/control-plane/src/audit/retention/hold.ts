import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { actorPseudonym, namesOf } from "../record/pseudonyms.ts";
import { record } from "../record/record.ts";
import * as store from "./store-retention.ts";

/**
 * While a hold is open, nothing of the tenant's audit record is pruned and the tenant is not purged. For an incident
 * there is one hold, however often it asks. Returns the hold's id.
 */
export async function openHold(
  tx: Tx,
  ctx: Ctx,
  { reason, incident }: { reason: string; incident?: string | undefined },
): Promise<string> {
  const known = incident === undefined ? undefined : await store.openHoldOf(tx, incident);
  if (known !== undefined) return known;
  const id = ctx.newId();
  const createdBy = await actorPseudonym(tx, ctx);
  await store.insertHold(tx, ctx, { id, reason, incident: incident ?? null, createdBy });
  await record(tx, ctx, {
    action: "audit.hold",
    resource: `audit-hold/${id}`,
    result: "success",
    details: { hold: id, reason, incident },
  });
  return id;
}

/** @throws `not_found`, `conflict("audit_hold_released")` */
export async function releaseHold(tx: Tx, ctx: Ctx, id: string, reason: string): Promise<void> {
  const hold = await store.lockHold(tx, id);
  if (!hold) {
    throw notFound("audit_hold_not_found", `There is no hold ${id}.`, "See `toban audit holds`.");
  }
  if (hold.releasedAt) {
    throw conflict("audit_hold_released", `Hold ${id} is released already.`, "Nothing is to be done.");
  }
  await store.writeReleased(tx, id, await actorPseudonym(tx, ctx), ctx.clock.now());
  await record(tx, ctx, {
    action: "audit.release",
    resource: `audit-hold/${id}`,
    result: "success",
    details: { hold: id, reason },
  });
}

/** Open ones first, then the newest; with the names of those whom nobody has erased. */
export async function shownHolds(tx: Tx, limit: number): Promise<store.Hold[]> {
  const holds = await store.listHolds(tx, limit);
  const named = await namesOf(
    tx,
    holds.flatMap((hold) => [hold.createdBy, hold.releasedBy]),
  );
  return holds.map((hold) => ({
    ...hold,
    createdBy: named(hold.createdBy),
    releasedBy: hold.releasedBy && named(hold.releasedBy),
  }));
}
