import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";
import { SYSTEM_TENANT } from "./names.ts";

export type TenantState = "active" | "suspended" | "deleted" | "purged";
export type TenantRow = {
  id: string;
  name: string;
  state: TenantState;
  createdAt: Date;
  suspendedAt: Date | null;
  deletedAt: Date | null;
  purgedAt: Date | null;
  isPurgeBegun: boolean;
};
export type Purged = {
  heads: { [auditClass: string]: { size: number; root: string } };
  rows: { [table: string]: number };
  done: boolean;
};

const COLUMNS = `tenant_id AS id, name, state, created_at AS "createdAt", suspended_at AS "suspendedAt",
  deleted_at AS "deletedAt", purged_at AS "purgedAt", purge IS NOT NULL AS "isPurgeBegun"`;

/** False when it exists. Waits for another transaction that is creating it. */
export async function insertTenant(tx: Tx, ctx: Ctx, name: string): Promise<boolean> {
  const created = await tx.query(
    `INSERT INTO toban.tenants (tenant_id, name, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO NOTHING RETURNING tenant_id`,
    [ctx.tenant, name, ctx.clock.now()],
  );
  return created.length > 0;
}

/** The transaction's own tenant, locked: its states follow one another. */
export async function lockTenant(tx: Tx): Promise<TenantRow | undefined> {
  const [row] = await tx.query<TenantRow>(
    `SELECT ${COLUMNS} FROM toban.tenants WHERE tenant_id = toban.current_tenant() FOR UPDATE`,
  );
  return row;
}

export async function updateState(
  tx: Tx,
  change: { state: TenantState; suspendedAt: Date | null; deletedAt: Date | null },
): Promise<void> {
  await tx.query(
    `UPDATE toban.tenants SET state = $1, suspended_at = $2, deleted_at = $3
     WHERE tenant_id = toban.current_tenant()`,
    [change.state, change.suspendedAt, change.deletedAt],
  );
}

/** All of them, by id, the purged ones too. */
export function selectTenants(db: Database): Promise<TenantRow[]> {
  return db.tx({ tenant: SYSTEM_TENANT }, (tx) =>
    tx.query<TenantRow>(`SELECT ${COLUMNS} FROM toban.tenants ORDER BY tenant_id`),
  );
}

async function selectIds(db: Database, condition: string, parameters: unknown[] = []): Promise<string[]> {
  const rows = await db.tx({ tenant: SYSTEM_TENANT }, (tx) =>
    tx.query<{ id: string }>(
      `SELECT tenant_id AS id FROM toban.tenants WHERE ${condition} ORDER BY tenant_id`,
      parameters,
    ),
  );
  return rows.map((row) => row.id);
}

/** For tasks that act: rollouts, alerts, incidents. A suspended or deleted tenant does nothing. */
export const listTenants = (db: Database): Promise<string[]> => selectIds(db, "state = 'active'");

/** For tasks that keep records: seal, anchor, verify, prune. As long as there are records. */
export const listTenantsWithRecords = (db: Database): Promise<string[]> =>
  selectIds(db, "state <> 'purged' AND purge IS NULL");

/** Those whose rows are to go. */
export const listTenantsToPurge = (db: Database, deletedBefore: Date): Promise<string[]> =>
  selectIds(db, "state = 'deleted' AND deleted_at <= $1", [deletedBefore]);

/** One batch of the physical removal; the function checks its conditions itself. */
export async function purgeBatch(tx: Tx, before: Date, now: Date, limit: number): Promise<Purged> {
  const [row] = await tx.query<{ purged: Purged }>("SELECT toban.purge_tenant($1, $2, $3) AS purged", [
    before,
    now,
    limit,
  ]);
  return row!.purged;
}

/** The next statements of the transaction are another tenant's: a fact of two tenants commits in both or in neither. */
export async function actAs(tx: Tx, tenant: string): Promise<void> {
  await tx.query("SELECT set_config('toban.tenant', $1, true)", [tenant]);
}

export async function insertRootDepartment(tx: Tx, ctx: Ctx, id: string, name: string): Promise<void> {
  await tx.query(
    `INSERT INTO toban.departments (tenant_id, department_id, parent_id, name, created_at)
     VALUES ($1, $2, NULL, $3, $4) ON CONFLICT DO NOTHING`,
    [ctx.tenant, id, name, ctx.clock.now()],
  );
}
