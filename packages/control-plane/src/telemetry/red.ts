import { invalid } from "../platform/errors.ts";
import { addCounts, quantileMs } from "./buckets.ts";
import { type Query, type RedKey, redFromRollup, redFromSpans } from "./store.ts";

const ROLLUP_MS = 15_000;
const MAX_STEPS = 11_000;

export type RedQuery = {
  from: Date;
  to: Date;
  /** At least 1,000. Multiples of 15,000 read the rollup, which is cheap over days. */
  stepMs: number;
  service?: string;
  groupBy: RedKey[];
};

/** `errors` are 5xx (for requests without an HTTP status: spans that ended in error). */
export type RedPoint = {
  /** Start of the step. */
  at: Date;
  key: Record<string, string>;
  requests: number;
  errors: number;
  p50Ms: number | null;
  p99Ms: number | null;
};

/**
 * Requests (server and consumer spans) by step and key. Steps are aligned to the epoch; only steps that
 * ended by `to` are returned, and those without any request are left out.
 */
export async function readRed(query: Query, org: string, request: RedQuery): Promise<RedPoint[]> {
  const { stepMs, groupBy } = request;
  const floor = (date: Date) => new Date(Math.floor(date.getTime() / stepMs) * stepMs);
  if (!Number.isInteger(stepMs) || stepMs < 1000) {
    throw invalid(
      "telemetry_step",
      "A step is a whole number of ms, at least 1,000.",
      "Use 15000 or a multiple.",
    );
  }
  const filter = { ...request, org, from: floor(request.from), to: floor(request.to) };
  if ((filter.to.getTime() - filter.from.getTime()) / stepMs > MAX_STEPS) {
    throw invalid("telemetry_range", `More than ${MAX_STEPS} steps were asked for.`, "Use a larger step.");
  }
  const rows = await (stepMs % ROLLUP_MS === 0 ? redFromRollup : redFromSpans)(query, filter);
  return rows.map((row) => {
    const counts = addCounts(
      new Map(),
      Object.entries(row.buckets).map(([bucket, count]): [number, number] => [Number(bucket), Number(count)]),
    );
    return {
      at: new Date(row.at),
      key: Object.fromEntries(groupBy.map((key) => [key, row[key] ?? ""])),
      requests: row.requests,
      errors: row.errors,
      p50Ms: quantileMs(counts, 0.5),
      p99Ms: quantileMs(counts, 0.99),
    };
  });
}
