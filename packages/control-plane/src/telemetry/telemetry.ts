import path from "node:path";
import { type Clock, type Ctx, uuidv7 } from "../platform/ctx.ts";
import { unavailable } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { decodeRequest, encodingOf, inflateBody, LIMITS, type Limits } from "./decode.ts";
import type { Signal } from "./descriptor.ts";
import { type TelemetryEvidence, telemetryEvidence } from "./evidence.ts";
import { superviseHost } from "./host/supervise.ts";
import { startInserter } from "./inserter.ts";
import { type RedPoint, type RedQuery, readRed } from "./red.ts";
import { rowsOf } from "./rows.ts";
import { answerSamples, type Sample, type SampleQuery } from "./sample.ts";
import { encodeRecord } from "./segment.ts";
import { createSlots } from "./slots.ts";
import { openSpool, type Spool } from "./spool.ts";
import * as store from "./store.ts";

export type TelemetryOptions = {
  /** Holds the spool and the engine's data. Created when missing. */
  folder: string;
  /** Unix socket of the store host. */
  socketPath: string;
  log: Logger;
  clock: Clock;
  /** What may wait to be stored before senders are told to wait. Default 512 MiB. */
  spoolMaxBytes?: number;
  /** How long accepted data is gathered before it is stored. Default 1,000. */
  sealAfterMs?: number;
  limits?: Limits;
};

export type IngestRequest = {
  signal: Signal;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  body: Buffer;
};
export type IngestResult = {
  accepted: number;
  /** Items that could not be kept, with the first reason. The others of the batch are stored. */
  rejected: number;
  reason: string;
};

export type EdgeCounts = {
  release: string;
  requests: number;
  errors: number;
  /** By upper bound in ms; the last has none. Empty when the edge sent none. */
  bucketsMs: { upTo: number | null; count: number }[];
  /** Distinct seconds of the range that the edge reported about the service; the same in every row. */
  reportedSeconds: number;
};

export type TelemetryStatus = {
  host: { state: string; pid: number | null; restarts: number };
  spool: { bytes: number; maxBytes: number; lastError: string | null };
  segments: {
    waiting: number;
    oldestSealedAt: Date | null;
    inserted: number;
    setAside: number;
    lastError: string | null;
  };
  /** Senders are accepted and data reaches the store. */
  healthy: boolean;
};

export type Telemetry = {
  /**
   * Decodes, masks and spools one OTLP request; resolves when it would survive kill -9. Refuses with
   * `telemetry_malformed`, `telemetry_content_type`, `telemetry_content_encoding`, `telemetry_too_large`,
   * `telemetry_full` or `telemetry_not_writable`.
   */
  ingest(ctx: Ctx, request: IngestRequest): Promise<IngestResult>;
  red(ctx: Ctx, request: RedQuery): Promise<RedPoint[]>;
  /** What users saw at the edge, by release, for points with a time in [from, to). */
  edgeCounts(ctx: Ctx, filter: { service: string; from: Date; to: Date }): Promise<EdgeCounts[]>;
  /** Indicators over (at - windowMs, at], with one scan per source for all of them. */
  sample(ctx: Ctx, queries: SampleQuery[], at: Date): Promise<Map<string, Sample>>;
  logs(ctx: Ctx, filter: store.LogFilter): Promise<store.LogRow[]>;
  trace(ctx: Ctx, traceId: string): Promise<store.TraceSpan[]>;
  /** What proofs ask about the stored data itself. */
  evidence(ctx: Ctx): TelemetryEvidence;
  /** Resolves when everything accepted so far can be queried. */
  flush(): Promise<void>;
  /** Resolves when the store answers; refuses with `telemetry_store_down`. Default 30,000 ms. */
  ready(timeoutMs?: number): Promise<void>;
  status(): TelemetryStatus;
  /** What is not stored yet stays in the spool for the next start. */
  close(): Promise<void>;
};

/** Data older than this on its way into the store makes silence inconclusive. */
const BEHIND_MS = 5_000;
/** Batches decoded at the same time, and how much may wait for that: bounds memory. */
const DECODING = 2;
const DECODING_WAITING_BYTES = 64 * 2 ** 20;

