import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import protobuf from "protobufjs";

/** The part of the OTLP schema (opentelemetry-proto 1.x) that the tests look at. */
const PROTO = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Status { int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6; repeated KeyValue attributes = 9; Status status = 15; }
message ScopeSpans { repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message LogRecord { string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Logs { repeated ResourceLogs resource_logs = 1; }
message NumberPoint { repeated KeyValue attributes = 7; double as_double = 4; sfixed64 as_int = 6; }
message HistogramPoint { repeated KeyValue attributes = 9; fixed64 count = 4; double sum = 5; repeated double explicit_bounds = 7; }
message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; }
message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
message Metric { string name = 1; string unit = 3; Sum sum = 7; Histogram histogram = 9; }
message ScopeMetrics { repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Metrics { repeated ResourceMetrics resource_metrics = 1; }
`;

type Attributes = Record<string, string | number | boolean>;
export type SeenSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** 2 server, 3 client. */
  kind: number;
  attributes: Attributes;
  /** 2 error. */
  status: number;
  resource: Attributes;
};
export type SeenLog = {
  level: string;
  body: string;
  attributes: Attributes;
  traceId: string;
  resource: Attributes;
};
export type SeenPoint = {
  name: string;
  unit: string;
  /** 1 delta, 2 cumulative. */
  temporality: number;
  attributes: Attributes;
  count: number;
  sum: number;
};

export type Collector = {
  url: string;
  spans: SeenSpan[];
  logs: SeenLog[];
  points: SeenPoint[];
  /** Names in lower case, of the last request. */
  headers: Record<string, unknown>;
  /** Everything that arrived, as text. */
  raw: Buffer[];
  close(): Promise<void>;
};

/** A real OTLP/HTTP receiver on a free port (or the given one) that keeps what it is sent. */
export async function startCollector(port = 0): Promise<Collector> {
  const { root } = protobuf.parse(PROTO, { keepCase: false });
  // Without defaults only the member of a oneof that was sent appears.
  const decode = <T>(type: string, body: Buffer): T => {
    const message = root.lookupType(type);
    const options = { longs: Number, bytes: Buffer, arrays: true, defaults: false };
    return message.toObject(message.decode(body), options) as T;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      collector.raw.push(body);
      collector.headers = request.headers;
      if (request.url === "/otlp/v1/traces") collector.spans.push(...spansOf(decode<Traces>("Traces", body)));
      else if (request.url === "/otlp/v1/logs") collector.logs.push(...logsOf(decode<Logs>("Logs", body)));
      else if (request.url === "/otlp/v1/metrics")
        collector.points.push(...pointsOf(decode<Metrics>("Metrics", body)));
      else response.statusCode = 404;
      response.setHeader("content-type", "application/x-protobuf");
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp`,
    spans: [],
    logs: [],
    points: [],
    headers: {},
    raw: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}

type AnyValue = { stringValue?: string; boolValue?: boolean; intValue?: number; doubleValue?: number };
type Pairs = { key: string; value?: AnyValue }[];
type WithResource = { resource?: { attributes: Pairs } };
type Traces = {
  resourceSpans: (WithResource & {
    scopeSpans: {
      spans: {
        traceId: Buffer;
        spanId: Buffer;
        parentSpanId?: Buffer;
        name: string;
        kind: number;
        attributes: Pairs;
        status?: { code?: number };
      }[];
    }[];
  })[];
};
type Logs = {
  resourceLogs: (WithResource & {
    scopeLogs: {
      logRecords: { severityText: string; body?: AnyValue; attributes: Pairs; traceId?: Buffer }[];
    }[];
  })[];
};
type Data = {
  aggregationTemporality: number;
  dataPoints: { attributes: Pairs; count?: number; sum?: number; asDouble?: number; asInt?: number }[];
};
type Metrics = {
  resourceMetrics: (WithResource & {
    scopeMetrics: { metrics: { name: string; unit?: string; histogram?: Data; sum?: Data }[] }[];
  })[];
};

function spansOf({ resourceSpans }: Traces): SeenSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        traceId: span.traceId.toString("hex"),
        spanId: span.spanId.toString("hex"),
        parentSpanId: (span.parentSpanId ?? Buffer.alloc(0)).toString("hex"),
        name: span.name,
        kind: span.kind,
        attributes: attributesOf(span.attributes),
        status: span.status?.code ?? 0,
        resource: attributesOf(resource?.attributes ?? []),
      })),
  );
}

function logsOf({ resourceLogs }: Logs): SeenLog[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs
      .flatMap(({ logRecords }) => logRecords)
      .map((log) => ({
        level: log.severityText,
        body: String(scalarOf(log.body ?? {})),
        attributes: attributesOf(log.attributes),
        traceId: (log.traceId ?? Buffer.alloc(0)).toString("hex"),
        resource: attributesOf(resource?.attributes ?? []),
      })),
  );
}

function pointsOf({ resourceMetrics }: Metrics): SeenPoint[] {
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics),
  );
  return metrics.flatMap(({ name, unit, histogram, sum }) => {
    const data = histogram ?? sum;
    return (data?.dataPoints ?? []).map((point) => ({
      name,
      unit: unit ?? "",
      temporality: data?.aggregationTemporality ?? 0,
      attributes: attributesOf(point.attributes),
      count: point.count ?? 1,
      sum: point.sum ?? (point.asDouble || point.asInt || 0),
    }));
  });
}

function attributesOf(pairs: Pairs): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value ? scalarOf(value) : ""]));
}

function scalarOf(value: AnyValue): string | number | boolean {
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? "";
}
