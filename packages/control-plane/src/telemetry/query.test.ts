import type { Indicator } from "@toban/definition";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../platform/ctx.ts";
import {
  edgeJson,
  gaugeJson,
  send,
  startTelemetry,
  type TestSpan,
  type TestTelemetry,
  tracesJson,
} from "./testing.ts";

let test: TestTelemetry;
/** A quarter of a minute that has ended; everything below happens relative to it. */
let base: Date;
const at = (ms: number) => new Date(base.getTime() + ms);

beforeAll(async () => {
  test = await startTelemetry();
  base = new Date(Math.floor(systemClock.now().getTime() / 60_000) * 60_000 - 120_000);
  const spans: TestSpan[] = Array.from({ length: 1000 }, (_, i) => ({
    id: i,
    endedAt: at(i * 30),
    durationMs: (i + 1) / 10,
    route: i % 2 === 0 ? "/a" : "/b",
    status: i % 10 === 0 ? 500 : i % 10 === 1 ? 404 : 200,
  }));
  await send(test.url, "traces", tracesJson(spans));
  await send(
    test.url,
    "metrics",
    gaugeJson("toban.instance.memory", [
      { at: at(0), value: 10, attributes: { service: "bff", instance: "1" } },
      { at: at(1000), value: 30, attributes: { service: "bff", instance: "1" } },
      { at: at(1000), value: 5, attributes: { service: "bff", instance: "2" } },
    ]),
  );
  const second = (s: number, release: string, statusClass: string, buckets: number[]) => ({
    ...{ at: at(s * 1000), release, statusClass, buckets },
  });
  await send(
    test.url,
    "metrics",
    edgeJson([
      second(1, "1.0.0", "2xx", [1, 2, 3, 4]),
      second(1, "1.0.0", "5xx", [0, 0, 0, 1]),
      second(2, "1.0.0", "2xx", [1, 0, 0, 0]),
      second(2, "1.1.0", "2xx", [0, 1, 0, 0]),
      second(4, "1.1.0", "2xx", [0, 0, 0, 0]),
      { ...second(3, "9.9.9", "2xx", [7, 0, 0, 0]), service: "core" },
    ]),
  );
  await test.telemetry.flush();
});
afterAll(() => test?.close());

const sample = async (indicator: Indicator, windowMs: number, end: Date) =>
  (await test.telemetry.sample(test.ctx, [{ id: "x", indicator, windowMs }], end)).get("x")!;

describe("red", () => {
  it("counts requests and errors of whole steps, from the rollup and from spans alike", async () => {
    for (const stepMs of [15_000, 5_000]) {
      const points = await test.telemetry.red(test.ctx, {
        ...{ from: at(0), to: at(30_000), stepMs, groupBy: ["service"] },
      });
      expect(points.map((point) => point.at.getTime())).toEqual(
        Array.from({ length: 30_000 / stepMs }, (_, i) => at(i * stepMs).getTime()),
      );
      expect(points.reduce((sum, point) => sum + point.requests, 0)).toBe(1000);
      expect(points.reduce((sum, point) => sum + point.errors, 0)).toBe(100);
    }
  });

  it("computes quantiles last, within the width of a bucket", async () => {
    const [point] = await test.telemetry.red(test.ctx, {
      ...{ from: at(0), to: at(60_000), stepMs: 60_000, service: "bff", groupBy: [] },
    });
    expect(point!.p50Ms! / 50).toBeCloseTo(1, 1);
    expect(point!.p99Ms! / 99).toBeGreaterThan(2 ** (-1 / 8));
    expect(point!.p99Ms! / 99).toBeLessThan(2 ** (1 / 8));
  });

  it("separates by route and status class, and leaves steps without requests out", async () => {
    const points = await test.telemetry.red(test.ctx, {
      ...{
        from: at(-60_000),
        to: at(60_000),
        stepMs: 60_000,
        service: "bff",
        groupBy: ["route", "status_class"],
      },
    });
    expect(points.map(({ key, requests }) => [key.route, key.status_class, requests])).toEqual([
      ["/a", "2xx", 400],
      ["/a", "5xx", 100],
      ["/b", "2xx", 400],
      ["/b", "4xx", 100],
    ]);
  });

  it("does not return a step that has not ended", async () => {
    const range = { from: at(0), to: at(14_999), stepMs: 15_000, groupBy: [] };
    expect(await test.telemetry.red(test.ctx, range)).toEqual([]);
  });
});

