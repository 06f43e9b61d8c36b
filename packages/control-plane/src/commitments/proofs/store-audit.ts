import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";

const INSUFFICIENT_PRIVILEGE = "42501";

/** Tries each statement on each table as the application's role, in a transaction that is always taken back. */
export async function refusesEveryChange(
  db: Database,
  ctx: Ctx,
  tables: Record<string, string[]>,
): Promise<Record<string, boolean>> {
  const refused: Record<string, boolean> = {};
  for (const [table, statements] of Object.entries(tables)) {
    for (const statement of statements) {
      refused[`${table}: ${statement}`] = await isRefused(db, ctx, sqlOf(statement, table));
    }
  }
  return refused;
}

function sqlOf(statement: string, table: string): string {
  const name = `toban.${table}`;
  // Rights are asked about before rows.
  if (statement === "UPDATE") return `UPDATE ${name} SET tenant_id = tenant_id WHERE false`;
  return statement === "DELETE" ? `DELETE FROM ${name} WHERE false` : `TRUNCATE ${name}`;
}

class TakenBack extends Error {}

async function isRefused(db: Database, ctx: Ctx, sql: string): Promise<boolean> {
  try {
    await db.tx(ctx, async (tx) => {
      await tx.query(sql);
      throw new TakenBack();
    });
  } catch (error) {
    if (error instanceof TakenBack) return false;
    if ((error as { code?: string }).code === INSUFFICIENT_PRIVILEGE) return true;
    throw error;
  }
  return false;
}

/** One whole tile of a class, sealed and anchored at that time, as the only thing in its tree. */
export async function insertAnchoredTile(
  tx: Tx,
  tenant: string,
  tile: { class: string; action: string; anchoredAt: Date },
): Promise<void> {
  const values = [tenant, tile.class, tile.anchoredAt];
  await tx.query(
    `INSERT INTO toban.audit_events
       (tenant_id, id, class, ts_us, actor_id, action, resource, result, correlation_id, source_ip, details)
     SELECT $1, 'proof-' || n, $2, extract(epoch FROM $3::timestamptz)::bigint * 1000000, 'task:proof', $4, 'proof/retention',
            'success', 'proof', NULL, '{}' FROM generate_series(0, 255) AS n`,
    [...values, tile.action],
  );
  await tx.query(
    `INSERT INTO toban.audit_leaves (tenant_id, class, seq, event_id, leaf)
     SELECT $1, $2, n, 'proof-' || n, '{}' FROM generate_series(0, 255) AS n`,
    values.slice(0, 2),
  );
  const root = Buffer.alloc(32);
  await tx.query(
    "INSERT INTO toban.audit_tiles (tenant_id, class, tile, hashes, root) VALUES ($1, $2, 0, $3, $4)",
    [tenant, tile.class, Buffer.alloc(8192), root],
  );
  await tx.query(
    `INSERT INTO toban.audit_trees (tenant_id, class, size, root, frontier, note, sealed_at)
     VALUES ($1, $2, 256, $4, $4, 'proof', $3)`,
    [...values, root],
  );
  await tx.query(
    `INSERT INTO toban.audit_anchors (tenant_id, class, size, sink, root, note, anchored_at)
     VALUES ($1, $2, 256, 'proof', $4, 'proof', $3)`,
    [...values, root],
  );
}

/** What is left of the class: events and leaves; and whether a receipt says what went. */
export async function countKept(
  tx: Tx,
  name: string,
): Promise<{ events: number; leaves: number; receipt: boolean }> {
  const [row] = await tx.query<{ events: number; leaves: number; receipt: boolean }>(
    `SELECT (SELECT count(*)::int FROM toban.audit_events WHERE class = $1 AND id LIKE 'proof-%') AS events,
            (SELECT count(*)::int FROM toban.audit_leaves WHERE class = $1 AND event_id LIKE 'proof-%') AS leaves,
            EXISTS (SELECT FROM toban.audit_events WHERE action = 'audit.prune' AND resource = 'audit/' || $1) AS receipt`,
    [name],
  );
  return row!;
}
