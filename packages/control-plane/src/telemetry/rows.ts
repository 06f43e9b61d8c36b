import { setImmediate as nextTurn } from "node:timers/promises";
import { invalid } from "../platform/errors.ts";
import { type Loose, tooManyFields } from "./decode.ts";
import type { Signal } from "./descriptor.ts";
import { exponentialBuckets } from "./exponential.ts";
import * as read from "./values.ts";
import { type Attributes, WrongField } from "./values.ts";

export type Table = "spans" | "points" | "logs";
export const tableOf: Record<Signal, Table> = { traces: "spans", metrics: "points", logs: "logs" };

/** Lines of JSON for one table, and what could not be stored. */
export type Rows = { table: Table; lines: string[]; accepted: number; rejected: number; reason: string };

const DAY_NS = 86_400_000_000_000n;
const HOUR_NS = 3_600_000_000_000n;
/** Older rows would be dropped by the retention at once; rows of the far future would never be. */
const MAX_AGE_NS: Record<Table, bigint> = { spans: 29n * DAY_NS, logs: 29n * DAY_NS, points: 89n * DAY_NS };

type Labels = {
  service: string;
  env: string;
  route: string;
  status_class: string;
  tenant: string;
  release: string;
};

type Frame = { org: string; table: Table; now: bigint; resource: Attributes };
type Build = () => object | null;

/** A resource is repeated in each of its rows, so a small request can become large rows. In UTF-16 units. */
const MAX_ROWS_LENGTH = 64 * 2 ** 20;
/** The event loop is given back after this long. */
const SLICE_MS = 15;

/**
 * The rows of one request. A broken frame refuses the whole request (`telemetry_malformed`); a broken
 * item is counted as rejected and the others are kept.
 */
export async function rowsOf(signal: Signal, request: Loose, org: string, now: Date): Promise<Rows> {
  const table = tableOf[signal];
  const rows: Rows = { table, lines: [], accepted: 0, rejected: 0, reason: "" };
  let sliceStart = performance.now();
  let length = 0;
  try {
    const frame = { org, table, now: BigInt(now.getTime()) * 1_000_000n };
    for (const build of itemsOf(signal, request, frame)) {
      length += addItem(rows, build);
      if (length > MAX_ROWS_LENGTH) throw tooManyFields();
      if (performance.now() - sliceStart < SLICE_MS) continue;
      await nextTurn();
      sliceStart = performance.now();
    }
  } catch (cause) {
    if (!(cause instanceof WrongField)) throw cause;
    throw invalid(
      "telemetry_malformed",
      `The ${signal} request is malformed: ${cause.message}.`,
      "Check that the exporter speaks OTLP/HTTP and sends to the path of this signal.",
      cause,
    );
  }
  return rows;
}

