import type { Ctx } from "../../platform/ctx.ts";
import { forbidden } from "../../platform/errors.ts";
import type { Secrets } from "../../platform/secrets.ts";
import { record } from "../record/record.ts";
import { keyLabel, rotateAuditKey } from "./keys.ts";
import { isRotationRecorded } from "./store-anchors.ts";
import type { AuditLog } from "./types.ts";

/** A rotation that nobody recorded within this time lost its process. */
const GRACE_MS = 60_000;
/** Older ones were looked at long ago; their record may have been pruned. */
const FORGET_MS = 30 * 24 * 3_600_000;

/** A new key signs from now on, and the old one with it for a while. */
export async function rotateKey(log: AuditLog, secrets: Secrets, ctx: Ctx): Promise<{ verifier: string }> {
  if (ctx.tenant !== log.tenant) {
    throw forbidden(
      "audit_key_of_installation",
      "The key signs the logs of all tenants; a tenant cannot change it.",
      `Ask an administrator of the tenant ${log.tenant}.`,
    );
  }
  const { verifier, before } = await rotateAuditKey(secrets, ctx.clock);
  await recordRotation(log, ctx, before, verifier);
  return { verifier };
}

/** Catches up on rotations whose process was killed after it had stored the new key. */
export async function recordRotations(log: AuditLog): Promise<void> {
  const keys = log.keys.records();
  const now = log.clock.now().getTime();
  for (const [index, key] of keys.entries()) {
    const age = now - Date.parse(key.createdAt);
    if (index === 0 || log.recorded.has(key.verifier) || age < GRACE_MS || age > FORGET_MS) continue;
    await recordRotation(log, log.ctxFor(log.tenant), keys[index - 1]!.verifier, key.verifier);
  }
}

async function recordRotation(log: AuditLog, ctx: Ctx, from: string, to: string): Promise<void> {
  const resource = `audit-key/${keyLabel(to)}`;
  await log.db.tx(ctx, async (tx) => {
    if (await isRotationRecorded(tx, resource)) return;
    await record(tx, ctx, {
      action: "audit.rotate_key",
      resource,
      result: "success",
      details: { from: keyLabel(from), to: keyLabel(to), installation: log.keys.installation },
    });
  });
  log.recorded.add(to);
}
