import type { Alert, Incident, Overview, Rollout, Service } from "../api/types.ts";

/** Small complete values for tests; each names only what it is about. */
export function aService(over: Partial<Service> = {}): Service {
  return {
    name: "bff",
    title: { en: "Web", ja: "ウェブ" },
    exposure: "public",
    state: "healthy",
    url: null,
    versions: [],
    now: { requestsPerSecond: 1, errorRatio: 0, p50Ms: 5, p99Ms: 9 },
    series: { at: [], requestsPerSecond: [], errorRatio: [], p99Ms: [] },
    ...over,
  };
}

export function anAlert(over: Partial<Alert> = {}): Alert {
  return {
    id: "errors",
    title: { en: "Errors", ja: "エラー" },
    state: "firing",
    severity: "critical",
    value: 0.04,
    threshold: 0.01,
    unit: "ratio",
    since: "2026-11-23T00:00:00.000Z",
    impact: { en: "Users see errors", ja: "エラーが見える" },
    runbook: "errors",
    ...over,
  };
}

export function anIncident(over: Partial<Incident> = {}): Incident {
  return {
    id: "i1",
    title: { en: "Errors", ja: "エラー" },
    severity: "critical",
    state: "open",
    openedAt: "2026-11-23T00:00:00.000Z",
    resolvedAt: null,
    service: "bff",
    timeline: [{ at: "2026-11-23T00:00:01.000Z", text: { en: "Opened", ja: "開始" } }],
    ...over,
  };
}

export function aRollout(over: Partial<Rollout> = {}): Rollout {
  const step = (weight: number, verdict: Rollout["steps"][number]["verdict"]) => ({
    phase: "step" as const,
    weight,
    observedSeconds: 0,
    requests: 0,
    verdict,
    reason: null,
  });
  return {
    id: "r1",
    service: "bff",
    fromVersion: "1.0.0",
    version: "1.1.0",
    state: "running",
    result: null,
    startedAt: "2026-11-23T00:00:00.000Z",
    endedAt: null,
    rollbackSeconds: null,
    steps: [step(10, "pass"), step(50, "running"), step(100, null)],
    ...over,
  };
}

export function anOverview(over: Partial<Overview> = {}): Overview {
  return {
    at: "2026-11-23T00:00:10.000Z",
    system: "ringiflow",
    title: { en: "RingiFlow", ja: "RingiFlow" },
    environment: "production",
    environmentNotes: [],
    definitionDigest: "sha256:0011223344",
    services: [aService(), aService({ name: "core" }), aService({ name: "worker" })],
    rollouts: [],
    alerts: [],
    incidents: [],
    commitments: { counts: { proven: 3, failing: 0, stale: 0, unproven: 9, accepted: 0 }, total: 12 },
    ...over,
  };
}