const FIELDS = {
  traces: { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" },
  metrics: { resources: "resourceMetrics", scopes: "scopeMetrics", items: "metrics" },
  logs: { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" },
} as const;

function* itemsOf(signal: Signal, request: Loose, base: Omit<Frame, "resource">): Generator<Build> {
  const fields = FIELDS[signal];
  for (const group of read.list(request[fields.resources])) {
    const frame = { ...base, resource: read.attributesOf(read.child(group.resource).attributes) };
    for (const scope of read.list(group[fields.scopes])) {
      for (const item of read.list(scope[fields.items])) {
        if (signal === "traces") yield () => spanRow(frame, item);
        else if (signal === "logs") yield () => logRow(frame, item);
        else yield* pointsOf(frame, item);
      }
    }
  }
}

/** Returns the length of the row. `null` is accepted and not stored (a point that says "no recorded value"). */
function addItem(rows: Rows, build: Build): number {
  try {
    const row = build();
    const line = row ? JSON.stringify(row) : "";
    if (line !== "") rows.lines.push(line);
    rows.accepted++;
    return line.length;
  } catch (error) {
    if (!(error instanceof WrongField)) throw error;
    rows.rejected++;
    rows.reason ||= error.message;
    return 0;
  }
}

const label = (value: string | undefined) => (value === undefined ? "" : read.clip(value, 256));

function labelsOf(attributes: Attributes, resource: Attributes): Labels {
  const code = attributes["http.response.status_code"] ?? attributes["http.status_code"] ?? "";
  return {
    service: label(attributes.service ?? resource["service.name"]),
    env: label(
      attributes.env ?? resource["deployment.environment.name"] ?? resource["deployment.environment"],
    ),
    route: label(attributes["http.route"] ?? attributes.route),
    status_class: label(attributes.status_class ?? (/^[1-5]\d\d$/.test(code) ? `${code[0]}xx` : "")),
    tenant: label(attributes.tenant ?? resource.tenant),
    release: label(attributes.release ?? resource["service.version"]),
  };
}

function correlationOf(attributes: Attributes): string {
  return label(attributes.correlation_id ?? attributes["correlation.id"] ?? attributes.correlationId);
}

/** Checks the age of a row: its partition must be one that the retention keeps. */
function timestamp({ table, now }: Frame, ns: bigint): string {
  if (ns < now - MAX_AGE_NS[table]) throw new WrongField("the timestamp is too old to be kept");
  if (ns > now + HOUR_NS) throw new WrongField("the timestamp is more than an hour in the future");
  return ns.toString();
}

const SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES = ["UNSET", "OK", "ERROR"];

/** `ts` is when the span ended: a request counts in the window in which its user got the answer. */
function spanRow(frame: Frame, span: Loose): object {
  const traceId = read.id(span.traceId, 16);
  const spanId = read.id(span.spanId, 8);
  if (traceId === "" || spanId === "") throw new WrongField("a span needs a trace id and a span id");
  const started = read.unsigned(span.startTimeUnixNano);
  const ended = read.unsigned(span.endTimeUnixNano);
  const attributes = read.attributesOf(span.attributes);
  const labels = labelsOf(attributes, frame.resource);
  const status = read.child(span.status);
  const statusCode = read.enumeration(status.code, STATUS_CODES, "STATUS_CODE_");
  const kind = SPAN_KINDS[read.enumeration(span.kind, SPAN_KINDS, "SPAN_KIND_")] ?? "UNSPECIFIED";
  return {
    org: frame.org,
    ts: timestamp(frame, ended),
    started_at: timestamp(frame, started),
    duration_ns: (ended > started ? ended - started : 0n).toString(),
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: read.id(span.parentSpanId, 8),
    name: read.masked(read.text(span.name), 256),
    kind: kind.toLowerCase(),
    status: (STATUS_CODES[statusCode] ?? "UNSET").toLowerCase(),
    status_message: read.masked(read.text(status.message)),
    ...labels,
    failed: labels.status_class === "5xx" || (labels.status_class === "" && statusCode === 2) ? 1 : 0,
    correlation_id: correlationOf(attributes),
    attributes,
    resource: frame.resource,
    events: eventsOf(span.events),
  };
}

function eventsOf(value: unknown): string {
  const events = read.list(value).slice(0, 128);
  if (events.length === 0) return "";
  return JSON.stringify(
    events.map((event) => ({
      at: read.unsigned(event.timeUnixNano).toString(),
      name: read.masked(read.text(event.name), 256),
      attributes: read.attributesOf(event.attributes),
    })),
  );
}

function logRow(frame: Frame, log: Loose): object {
  const observed = read.unsigned(log.observedTimeUnixNano);
  const at = read.unsigned(log.timeUnixNano) || observed || frame.now;
  const attributes = read.attributesOf(log.attributes);
  const severity = read.enumeration(log.severityNumber, SEVERITIES, "SEVERITY_NUMBER_");
  return {
    org: frame.org,
    ts: timestamp(frame, at),
    ...labelsOf(attributes, frame.resource),
    severity: severity >= 0 && severity <= 24 ? severity : 0,
    severity_text: read.masked(read.text(log.severityText), 32),
    body: read.anyText(log.body, "", 65_536),
    event_name: read.masked(read.text(log.eventName), 256),
    trace_id: read.id(log.traceId, 16),
    span_id: read.id(log.spanId, 8),
    correlation_id: correlationOf(attributes),
    attributes,
    resource: frame.resource,
  };
}

const SEVERITIES = [
  "UNSPECIFIED",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((name) => [
    name,
    `${name}2`,
    `${name}3`,
    `${name}4`,
  ]),
];

const TEMPORALITIES = ["UNSPECIFIED", "DELTA", "CUMULATIVE"];
const NO_RECORDED_VALUE = 1n;

function* pointsOf(frame: Frame, metric: Loose): Generator<Build> {
  const name = read.clip(read.text(metric.name), 256);
  const unit = read.clip(read.text(metric.unit), 64);
  const kind = (["gauge", "sum", "histogram", "exponentialHistogram", "summary"] as const).find((k) =>
    read.has(metric, k),
  );
  if (!kind) return;
  const data = read.child(metric[kind]);
  for (const point of read.list(data.dataPoints)) {
    yield () => {
      if (name === "") throw new WrongField("a metric needs a name");
      if ((read.unsigned(point.flags) & NO_RECORDED_VALUE) === NO_RECORDED_VALUE) return null;
      const attributes = read.attributesOf(point.attributes);
      const temporality = read.enumeration(
        data.aggregationTemporality,
        TEMPORALITIES,
        "AGGREGATION_TEMPORALITY_",
      );
      return {
        org: frame.org,
        ts: timestamp(frame, read.unsigned(point.timeUnixNano)),
        started_at: read.unsigned(point.startTimeUnixNano).toString(),
        name,
        unit,
        kind: kind === "exponentialHistogram" ? "histogram" : kind,
        temporality: (TEMPORALITIES[temporality] ?? "UNSPECIFIED").toLowerCase(),
        monotonic: data.isMonotonic === true ? 1 : 0,
        ...labelsOf(attributes, frame.resource),
        attributes,
        ...pointValue(kind, point),
      };
    };
  }
}

function pointValue(kind: string, point: Loose): object {
  if (kind === "gauge" || kind === "sum") {
    if (read.has(point, "asInt")) return { value: Number(read.integer(point.asInt)) };
    return { value: finite(point.asDouble) };
  }
  const sum = read.has(point, "sum") ? finite(point.sum) : 0;
  const count = read.unsigned(point.count).toString();
  if (kind === "summary") return { count, value: sum };
  if (kind === "exponentialHistogram") return { count, value: sum, ...exponentialBuckets(point) };
  const bounds = numbers(point.explicitBounds).map(finite);
  const buckets = numbers(point.bucketCounts).map((n) => read.unsigned(n).toString());
  if (buckets.length > 0 && buckets.length !== bounds.length + 1) {
    throw new WrongField("a histogram needs one bucket more than bounds");
  }
  if (bounds.some((bound, i) => i > 0 && bound <= bounds[i - 1]!)) {
    throw new WrongField("the bounds of a histogram must rise");
  }
  return { count, value: sum, bounds, buckets };
}

function numbers(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new WrongField("expected a list of numbers");
  if (value.length > 2048) throw new WrongField("too many buckets");
  return value;
}

/** NaN stored as 0 would turn missing data green. */
function finite(value: unknown): number {
  const number = read.float(value);
  if (!Number.isFinite(number)) throw new WrongField("the value is not a finite number");
  return number;
}
