import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";

/** Lists tenants and nothing else; owns no rows. */
export const SYSTEM_TENANT = "system";

/** Idempotent: a tenant that exists stays as it is. */
export async function createTenant(tx: Tx, ctx: Ctx, name: string): Promise<void> {
  const created = await tx.query(
    `INSERT INTO toban.tenants (tenant_id, name, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO NOTHING RETURNING tenant_id`,
    [ctx.tenant, name, ctx.clock.now()],
  );
  if (created.length > 0) {
    await record(tx, ctx, {
      class: "admin",
      action: "tenant.create",
      resource: `tenant/${ctx.tenant}`,
      result: "success",
    });
  }
}

export async function listTenants(db: Database): Promise<string[]> {
  const rows = await db.tx({ tenant: SYSTEM_TENANT }, (tx) =>
    tx.query<{ tenant_id: string }>("SELECT tenant_id FROM toban.tenants ORDER BY tenant_id"),
  );
  return rows.map((row) => row.tenant_id);
}

export async function insertSignInLink(
  tx: Tx,
  ctx: Ctx,
  link: { tokenHash: string; actorId: string; expiresAt: Date },
): Promise<void> {
  await tx.query("DELETE FROM toban.sign_in_links WHERE expires_at < $1", [ctx.clock.now()]);
  await tx.query(
    `INSERT INTO toban.sign_in_links (tenant_id, token_hash, actor_id, expires_at) VALUES ($1, $2, $3, $4)`,
    [ctx.tenant, link.tokenHash, link.actorId, link.expiresAt],
  );
}

/** The actor of a link that was unused and in time, and marks it used; undefined otherwise. */
export async function useSignInLink(tx: Tx, ctx: Ctx, tokenHash: string): Promise<string | undefined> {
  const rows = await tx.query<{ actor_id: string }>(
    `UPDATE toban.sign_in_links SET used_at = $2
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING actor_id`,
    [tokenHash, ctx.clock.now()],
  );
  return rows[0]?.actor_id;
}