/** Opens the telemetry store: starts its host process and replays what an earlier process left. */
export async function openTelemetryStore(options: TelemetryOptions): Promise<Telemetry> {
  const { clock, log } = options;
  const limits = options.limits ?? LIMITS;
  const host = superviseHost({ folder: options.folder, socketPath: options.socketPath, log });
  let spool: Spool | null = null;
  const inserter = startInserter({ host, spool: () => spool!, log });
  try {
    spool = await openSpool({
      folder: path.join(options.folder, "spool"),
      clock,
      newId: () => uuidv7(clock),
      maxBytes: options.spoolMaxBytes ?? 512 * 2 ** 20,
      sealAfterMs: options.sealAfterMs ?? 1_000,
      sealBytes: 8 * 2 ** 20,
      onSealed: inserter.add,
    });
  } catch (cause) {
    await host.stop();
    throw cause;
  }
  const opened = spool;
  inserter.start();
  const query: store.Query = host.query;
  const decoding = createSlots(DECODING, DECODING_WAITING_BYTES);

  async function ingest(ctx: Ctx, request: IngestRequest): Promise<IngestResult> {
    const encoding = encodingOf(request.contentType);
    const decoded = decoding.run(request.body.length, async () => {
      const body = await inflateBody(request.body, request.contentEncoding, limits);
      const message = decodeRequest(request.signal, encoding, body);
      return await rowsOf(request.signal, message, ctx.tenant, ctx.clock.now());
    });
    if (!decoded) {
      throw unavailable("telemetry_full", "Too many batches arrive at the same time.", "Send again later.");
    }
    const rows = await decoded;
    if (rows.lines.length > 0) await opened.append(encodeRecord(rows.table, rows.lines));
    return { accepted: rows.accepted, rejected: rows.rejected, reason: rows.reason };
  }

  const behind = () => {
    const oldest = inserter.status().oldestSealedAt;
    return oldest !== null && clock.now().getTime() - oldest.getTime() > BEHIND_MS;
  };

  return {
    ingest,
    red: (ctx, request) => readRed(query, ctx.tenant, request),
    async edgeCounts(ctx, filter) {
      const scope = { ...filter, org: ctx.tenant };
      const [rows, reportedSeconds] = await Promise.all([
        store.edgeHistograms(query, scope),
        store.edgeSeconds(query, scope),
      ]);
      return edgeCountsOf(rows, reportedSeconds);
    },
    async sample(ctx, queries, at) {
      const scan = (windows: number[]) => ({ org: ctx.tenant, at, windows });
      return await answerSamples(
        queries,
        {
          spans: (services, windows) => store.scanSpans(query, scan(windows), services),
          points: (names, windows) => store.scanPoints(query, scan(windows), names),
          presence: (source, services, windows) => store.scanPresence(query, scan(windows), source, services),
        },
        !behind(),
      );
    },
    logs: (ctx, filter) => store.findLogs(query, ctx.tenant, filter),
    trace: (ctx, traceId) => store.spansOfTrace(query, ctx.tenant, traceId),
    evidence: (ctx) => telemetryEvidence(query, ctx.tenant),
    async flush() {
      await opened.seal();
      await inserter.drained();
    },
    ready: (timeoutMs = 30_000) => host.ready(timeoutMs),
    status() {
      const status = { host: host.status(), spool: opened.status(), segments: inserter.status() };
      const healthy = status.host.state === "ready" && status.spool.lastError === null && !behind();
      return { ...status, healthy };
    },
    async close() {
      await opened.close();
      if (host.status().state === "ready") {
        const timeout = new Promise<void>((resolve) => setTimeout(resolve, 3_000).unref());
        await Promise.race([inserter.drained(), timeout]);
      }
      await host.stop();
      await inserter.stop();
    },
  };
}

function edgeCountsOf(rows: store.EdgeRow[], reportedSeconds: number): EdgeCounts[] {
  const releases = new Map<string, EdgeCounts & { byBound: Map<number, number> }>();
  for (const row of rows) {
    const counts = releases.get(row.release) ?? {
      ...{ release: row.release, requests: 0, errors: 0, bucketsMs: [], reportedSeconds },
      byBound: new Map<number, number>(),
    };
    counts.requests += row.requests;
    counts.errors += row.errors;
    for (const [i, count] of row.buckets.entries()) {
      const bound = row.bounds[i] ?? Number.POSITIVE_INFINITY;
      counts.byBound.set(bound, (counts.byBound.get(bound) ?? 0) + count);
    }
    releases.set(row.release, counts);
  }
  return [...releases.values()].map(({ byBound, ...counts }) => ({
    ...counts,
    bucketsMs: [...byBound]
      .sort(([a], [b]) => a - b)
      .map(([bound, count]) => ({ upTo: Number.isFinite(bound) ? bound : null, count })),
  }));
}
