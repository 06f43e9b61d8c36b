import { describe, expect, test } from "vitest";
import type { Commitment, CommitmentState } from "../api/types.ts";
import { filterCommitments } from "./commitments.ts";
import {
  ageOf,
  formatAbsolute,
  formatBytes,
  formatClock,
  formatMeasure,
  formatMs,
  formatRate,
  formatRatio,
  shortDigest,
} from "./format.ts";
import { currentStep, inReadingOrder, phaseOf } from "./rollout.ts";
import { gapsOf, hasAnyData, loneSamples, nearestIndex, sharedRange } from "./series.ts";
import { aRollout, aService } from "./testing.ts";

describe("numbers", () => {
  test("of rates keep what matters and no more", () => {
    expect([0, 0.333, 12.34, 1234.5].map((rate) => formatRate(rate, "en"))).toEqual([
      "0",
      "0.33",
      "12.3",
      "1,235",
    ]);
  });

  test("of ratios: a tiny one does not read as zero", () => {
    expect([0, 0.0004, 0.0123, 0.304, 1].map((ratio) => formatRatio(ratio, "en"))).toEqual([
      "0%",
      "0.04%",
      "1.2%",
      "30%",
      "100%",
    ]);
  });

  test("of durations switch to seconds at one second", () => {
    expect([4.25, 66.6, 999, 1_500, 12_400].map((ms) => formatMs(ms, "en"))).toEqual([
      "4.3 ms",
      "67 ms",
      "999 ms",
      "1.5 s",
      "12 s",
    ]);
  });

  test("of sizes", () => {
    expect([512 * 2 ** 20, 1.5 * 2 ** 30].map((bytes) => formatBytes(bytes, "en"))).toEqual([
      "512 MiB",
      "1.5 GiB",
    ]);
  });

  test("keep a unit that this page does not know", () => {
    expect(formatMeasure(0.042, "ratio", "en")).toBe("4.2%");
    expect(formatMeasure(150, "ms", "en")).toBe("150 ms");
    expect(formatMeasure(7, "frogs", "en")).toBe("7 frogs");
    expect(formatMeasure(7, "count", "en")).toBe("7");
    expect(formatMeasure(2.5, "/s", "en")).toBe("2.5/s");
    expect(formatMeasure(1200, "JPY", "en")).toBe("¥1,200");
  });
});

describe("times", () => {
  test("are given in the largest whole unit, rounded down, never negative", () => {
    expect(ageOf(-5)).toEqual({ unit: "seconds", count: 0 });
    expect(ageOf(59_999)).toEqual({ unit: "seconds", count: 59 });
    expect(ageOf(60_000)).toEqual({ unit: "minutes", count: 1 });
    expect(ageOf(47.9 * 3_600_000)).toEqual({ unit: "hours", count: 47 });
    expect(ageOf(49 * 3_600_000)).toEqual({ unit: "days", count: 2 });
  });

  test("are shown in the reader's zone, midnight as 00", () => {
    const at = new Date("2026-11-22T15:03:21.000Z");
    expect(formatClock(at, "ja", "Asia/Tokyo")).toBe("00:03:21");
    expect(formatClock(at, "en", "Asia/Tokyo")).toBe("00:03:21");
    expect(formatAbsolute(at, "en", "Asia/Tokyo")).toMatch(/Nov 23, 2026.*00:03:21.*GMT\+9/);
  });

  test("a digest is short without its algorithm", () => {
    expect(shortDigest("sha256:3f2a9c1db8e0")).toBe("3f2a9c1d");
  });
});

