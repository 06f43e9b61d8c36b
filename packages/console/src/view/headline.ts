// The one sentence at the top, what is broken, and what is being done about it. Pure.
import type { Alert, Incident, Overview, Rollout, Service } from "../api/types.ts";
import type { Freshness } from "../live/connection.ts";
import { currentStep, isActive, phaseOf, type RolloutPhase } from "./rollout.ts";
import type { Tone } from "./tone.ts";

/** A key of the catalogue below `headline`, with its values. */
export type Phrase = {
  key:
    | "connecting"
    | "unknownSince"
    | "noServices"
    | "allHealthy"
    | "nothingWrong"
    | "someHealthy"
    | "servicesDown"
    | "servicesDegraded"
    | "servicesUnknown"
    | "alertsFiring"
    | "alertsPending"
    | "incidentsOpen"
    | "rolloutsDecide"
    | "commitmentsFailing";
  values: { count: number; total: number };
};

export type Broken =
  | { kind: "alert"; alert: Alert }
  | { kind: "service"; service: Service }
  | { kind: "rollout"; rollout: Rollout };
export type Doing =
  | { kind: "rollout"; rollout: Rollout; phase: RolloutPhase; weight: number | null }
  | { kind: "incident"; incident: Incident; latest: Incident["timeline"][number] | null };

export type Headline = {
  tone: Tone;
  /** Most important first. */
  lead: Phrase[];
  broken: Broken[];
  doing: Doing[];
};

const SEVERITIES = ["critical", "high", "medium", "low"];
const severityRank = (severity: string) => {
  const rank = SEVERITIES.indexOf(severity);
  return rank === -1 ? SEVERITIES.length : rank;
};

/** Worst first, then the longest standing. */
export const bySeverity = <T extends { severity: string }>(since: (item: T) => string) => {
  return (a: T, b: T) =>
    severityRank(a.severity) - severityRank(b.severity) || since(a).localeCompare(since(b));
};

export function headlineOf(overview: Overview | null, fresh: Freshness): Headline {
  if (!overview) {
    const key = fresh.state === "connecting" ? "connecting" : "unknownSince";
    return { tone: "unknown", lead: [phrase(key, 0, 0)], broken: [], doing: [] };
  }
  const known = currentHeadline(overview);
  // What was true is no longer known to be true: keep the lists, take the colour and the claim away.
  if (fresh.state !== "live") return { ...known, tone: "unknown", lead: [phrase("unknownSince", 0, 0)] };
  return known;
}

/** What the overview says, as if it were of this moment. */
export function currentHeadline(overview: Overview): Headline {
  const total = overview.services.length;
  const inState = (state: string) => overview.services.filter((service) => service.state === state);
  const healthy = inState("healthy");
  const down = inState("down");
  const degraded = inState("degraded");
  const unknown = total - healthy.length - down.length - degraded.length;
  const alertsIn = (state: string) =>
    overview.alerts.filter((alert) => alert.state === state).sort(bySeverity((alert) => alert.since ?? ""));
  const firing = alertsIn("firing");
  const pending = alertsIn("pending");
  const open = overview.incidents
    .filter((incident) => incident.state === "open")
    .sort(bySeverity((incident) => incident.openedAt));
  const active = overview.rollouts.filter(isActive);
  const undecided = active.filter((rollout) => phaseOf(rollout) === "needs-decision");
  const failing = overview.commitments.counts.failing;

  const lead: Phrase[] = [];
  const say = (key: Phrase["key"], count: number) => {
    if (count > 0) lead.push(phrase(key, count, total));
  };
  say("servicesDown", down.length);
  say("alertsFiring", firing.length);
  say("rolloutsDecide", undecided.length);
  say("servicesDegraded", degraded.length);
  say("servicesUnknown", unknown);
  say("alertsPending", pending.length);
  if (firing.length === 0) say("incidentsOpen", open.length);
  if (total === 0) lead.push(phrase("noServices", 0, 0));
  else if (healthy.length === total) lead.push(phrase("allHealthy", total, total));
  else if (healthy.length > 0) lead.push(phrase("someHealthy", healthy.length, total));
  if (firing.length + pending.length + open.length === 0 && healthy.length === total && total > 0) {
    lead.push(phrase("nothingWrong", 0, total));
  }
  say("commitmentsFailing", failing);

  const isBad = down.length + firing.length + undecided.length > 0;
  const isWarn = degraded.length + pending.length + open.length + failing > 0;
  const isUnknown = unknown > 0 || total === 0;
  return {
    tone: isBad ? "bad" : isWarn ? "warn" : isUnknown ? "unknown" : "ok",
    lead,
    broken: [
      ...down.map((service) => ({ kind: "service" as const, service })),
      ...firing.map((alert) => ({ kind: "alert" as const, alert })),
      ...undecided.map((rollout) => ({ kind: "rollout" as const, rollout })),
      ...degraded.map((service) => ({ kind: "service" as const, service })),
    ],
    doing: [
      ...active.map((rollout) => {
        const step = currentStep(rollout);
        const weight = step === null ? null : (rollout.steps[step]?.weight ?? null);
        return { kind: "rollout" as const, rollout, phase: phaseOf(rollout), weight };
      }),
      ...open.map((incident) => ({
        kind: "incident" as const,
        incident,
        latest: incident.timeline.at(-1) ?? null,
      })),
    ],
  };
}

function phrase(key: Phrase["key"], count: number, total: number): Phrase {
  return { key, values: { count, total } };
}
