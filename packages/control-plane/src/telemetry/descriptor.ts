import protobuf from "protobufjs/light.js";

// The OTLP messages (opentelemetry-proto 1.x) by field number, in protobufjs' JSON form.

type Field = { type: string; id: number; rule?: "repeated" };
type Message = { fields: Record<string, Field>; oneofs?: Record<string, { oneof: string[] }> };

const field = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ type, id, rule: "repeated" });
const message = (fields: Record<string, Field>): Message => ({ fields });

const attributes = (id: number) => many("KeyValue", id);
const points = (type: string, others: Record<string, Field> = {}) =>
  message({ dataPoints: many(type, 1), ...others });
const temporality = { aggregationTemporality: field("int32", 2) };
const period = { startTimeUnixNano: field("fixed64", 2), timeUnixNano: field("fixed64", 3) };
const response = (rejected: string, partial: string) => ({
  [partial]: message({ [rejected]: field("int64", 1), errorMessage: field("string", 2) }),
});

const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: message({
      stringValue: field("string", 1),
      boolValue: field("bool", 2),
      intValue: field("int64", 3),
      doubleValue: field("double", 4),
      arrayValue: field("ArrayValue", 5),
      kvlistValue: field("KeyValueList", 6),
      bytesValue: field("bytes", 7),
    }),
    ArrayValue: message({ values: many("AnyValue", 1) }),
    KeyValueList: message({ values: many("KeyValue", 1) }),
    KeyValue: message({ key: field("string", 1), value: field("AnyValue", 2) }),
    Scope: message({ name: field("string", 1), version: field("string", 2), attributes: attributes(3) }),
    Resource: message({ attributes: attributes(1) }),

    TracesRequest: message({ resourceSpans: many("ResourceSpans", 1) }),
    ResourceSpans: message({ resource: field("Resource", 1), scopeSpans: many("ScopeSpans", 2) }),
    ScopeSpans: message({ scope: field("Scope", 1), spans: many("Span", 2) }),
    Span: message({
      traceId: field("bytes", 1),
      spanId: field("bytes", 2),
      parentSpanId: field("bytes", 4),
      name: field("string", 5),
      kind: field("int32", 6),
      startTimeUnixNano: field("fixed64", 7),
      endTimeUnixNano: field("fixed64", 8),
      attributes: attributes(9),
      events: many("SpanEvent", 11),
      links: many("SpanLink", 13),
      status: field("SpanStatus", 15),
    }),
    SpanEvent: message({
      timeUnixNano: field("fixed64", 1),
      name: field("string", 2),
      attributes: attributes(3),
    }),
    SpanLink: message({ traceId: field("bytes", 1), spanId: field("bytes", 2), attributes: attributes(4) }),
    SpanStatus: message({ message: field("string", 2), code: field("int32", 3) }),

    MetricsRequest: message({ resourceMetrics: many("ResourceMetrics", 1) }),
    ResourceMetrics: message({ resource: field("Resource", 1), scopeMetrics: many("ScopeMetrics", 2) }),
    ScopeMetrics: message({ scope: field("Scope", 1), metrics: many("Metric", 2) }),
    Metric: message({
      name: field("string", 1),
      unit: field("string", 3),
      gauge: field("Gauge", 5),
      sum: field("Sum", 7),
      histogram: field("Histogram", 9),
      exponentialHistogram: field("ExponentialHistogram", 10),
      summary: field("Summary", 11),
    }),
    Gauge: points("NumberPoint"),
    Sum: points("NumberPoint", { ...temporality, isMonotonic: field("bool", 3) }),
    Histogram: points("HistogramPoint", temporality),
    ExponentialHistogram: points("ExponentialPoint", temporality),
    Summary: points("SummaryPoint"),
    NumberPoint: {
      ...message({
        ...period,
        asDouble: field("double", 4),
        asInt: field("sfixed64", 6),
        attributes: attributes(7),
        flags: field("uint32", 8),
      }),
      oneofs: { value: { oneof: ["asDouble", "asInt"] } },
    },
    HistogramPoint: message({
      ...period,
      count: field("fixed64", 4),
      sum: field("double", 5),
      bucketCounts: many("fixed64", 6),
      explicitBounds: many("double", 7),
      attributes: attributes(9),
      flags: field("uint32", 10),
      min: field("double", 11),
      max: field("double", 12),
    }),
    ExponentialPoint: message({
      attributes: attributes(1),
      ...period,
      count: field("fixed64", 4),
      sum: field("double", 5),
      scale: field("sint32", 6),
      zeroCount: field("fixed64", 7),
      positive: field("ExponentialBuckets", 8),
      negative: field("ExponentialBuckets", 9),
      flags: field("uint32", 10),
      min: field("double", 12),
      max: field("double", 13),
    }),
    ExponentialBuckets: message({ offset: field("sint32", 1), bucketCounts: many("uint64", 2) }),
    SummaryPoint: message({
      ...period,
      count: field("fixed64", 4),
      sum: field("double", 5),
      attributes: attributes(7),
      flags: field("uint32", 8),
    }),

    LogsRequest: message({ resourceLogs: many("ResourceLogs", 1) }),
    ResourceLogs: message({ resource: field("Resource", 1), scopeLogs: many("ScopeLogs", 2) }),
    ScopeLogs: message({ scope: field("Scope", 1), logRecords: many("LogRecord", 2) }),
    LogRecord: message({
      timeUnixNano: field("fixed64", 1),
      severityNumber: field("int32", 2),
      severityText: field("string", 3),
      body: field("AnyValue", 5),
      attributes: attributes(6),
      traceId: field("bytes", 9),
      spanId: field("bytes", 10),
      observedTimeUnixNano: field("fixed64", 11),
      eventName: field("string", 12),
    }),

    ...response("rejectedSpans", "TracesPartial"),
    ...response("rejectedDataPoints", "MetricsPartial"),
    ...response("rejectedLogRecords", "LogsPartial"),
    TracesResponse: message({ partialSuccess: field("TracesPartial", 1) }),
    MetricsResponse: message({ partialSuccess: field("MetricsPartial", 1) }),
    LogsResponse: message({ partialSuccess: field("LogsPartial", 1) }),
    /** google.rpc.Status, the body of every protobuf error. */
    Status: message({ code: field("int32", 1), message: field("string", 2) }),
  },
});

export const messages = {
  traces: { request: root.lookupType("TracesRequest"), response: root.lookupType("TracesResponse") },
  metrics: { request: root.lookupType("MetricsRequest"), response: root.lookupType("MetricsResponse") },
  logs: { request: root.lookupType("LogsRequest"), response: root.lookupType("LogsResponse") },
  status: root.lookupType("Status"),
};

export type Signal = "traces" | "metrics" | "logs";

/** What the partial success of each signal calls its count. */
export const rejectedField = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
} as const;
