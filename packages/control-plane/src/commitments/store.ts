import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";

/** Records that this definition is in force from now; a no-op when it already is. */
export async function putDefinitionInForce(
  tx: Tx,
  ctx: Ctx,
  environment: string,
  digest: string,
): Promise<boolean> {
  const changed = await tx.query(
    `INSERT INTO toban.definitions (tenant_id, environment, digest, in_force_at, actor_id)
     SELECT $1, $2, $3, $4, $5
     WHERE $3 IS DISTINCT FROM (SELECT digest FROM toban.definitions WHERE environment = $2
                                ORDER BY in_force_at DESC LIMIT 1)
     ON CONFLICT DO NOTHING RETURNING digest`,
    [ctx.tenant, environment, digest, ctx.clock.now(), `${ctx.actor.kind}:${ctx.actor.id}`],
  );
  if (changed.length === 0) return false;
  await record(tx, ctx, {
    class: "admin",
    action: "definition.change",
    resource: `definition/${environment}`,
    result: "success",
    details: { digest },
  });
  return true;
}
