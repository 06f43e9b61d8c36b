import {
  type Alert,
  type Indicator,
  type Operations,
  type Scalar,
  type Severity,
  sizeOf,
  type Text,
} from "@toban/definition";
import { invalid } from "../platform/errors.ts";
import type { AlertRule, Level } from "./decide.ts";

/** A ratio or a quantile of fewer requests than this says nothing. */
export const MINIMUM_REQUESTS = 10;
/** A firing alert resolves no sooner than this after its condition became false. */
const SHORTEST_KEEP_MS = 5_000;

export type CompiledAlert = {
  rule: AlertRule;
  query: { id: string; indicator: Indicator; windowMs: number };
  alert: Alert;
  service: string | null;
  channel: string;
  unit: string;
};

/** Alerts of a definition as plain numbers and queries. Throws `invalid` on a dangling reference. */
export function compileAlerts(definition: Operations): CompiledAlert[] {
  const comparators = new Map(
    definition.registers.flatMap((register) =>
      register.commitments.map((c) => [c.id, c.comparator] as const),
    ),
  );
  return Object.entries(definition.alerts).map(([id, alert]) => {
    const indicator = definition.indicators[alert.indicator];
    const route = definition.routes[alert.route];
    if (!indicator) throw dangling(id, "indicator", alert.indicator);
    if (!route) throw dangling(id, "route", alert.route);
    const absence = indicator.kind === "absence" || indicator.kind === "missing";
    const commitment = alert.thresholds.commitment;
    return {
      rule: {
        id,
        warning: sizeOf(alert.thresholds.warning),
        critical: sizeOf(alert.thresholds.critical),
        // Thresholds are stayed below unless their commitment says otherwise. Silence counts from 1.
        comparator: absence ? "below" : (comparators.get(commitment ?? "") ?? "below"),
        forMs: alert.for.ms,
        keepMs: Math.max(alert.for.ms, SHORTEST_KEEP_MS),
        minimumSamples: absence ? 0 : indicator.kind === "gauge" ? 1 : MINIMUM_REQUESTS,
        unit: unitOf(alert.thresholds.warning),
      },
      query: { id, indicator, windowMs: alert.window.ms },
      alert,
      service: indicator.service ?? null,
      channel: route.channel,
      unit: unitOf(alert.thresholds.warning),
    };
  });
}

const dangling = (alert: string, kind: string, name: string) =>
  invalid(
    "alert_reference_unknown",
    `Alert ${alert} names the ${kind} ${name}, which the definition does not have.`,
    "Run `toban definition check` and correct the reference.",
  );

function unitOf(value: Scalar): string {
  const units = { duration: "ms", ratio: "ratio", count: "", rate: "/s", size: "bytes" };
  return value.kind === "money" ? value.currency : units[value.kind];
}

export const severityAt = (alert: Alert, level: Level | null): Severity =>
  alert.severities[level ?? "warning"];

/** The newest event that an alert counted. */
export type AlertCause = {
  tenantId: string;
  correlationId: string;
  actorId: string;
  action: string;
  resource: string;
  at: string;
};

/** What a page says: the alert, how bad, what users notice and where to begin. */
export function pagePayload(input: {
  compiled: CompiledAlert;
  kind: "fire" | "level" | "resolve";
  level: Level | null;
  value: number | null;
  reason: Text;
  cause: AlertCause | null;
  at: Date;
  episode: string;
  environment: string;
  system: string;
}) {
  const { compiled, at, ...rest } = input;
  const { alert, rule } = compiled;
  return {
    ...rest,
    alert: rule.id,
    status: input.kind === "resolve" ? "resolved" : "firing",
    severity: severityAt(alert, input.level),
    title: alert.title,
    impact: alert.impact,
    runbook: alert.runbook,
    service: compiled.service,
    threshold: input.level === "critical" ? rule.critical : rule.warning,
    unit: compiled.unit,
    at: at.toISOString(),
  };
}
