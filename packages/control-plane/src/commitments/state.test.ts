import { describe, expect, it } from "vitest";
import type { Evidence } from "../evidence/index.ts";
import { commitmentState, type StateInput } from "./state.ts";

const now = new Date("2026-01-01T00:00:00Z");
const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  id: "e1",
  commitmentId: "RF-154",
  proofId: "rollout.steps",
  grade: "measured",
  verdict: "pass",
  code: "as_promised",
  reason: { en: "", ja: "" },
  remedy: { en: "", ja: "" },
  measured: "10 → 50 → 100 %",
  inputsDigest: "i1",
  dependencies: { "rollouts.standard": "d1" },
  toolVersions: {},
  environment: "production",
  measuredAt: new Date("2025-12-31T00:00:00Z"),
  expiresAt: new Date("2026-01-02T00:00:00Z"),
  ...change,
});
const input = (change: Partial<StateInput> = {}): StateInput => ({
  proofs: [{ id: "rollout.steps", kind: "rollout", inputsDigest: "i1" }],
  evidence: [evidence()],
  dependencies: { "rollouts.standard": "d1" },
  mutantsSeenRed: new Set(["rollout"]),
  acceptedUntil: undefined,
  now,
  ...change,
});

describe("a commitment is", () => {
  const table: [string, Partial<StateInput>, string][] = [
    ["proven by a fresh pass", {}, "proven"],
    ["unproven without a proof", { proofs: [] }, "unproven"],
    ["unproven when its proof never ran", { evidence: [] }, "unproven"],
    ["unproven when the proof's mutant was never seen red", { mutantsSeenRed: new Set() }, "unproven"],
    ["failing when the newest evidence fails", { evidence: [evidence({ verdict: "fail" })] }, "failing"],
    [
      "failing when a value was due and none came",
      { evidence: [evidence({ verdict: "inconclusive" })] },
      "failing",
    ],
    [
      "proven just before its evidence expires",
      { evidence: [evidence({ expiresAt: new Date(+now + 1) })] },
      "proven",
    ],
    ["stale when its evidence expires", { evidence: [evidence({ expiresAt: now })] }, "stale"],
    ["stale when what it depends on changed", { dependencies: { "rollouts.standard": "d2" } }, "stale"],
    ["stale when what it depends on is gone", { dependencies: {} }, "stale"],
    [
      "stale when its value changed",
      { proofs: [{ id: "rollout.steps", kind: "rollout", inputsDigest: "i2" }] },
      "stale",
    ],
    ["accepted until the end date", { evidence: [], acceptedUntil: new Date(+now + 1) }, "accepted"],
    [
      "what its evidence says once the acceptance has ended",
      { evidence: [], acceptedUntil: now },
      "unproven",
    ],
    [
      "failing when one of two proofs fails",
      {
        proofs: [
          { id: "rollout.steps", kind: "rollout", inputsDigest: "i1" },
          { id: "other", kind: "rollout", inputsDigest: "i1" },
        ],
        evidence: [evidence(), evidence({ proofId: "other", verdict: "fail" })],
      },
      "failing",
    ],
  ];
  it.each(table)("%s", (_name, change, expected) => {
    expect(commitmentState(input(change))).toBe(expected);
  });
});
