import { createHash } from "node:crypto";
import {
  type Context,
  context,
  type Meter,
  ROOT_CONTEXT,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { ServiceSettings } from "./environment.ts";
import type { LogSink } from "./log.ts";
import { maskingSpans } from "./masking/otel.ts";

export type ServiceTelemetry = {
  tracer: Tracer;
  /** Every measurement gets `service` and `env`. */
  meter: Meter;
  /** Sends a written log line as an OTLP record. */
  logSink: LogSink;
  /** Sends what waits, within `limitMs`. Never throws. */
  close(limitMs: number): Promise<void>;
};

const INTERVAL_MS = 1000;
/** One export with its retries; a short restart of the collector loses nothing. */
const EXPORT_LIMIT_MS = 10_000;
const QUEUE = { maxQueueSize: 4096, maxExportBatchSize: 512, scheduledDelayMillis: INTERVAL_MS } as const;
/** What the exporters wait in total; beyond it the SDK drops the newest batch. */
const CONCURRENT_EXPORTS = 8;

type ExportResult = { code: number };
type Exporter = { export(items: never, done: (result: ExportResult) => void): void };

/**
 * OpenTelemetry by hand: spans, delta metrics and logs, in batches about once a second, from bounded queues.
 * A collector that is down costs dropped telemetry and one log line, never a request.
 * `onReachable` hears each change between reachable and not.
 */
export function createTelemetry(
  settings: ServiceSettings,
  onReachable: (reachable: boolean) => void,
): ServiceTelemetry {
  const resource = resourceFromAttributes({
    "service.name": settings.service,
    "service.version": settings.release,
    "service.instance.id": settings.instance,
    "deployment.environment.name": settings.environment,
  });
  const watch = reachability(onReachable);
  const to = (signal: string) => ({
    url: `${settings.otlp?.endpoint}/v1/${signal}`,
    headers: settings.otlp?.headers ?? {},
    timeoutMillis: EXPORT_LIMIT_MS,
    concurrencyLimit: CONCURRENT_EXPORTS,
  });

  const tracing = new NodeTracerProvider({
    resource,
    // Rates and latencies are computed from spans, so a caller may not sample them away.
    sampler: new AlwaysOnSampler(),
    spanProcessors: settings.otlp
      ? [
          maskingSpans(),
          new BatchSpanProcessor(watch(new OTLPTraceExporter(to("traces"))), {
            ...QUEUE,
            exportTimeoutMillis: EXPORT_LIMIT_MS,
          }),
        ]
      : [],
  });
  // Trace context only: baggage of strangers is not passed on.
  tracing.register({ propagator: new W3CTraceContextPropagator() });

  const readers: IMetricReader[] = settings.otlp
    ? [
        new PeriodicExportingMetricReader({
          exporter: watch(
            new OTLPMetricExporter({ ...to("metrics"), temporalityPreference: AggregationTemporality.DELTA }),
          ),
          exportIntervalMillis: INTERVAL_MS,
          exportTimeoutMillis: INTERVAL_MS,
        }),
      ]
    : [];
  const metrics = new MeterProvider({
    resource,
    readers,
    views: [
      {
        instrumentName: "*",
        attributesProcessors: [
          { process: (labels) => ({ ...labels, service: settings.service, env: settings.environment }) },
        ],
      },
    ],
  });

  const logs = new LoggerProvider({
    resource,
    processors: settings.otlp
      ? [
          new BatchLogRecordProcessor({
            exporter: watch(new OTLPLogExporter(to("logs"))),
            ...QUEUE,
            exportTimeoutMillis: EXPORT_LIMIT_MS,
          }),
        ]
      : [],
  });
  const logger = logs.getLogger("@toban/service-kit");

  return {
    tracer: tracing.getTracer("@toban/service-kit"),
    meter: metrics.getMeter("@toban/service-kit"),
    logSink: settings.otlp
      ? (record) => {
          const {
            ts,
            level,
            message,
            traceId,
            spanId,
            service: _s,
            release: _r,
            instance: _i,
            ...rest
          } = record;
          logger.emit({
            timestamp: new Date(String(ts)),
            severityText: String(level),
            severityNumber: SEVERITY[String(level)] ?? SeverityNumber.UNSPECIFIED,
            body: String(message ?? ""),
            attributes: flatten(rest),
            context: contextOf(traceId, spanId),
          });
        }
      : () => {},
    async close(limitMs) {
      const all = Promise.allSettled([tracing.shutdown(), metrics.shutdown(), logs.shutdown()]);
      let limit: NodeJS.Timeout | undefined;
      await Promise.race([
        all,
        new Promise((resolve) => {
          limit = setTimeout(resolve, limitMs);
        }),
      ]);
      clearTimeout(limit);
    },
  };
}

/** The tenant label: stable, and no name or number of a customer. */
export function anonymisedTenant(tenant: string): string {
  return `t_${createHash("sha256").update(tenant).digest("hex").slice(0, 12)}`;
}

const SEVERITY: Record<string, SeverityNumber> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Attributes of a log record are scalars; anything deeper travels as JSON. */
function flatten(fields: Record<string, unknown>): Record<string, string | number | boolean> {
  const flat: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      flat[key] = value;
    else if (value !== null && value !== undefined) flat[key] = JSON.stringify(value);
  }
  return flat;
}

function contextOf(traceId: unknown, spanId: unknown): Context {
  if (typeof traceId !== "string" || typeof spanId !== "string") return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}

/** Reports only changes, and only once in a minute that it is gone, so a collector that is down stays quiet. */
function reachability(onReachable: (reachable: boolean) => void) {
  let reachable = true;
  let toldAt = Number.NEGATIVE_INFINITY;
  const hear = (ok: boolean) => {
    if (ok === reachable) return;
    if (!ok && performance.now() - toldAt < 60_000) return;
    reachable = ok;
    toldAt = performance.now();
    onReachable(ok);
  };
  return <T extends Exporter>(exporter: T): T => {
    const send = exporter.export.bind(exporter);
    exporter.export = (items, done) =>
      // Not part of the request that happened to be running when the batch was full.
      context.with(ROOT_CONTEXT, () =>
        send(items, (result) => {
          hear(result.code === 0);
          done(result);
        }),
      );
    return exporter;
  };
}
