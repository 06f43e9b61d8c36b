import type { ObservedService } from "@toban/agent";
import type { Operations, Text } from "@toban/definition";
import type { RedPoint } from "../telemetry/index.ts";
import type { Overview } from "./overview-schema.ts";

/** Width of one point of a service's series. */
export const SERIES_STEP_MS = 15_000;
const SERIES_POINTS = 40;
/** "Now" is the mean of the newest points that have ended. */
const NOW_POINTS = 2;

type Service = Overview["services"][number];

export type OverviewInput = {
  operations: Operations;
  environment: string;
  definitionDigest: string;
  now: Date;
  /** Null when the agent does not answer. */
  observed: ObservedService[] | null;
  /** Requests by service in steps of `SERIES_STEP_MS`; null when the store does not answer. */
  red: RedPoint[] | null;
  rollouts: Overview["rollouts"];
  alerts: Overview["alerts"];
  incidents: Overview["incidents"];
  commitments: Overview["commitments"];
};

/** The first page's data. What was not observed is null or `unknown`, never zero or healthy. */
export function assembleOverview(input: OverviewInput): Overview {
  const { operations, environment, now } = input;
  return {
    at: now.toISOString(),
    system: operations.system,
    title: operations.title,
    environment,
    environmentNotes: environmentNotes(operations, environment),
    definitionDigest: input.definitionDigest,
    services: Object.keys(operations.services).map((name) => serviceView(input, name)),
    rollouts: input.rollouts,
    alerts: input.alerts,
    incidents: input.incidents,
    commitments: input.commitments,
  };
}

export function environmentNotes(operations: Operations, environment: string): Text[] {
  return Object.values(operations.environments[environment]?.rollouts ?? {}).map(
    (override) => override.because,
  );
}

/** The range that a series covers: whole steps that have ended. */
export function seriesRange(now: Date): { from: Date; to: Date } {
  const to = Math.floor(now.getTime() / SERIES_STEP_MS) * SERIES_STEP_MS;
  return { from: new Date(to - SERIES_POINTS * SERIES_STEP_MS), to: new Date(to) };
}

function serviceView(input: OverviewInput, name: string): Service {
  const service = input.operations.services[name]!;
  const observed = input.observed?.find((candidate) => candidate.service === name);
  const versions = versionsOf(
    observed,
    input.rollouts.find((r) => r.service === name && r.result === null)?.version,
  );
  const points = input.red?.filter((point) => point.key.service === name) ?? [];
  return {
    name,
    title: service.title,
    exposure: service.exposure,
    state: stateOf(input, name, versions),
    url:
      service.exposure === "public" && observed?.listener
        ? `http://${observed.listener.host}:${observed.listener.port}`
        : null,
    versions,
    now: nowOf(points, input),
    series: seriesOf(points, input.now),
  };
}

function versionsOf(
  observed: ObservedService | undefined,
  candidate: string | undefined,
): Service["versions"] {
  const names = new Set(observed?.instances.map((instance) => instance.version));
  return [...names].map((version) => {
    const instances = observed!.instances.filter((instance) => instance.version === version);
    const draining = instances.every((instance) => instance.state === "draining");
    return {
      version,
      weight: observed!.weights[version] ?? 0,
      role: draining ? "draining" : version === candidate ? "candidate" : "live",
      instances: instances.map(({ id, state, restarts, rssBytes }) => ({ id, state, restarts, rssBytes })),
    };
  });
}

function stateOf(input: OverviewInput, name: string, versions: Service["versions"]): Service["state"] {
  if (input.observed === null) return "unknown";
  const serving = versions
    .filter((version) => version.role === "live")
    .flatMap((version) => version.instances);
  if (serving.length === 0) return "down";
  const healthy = serving.filter((instance) => instance.state === "healthy").length;
  if (healthy === 0) return "down";
  const firing = input.alerts.some((alert) => {
    const indicator = input.operations.indicators[input.operations.alerts[alert.id]?.indicator ?? ""];
    return (
      alert.state === "firing" &&
      indicator !== undefined &&
      "service" in indicator &&
      indicator.service === name
    );
  });
  return healthy < serving.length || firing ? "degraded" : "healthy";
}

function nowOf(points: RedPoint[], input: OverviewInput): Service["now"] {
  const nothing = { requestsPerSecond: null, errorRatio: null, p50Ms: null, p99Ms: null };
  const since = seriesRange(input.now).to.getTime() - NOW_POINTS * SERIES_STEP_MS;
  const newest = points.filter((point) => point.at.getTime() >= since);
  const last = newest.at(-1);
  if (!last) return nothing;
  const requests = newest.reduce((sum, point) => sum + point.requests, 0);
  const errors = newest.reduce((sum, point) => sum + point.errors, 0);
  return {
    requestsPerSecond: requests / ((NOW_POINTS * SERIES_STEP_MS) / 1000),
    errorRatio: requests > 0 ? errors / requests : null,
    p50Ms: last.p50Ms,
    p99Ms: last.p99Ms,
  };
}

function seriesOf(points: RedPoint[], now: Date): Service["series"] {
  const { from, to } = seriesRange(now);
  const byTime = new Map(points.map((point) => [point.at.getTime(), point]));
  const series: Service["series"] = { at: [], requestsPerSecond: [], errorRatio: [], p99Ms: [] };
  for (let at = from.getTime(); at < to.getTime(); at += SERIES_STEP_MS) {
    const point = byTime.get(at);
    series.at.push(at / 1000);
    series.requestsPerSecond.push(point ? point.requests / (SERIES_STEP_MS / 1000) : null);
    series.errorRatio.push(point && point.requests > 0 ? point.errors / point.requests : null);
    series.p99Ms.push(point?.p99Ms ?? null);
  }
  return series;
}
