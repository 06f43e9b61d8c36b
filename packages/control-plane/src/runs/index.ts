export type { Presented } from "./approve.ts";
export {
  approveStep,
  decideInDoubt,
  getRun,
  listRuns,
  nextWake,
  pendingApproval,
  requestCancel,
  resumeRun,
  signalRun,
  startRun,
} from "./commands.ts";
export { notDone } from "./perform.ts";
export { type DryRun, digestOf, dryRun, NOTHING } from "./plan.ts";
export { runRoutes } from "./routes.ts";
export type { RunFilter } from "./store.ts";
export type {
  Action,
  Attention,
  EffectSpec,
  Plan,
  Run,
  RunState,
  StepContext,
  StepOutcome,
  StepRecord,
  StepSpec,
  WaitSpec,
} from "./types.ts";
export { createWorker, type Worker, type WorkerOptions } from "./worker.ts";
