import type { Text } from "@toban/definition";
import type { Run } from "../runs/index.ts";
import type { LedgerResult } from "./types.ts";

/** Progress and judgement of one observed step. */
export type StepJudgement = {
  name: string;
  phase: "step" | "bake";
  weight: number;
  observedSeconds: number;
  requiredSeconds: number;
  requests: number;
  errors: number;
  baseline: { requests: number; errors: number };
  p99Ms: number | null;
  verdict: "pass" | "fail" | "inconclusive" | "running";
  code: string;
  reason: Text;
  extensions: number;
  startedAt: string;
  endedAt: string | null;
};

export type LedgerRow = {
  id: string;
  position: number;
  runId: string;
  kind: "deploy" | "rollback";
  service: string;
  environment: string;
  version: string;
  digest: string;
  fromVersion: string | null;
  requestedBy: string;
  requestReason: string | null;
  definitionDigest: string;
  result: LedgerResult | null;
  resultReason: Text | null;
  startedAt: Date;
  endedAt: Date | null;
  firstBadAt: Date | null;
  weightZeroAt: Date | null;
  steps: StepJudgement[];
};

/**
 * The version to go back to from `live`: the newest that succeeded before it and was not itself rolled away.
 * `rows` are one service's, oldest first. null when there is none.
 */
export function previousGood(rows: LedgerRow[], live: string | null): string | null {
  const good: string[] = [];
  for (const row of rows) {
    if (row.result !== "succeeded") continue;
    const known = good.lastIndexOf(row.version);
    if (row.kind === "rollback" && known >= 0) good.length = known + 1;
    else if (good.at(-1) !== row.version) good.push(row.version);
  }
  while (good.length > 0 && good.at(-1) === live) good.pop();
  return good.at(-1) ?? null;
}

/** What the ledger says of a run that has ended. */
export function resultOf(run: Pick<Run, "state" | "steps">, fromVersion: string | null): LedgerResult {
  const compensated = run.steps.some((step) => step.phase === "undo");
  switch (run.state) {
    case "succeeded":
      return "succeeded";
    case "cancelled":
      return compensated ? (fromVersion ? "rolled-back" : "cancelled") : "cancelled";
    case "compensated":
      return fromVersion ? "rolled-back" : "failed";
    default:
      return "failed";
  }
}

/** Seconds from the first bad answer that users saw to the confirmed weight 0; null when either is unknown. */
export function rollbackSeconds(row: Pick<LedgerRow, "firstBadAt" | "weightZeroAt">): number | null {
  if (!row.firstBadAt || !row.weightZeroAt) return null;
  return Math.max(0, (row.weightZeroAt.getTime() - row.firstBadAt.getTime()) / 1000);
}
