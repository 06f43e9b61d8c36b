import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { SpanKind } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../platform/ctx.ts";
import { testCtx } from "../platform/testing.ts";
import { gaugeJson, queryFolder, send, startTelemetry, type TestTelemetry, tracesJson } from "./testing.ts";

let test: TestTelemetry;
beforeAll(async () => {
  test = await startTelemetry();
});
afterAll(() => test?.close());

const minutesAgo = (minutes: number) => new Date(systemClock.now().getTime() - minutes * 60_000);
const soon = () => new Date(systemClock.now().getTime() + 60_000);
const resource = resourceFromAttributes({
  "service.name": "core",
  "service.version": "1.2.3",
  "deployment.environment.name": "production",
});
const exporter = (signal: string) => ({
  url: `${test.url}/otlp/v1/${signal}`,
  compression: CompressionAlgorithm.GZIP,
});

describe("OTLP from the OpenTelemetry SDK", () => {
  it("spans arrive with labels, exact nanoseconds, events and links to their trace", async () => {
    const provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exporter("traces")))],
    });
    const seconds = Math.floor(minutesAgo(1).getTime() / 1000);
    const span = provider.getTracer("test").startSpan("GET /things/:id", {
      kind: SpanKind.SERVER,
      startTime: [seconds, 123_456_789],
      attributes: {
        "http.route": "/things/:id",
        "http.response.status_code": 503,
        tenant: "t_1",
        nested: ["a", "b"],
      },
    });
    span.addEvent("exception", { "exception.message": "cannot reach taro@example.com" });
    span.end([seconds, 987_654_321]);
    await provider.shutdown();
    await test.telemetry.flush();

    const [stored] = await test.telemetry.trace(test.ctx, span.spanContext().traceId);
    expect(stored).toMatchObject({
      startedAt: `${seconds}123456789`,
      durationNs: "864197532",
      spanId: span.spanContext().spanId,
      kind: "server",
      service: "core",
      release: "1.2.3",
      route: "/things/:id",
      status_class: "5xx",
      tenant: "t_1",
    });
    expect(stored!.attributes.nested).toBe('["a","b"]');
    expect(JSON.parse(stored!.events)).toMatchObject([
      { name: "exception", attributes: { "exception.message": "cannot reach t***@example.com" } },
    ]);
  });

  it("metrics arrive as gauges and delta histograms", async () => {
    const exported = new OTLPMetricExporter({
      ...exporter("metrics"),
      temporalityPreference: AggregationTemporality.DELTA,
    });
    const provider = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 60_000 })],
    });
    const meter = provider.getMeter("test");
    meter.createGauge("queue.depth").record(42, { queue: "outbox" });
    const histogram = meter.createHistogram("toban.edge.request.duration", {
      unit: "ms",
      advice: { explicitBucketBoundaries: [1, 10] },
    });
    for (const ms of [0.5, 5, 5, 50]) histogram.record(ms, { release: "9.9.9", status_class: "2xx" });
    await provider.shutdown();
    await test.telemetry.flush();

    const gauge = { kind: "gauge", metric: "queue.depth", service: "core", aggregate: "last" } as const;
    const samples = await test.telemetry.sample(
      test.ctx,
      [{ id: "q", indicator: gauge, windowMs: 60_000 }],
      soon(),
    );
    expect(samples.get("q")).toMatchObject({ value: null }); // the window ends in the future
    const now = await test.telemetry.sample(
      test.ctx,
      [{ id: "q", indicator: gauge, windowMs: 180_000 }],
      soon(),
    );
    expect(now.get("q")).toMatchObject({ value: 42, samples: 1 });
    const edge = await test.telemetry.edgeCounts(test.ctx, {
      service: "core",
      from: minutesAgo(5),
      to: soon(),
    });
    expect(edge).toMatchObject([
      {
        release: "9.9.9",
        requests: 4,
        errors: 0,
        bucketsMs: [
          { upTo: 1, count: 1 },
          { upTo: 10, count: 2 },
          { upTo: null, count: 1 },
        ],
      },
    ]);
  });

  it("logs arrive with severity, correlation and masked bodies", async () => {
    const provider = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(exporter("logs")) })],
    });
    provider.getLogger("test").emit({
      timestamp: minutesAgo(1),
      severityNumber: SeverityNumber.ERROR,
      severityText: "error",
      body: "Sign-in of hanako@example.com refused",
      attributes: { correlationId: "corr-1", authorization: "Bearer abcdefghijkl" },
    });
    await provider.shutdown();
    await test.telemetry.flush();

    const filter = { correlationId: "corr-1", text: "sign-in", from: minutesAgo(5), to: soon() };
    expect(await test.telemetry.logs(test.ctx, filter)).toMatchObject([
      {
        service: "core",
        severity: 17,
        body: "Sign-in of h***@example.com refused",
        correlation_id: "corr-1",
        attributes: { authorization: "[masked]" },
      },
    ]);
    expect(await test.telemetry.logs(test.ctx, { ...filter, text: "no such text" })).toEqual([]);
  });
});

