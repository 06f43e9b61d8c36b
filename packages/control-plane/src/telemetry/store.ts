import type { PointRow, PresenceRow, PresenceSource, SpanRow } from "./sample.ts";

/** Runs one statement on the store and returns its rows. */
export type Query = <Row>(sql: string, params: Record<string, unknown>, timeoutMs?: number) => Promise<Row[]>;

export type RedKey = "service" | "route" | "release" | "tenant" | "status_class";

const REQUESTS = "kind IN ('server', 'consumer')";
const BUCKET = "toInt16(floor(log2(greatest(duration_ns, 1)) * 8))";
const NS = (name: string) => `fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`;
const ns = (ms: number) => `${BigInt(Math.round(ms)) * 1_000_000n}`;
const toNs = (date: Date) => ns(date.getTime());

export type RedRow = { at: number; requests: number; errors: number; buckets: Record<string, number> } & {
  [key in RedKey]?: string;
};
type RedFilter = { org: string; from: Date; to: Date; stepMs: number; service?: string; groupBy: RedKey[] };

/** Steps that are whole multiples of 15 s, from the rollup. `at` is epoch milliseconds. */
export function redFromRollup(query: Query, filter: RedFilter): Promise<RedRow[]> {
  const keys = ["at", ...filter.groupBy].join(", ");
  return query<RedRow>(
    `SELECT intDiv(toInt64(toUnixTimestamp(red.at)) * 1000, {step:Int64}) * {step:Int64} AS at
            ${filter.groupBy.map((key) => `, ${key}`).join("")},
            sum(red.requests) AS requests, sum(red.errors) AS errors, sumMap(red.buckets) AS buckets
     FROM toban.red_15s AS red
     WHERE org = {org:String} AND red.at >= toDateTime({from:Int64}, 'UTC') AND red.at < toDateTime({to:Int64}, 'UTC')
       AND ({service:String} = '' OR service = {service:String})
     GROUP BY ${keys} ORDER BY ${keys} LIMIT 100000`,
    {
      org: filter.org,
      step: filter.stepMs,
      from: filter.from.getTime() / 1000,
      to: filter.to.getTime() / 1000,
      service: filter.service ?? "",
    },
  );
}

/** Any other step, from the spans themselves. */
export function redFromSpans(query: Query, filter: RedFilter): Promise<RedRow[]> {
  const keys = ["at", ...filter.groupBy].join(", ");
  return query<RedRow>(
    `SELECT intDiv(toUnixTimestamp64Milli(ts), {step:Int64}) * {step:Int64} AS at
            ${filter.groupBy.map((key) => `, ${key}`).join("")},
            count() AS requests, sum(failed) AS errors, sumMap(map(${BUCKET}, toUInt64(1))) AS buckets
     FROM toban.spans
     WHERE org = {org:String} AND ts >= ${NS("from")} AND ts < ${NS("to")} AND ${REQUESTS}
       AND ({service:String} = '' OR service = {service:String})
     GROUP BY ${keys} ORDER BY ${keys} LIMIT 100000`,
    {
      org: filter.org,
      step: filter.stepMs,
      from: toNs(filter.from),
      to: toNs(filter.to),
      service: filter.service ?? "",
    },
  );
}

export type EdgeRow = {
  release: string;
  bounds: number[];
  requests: number;
  errors: number;
  buckets: number[];
};

export function edgeHistograms(
  query: Query,
  filter: { org: string; service: string; from: Date; to: Date },
): Promise<EdgeRow[]> {
  return query<EdgeRow>(
    `SELECT release, bounds, sum(count) AS requests, sumIf(count, status_class = '5xx') AS errors,
            sumForEach(buckets) AS buckets
     FROM toban.points
     WHERE ${EDGE}
     GROUP BY release, bounds ORDER BY release`,
    { org: filter.org, service: filter.service, from: toNs(filter.from), to: toNs(filter.to) },
  );
}

const EDGE = `org = {org:String} AND name = 'toban.edge.request.duration' AND kind = 'histogram'
       AND service = {service:String} AND ts >= ${NS("from")} AND ts < ${NS("to")}`;

/**
 * Distinct seconds in which the edge reported anything about the service, idle seconds included. A second
 * counts when one report covers at least half of it, so a timer that is late by a moment skips none.
 */
export async function edgeSeconds(
  query: Query,
  filter: { org: string; service: string; from: Date; to: Date },
): Promise<number> {
  const rows = await query<{ seconds: number }>(
    `SELECT uniqExact(second) AS seconds FROM (
       SELECT DISTINCT toUnixTimestamp64Milli(ts) AS ends,
              greatest(if(started_at < toUnixTimestamp64Nano(ts) - 5000000000, ends - 1000,
                          toInt64(intDiv(started_at, 1000000))), {fromMs:Int64}) AS begins,
              arrayJoin(range(toUInt32(intDiv(begins, 1000)), toUInt32(intDiv(ends, 1000)) + 1)) AS second
       FROM toban.points WHERE ${EDGE})
     WHERE least(ends, (toInt64(second) + 1) * 1000) - greatest(begins, toInt64(second) * 1000) >= 500`,
    {
      org: filter.org,
      service: filter.service,
      from: toNs(filter.from),
      to: toNs(filter.to),
      fromMs: filter.from.getTime(),
    },
  );
  return rows[0]?.seconds ?? 0;
}

