import type { RolloutPolicy } from "@toban/definition";
import { describe, expect, it } from "vitest";
import { type Counts, judge } from "./judge.ts";

const analysis: RolloutPolicy["analysis"] = {
  minimumSamples: { kind: "count", count: 50 },
  significance: 0.01,
  maximumErrorRatio: { kind: "ratio", ratio: 0.1 },
};
const withLatency = {
  ...analysis,
  latency: { quantile: 0.99, maximum: { kind: "duration" as const, ms: 150 } },
};
const counts = (requests: number, errors: number, slow = 0): Counts => ({
  requests,
  errors,
  bucketsMs: [
    { upTo: 150, count: requests - slow },
    { upTo: 200, count: slow },
    { upTo: null, count: 0 },
  ],
});

describe("judge", () => {
  it.each([
    ["zero traffic", counts(0, 0), counts(1000, 0), "inconclusive", "too_few_requests"],
    ["one below the minimum sample", counts(49, 49), counts(1000, 0), "inconclusive", "too_few_requests"],
    ["just at the minimum sample", counts(50, 0), counts(1000, 0), "pass", "as_good_as_baseline"],
    ["every request fails", counts(50, 50), counts(1000, 0), "fail", "error_ratio_too_high"],
    [
      "just below the maximum ratio, baseline equal",
      counts(1000, 99),
      counts(1000, 99),
      "pass",
      "as_good_as_baseline",
    ],
    [
      "just at the maximum ratio, baseline equal",
      counts(1000, 100),
      counts(1000, 100),
      "fail",
      "error_ratio_too_high",
    ],
    ["just above the maximum ratio", counts(1000, 101), counts(1000, 101), "fail", "error_ratio_too_high"],
    ["two failures never decide", counts(50, 2), counts(100_000, 0), "pass", "as_good_as_baseline"],
    [
      "three failures against a clean baseline",
      counts(50, 3),
      counts(100_000, 0),
      "fail",
      "worse_than_baseline",
    ],
    ["the same share as the baseline", counts(100, 3), counts(900, 27), "pass", "as_good_as_baseline"],
    ["errors and no baseline", counts(100, 3), counts(0, 0), "inconclusive", "baseline_too_small"],
    ["no errors and no baseline", counts(100, 0), counts(0, 0), "pass", "as_good_as_baseline"],
  ])("%s", (_name, candidate, baseline, verdict, code) => {
    expect(judge(candidate, baseline, analysis)).toMatchObject({ verdict, code });
  });

  it("significance just above the p-value passes, at it fails", () => {
    // Fisher's tea tasting: p is exactly 17/70 for 3/4 against 1/4.
    const tea = {
      ...analysis,
      minimumSamples: { kind: "count" as const, count: 4 },
      maximumErrorRatio: { kind: "ratio" as const, ratio: 1 },
    };
    expect(judge(counts(4, 3), counts(4, 1), { ...tea, significance: 0.2428 }).verdict).toBe("pass");
    expect(judge(counts(4, 3), counts(4, 1), { ...tea, significance: 0.2429 }).verdict).toBe("fail");
  });

  it.each([
    ["1 % slower is at the limit of p99", counts(1000, 0, 10), "pass", "as_good_as_baseline"],
    ["just above is not certain yet", counts(1000, 0, 11), "inconclusive", "latency_uncertain"],
    ["clearly above fails", counts(1000, 0, 40), "fail", "latency_too_high"],
    ["two slow requests never decide", counts(50, 0, 2), "inconclusive", "latency_uncertain"],
  ])("latency: %s", (_name, candidate, verdict, code) => {
    expect(judge(candidate, counts(1000, 0), withLatency)).toMatchObject({ verdict, code });
  });

  it("two slow requests do not decide even when they are significant", () => {
    const few = { ...withLatency, minimumSamples: { kind: "count" as const, count: 10 } };
    expect(judge(counts(10, 0, 2), counts(1000, 0), few).code).toBe("latency_uncertain");
    expect(judge(counts(10, 0, 3), counts(1000, 0), few).code).toBe("latency_too_high");
  });

  it("missing latency data never passes", () => {
    const blind = { ...counts(1000, 0), bucketsMs: [] };
    expect(judge(blind, counts(1000, 0), withLatency)).toMatchObject({
      verdict: "inconclusive",
      code: "too_few_requests",
    });
  });

  it("says why and what to do in both languages", () => {
    const verdict = judge(counts(50, 20), counts(400, 0), analysis);
    expect(verdict.reason.en).toContain("20 of 50");
    expect(verdict.reason.ja).toContain("20 件");
    expect(verdict.remedy.ja).not.toBe("");
  });
});

describe("a share of failures over the limit", () => {
  const strict = {
    ...analysis,
    minimumSamples: { kind: "count" as const, count: 20 },
    maximumErrorRatio: { kind: "ratio" as const, ratio: 0.01 },
  };

  it("is not promoted while too few failures were seen to decide", () => {
    expect(judge(counts(20, 2), counts(200, 0), strict)).toMatchObject({
      verdict: "inconclusive",
      code: "too_few_errors",
    });
    expect(judge(counts(20, 3), counts(200, 0), strict)).toMatchObject({ verdict: "fail" });
    expect(judge(counts(201, 2), counts(2000, 20), strict)).toMatchObject({ verdict: "pass" });
  });
});