describe("OTLP as JSON", () => {
  it("takes hex ids, numbers as text or not, and enumerations by name", async () => {
    const at = BigInt(minutesAgo(1).getTime()) * 1_000_000n + 7n;
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0AF7651916CD43DD8448EB211C80319C",
      "spanId":"00000000000000ff","name":"a 12345678901234567890 \\" b","kind":"SPAN_KIND_CLIENT",
      "startTimeUnixNano":${at},"endTimeUnixNano":"${at + 1n}","status":{"code":"STATUS_CODE_ERROR"},
      "attributes":[{"key":"n","value":{"intValue":9007199254740993}}]}]}]}]}`;
    const response = await send(test.url, "traces", Buffer.from(body));
    expect([response.status, await response.json()]).toEqual([200, {}]);
    await test.telemetry.flush();
    expect(await test.telemetry.trace(test.ctx, "0af7651916cd43dd8448eb211c80319c")).toMatchObject([
      {
        startedAt: `${at}`,
        durationNs: "1",
        name: 'a 12345678901234567890 " b',
        kind: "client",
        status: "error",
        attributes: { n: "9007199254740993" },
      },
    ]);
  });

  it("keeps the good items of a batch and counts the bad ones", async () => {
    const body = tracesJson([
      { id: 50, endedAt: minutesAgo(1) },
      { id: 51, endedAt: minutesAgo(1) },
      { id: 52, endedAt: minutesAgo(60 * 24 * 400) },
    ]);
    body.resourceSpans[0]!.scopeSpans[0]!.spans[0]!.traceId = "xyz";
    const response = await send(test.url, "traces", body);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: 2, errorMessage: "malformed id" },
    });
  });

  it("never stores a value that is not a number as a number", async () => {
    const body = gaugeJson("broken", [{ at: minutesAgo(1), value: 1, attributes: { service: "core" } }]);
    const point = body.resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!.gauge.dataPoints[0]!;
    const response = await send(
      test.url,
      "metrics",
      JSON.parse(JSON.stringify(body).replace('"asDouble":1', '"asDouble":"NaN"')),
    );
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedDataPoints: 1 } });
    expect(point.asDouble).toBe(1);
    await test.telemetry.flush();
    const indicator = { kind: "gauge", metric: "broken", aggregate: "max" } as const;
    const samples = await test.telemetry.sample(
      test.ctx,
      [{ id: "x", indicator, windowMs: 3_600_000 }],
      soon(),
    );
    expect(samples.get("x")).toEqual({ value: null, samples: 0, latestAt: null });
  });
});

describe("tenants and secrets", () => {
  it("one organization never sees the data of another", async () => {
    const spans = [{ id: 300, endedAt: minutesAgo(1), service: "shared", status: 500 }];
    await send(test.url, "traces", tracesJson(spans), { "x-org": "globex" });
    await test.telemetry.flush();
    const globex = testCtx({ tenant: "globex" });
    const range = {
      from: minutesAgo(10),
      to: soon(),
      stepMs: 15_000,
      service: "shared",
      groupBy: ["service" as const],
    };
    expect(await test.telemetry.red(globex, range)).toMatchObject([{ requests: 1, errors: 1 }]);
    expect(await test.telemetry.red(test.ctx, range)).toEqual([]);
    const id = (300).toString(16).padStart(32, "a");
    expect(await test.telemetry.trace(globex, id)).toHaveLength(1);
    expect(await test.telemetry.trace(test.ctx, id)).toHaveLength(0);
  });

  it("a canary secret is in no column of any table and in no file of the spool", async () => {
    const own = await startTelemetry({ sealAfterMs: 60_000 });
    try {
      const secret = "canary-7f3a9b";
      const texts = {
        "http.url": `https://u:${secret}@example.com/?token=${secret}`,
        authorization: secret,
        "db.statement": `password='${secret}'`,
        contact: `${secret}@example.com`,
        [`${secret}@example.com`]: "x",
        "session.cookie": secret,
      };
      const span = { id: 1, endedAt: minutesAgo(1), attributes: texts, route: `/u/${secret}@example.com` };
      await send(own.url, "traces", tracesJson([span]));
      const point = { at: minutesAgo(1), value: 1, attributes: texts };
      await send(own.url, "metrics", gaugeJson("g", [point]));
      const attributes = Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } }));
      const nested = { kvlistValue: { values: [{ key: "password", value: { stringValue: secret } }] } };
      for (const body of [{ stringValue: `Bearer ${secret}` }, nested]) {
        const logRecords = [{ timeUnixNano: `${minutesAgo(1).getTime()}000000`, body, attributes }];
        await send(own.url, "logs", {
          resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }],
        });
      }
      const spool = path.join(own.folder, "spool");
      const files = await Promise.all(
        (await readdir(spool)).map((name) => readFile(path.join(spool, name), "utf8")),
      );
      expect(files.join()).toContain("http.url");
      expect(files.join()).not.toContain(secret);
      await own.telemetry.flush();
      await own.telemetry.close();
      const tables = ["spans", "points", "logs"];
      const results = await queryFolder<Record<string, unknown>>(
        own.folder,
        ...tables.map((table) => `SELECT * FROM toban.${table}`),
      );
      expect(results.map((rows) => rows.length)).toEqual([1, 1, 2]);
      expect(JSON.stringify(results)).not.toContain(secret);
    } finally {
      await own.close();
    }
  });
});
