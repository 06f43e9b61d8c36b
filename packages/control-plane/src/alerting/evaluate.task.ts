import type { Indicator, Operations, Severity, Text } from "@toban/definition";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";
import type { Task } from "../platform/tasks.ts";
import {
  type AlertChange,
  type AlertMemory,
  type AlertSample,
  type AlertState,
  decide,
  initialMemory,
  type Level,
  retire,
} from "./decide.ts";
import { type AlertCause, type CompiledAlert, compileAlerts, pagePayload, severityAt } from "./rules.ts";
import {
  insertPage,
  insertTransition,
  lockEvaluation,
  type PageKind,
  pagedChannels,
  readAlerts,
  writeAlert,
} from "./store.ts";

/** A change of an alert's state or level, handed on in the transaction that stores it. */
export type AlertTransition = {
  id: string;
  alertId: string;
  title: Text;
  /** Of the indicator; null when it is about no single service. */
  service: string | null;
  episode: string | null;
  from: AlertState;
  to: AlertState;
  fromLevel: Level | null;
  level: Level | null;
  severity: Severity;
  value: number | null;
  impact: Text;
  runbook: string;
  reason: Text;
  /** The newest event behind the value, where the indicator knows one. */
  cause: AlertCause | null;
  /** Its incident puts a legal hold on the audit log. */
  preserve: boolean;
  at: Date;
};

export type AlertingDeps = {
  db: Database;
  /** The definition in force; read at every evaluation. */
  definition(): Operations;
  environment: string;
  /** `telemetry.sample`: one call answers all rules. */
  sample(
    ctx: Ctx,
    queries: { id: string; indicator: Indicator; windowMs: number }[],
    at: Date,
  ): Promise<Map<string, { value: number | null; samples: number; latestAt: Date | null }>>;
  /** For indicators that count events: the newest of them. Asked when an alert fires. */
  cause?(ctx: Ctx, indicator: Indicator): Promise<AlertCause | null>;
  onTransition?(tx: Tx, ctx: Ctx, transition: AlertTransition): Promise<void>;
  /** Value of a secret named by a channel. */
  secret(name: string): string | undefined;
};

/**
 * Looks once at every alert of the definition and stores what changed, its audit event and its pages in one
 * transaction. Telemetry that does not answer is missing data: nothing fires, nothing resolves.
 */
export async function evaluateAlerts(deps: AlertingDeps, ctx: Ctx): Promise<AlertTransition[]> {
  const definition = deps.definition();
  const compiled = compileAlerts(definition);
  const samples = await sampleAll(deps, ctx, compiled);
  const now = ctx.clock.now();
  return deps.db.tx(ctx, async (tx) => {
    if (!(await lockEvaluation(tx, ctx))) return [];
    const stored = new Map((await readAlerts(tx)).map(({ id, ...memory }) => [id, memory]));
    const transitions: AlertTransition[] = [];
    for (const alert of compiled) {
      const before = stored.get(alert.rule.id) ?? initialMemory(now);
      // The clock of another replica may be ahead; what it saw later is not overwritten.
      if (before.evaluatedAt.getTime() > now.getTime()) continue;
      const sample = samples.get(alert.rule.id) ?? { value: null, samples: 0 };
      const { memory, change } = decide(before, sample, alert.rule, now, ctx.newId);
      await writeAlert(tx, ctx, alert.rule.id, memory);
      if (change) transitions.push(await applyChange(tx, ctx, deps, definition, alert, memory, change));
    }
    const known = new Set(compiled.map((alert) => alert.rule.id));
    for (const [id, memory] of stored) {
      if (known.has(id)) continue;
      const retired = retire(memory, now);
      if (!retired.change) continue;
      await writeAlert(tx, ctx, id, retired.memory);
      const removed = removedAlert(id, memory.level);
      transitions.push(await applyChange(tx, ctx, deps, definition, removed, retired.memory, retired.change));
    }
    return transitions;
  });
}

async function sampleAll(
  deps: AlertingDeps,
  ctx: Ctx,
  compiled: CompiledAlert[],
): Promise<Map<string, AlertSample>> {
  if (compiled.length === 0) return new Map();
  try {
    return await deps.sample(
      ctx,
      compiled.map((alert) => alert.query),
      ctx.clock.now(),
    );
  } catch (error) {
    ctx.log.warn({ error, code: refusalOf(error).code }, "alerts have no data");
    return new Map();
  }
}

