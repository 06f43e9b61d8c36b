import type { Tx } from "../../platform/database.ts";
import type { Counted } from "./signals.ts";

/** The tenant's events of these actions since `from`, by action, result and kind of actor. */
export function countEvents(tx: Tx, filter: { actions: string[]; from: Date }): Promise<Counted[]> {
  return tx.query<Counted>(
    `SELECT action, result, starts_with(actor_id, 'task:') AS "byTask",
            sum(CASE WHEN jsonb_typeof(details->'attempts') = 'number' THEN (details->>'attempts')::int ELSE 1 END)
              AS times,
            (array_agg(jsonb_build_object('tenantId', tenant_id, 'correlationId', correlation_id, 'actorId', actor_id,
              'action', action, 'resource', resource, 'tsUs', ts_us) ORDER BY ts_us DESC))[1] AS newest
     FROM toban.audit_events WHERE action = ANY($1) AND ts_us >= $2
     GROUP BY action, result, starts_with(actor_id, 'task:')`,
    [filter.actions, filter.from.getTime() * 1000],
  );
}
