import { afterAll, beforeAll, expect, it } from "vitest";
import { unavailable } from "../platform/errors.ts";
import { testClock, testCtx } from "../platform/testing.ts";
import { createOwnMetrics } from "./own-metrics.ts";
import type { IngestRequest } from "./telemetry.ts";
import { startTelemetry, type TestTelemetry } from "./testing.ts";

let test: TestTelemetry;
beforeAll(async () => {
  test = await startTelemetry();
}, 90_000);
afterAll(() => test?.close());

const accepted = { accepted: 1, rejected: 0, reason: "" };

/** Metrics whose requests are kept instead of stored. */
function recorded(answer: () => Promise<typeof accepted> = async () => accepted) {
  const clock = testClock();
  const requests: IngestRequest[] = [];
  const metrics = createOwnMetrics({
    ctx: testCtx({ clock }),
    environment: "production",
    ingest: async (_ctx, request) => {
      requests.push(request);
      return answer();
    },
  });
  const values = () =>
    JSON.parse(
      String(requests.at(-1)?.body ?? '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[]}]}]}'),
    ).resourceMetrics[0].scopeMetrics[0].metrics.map(
      (m: { name: string; gauge: { dataPoints: { asDouble: number }[] } }) =>
        [m.name, m.gauge.dataPoints[0]!.asDouble] as const,
    );
  return { clock, metrics, requests, values };
}

it("a value reaches the store as a point with every label, the tenant anonymised, and can be sampled", async () => {
  const { telemetry, ctx } = test;
  const metrics = createOwnMetrics({ ingest: telemetry.ingest, ctx, environment: "production" });
  metrics.gauge("toban.audit.lag", 7, { tenant: "globex", class: "auth" });
  metrics.gauge("toban.audit.lag", 3, { tenant: "globex", class: "auth" });
  metrics.gauge("toban.audit.lag", 5, { tenant: "globex", class: "admin" });
  await metrics.report();
  await telemetry.flush();
  const from = new Date(ctx.clock.now().getTime() - 60_000);
  const rows = await telemetry.evidence(ctx).labels({ from, except: [] });
  expect(rows).toEqual([
    {
      metric: "toban.audit.lag",
      service: "control-plane",
      env: "production",
      route: "none",
      status_class: "none",
      tenant: expect.stringMatching(/^t_[0-9a-f]{12}$/),
      points: 2,
    },
  ]);
  const mentions = await telemetry.evidence(ctx).mentions({ text: "globex", from });
  expect(mentions).toEqual({ logs: 0, spans: 0, points: 0 });
  const indicator = { kind: "gauge", metric: "toban.audit.lag", aggregate: "sum" } as const;
  const samples = await telemetry.sample(ctx, [{ id: "lag", indicator, windowMs: 60_000 }], ctx.clock.now());
  // The newest value of each of the two series.
  expect(samples.get("lag")).toMatchObject({ value: 8, samples: 2 });
});

it("the newest value is repeated at each report, until nobody has set it for a minute", async () => {
  const { clock, metrics, requests, values } = recorded();
  metrics.gauge("a", 1);
  metrics.gauge("b", 1);
  await metrics.report();
  clock.advance(60_000);
  metrics.gauge("b", 2);
  await metrics.report();
  expect(values()).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  clock.advance(1);
  await metrics.report();
  expect(values()).toEqual([["b", 2]]);
  clock.advance(60_000);
  await metrics.report();
  expect(requests).toHaveLength(3);
});

it("a store that does not take it fails nothing, and gets the newest value later", async () => {
  let isDown = true;
  const { metrics, values } = recorded(async () => {
    if (isDown) throw unavailable("telemetry_full", "Full.", "Wait.");
    return accepted;
  });
  metrics.gauge("a", 1);
  await metrics.report();
  metrics.gauge("a", 2);
  isDown = false;
  await metrics.report();
  expect(values()).toEqual([["a", 2]]);
});

it("its memory is bounded, and what is no number is not kept", async () => {
  const { metrics, values } = recorded();
  metrics.gauge("nan", Number.NaN);
  for (let i = 0; i < 2_100; i++) metrics.gauge("a", i, { class: String(i) });
  metrics.gauge("a", -1, { class: "0" });
  await metrics.report();
  expect(values()).toHaveLength(2_000);
  expect(values()[0]).toEqual(["a", -1]);
});
