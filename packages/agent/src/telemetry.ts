import { BOUNDS_MS, type CountRow } from "./edge/counts.ts";

export type GaugeRow = {
  service: string;
  release: string;
  instance: string;
  rssBytes: number;
  restarts: number;
};
/** Times in ms since the epoch. */
export type Window = { fromMs: number; toMs: number };

type Attribute = { key: string; value: { stringValue: string } };

const DELTA = 1;
const SCOPE = { name: "toban.agent" };

/**
 * One OTLP/HTTP JSON body (`ExportMetricsServiceRequest`): what users saw as a delta histogram in ms, and the instances'
 * memory and restarts. `edgeId` keeps the series of several edges apart.
 */
export function encodeMetrics(
  edgeId: string,
  environment: string,
  window: Window,
  counts: readonly CountRow[],
  gauges: readonly GaugeRow[],
): string {
  const services = new Set([...counts, ...gauges].map((row) => row.service));
  const resourceMetrics = [...services].map((service) => {
    const common = { service, env: environment };
    const metrics: unknown[] = [];
    const seen = counts.filter((row) => row.service === service);
    if (seen.length > 0)
      metrics.push({
        name: "toban.edge.request.duration",
        unit: "ms",
        histogram: {
          aggregationTemporality: DELTA,
          dataPoints: seen.map(({ release, statusClass, histogram }) => ({
            attributes: attributes({ ...common, release, status_class: statusClass, tobanedge: edgeId }),
            startTimeUnixNano: nanos(window.fromMs),
            timeUnixNano: nanos(window.toMs),
            count: String(histogram.count),
            sum: histogram.sumMs,
            min: histogram.minMs,
            max: histogram.maxMs,
            bucketCounts: histogram.buckets.map(String),
            explicitBounds: BOUNDS_MS,
          })),
        },
      });
    const running = gauges.filter((row) => row.service === service);
    if (running.length > 0) {
      const points = (read: (row: GaugeRow) => number) =>
        running.map((row) => ({
          attributes: attributes({
            ...common,
            release: row.release,
            instance: row.instance,
            tobanedge: edgeId,
          }),
          timeUnixNano: nanos(window.toMs),
          asInt: String(read(row)),
        }));
      metrics.push(
        { name: "toban.instance.memory", unit: "By", gauge: { dataPoints: points((row) => row.rssBytes) } },
        {
          name: "toban.instance.restarts",
          unit: "{restart}",
          gauge: { dataPoints: points((row) => row.restarts) },
        },
      );
    }
    return {
      resource: {
        attributes: attributes({
          "service.name": service,
          "service.instance.id": edgeId,
          "deployment.environment.name": environment,
        }),
      },
      scopeMetrics: [{ scope: SCOPE, metrics }],
    };
  });
  return JSON.stringify({ resourceMetrics });
}

function attributes(values: Record<string, string>): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function nanos(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}
