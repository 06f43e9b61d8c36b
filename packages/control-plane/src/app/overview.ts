import type { AgentClient } from "@toban/agent";
import type { Operations } from "@toban/definition";
import { listAlerts } from "../alerting/index.ts";
import { assembleOverview, type Overview, SERIES_STEP_MS, seriesRange } from "../http/index.ts";
import { listIncidents } from "../incidents/index.ts";
import type { Clock, Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { type RolloutView, rolloutView } from "../rollout/index.ts";
import type { Telemetry } from "../telemetry/index.ts";
import type { Config } from "./config.ts";
import type { Proofs } from "./proofs.ts";

type Deps = {
  config: Config;
  operations: Operations;
  digest: string;
  db: Database;
  telemetry: Telemetry;
  agent: AgentClient;
  clock: Clock;
  log: Logger;
  proofs: Proofs;
};

const SHOWN_ROLLOUTS = 10;
const SHOWN_INCIDENTS = 10;

/** Gathers the first page's data. A part that does not answer is missing there, not the whole page. */
export function overviewSource(deps: Deps): (ctx: Ctx) => Promise<Overview> {
  const { operations, config, clock } = deps;
  return async (ctx) => {
    const now = clock.now();
    const [observed, red, stored, commitments] = await Promise.all([
      orNull(
        deps,
        "agent",
        deps.agent.state().then((state) => state.services),
      ),
      orNull(
        deps,
        "telemetry",
        deps.telemetry.red(ctx, { ...seriesRange(now), stepMs: SERIES_STEP_MS, groupBy: ["service"] }),
      ),
      deps.db.tx(ctx, async (tx) => ({
        rollouts: await rolloutView(tx, { limit: SHOWN_ROLLOUTS }),
        alerts: await listAlerts(tx, operations),
        incidents: await listIncidents(tx, SHOWN_INCIDENTS),
      })),
      deps.proofs.view(ctx),
    ]);
    return assembleOverview({
      operations,
      environment: config.environment,
      definitionDigest: deps.digest,
      now,
      observed,
      red,
      rollouts: stored.rollouts.map((rollout) => shownRollout(operations, rollout)),
      alerts: stored.alerts,
      incidents: stored.incidents,
      commitments: { counts: commitments.counts, total: commitments.total },
    });
  };
}

async function orNull<T>(deps: Deps, part: string, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    deps.log.warn({ part, code: refusalOf(error).code }, "a part of the overview does not answer");
    return null;
  }
}

/** Every step of the policy, those not reached yet without a verdict. */
function shownRollout(operations: Operations, rollout: RolloutView): Overview["rollouts"][number] {
  const reached = rollout.steps.map(({ phase, weight, observedSeconds, requests, verdict, reason }) => ({
    phase,
    weight,
    observedSeconds,
    requests,
    verdict,
    reason,
  }));
  const service = operations.services[rollout.service];
  const isStepwise =
    rollout.kind === "deploy" && rollout.fromVersion !== null && service?.exposure !== "none";
  const policy = operations.rollouts[service?.rollout ?? ""];
  const ahead =
    rollout.result === null && isStepwise ? (policy?.steps.percents.slice(reached.length) ?? []) : [];
  return {
    id: rollout.runId,
    service: rollout.service,
    fromVersion: rollout.fromVersion,
    version: rollout.version,
    state: rollout.state,
    result: rollout.result,
    startedAt: rollout.startedAt,
    endedAt: rollout.endedAt,
    rollbackSeconds: rollout.rollbackSeconds,
    steps: [
      ...reached,
      ...ahead.map((weight) => ({
        phase: "step" as const,
        weight,
        observedSeconds: 0,
        requests: 0,
        verdict: null,
        reason: null,
      })),
    ],
  };
}