describe("series", () => {
  test("share one time axis from the oldest to the newest sample of all services", () => {
    const series = (at: number[]) => ({ at, requestsPerSecond: [], errorRatio: [], p99Ms: [] });
    const services = [aService({ series: series([10, 20]) }), aService({ series: series([15, 35]) })];
    expect(sharedRange(services)).toEqual({ from: 10, to: 35 });
    expect(sharedRange([aService()])).toBeNull();
  });

  test("show missing samples as gaps, at the edges too", () => {
    expect(gapsOf([0, 1, 2, 3, 4, 5], [null, 1, null, null, 2, null])).toEqual([
      [0, 1],
      [1, 4],
      [4, 5],
    ]);
    expect(gapsOf([0, 1], [1, 0])).toEqual([]);
  });

  test("mark samples that stand alone between gaps", () => {
    expect(loneSamples([1, null, 2, null, 3, 3])).toEqual([0, 2]);
  });

  test("find the sample under the pointer, but none across a hole", () => {
    expect(nearestIndex([0, 5, 10], 6)).toBe(1);
    expect(nearestIndex([0, 5, 10], 30)).toBeNull();
    expect(nearestIndex([], 1)).toBeNull();
  });

  test("know nothing measured from zero measured", () => {
    const of = (values: (number | null)[]) =>
      hasAnyData({ at: [1], requestsPerSecond: values, errorRatio: [null], p99Ms: [null] });
    expect(of([null])).toBe(false);
    expect(of([0])).toBe(true);
  });
});

describe("rollouts", () => {
  test("have a result once they ended, whatever their steps say", () => {
    expect(phaseOf(aRollout({ result: "succeeded" }))).toBe("succeeded");
    expect(phaseOf(aRollout({ result: "rolled-back" }))).toBe("rolled-back");
  });

  test("are rolling back while they compensate", () => {
    expect(phaseOf(aRollout())).toBe("in-progress");
    expect(phaseOf(aRollout({ state: "compensating" }))).toBe("rolling-back");
    expect(phaseOf(aRollout({ state: "compensation_failed" }))).toBe("needs-decision");
  });

  test("watch one step at a time, and none when over", () => {
    expect(currentStep(aRollout())).toBe(1);
    expect(currentStep(aRollout({ result: "failed" }))).toBeNull();
  });

  test("are read with the one under way first, then newest first", () => {
    const rollouts = [
      aRollout({ id: "old", result: "succeeded", startedAt: "2026-11-20T00:00:00.000Z" }),
      aRollout({ id: "active", startedAt: "2026-11-21T00:00:00.000Z" }),
      aRollout({ id: "new", result: "rolled-back", startedAt: "2026-11-22T00:00:00.000Z" }),
    ];
    expect(inReadingOrder(rollouts).map(({ id }) => id)).toEqual(["active", "new", "old"]);
  });
});

describe("commitments", () => {
  const row = (id: string, state: CommitmentState, over: Partial<Commitment> = {}): Commitment => ({
    id,
    register: "RF",
    says: { en: "A session ends after 30 idle minutes", ja: "操作のないセッションは 30 分で終了する" },
    source: "8.2",
    value: "30 min",
    state,
    keptBy: ["sessions.idleTimeout"],
    provenBy: [],
    evidence: null,
    ...over,
  });
  const rows = [
    row("RF-010", "proven"),
    row("RF-002", "failing"),
    row("RF-003", "unproven"),
    row("RF-100", "proven"),
  ];
  const ids = (found: Commitment[]) => found.map(({ id }) => id);

  test("are read failing first, then by number", () => {
    expect(ids(filterCommitments(rows, { states: new Set(), text: "" }))).toEqual([
      "RF-002",
      "RF-003",
      "RF-010",
      "RF-100",
    ]);
  });

  test("are filtered by any of several states", () => {
    const states = new Set<CommitmentState>(["proven", "failing"]);
    expect(ids(filterCommitments(rows, { states, text: "" }))).toEqual(["RF-002", "RF-010", "RF-100"]);
  });

  test("are found by all words, in either language, by mechanism or id, in any case", () => {
    const find = (text: string) => ids(filterCommitments(rows, { states: new Set(), text }));
    expect(find("SESSION idle rf-010")).toEqual(["RF-010"]);
    expect(find("セッション")).toHaveLength(4);
    expect(find("idletimeout")).toHaveLength(4);
    expect(find("session nothing")).toEqual([]);
  });
});
