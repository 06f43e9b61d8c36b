import type { Text } from "@toban/definition";
import type { Tx } from "../platform/database.ts";
import { listRuns } from "../runs/index.ts";
import { type LedgerRow, rollbackSeconds, type StepJudgement } from "./ledger.ts";
import { readLedger } from "./store.ts";
import type { LedgerResult } from "./types.ts";

export type RolloutView = {
  id: string;
  runId: string;
  kind: "deploy" | "rollback";
  service: string;
  environment: string;
  fromVersion: string | null;
  version: string;
  digest: string;
  definitionDigest: string;
  requestedBy: string;
  requestReason: string | null;
  /** Of its run; "ended" when the run is no longer among the newest. */
  state: string;
  /** What the run does now, or did last. */
  currentStep: string | null;
  result: LedgerResult | null;
  reason: Text | null;
  startedAt: string;
  endedAt: string | null;
  firstBadAt: string | null;
  rollbackSeconds: number | null;
  steps: StepJudgement[];
};

/** The ledger, newest first. */
export async function releases(
  tx: Tx,
  filter: { service?: string; limit?: number } = {},
): Promise<RolloutView[]> {
  return (await readLedger(tx, filter)).map((row) => viewOf(row, null));
}

/** Newest rollouts with their live progress. */
export async function rolloutView(
  tx: Tx,
  filter: { service?: string; limit?: number } = {},
): Promise<RolloutView[]> {
  const rows = await readLedger(tx, { limit: 20, ...filter });
  const runs = new Map((await listRuns(tx, { limit: 200 })).map((run) => [run.id, run]));
  return rows.map((row) => viewOf(row, runs.get(row.runId) ?? null));
}

function viewOf(
  row: LedgerRow,
  run: { state: string; position: number; plan: { steps: { name: string }[] } } | null,
): RolloutView {
  return {
    id: row.id,
    runId: row.runId,
    kind: row.kind,
    service: row.service,
    environment: row.environment,
    fromVersion: row.fromVersion,
    version: row.version,
    digest: row.digest,
    definitionDigest: row.definitionDigest,
    requestedBy: row.requestedBy,
    requestReason: row.requestReason,
    state: run?.state ?? (row.result === null ? "running" : "ended"),
    currentStep: run?.plan.steps[run.position]?.name ?? null,
    result: row.result,
    reason: row.resultReason,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    firstBadAt: row.firstBadAt?.toISOString() ?? null,
    rollbackSeconds: rollbackSeconds(row),
    steps: row.steps,
  };
}
