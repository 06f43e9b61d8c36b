/** Upper bounds in ms of the latency buckets; one more bucket takes what is above. */
export const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000];

export type Histogram = { count: number; sumMs: number; minMs: number; maxMs: number; buckets: number[] };
export type CountRow = { service: string; release: string; statusClass: string; histogram: Histogram };

/** What users saw since the last `take`. */
export type Counts = {
  /** Once a request. `status` is what the user got; a response that broke off counts as 502. */
  add(service: string, release: string, status: number, durationMs: number): void;
  take(): CountRow[];
};

export function createCounts(): Counts {
  let rows = new Map<string, CountRow>();
  return {
    add(service, release, status, durationMs) {
      const statusClass = `${Math.floor(status / 100)}xx`;
      const key = `${service} ${release} ${statusClass}`;
      let row = rows.get(key);
      if (!row) {
        row = { service, release, statusClass, histogram: empty() };
        rows.set(key, row);
      }
      const { histogram } = row;
      histogram.count++;
      histogram.sumMs += durationMs;
      if (durationMs < histogram.minMs) histogram.minMs = durationMs;
      if (durationMs > histogram.maxMs) histogram.maxMs = durationMs;
      let bucket = 0;
      while (bucket < BOUNDS_MS.length && durationMs > BOUNDS_MS[bucket]!) bucket++;
      histogram.buckets[bucket]!++;
    },
    take() {
      const taken = [...rows.values()];
      rows = new Map();
      return taken;
    },
  };
}

const empty = (): Histogram => ({
  count: 0,
  sumMs: 0,
  minMs: Number.POSITIVE_INFINITY,
  maxMs: 0,
  buckets: new Array<number>(BOUNDS_MS.length + 1).fill(0),
});
