import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { type Ctx, systemClock } from "../platform/ctx.ts";
import { createLogger } from "../platform/log.ts";
import { testCtx } from "../platform/testing.ts";
import { superviseHost } from "./host/supervise.ts";
import { telemetryRoutes } from "./routes.ts";
import { openTelemetryStore, type Telemetry, type TelemetryOptions } from "./telemetry.ts";

// Helpers of this module's tests.

export const silent = createLogger("test", process.env.TOBAN_LOG_LEVEL ?? "silent");

export async function temporaryFolder(): Promise<{
  folder: string;
  socketPath: string;
  remove(): Promise<void>;
}> {
  const home = await mkdtemp(path.join(tmpdir(), "toban-telemetry-"));
  return {
    folder: path.join(home, "telemetry"),
    socketPath: path.join(home, "store.sock"),
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** Every request acts as the tenant of its `x-org` header, `acme` without one. */
export function telemetryApp(telemetry: Pick<Telemetry, "ingest">): FastifyInstance {
  const app = fastify();
  app.register(telemetryRoutes, {
    telemetry,
    preHandler: async (request) => {
      request.ctx = testCtx({ tenant: String(request.headers["x-org"] ?? "acme") });
    },
  });
  return app;
}

export type TestTelemetry = {
  telemetry: Telemetry;
  app: FastifyInstance;
  ctx: Ctx;
  folder: string;
  url: string;
  close(): Promise<void>;
};

/** A real store with its host process, behind a real HTTP listener. */
export async function startTelemetry(options: Partial<TelemetryOptions> = {}): Promise<TestTelemetry> {
  const place = await temporaryFolder();
  const telemetry = await openTelemetryStore({
    folder: place.folder,
    socketPath: place.socketPath,
    log: silent,
    clock: systemClock,
    sealAfterMs: 100,
    ...options,
  });
  const app = telemetryApp(telemetry);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  await telemetry.ready(60_000);
  return {
    telemetry,
    app,
    ctx: testCtx(),
    folder: place.folder,
    url,
    async close() {
      await app.close();
      await telemetry.close();
      await place.remove();
    },
  };
}

/** Asks the engine itself; the store of this folder must be closed. */
export async function queryFolder<Row>(folder: string, ...statements: string[]): Promise<Row[][]> {
  const host = superviseHost({ folder, socketPath: path.join(folder, "..", "query.sock"), log: silent });
  try {
    await host.ready(60_000);
    const results: Row[][] = [];
    for (const statement of statements) results.push(await host.query<Row>(statement, {}));
    return results;
  } finally {
    await host.stop();
  }
}

/** Deterministic randomness in [0, 1) (mulberry32), so that a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const attribute = ([key, value]: [string, string | number]) => ({
  key,
  value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
});
export const attributes = (values: Record<string, string | number>) => Object.entries(values).map(attribute);

const nanos = (at: Date) => BigInt(at.getTime()) * 1_000_000n;

export type TestSpan = {
  id: number;
  endedAt: Date;
  durationMs?: number;
  service?: string;
  route?: string;
  status?: number;
  attributes?: Record<string, string | number>;
};

/** OTLP JSON of server spans; `id` becomes the span id. */
export function tracesJson(spans: TestSpan[]) {
  return {
    resourceSpans: spans.map((span) => ({
      resource: {
        attributes: attributes({ "service.name": span.service ?? "bff", "service.version": "1.0.0" }),
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId: span.id.toString(16).padStart(32, "a"),
              spanId: (span.id + 1).toString(16).padStart(16, "0"),
              name: "GET /",
              kind: 2,
              startTimeUnixNano: String(
                nanos(span.endedAt) - BigInt(Math.round((span.durationMs ?? 5) * 1e6)),
              ),
              endTimeUnixNano: String(nanos(span.endedAt)),
              attributes: attributes({
                "http.route": span.route ?? "/",
                "http.response.status_code": span.status ?? 200,
                ...span.attributes,
              }),
            },
          ],
        },
      ],
    })),
  };
}

/** OTLP JSON of gauge points. */
export function gaugeJson(
  name: string,
  points: { at: Date; value: number; attributes: Record<string, string> }[],
) {
  const dataPoints = points.map((point) => ({
    timeUnixNano: String(nanos(point.at)),
    asDouble: point.value,
    attributes: attributes(point.attributes),
  }));
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }] };
}

/** OTLP JSON as the edge sends it: one delta histogram point per release and second. */
export function edgeJson(
  points: { at: Date; release: string; statusClass: string; buckets: number[]; service?: string }[],
) {
  const dataPoints = points.map((point) => ({
    startTimeUnixNano: String(nanos(point.at) - 1_000_000_000n),
    timeUnixNano: String(nanos(point.at)),
    count: String(point.buckets.reduce((a, b) => a + b, 0)),
    sum: 1,
    bucketCounts: point.buckets.map(String),
    explicitBounds: [1, 2, 5],
    attributes: attributes({
      service: point.service ?? "bff",
      env: "production",
      release: point.release,
      status_class: point.statusClass,
    }),
  }));
  const histogram = { aggregationTemporality: 1, dataPoints };
  const metrics = [{ name: "toban.edge.request.duration", unit: "ms", histogram }];
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
}

export async function send(url: string, signal: string, body: unknown, headers: Record<string, string> = {}) {
  return await fetch(`${url}/otlp/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  });
}
