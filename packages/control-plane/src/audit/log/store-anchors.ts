import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import type { Head } from "./types.ts";

/** The tenants among these that have a head which one of the sinks has not acknowledged. */
export async function unanchoredTenants(tx: Tx, tenants: string[], sinks: string[]): Promise<string[]> {
  const rows = await tx.query<{ tenant: string }>(
    "SELECT tenant FROM toban.audit_unanchored($1, $2) AS tenant",
    [tenants, sinks],
  );
  return rows.map((row) => row.tenant);
}

export type AnchorState = {
  class: AuditClass;
  /** Largest size that each sink has acknowledged; sinks that have nothing yet are missing. */
  sinks: { sink: string; size: number; at: Date }[];
  /** The tree up to which at least two sinks agree to have it. */
  covered: number;
  /** When the first event after that happened, in microseconds; null when every sealed event is in two sinks. */
  oldestUs: number | null;
};

/** What these sinks have acknowledged of each tree of the tenant. */
export async function anchorStates(tx: Tx, sinks: string[]): Promise<AnchorState[]> {
  const rows = await tx.query<{ class: AuditClass; size: number; acknowledged: AnchorState["sinks"] }>(
    `SELECT t.class, t.size, COALESCE(jsonb_agg(jsonb_build_object('sink', a.sink, 'size', a.size, 'at', a.anchored_at)
              ORDER BY a.size DESC) FILTER (WHERE a.sink IS NOT NULL), '[]') AS acknowledged
     FROM toban.audit_trees t CROSS JOIN unnest($1::text[]) AS s (name)
     LEFT JOIN LATERAL (
       SELECT x.sink, x.size, x.anchored_at FROM toban.audit_anchors x
       WHERE x.tenant_id = t.tenant_id AND x.class = t.class AND x.sink = s.name
       ORDER BY x.size DESC LIMIT 1) a ON true
     GROUP BY t.class, t.size ORDER BY t.class`,
    [sinks],
  );
  const states = rows.map((row) => ({
    class: row.class,
    size: row.size,
    sinks: row.acknowledged.map((one) => ({ ...one, at: new Date(one.at) })),
    covered: row.acknowledged[1]?.size ?? 0,
  }));
  const open = states.filter((state) => state.covered < state.size);
  const oldest = open.length > 0 ? await timesOf(tx, open) : new Map<AuditClass, number>();
  return states.map(({ size: _, ...state }) => ({ ...state, oldestUs: oldest.get(state.class) ?? null }));
}

async function timesOf(tx: Tx, trees: { class: AuditClass; covered: number }[]) {
  const rows = await tx.query<{ class: AuditClass; tsUs: number }>(
    `SELECT l.class, e.ts_us AS "tsUs" FROM unnest($1::text[], $2::bigint[]) AS tree (class, covered)
     JOIN toban.audit_leaves l ON l.class = tree.class AND l.seq = tree.covered
     JOIN toban.audit_events e ON e.tenant_id = l.tenant_id AND e.id = l.event_id`,
    [trees.map((tree) => tree.class), trees.map((tree) => tree.covered)],
  );
  return new Map(rows.map((row) => [row.class, row.tsUs]));
}

/** Another replica may have anchored the same head; that changes nothing. */
export async function insertAnchors(
  tx: Tx,
  ctx: Ctx,
  anchors: { sink: string; head: Pick<Head, "class" | "size" | "root" | "note"> }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO toban.audit_anchors (tenant_id, class, size, sink, root, note, anchored_at)
     SELECT $1, n.class, n.size, n.sink, n.root, n.note, $2
     FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::text[]) AS n (sink, class, size, root, note)
     ON CONFLICT (tenant_id, class, sink, size) DO NOTHING`,
    [
      ctx.tenant,
      ctx.clock.now(),
      anchors.map((anchor) => anchor.sink),
      anchors.map(({ head }) => head.class),
      anchors.map(({ head }) => head.size),
      anchors.map(({ head }) => head.root),
      anchors.map(({ head }) => head.note),
    ],
  );
}

/** Whether the tenant's record tells of this rotation; of several replicas that ask, one records it. */
export async function isRotationRecorded(tx: Tx, resource: string): Promise<boolean> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('toban.audit.rotate/' || $1, 0))", [
    resource,
  ]);
  const rows = await tx.query(
    "SELECT id FROM toban.audit_events WHERE action = 'audit.rotate_key' AND resource = $1 LIMIT 1",
    [resource],
  );
  return rows.length > 0;
}
