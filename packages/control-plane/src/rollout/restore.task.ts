import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Task } from "../platform/tasks.ts";
import { restoreForgotten } from "./deploy.ts";
import { isForgotten } from "./plan.ts";
import type { RolloutDeps } from "./types.ts";

const PERIOD_MS = 1_000;
/** Somebody may be about to deploy it: `up` starts a system in its own order. */
const GRACE_MS = 5_000;
/** A version that did not start again is not tried without end. */
const PAUSE_MS = 60_000;

/** What the ledger calls live also runs, whatever the target has forgotten; a service after those that it depends on. */
export function restoreTask(deps: RolloutDeps, ctx: Ctx, graceMs = GRACE_MS): Task {
  const missingSince = new Map<string, number>();
  return {
    name: "rollout.restore",
    periodMs: PERIOD_MS,
    async run() {
      const now = ctx.clock.now().getTime();
      const services = Object.entries(deps.definition().services);
      const missing = new Set<string>();
      for (const [service] of services) {
        if (isForgotten(await deps.driver.observe(service))) missing.add(service);
      }
      for (const [service, { dependsOn }] of services) {
        if (!missing.has(service) || dependsOn.some((other) => missing.has(other))) {
          missingSince.delete(service);
          continue;
        }
        const since = missingSince.get(service) ?? now;
        missingSince.set(service, since);
        if (now - since < graceMs) continue;
        try {
          const rollout = await restoreForgotten(deps, ctx, service, PAUSE_MS);
          if (rollout) ctx.log.warn({ service, version: rollout.version }, "starting a service again");
        } catch (error) {
          // Somebody else was faster.
          if (refusalOf(error).kind !== "conflict") throw error;
        }
      }
    },
  };
}
