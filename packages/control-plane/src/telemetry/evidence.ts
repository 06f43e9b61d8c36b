import type { Query } from "./store.ts";

// Questions that proofs ask about the stored data itself, rather than about a service.

export type LabelRow = {
  metric: string;
  service: string;
  env: string;
  route: string;
  status_class: string;
  tenant: string;
  points: number;
};

export type TelemetryEvidence = {
  /** Routes that a service has answered, by method, from its server spans. */
  routes(filter: { service: string; from: Date }): Promise<{ method: string; route: string }[]>;
  /** Distinct labels of all metrics whose name does not begin with one of `except`. At most 5,000. */
  labels(filter: { from: Date; except: string[] }): Promise<LabelRow[]>;
  /** How many rows of each signal hold the text, in any field. Case is ignored. */
  mentions(filter: { text: string; from: Date }): Promise<{ logs: number; spans: number; points: number }>;
  /** Points of one metric with these labels. */
  points(filter: { metric: string; labels: Record<string, string>; from: Date }): Promise<number>;
  /** Sum and highest value of the numbers of one metric with these labels. */
  values(filter: {
    metric: string;
    labels: Record<string, string>;
    from: Date;
  }): Promise<{ sum: number; highest: number; points: number }>;
  /** Log records and those of them that have a correlation id, by service. */
  correlation(filter: { from: Date }): Promise<{ service: string; logs: number; correlated: number }[]>;
};

const NS = (name: string) => `fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`;
const toNs = (date: Date) => `${BigInt(date.getTime()) * 1_000_000n}`;
const LABELS = new Set(["service", "env", "route", "status_class", "tenant", "release"]);

export function telemetryEvidence(query: Query, org: string): TelemetryEvidence {
  const holds = (expression: string) => `positionCaseInsensitiveUTF8(${expression}, {text:String}) > 0`;
  const inMap = (column: string) => holds(`toString(${column})`);
  return {
    routes: ({ service, from }) =>
      query(
        `SELECT DISTINCT attributes['http.request.method'] AS method, route FROM toban.spans
         WHERE org = {org:String} AND ts >= ${NS("from")} AND service = {service:String} AND kind = 'server'
         ORDER BY route, method LIMIT 1000`,
        { org, service, from: toNs(from) },
      ),
    labels: ({ from, except }) =>
      query(
        `SELECT name AS metric, service, env, route, status_class, tenant, count() AS points FROM toban.points
         WHERE org = {org:String} AND ts >= ${NS("from")}
           AND NOT arrayExists(prefix -> startsWith(name, prefix), {except:Array(String)})
         GROUP BY metric, service, env, route, status_class, tenant
         ORDER BY metric, service, route, tenant LIMIT 5000`,
        { org, from: toNs(from), except },
      ),
    async mentions({ text, from }) {
      const params = { org, text, from: toNs(from) };
      const where = (fields: string[]) =>
        `WHERE org = {org:String} AND ts >= ${NS("from")} AND (${fields.join(" OR ")})`;
      const count = async (table: string, fields: string[]) =>
        (
          await query<{ rows: number }>(`SELECT count() AS rows FROM toban.${table} ${where(fields)}`, params)
        )[0]?.rows ?? 0;
      const ids = ["trace_id", "correlation_id"];
      const [logs, spans, points] = await Promise.all([
        count("logs", [
          ...["body", "event_name", "route", "tenant", ...ids].map(holds),
          ...["attributes", "resource"].map(inMap),
        ]),
        count("spans", [
          ...["name", "status_message", "events", "route", "tenant", ...ids].map(holds),
          ...["attributes", "resource"].map(inMap),
        ]),
        count("points", [...["name", "route", "tenant"].map(holds), inMap("attributes")]),
      ]);
      return { logs: Number(logs), spans: Number(spans), points: Number(points) };
    },
    async points({ metric, labels, from }) {
      const names = Object.keys(labels).filter((name) => LABELS.has(name));
      const params = Object.fromEntries(names.map((name) => [`label_${name}`, labels[name]]));
      const rows = await query<{ rows: number }>(
        `SELECT count() AS rows FROM toban.points
         WHERE org = {org:String} AND name = {metric:String} AND ts >= ${NS("from")}
           ${names.map((name) => `AND ${name} = {label_${name}:String}`).join(" ")}`,
        { org, metric, from: toNs(from), ...params },
      );
      return Number(rows[0]?.rows ?? 0);
    },
    async values({ metric, labels, from }) {
      const names = Object.keys(labels).filter((name) => LABELS.has(name));
      const params = Object.fromEntries(names.map((name) => [`label_${name}`, labels[name]]));
      const rows = await query<{ sum: number; highest: number; points: number }>(
        `SELECT sum(value) AS sum, max(value) AS highest, count() AS points FROM toban.points
         WHERE org = {org:String} AND name = {metric:String} AND ts >= ${NS("from")}
           ${names.map((name) => `AND ${name} = {label_${name}:String}`).join(" ")}`,
        { org, metric, from: toNs(from), ...params },
      );
      const [row] = rows;
      return {
        sum: Number(row?.sum ?? 0),
        highest: Number(row?.highest ?? 0),
        points: Number(row?.points ?? 0),
      };
    },
    async correlation({ from }) {
      const rows = await query<{ service: string; logs: number; correlated: number }>(
        `SELECT service, count() AS logs, countIf(correlation_id != '') AS correlated FROM toban.logs
         WHERE org = {org:String} AND ts >= ${NS("from")} GROUP BY service ORDER BY service`,
        { org, from: toNs(from) },
      );
      return rows.map((row) => ({ ...row, logs: Number(row.logs), correlated: Number(row.correlated) }));
    },
  };
}
