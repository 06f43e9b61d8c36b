import type { ObservedService } from "@toban/agent";
import { count, defineOperations } from "@toban/definition";
import { describe, expect, it } from "vitest";
import { assembleOverview, type OverviewInput, SERIES_STEP_MS } from "./overview.ts";

const text = (en: string) => ({ en, ja: en });
const now = new Date("2026-01-01T00:10:07Z");
const operations = defineOperations({
  system: "shop",
  title: text("Shop"),
  registers: [],
  services: { web: { title: text("Web"), exposure: "public", rollout: "r", instances: count(2) } },
  environments: {},
  rollouts: {},
} as never);

const instance = (version: string, state: string) =>
  ({ id: `${version}-${state}`, version, state, restarts: 0, rssBytes: 1, pid: 1, port: 1 }) as never;
const observed = (
  instances: ReturnType<typeof instance>[],
  weights: Record<string, number>,
): ObservedService[] => [
  { service: "web", desired: null, listener: { host: "127.0.0.1", port: 80 }, weights, instances },
];
const input = (change: Partial<OverviewInput> = {}): OverviewInput => ({
  operations,
  environment: "production",
  definitionDigest: "sha256:0",
  now,
  observed: observed([instance("1.0.0", "healthy"), instance("1.0.0", "healthy")], { "1.0.0": 100 }),
  red: [],
  rollouts: [],
  alerts: [],
  incidents: [],
  commitments: { counts: { proven: 0, failing: 0, stale: 0, unproven: 0, accepted: 0 }, total: 0 },
  ...change,
});
const web = (change: Partial<OverviewInput> = {}) => assembleOverview(input(change)).services[0]!;

describe("the overview", () => {
  it("a service is what its live instances are, and unknown when nobody observes it", () => {
    expect(web().state).toBe("healthy");
    expect(web({ observed: null }).state).toBe("unknown");
    expect(web({ observed: [] }).state).toBe("down");
    expect(web({ observed: observed([instance("1", "unhealthy")], { "1": 100 }) }).state).toBe("down");
    const half = observed([instance("1", "healthy"), instance("1", "backoff")], { "1": 100 });
    expect(web({ observed: half }).state).toBe("degraded");
  });

  it("a step without requests is a gap, not a zero", () => {
    const at = new Date(Math.floor(now.getTime() / SERIES_STEP_MS) * SERIES_STEP_MS - SERIES_STEP_MS);
    const red = [{ at, key: { service: "web" }, requests: 150, errors: 15, p50Ms: 4, p99Ms: 20 }];
    const { series, now: latest } = web({ red });
    expect(series.at).toHaveLength(40);
    expect(series.requestsPerSecond.at(-1)).toBe(10);
    expect(series.requestsPerSecond.slice(0, -1).every((value) => value === null)).toBe(true);
    expect(latest).toEqual({ requestsPerSecond: 5, errorRatio: 0.1, p50Ms: 4, p99Ms: 20 });
    expect(web().now).toEqual({ requestsPerSecond: null, errorRatio: null, p50Ms: null, p99Ms: null });
  });
});
