/**
 * Latency buckets: bucket b holds durations of [2^(b/8), 2^((b+1)/8)) nanoseconds, so a quantile is
 * off by at most a factor of 2^(1/8) (9 %), and interpolation makes it better.
 */
const PER_OCTAVE = 8;

export type BucketCounts = Map<number, number>;

export function addCounts(to: BucketCounts, from: Iterable<[number, number]>): BucketCounts {
  for (const [bucket, count] of from) to.set(bucket, (to.get(bucket) ?? 0) + count);
  return to;
}

/** Quantile in milliseconds, interpolated inside its bucket; null without any sample. */
export function quantileMs(counts: BucketCounts, quantile: number): number | null {
  const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.min(Math.max(quantile, 0), 1) * total;
  let below = 0;
  for (const [bucket, count] of sorted) {
    if (below + count >= rank) {
      const inside = (rank - below) / count;
      return 2 ** ((bucket + inside) / PER_OCTAVE) / 1e6;
    }
    below += count;
  }
  return 2 ** ((sorted.at(-1)![0] + 1) / PER_OCTAVE) / 1e6;
}
