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
