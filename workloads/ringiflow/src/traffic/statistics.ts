export type Report = {
  startedAt: string;
  /** When this report was written. */
  at: string;
  total: number;
  /** What users saw fail: answers of 5xx, and connections that broke or timed out. */
  failedByUsers: number;
  byStatus: Record<string, number>;
  latencyMs: { p50: number | null; p99: number | null };
  lastError: { at: string; what: string; request: string; correlationId: string | null } | null;
  /** Requests that were due while every user was still waiting for an answer. */
  skipped: number;
  /** Requests submitted and decisions made. */
  submitted: number;
  decided: number;
  /** The service has not answered yet, or does not at the moment. */
  waiting: boolean;
};

/** Latencies in buckets of 5 %, so that a day of traffic costs what a minute does. */
const GROWTH = Math.log(1.05);
const BUCKETS = 260;

export type Statistics = {
  answered(status: number, milliseconds: number): void;
  failed(what: string, request: string, correlationId: string | null): void;
  broken(): void;
  skip(): void;
  submitted(): void;
  decided(): void;
  report(waiting: boolean): Report;
};

/** Counts of one run. `now` is asked for times only, never for durations. */
export function createStatistics(now: () => Date): Statistics {
  const startedAt = now().toISOString();
  const byStatus: Record<string, number> = {};
  const latencies = new Uint32Array(BUCKETS);
  const count = { total: 0, failed: 0, skipped: 0, submitted: 0, decided: 0, measured: 0 };
  let lastError: Report["lastError"] = null;

  const note = (status: string) => {
    count.total += 1;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  };
  const quantile = (share: number): number | null => {
    if (count.measured === 0) return null;
    const rank = Math.ceil(count.measured * share);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += latencies[bucket]!;
      if (seen >= rank) return Math.round(Math.exp(bucket * GROWTH) * 10) / 100;
    }
    return null;
  };

  return {
    answered(status, milliseconds) {
      note(String(status));
      count.measured += 1;
      // The first bucket is 0.1 ms.
      const bucket = Math.ceil(Math.log(Math.max(milliseconds * 10, 1)) / GROWTH);
      latencies[Math.min(bucket, BUCKETS - 1)]! += 1;
    },
    broken: () => note("connection"),
    failed(what, request, correlationId) {
      count.failed += 1;
      lastError = { at: now().toISOString(), what, request, correlationId };
    },
    skip() {
      count.skipped += 1;
    },
    submitted() {
      count.submitted += 1;
    },
    decided() {
      count.decided += 1;
    },
    report: (waiting) => ({
      startedAt,
      at: now().toISOString(),
      total: count.total,
      failedByUsers: count.failed,
      byStatus: { ...byStatus },
      latencyMs: { p50: quantile(0.5), p99: quantile(0.99) },
      lastError,
      skipped: count.skipped,
      submitted: count.submitted,
      decided: count.decided,
      waiting,
    }),
  };
}