describe("edgeCounts", () => {
  it("adds up each release and counts the seconds that were reported, idle ones too", async () => {
    const counts = await test.telemetry.edgeCounts(test.ctx, { service: "bff", from: at(0), to: at(5_000) });
    const buckets = (...all: number[]) => all.map((count, i) => ({ upTo: [1, 2, 5][i] ?? null, count }));
    expect(counts).toEqual([
      { release: "1.0.0", requests: 12, errors: 1, bucketsMs: buckets(2, 2, 3, 5), reportedSeconds: 3 },
      { release: "1.1.0", requests: 1, errors: 0, bucketsMs: buckets(0, 1, 0, 0), reportedSeconds: 3 },
    ]);
  });

  it("has no row, not a row of zeros, when nothing was reported", async () => {
    const filter = { service: "bff", from: at(10_000), to: at(20_000) };
    expect(await test.telemetry.edgeCounts(test.ctx, filter)).toEqual([]);
  });

  it("skips no second when a report is late by a moment", async () => {
    const late = [1_000, 2_001, 2_999, 4_002].map((ms) => ({
      ...{ at: at(ms), release: "1", statusClass: "2xx", buckets: [1, 0, 0, 0], service: "late" },
    }));
    await send(test.url, "metrics", edgeJson(late));
    await test.telemetry.flush();
    const [counts] = await test.telemetry.edgeCounts(test.ctx, {
      service: "late",
      from: at(0),
      to: at(5_000),
    });
    expect(counts).toMatchObject({ requests: 4, reportedSeconds: 4 });
  });
});

describe("sample", () => {
  it("answers ratios, latencies and routes over a window", async () => {
    const ratio = { kind: "error-ratio", service: "bff", statusClass: "5xx" } as const;
    expect(await sample(ratio, 60_000, at(30_000))).toMatchObject({ value: 0.1, samples: 1000 });
    expect(await sample({ ...ratio, route: "/b" }, 60_000, at(30_000))).toMatchObject({
      value: 0,
      samples: 500,
    });
    expect(await sample({ ...ratio, statusClass: "4xx" }, 60_000, at(30_000))).toMatchObject({ value: 0.1 });
    const latency = { kind: "latency", service: "bff", quantile: 0.5 } as const;
    const { value, latestAt } = await sample(latency, 15_000, at(30_000));
    expect(value! / 75).toBeCloseTo(1, 1);
    expect(latestAt).toEqual(at(999 * 30));
  });

  it("a window takes what came after its start, up to and with its end", async () => {
    const ratio = { kind: "error-ratio", service: "bff", statusClass: "5xx" } as const;
    expect(await sample(ratio, 300, at(600))).toMatchObject({ samples: 10 });
  });

  it.each([
    ["max", 30],
    ["min", 5],
    ["avg", 15],
    ["sum", 35],
  ] as const)("a gauge's %s over its series is %d", async (aggregate, value) => {
    const gauge = { kind: "gauge", metric: "toban.instance.memory", service: "bff", aggregate } as const;
    expect(await sample(gauge, 60_000, at(30_000))).toMatchObject({ value, samples: 3, latestAt: at(1000) });
  });

  it("no data is null, never zero", async () => {
    const nothing = { value: null, samples: 0, latestAt: null };
    const late = at(-600_000);
    expect(await sample({ kind: "error-ratio", service: "bff", statusClass: "5xx" }, 60_000, late)).toEqual(
      nothing,
    );
    expect(await sample({ kind: "latency", service: "bff", quantile: 0.99 }, 60_000, late)).toEqual(nothing);
    const gauge = { kind: "gauge", metric: "toban.instance.memory", aggregate: "sum" } as const;
    expect(await sample({ ...gauge, service: "core" }, 60_000, at(30_000))).toEqual(nothing);
  });

  it("absence is 1 only for the signal that is missing", async () => {
    const absence = { kind: "absence", service: "bff" } as const;
    expect(await sample({ ...absence, signal: "spans" }, 60_000, at(30_000))).toMatchObject({ value: 0 });
    expect(await sample({ ...absence, signal: "metrics" }, 60_000, at(30_000))).toMatchObject({ value: 0 });
    expect(await sample({ ...absence, signal: "logs" }, 60_000, at(30_000))).toMatchObject({
      value: 1,
      samples: 0,
    });
  });

  it("answers many rules over different windows in one call", async () => {
    const queries = Array.from({ length: 200 }, (_, i) => ({
      id: `q${i}`,
      indicator: { kind: "error-ratio", service: i % 2 ? "bff" : "nobody", statusClass: "5xx" } as const,
      windowMs: ((i % 4) + 1) * 6_000,
    }));
    const samples = await test.telemetry.sample(test.ctx, queries, at(30_000));
    expect(samples.get("q0")).toMatchObject({ value: null });
    expect(samples.get("q1")).toMatchObject({ samples: 399 });
    expect(samples.get("q3")).toMatchObject({ samples: 799 });
  });
});
