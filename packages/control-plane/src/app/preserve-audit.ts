import { openHold } from "../audit/index.ts";
import type { PreserveAudit } from "../incidents/index.ts";
import type { Database } from "../platform/database.ts";

/**
 * A legal hold on the log of the tenant in which it happened, on every tenant's when nobody can tell, and always on the
 * installation's own. Those of other tenants commit first: an evidence too much is kept, never one too little.
 */
export const preserveAuditIn =
  (deps: { db: Database; tenants(): Promise<string[]> }): PreserveAudit =>
  async (tx, ctx, { tenant, ...hold }) => {
    for (const name of tenant === null ? await deps.tenants() : [tenant]) {
      if (name === ctx.tenant) continue;
      const there = { ...ctx, tenant: name };
      await deps.db.tx(there, (inner) => openHold(inner, there, hold));
    }
    await openHold(tx, ctx, hold);
  };
