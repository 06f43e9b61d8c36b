export { rolloutActions } from "./actions.ts";
export { approveRollout, type Deployed, deploy, endRollout, rollback } from "./deploy.ts";
export { localDriver } from "./drivers/local.ts";
export { type Counts, judge, type Verdict } from "./judge.ts";
export { previousGood, type StepJudgement } from "./ledger.ts";
export { liveVersion, planRollout, type RolloutPlan, type RolloutRequest } from "./plan.ts";
export { type ObserveSpec, observeStep, startObserving } from "./progress.ts";
export { digestOfFolder, type Release, readRelease } from "./release.ts";
export { restoreTask } from "./restore.task.ts";
export { rolloutRoutes } from "./routes.ts";
export type {
  EdgeCounts,
  LedgerResult,
  ObservedTarget,
  RolloutDeps,
  RolloutEvent,
  RolloutFacts,
  TargetDriver,
} from "./types.ts";
export { type RolloutView, releases, rolloutView } from "./view.ts";
