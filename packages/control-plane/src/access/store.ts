import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import type { RoleLevel } from "./permissions.ts";
import type { TenantState } from "./tenants/store.ts";

/** What a tenant knows of a person; `state: null`: there is no such tenant. */
export type Standing = { state: TenantState | null; level: RoleLevel | null; isRemoved: boolean };

export async function selectStanding(tx: Tx, tenant: string, personId: string): Promise<Standing> {
  const [row] = await tx.query<{ state: TenantState; level: RoleLevel | null; isRemoved: boolean }>(
    `SELECT t.state, CASE WHEN p.removed_at IS NULL THEN p.role_level END AS level,
            p.removed_at IS NOT NULL AS "isRemoved"
     FROM toban.tenants t
     LEFT JOIN toban.people p ON p.tenant_id = t.tenant_id AND p.person_id = $2
     WHERE t.tenant_id = $1`,
    [tenant, personId],
  );
  return row ?? { state: null, level: null, isRemoved: false };
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

/** Links of a person who may no longer use them. */
export async function deleteSignInLinks(tx: Tx, actorId: string): Promise<void> {
  await tx.query("DELETE FROM toban.sign_in_links WHERE actor_id = $1", [actorId]);
}
