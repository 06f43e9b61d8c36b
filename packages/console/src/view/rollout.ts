import type { Rollout } from "../api/types.ts";

export type RolloutPhase =
  | "in-progress"
  | "rolling-back"
  | "needs-decision"
  | "succeeded"
  | "rolled-back"
  | "failed"
  | "cancelled";

/** What a rollout is doing, in a reader's words: the run's own state says more than they need. */
export function phaseOf(rollout: Rollout): RolloutPhase {
  if (rollout.result) return rollout.result;
  if (rollout.state === "in_doubt" || rollout.state === "parked" || rollout.state === "compensation_failed") {
    return "needs-decision";
  }
  const failed = rollout.steps.some((step) => step.verdict === "fail");
  return failed || rollout.state === "compensating" ? "rolling-back" : "in-progress";
}

export const isActive = (rollout: Rollout): boolean => rollout.result === null;

/** The step that is being watched now, or null before the first and after the last. */
export function currentStep(rollout: Rollout): number | null {
  if (!isActive(rollout)) return null;
  const running = rollout.steps.findIndex((step) => step.verdict === "running");
  return running === -1 ? null : running;
}

/** Active ones first, then the newest. */
export function inReadingOrder(rollouts: Rollout[]): Rollout[] {
  return [...rollouts].sort(
    (a, b) => Number(isActive(b)) - Number(isActive(a)) || b.startedAt.localeCompare(a.startedAt),
  );
}
