import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EdgeCounts, RolloutDeps } from "../types.ts";

type Row = {
  at: number;
  service: string;
  release: string;
  errors: number;
  requests: number;
  buckets: number[];
};
type Attributes = { key: string; value: { stringValue: string } }[];
type Metrics = {
  resourceMetrics: {
    scopeMetrics: {
      metrics: {
        name: string;
        histogram?: {
          dataPoints: {
            attributes: Attributes;
            timeUnixNano: string;
            count: string;
            bucketCounts: string[];
            explicitBounds: number[];
          }[];
        };
      }[];
    }[];
  }[];
};

type Window = { service: string; from: Date; to: Date };

/** The same question, asked from another process. */
export const remoteCounts =
  (url: string): RolloutDeps["counts"] =>
  async (_ctx, { service, from, to }) => {
    const query = new URLSearchParams({ service, from: String(from.getTime()), to: String(to.getTime()) });
    return (await (await fetch(`${url}/counts?${query}`)).json()) as EdgeCounts[];
  };

/** Receives what the edge reports and answers the judge's question from it. */
export async function receiveEdgeReports() {
  const rows: Row[] = [];
  let bounds: number[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", async () => {
      if (request.url?.startsWith("/counts?")) {
        const asked = new URL(request.url, "http://localhost").searchParams;
        const at = (name: string) => new Date(Number(asked.get(name)));
        const window = { service: asked.get("service") ?? "", from: at("from"), to: at("to") };
        return response.end(JSON.stringify(countsOf(window)));
      }
      const metrics = (JSON.parse(text) as Metrics).resourceMetrics.flatMap((resource) =>
        resource.scopeMetrics.flatMap((scope) => scope.metrics),
      );
      for (const point of metrics.flatMap((metric) => metric.histogram?.dataPoints ?? [])) {
        const label = (key: string) => point.attributes.find((a) => a.key === key)?.value.stringValue ?? "";
        const requests = Number(point.count);
        bounds = point.explicitBounds;
        rows.push({
          at: Number(BigInt(point.timeUnixNano) / 1_000_000n),
          service: label("service"),
          release: label("release"),
          requests,
          errors: label("status_class") === "5xx" ? requests : 0,
          buckets: point.bucketCounts.map(Number),
        });
      }
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function countsOf({ service, from, to }: Window): EdgeCounts[] {
    const seen = rows.filter((r) => r.service === service && r.at >= from.getTime() && r.at < to.getTime());
    const reportedSeconds = new Set(seen.map((row) => Math.floor(row.at / 1000))).size;
    return [...new Set(seen.map((row) => row.release))].map((release): EdgeCounts => {
      const own = seen.filter((row) => row.release === release);
      const sum = (read: (row: Row) => number) => own.reduce((total, row) => total + read(row), 0);
      return {
        release,
        requests: sum((row) => row.requests),
        errors: sum((row) => row.errors),
        bucketsMs: [...bounds, null].map((upTo, i) => ({ upTo, count: sum((row) => row.buckets[i] ?? 0) })),
        reportedSeconds,
      };
    });
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    endpoint: `${url}/otlp`,
    counts: (async (_ctx, window) => countsOf(window)) satisfies RolloutDeps["counts"],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
