import type { Operations } from "@toban/definition";
import type { Ctx } from "../../platform/ctx.ts";
import type { Task } from "../../platform/tasks.ts";
import type { ArchiveDeps } from "./archive.ts";
import { pruneTenant } from "./prune.ts";
import { retentionRules } from "./rules.ts";

export type RetentionDeps = ArchiveDeps & {
  tenants(): Promise<string[]>;
  ctxFor(tenant: string): Ctx;
  definition(): Operations;
  signal?: AbortSignal;
};

/** Every hour; the periods are those of the definition that is in force. */
export const pruneTask = (deps: RetentionDeps): Task => ({
  name: "audit.prune",
  periodMs: 3_600_000,
  async run() {
    const rules = retentionRules(deps.definition());
    for (const tenant of await deps.tenants()) {
      const ctx = deps.ctxFor(tenant);
      const pruned = await pruneTenant(deps, ctx, rules, () => deps.signal?.aborted === true);
      for (const one of pruned)
        ctx.log.info({ tenant, ...one }, "audit events past their retention were pruned");
    }
  },
});
