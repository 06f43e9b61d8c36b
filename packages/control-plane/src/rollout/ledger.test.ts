import { describe, expect, it } from "vitest";
import { type LedgerRow, previousGood, resultOf, rollbackSeconds } from "./ledger.ts";

type Entry = [kind: LedgerRow["kind"], version: string, result: LedgerRow["result"]];
const rows = (entries: Entry[]) =>
  entries.map(([kind, version, result]) => ({ kind, version, result }) as LedgerRow);

describe("the release ledger", () => {
  const three: Entry[] = [
    ["deploy", "1.0", "succeeded"],
    ["deploy", "1.1", "succeeded"],
    ["deploy", "1.2", "succeeded"],
  ];
  it.each<[string, Entry[], string | null, string | null]>([
    ["nothing was ever good", [], null, null],
    ["only the live version", three.slice(0, 1), "1.0", null],
    ["the one before", three, "1.2", "1.1"],
    [
      "a version that was rolled back is not good",
      [...three, ["deploy", "1.3", "rolled-back"]],
      "1.2",
      "1.1",
    ],
    ["a running rollout is not good", [...three, ["deploy", "1.3", null]], "1.2", "1.1"],
    [
      "after going back by hand, the one before that",
      [...three, ["rollback", "1.1", "succeeded"]],
      "1.1",
      "1.0",
    ],
    [
      "what was left by hand is not gone back to",
      [three[0]!, three[1]!, ["rollback", "1.0", "succeeded"]],
      "1.0",
      null,
    ],
    ["a failed rollback changes nothing", [...three, ["rollback", "1.1", "failed"]], "1.2", "1.1"],
    [
      "deployed again after having been left",
      [...three, ["rollback", "1.1", "succeeded"], ["deploy", "1.2", "succeeded"]],
      "1.2",
      "1.1",
    ],
    ["the target runs something unknown", three, "9.9", "1.2"],
    ["nothing is live", three, null, "1.2"],
  ])("goes back to: %s", (_name, entries, live, expected) => {
    expect(previousGood(rows(entries), live)).toBe(expected);
  });

  const undo = { phase: "undo" } as never;
  it.each([
    ["succeeded", [], "1.0", "succeeded"],
    ["compensated", [undo], "1.0", "rolled-back"],
    ["compensated", [undo], null, "failed"],
    ["cancelled", [undo], "1.0", "rolled-back"],
    ["cancelled", [], "1.0", "cancelled"],
    ["failed", [], "1.0", "failed"],
    ["compensation_failed", [undo], "1.0", "failed"],
  ] as const)("a run that ended %s with %j from %s is %s", (state, steps, from, result) => {
    expect(resultOf({ state, steps: [...steps] }, from)).toBe(result);
  });

  it("counts from the first bad answer to the confirmed weight 0; unknown when either is", () => {
    const firstBadAt = new Date(1_000);
    expect(rollbackSeconds({ firstBadAt, weightZeroAt: new Date(6_500) })).toBe(5.5);
    expect(rollbackSeconds({ firstBadAt: null, weightZeroAt: new Date(6_500) })).toBeNull();
    expect(rollbackSeconds({ firstBadAt, weightZeroAt: null })).toBeNull();
  });
});
