import { describe, expect, it } from "vitest";
import { addCounts, quantileMs } from "./buckets.ts";

const bucketOf = (ms: number) => Math.floor(Math.log2(ms * 1e6) * 8);
const countsOf = (durations: number[]) =>
  addCounts(
    new Map(),
    durations.map((ms): [number, number] => [bucketOf(ms), 1]),
  );

describe("latency buckets", () => {
  it("give quantiles within the width of a bucket", () => {
    const durations = Array.from({ length: 10_000 }, (_, i) => 0.01 * (i + 1));
    for (const quantile of [0.01, 0.25, 0.5, 0.9, 0.99, 1]) {
      const exact = durations[Math.ceil(quantile * durations.length) - 1]!;
      const ratio = quantileMs(countsOf(durations), quantile)! / exact;
      expect(ratio).toBeGreaterThan(2 ** (-1 / 8));
      expect(ratio).toBeLessThan(2 ** (1 / 8));
    }
  });

  it("find the slow tail", () => {
    const counts = countsOf([...Array(98).fill(5), 2000, 2000]);
    expect(quantileMs(counts, 0.5)).toBeLessThan(6);
    expect(quantileMs(counts, 0.99)).toBeGreaterThan(1800);
  });

  it("have no quantile without samples", () => {
    expect(quantileMs(new Map(), 0.99)).toBeNull();
    expect(quantileMs(new Map([[100, 0]]), 0.99)).toBeNull();
  });

  it("add up in any order", () => {
    const a = addCounts(addCounts(new Map(), [[1, 2]]), [
      [1, 3],
      [2, 1],
    ]);
    expect([...a]).toEqual([
      [1, 5],
      [2, 1],
    ]);
  });
});