type Scan = { org: string; at: Date; windows: number[] };

/** Windows are nested, so each row carries the smallest that holds it. */
function slots(scan: Scan): { expression: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = { org: scan.org, at: toNs(scan.at) };
  const cases = scan.windows.map((windowMs, i) => {
    params[`w${i}`] = ns(scan.at.getTime() - windowMs);
    return `ts > ${NS(`w${i}`)}, ${i}`;
  });
  return { expression: `toUInt8(multiIf(${cases.join(", ")}, 255))`, params };
}

const within = (scan: Scan) => `ts > ${NS(`w${scan.windows.length - 1}`)} AND ts <= ${NS("at")}`;

export function scanSpans(query: Query, scan: Scan, services: string[]): Promise<SpanRow[]> {
  const { expression, params } = slots(scan);
  return query<SpanRow>(
    `SELECT service, route, status_class, failed, ${expression} AS slot, ${BUCKET} AS bucket,
            count() AS count, max(toUnixTimestamp64Milli(ts)) AS latest
     FROM toban.spans
     WHERE org = {org:String} AND ${within(scan)} AND ${REQUESTS} AND service IN {services:Array(String)}
     GROUP BY service, route, status_class, failed, slot, bucket`,
    { ...params, services },
  );
}

export function scanPoints(query: Query, scan: Scan, names: string[]): Promise<PointRow[]> {
  const { expression, params } = slots(scan);
  return query<PointRow>(
    `SELECT name, service, toString(series) AS series, ${expression} AS slot,
            max(value) AS highest, min(value) AS lowest, sum(value) AS sum, count() AS count,
            argMax(value, ts) AS last, max(toUnixTimestamp64Milli(ts)) AS latest
     FROM toban.points
     WHERE org = {org:String} AND name IN {names:Array(String)} AND ${within(scan)} AND kind IN ('gauge', 'sum')
     GROUP BY name, service, points.series, slot`,
    { ...params, names },
  );
}

export function scanPresence(
  query: Query,
  scan: Scan,
  source: PresenceSource,
  services: string[],
): Promise<PresenceRow[]> {
  const { expression, params } = slots(scan);
  return query<PresenceRow>(
    `SELECT service, ${expression} AS slot, count() AS count, max(toUnixTimestamp64Milli(ts)) AS latest
     FROM toban.${source}
     WHERE org = {org:String} AND ${within(scan)} AND service IN {services:Array(String)}
     GROUP BY service, slot`,
    { ...params, services },
  );
}

export type LogFilter = {
  service?: string;
  correlationId?: string;
  traceId?: string;
  /** Part of the body, without regard to case. */
  text?: string;
  from: Date;
  to: Date;
  /** Default 200, at most 5,000. */
  limit?: number;
};
export type LogRow = {
  ts: string;
  service: string;
  env: string;
  release: string;
  tenant: string;
  severity: number;
  severity_text: string;
  body: string;
  trace_id: string;
  span_id: string;
  correlation_id: string;
  attributes: Record<string, string>;
};

/** Newest first. `ts` is epoch nanoseconds as text. */
export function findLogs(query: Query, org: string, filter: LogFilter): Promise<LogRow[]> {
  return query<LogRow>(
    `SELECT toString(toUnixTimestamp64Nano(logs.ts)) AS ts, service, env, release, tenant, severity, severity_text,
            body, trace_id, span_id, correlation_id, attributes
     FROM toban.logs
     WHERE org = {org:String} AND logs.ts >= ${NS("from")} AND logs.ts < ${NS("to")}
       AND ({service:String} = '' OR service = {service:String})
       AND ({correlation:String} = '' OR correlation_id = {correlation:String})
       AND ({trace:String} = '' OR trace_id = {trace:String})
       AND ({text:String} = '' OR positionCaseInsensitiveUTF8(body, {text:String}) > 0)
     ORDER BY logs.ts DESC LIMIT {limit:UInt32}`,
    {
      org,
      from: toNs(filter.from),
      to: toNs(filter.to),
      service: filter.service ?? "",
      correlation: filter.correlationId ?? "",
      trace: filter.traceId ?? "",
      text: filter.text ?? "",
      limit: Math.min(filter.limit ?? 200, 5000),
    },
  );
}

export type TraceSpan = {
  startedAt: string;
  durationNs: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: string;
  status: string;
  statusMessage: string;
  service: string;
  release: string;
  route: string;
  status_class: string;
  tenant: string;
  attributes: Record<string, string>;
  /** JSON: `[{ at, name, attributes }]`, empty when there are none. */
  events: string;
};

/** Spans by start time; times are nanoseconds as text. */
export function spansOfTrace(query: Query, org: string, traceId: string): Promise<TraceSpan[]> {
  return query<TraceSpan>(
    `SELECT toString(toUnixTimestamp64Nano(started_at)) AS startedAt, toString(duration_ns) AS durationNs,
            span_id AS spanId, parent_span_id AS parentSpanId, name, kind, status,
            status_message AS statusMessage, service, release, route, status_class, tenant, attributes, events
     FROM toban.spans WHERE org = {org:String} AND trace_id = {trace:String}
     ORDER BY started_at LIMIT 10000`,
    { org, trace: traceId },
  );
}
