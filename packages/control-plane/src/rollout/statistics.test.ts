import { describe, expect, it } from "vitest";
import {
  binomialOneSided,
  bucketQuantile,
  fisherOneSided,
  logChoose,
  logGamma,
  slowerThan,
  twoProportionOneSided,
  upperNormal,
} from "./statistics.ts";

/** The tail by exact integer arithmetic, to compare with. */
function fisherByIntegers(a: number, n1: number, b: number, n2: number): number {
  const choose = (n: number, k: number): bigint => {
    if (k < 0 || k > n) return 0n;
    let result = 1n;
    for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i);
    return result;
  };
  let sum = 0n;
  for (let x = a; x <= Math.min(a + b, n1); x++) sum += choose(a + b, x) * choose(n1 + n2 - a - b, n1 - x);
  return Number((sum * 10n ** 18n) / choose(n1 + n2, n1)) / 1e18;
}

describe("statistics", () => {
  it("log-gamma agrees with factorials and with Γ(1/2)", () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 11);
    expect(Math.exp(logGamma(6))).toBeCloseTo(120, 9);
    expect(Math.exp(logChoose(52, 5))).toBeCloseTo(2_598_960, 4);
  });

  it.each([
    // Fisher's tea tasting: 3 of 4 right is p = 17/70; 4 of 4 is 1/70.
    [3, 4, 1, 4, 17 / 70],
    [4, 4, 0, 4, 1 / 70],
  ])("the exact test gives the published value for %i/%i against %i/%i", (a, n1, b, n2, expected) => {
    expect(fisherOneSided({ errors: a, requests: n1 }, { errors: b, requests: n2 })).toBeCloseTo(
      expected,
      12,
    );
  });

  it.each([
    [3, 20, 0, 180],
    [5, 50, 5, 450],
    [30, 100, 2, 900],
    [1, 10, 9, 90],
    [12, 40, 60, 200],
    [7, 300, 3, 200],
    [40, 40, 1, 40],
  ])("the exact test equals integer arithmetic for %i/%i against %i/%i", (a, n1, b, n2) => {
    const p = fisherOneSided({ errors: a, requests: n1 }, { errors: b, requests: n2 });
    const exact = fisherByIntegers(a, n1, b, n2);
    expect(Math.abs(p - exact)).toBeLessThan(1e-10 + exact * 1e-9);
  });

  it("an empty group or no errors says nothing", () => {
    expect(fisherOneSided({ errors: 0, requests: 0 }, { errors: 3, requests: 10 })).toBe(1);
    expect(fisherOneSided({ errors: 3, requests: 10 }, { errors: 0, requests: 0 })).toBe(1);
    expect(fisherOneSided({ errors: 0, requests: 100 }, { errors: 0, requests: 100 })).toBe(1);
  });

  it("the exact test and the approximation agree at a million requests", () => {
    const candidate = { errors: 1_100, requests: 100_000 };
    const baseline = { errors: 9_300, requests: 900_000 };
    const exact = fisherOneSided(candidate, baseline);
    expect(exact / twoProportionOneSided(candidate, baseline)).toBeGreaterThan(0.8);
    expect(exact / twoProportionOneSided(candidate, baseline)).toBeLessThan(1.25);
    // Ten times as many counts take the approximation and stay finite and tiny.
    const huge = fisherOneSided({ errors: 11_000, requests: 1e6 }, { errors: 93_000, requests: 9e6 });
    expect(huge).toBeGreaterThan(0);
    expect(huge).toBeLessThan(exact);
  });

  it.each([
    [0, 0.5],
    [1.6448536269514722, 0.05],
    [2.3263478740408408, 0.01],
    [-1.959963984540054, 0.975],
  ])("the normal tail at %f is %f", (z, expected) => {
    expect(upperNormal(z)).toBeCloseTo(expected, 6);
  });

  it("the binomial tail equals values computed by hand", () => {
    expect(binomialOneSided(3, 3, 0.5)).toBeCloseTo(0.125, 12);
    expect(binomialOneSided(1, 10, 0.1)).toBeCloseTo(1 - 0.9 ** 10, 10);
    expect(binomialOneSided(0, 10, 0.1)).toBe(1);
  });

  it("a quantile is interpolated in its bucket; the open bucket yields its lower bound", () => {
    const buckets = [
      { upTo: 100, count: 50 },
      { upTo: 200, count: 50 },
      { upTo: null, count: 0 },
    ];
    expect(bucketQuantile(buckets, 0.5)).toBe(100);
    expect(bucketQuantile(buckets, 0.75)).toBe(150);
    expect(bucketQuantile([{ upTo: null, count: 4 }, ...buckets.slice(0, 1)], 0.99)).toBe(100);
    expect(bucketQuantile([], 0.5)).toBeNull();
  });

  it("only requests that are certainly slower are counted", () => {
    const buckets = [
      { upTo: 100, count: 1 },
      { upTo: 150, count: 2 },
      { upTo: 200, count: 4 },
      { upTo: null, count: 8 },
    ];
    expect(slowerThan(buckets, 150)).toBe(12);
    expect(slowerThan(buckets, 149)).toBe(12);
    expect(slowerThan(buckets, 151)).toBe(8);
  });
});