async function applyChange(
  tx: Tx,
  ctx: Ctx,
  deps: AlertingDeps,
  definition: Operations,
  compiled: CompiledAlert,
  memory: AlertMemory,
  change: AlertChange,
): Promise<AlertTransition> {
  const level = change.toLevel ?? change.fromLevel;
  const transition: AlertTransition = {
    id: ctx.newId(),
    alertId: compiled.rule.id,
    title: compiled.alert.title,
    service: compiled.service,
    episode: memory.episode,
    from: change.from,
    to: change.to,
    fromLevel: change.fromLevel,
    level: change.toLevel,
    severity: severityAt(compiled.alert, level),
    value: memory.value,
    impact: compiled.alert.impact,
    runbook: compiled.alert.runbook,
    reason: change.reason,
    cause: change.to === "firing" ? await causeOf(deps, ctx, compiled) : null,
    preserve: compiled.alert.preserve === "audit",
    at: memory.evaluatedAt,
  };
  await insertTransition(tx, ctx, { id: transition.id, alertId: transition.alertId, change, memory });
  await record(tx, ctx, {
    class: "operation",
    action: `alert.${change.from === "firing" && change.to === "firing" ? "level" : change.to}`,
    resource: `alert/${transition.alertId}`,
    result: "success",
    details: {
      from: change.from,
      to: change.to,
      level: change.toLevel,
      value: memory.value,
      reason: change.reason.en,
    },
  });
  const kind = pageKind(change);
  if (kind && memory.episode) {
    const channels = kind === "fire" ? [compiled.channel] : await pagedChannels(tx, memory.episode);
    for (const channel of channels) {
      const payload = pagePayload({
        compiled,
        kind,
        level,
        value: memory.value,
        reason: change.reason,
        cause: transition.cause,
        at: memory.evaluatedAt,
        episode: memory.episode,
        environment: deps.environment,
        system: definition.system,
      });
      await insertPage(tx, ctx, {
        id: ctx.newId(),
        alertId: transition.alertId,
        episode: memory.episode,
        kind,
        channel,
        payload: payload as unknown as Json,
        at: memory.evaluatedAt,
      });
    }
  }
  await deps.onTransition?.(tx, ctx, transition);
  return transition;
}

/** A page without its cause is better than none. */
async function causeOf(deps: AlertingDeps, ctx: Ctx, compiled: CompiledAlert): Promise<AlertCause | null> {
  try {
    return (await deps.cause?.(ctx, compiled.query.indicator)) ?? null;
  } catch (error) {
    ctx.log.warn({ alert: compiled.rule.id, code: refusalOf(error).code }, "an alert's cause is not known");
    return null;
  }
}

function pageKind(change: AlertChange): PageKind | null {
  if (change.to === "firing") return change.from === "firing" ? "level" : "fire";
  return change.from === "firing" ? "resolve" : null;
}

/** Enough of an alert that is no longer defined to say that it ended. */
function removedAlert(id: string, level: Level | null): CompiledAlert {
  const zero = { kind: "count", count: 0 } as const;
  const severity: Severity = level === "critical" ? "critical" : "medium";
  return {
    rule: {
      id,
      warning: 0,
      critical: 0,
      comparator: "at-most",
      forMs: 0,
      keepMs: 0,
      minimumSamples: 0,
      unit: "",
    },
    query: { id, indicator: { kind: "gauge", metric: "", aggregate: "last" }, windowMs: 0 },
    alert: {
      title: { en: id, ja: id },
      indicator: "",
      thresholds: { kind: "thresholds", warning: zero, critical: zero },
      severities: { warning: severity, critical: severity },
      window: { kind: "duration", ms: 0 },
      for: { kind: "duration", ms: 0 },
      impact: { en: "", ja: "" },
      runbook: "",
      route: "",
    },
    service: null,
    channel: "",
    unit: "",
  };
}

/** Every two seconds, for each tenant. */
export function alertTask(
  deps: AlertingDeps,
  tenants: () => Promise<string[]>,
  ctxFor: (tenant: string) => Ctx,
): Task {
  return {
    name: "alerting.evaluate",
    periodMs: 2_000,
    async run() {
      for (const tenant of await tenants()) await evaluateAlerts(deps, ctxFor(tenant));
    },
  };
}
