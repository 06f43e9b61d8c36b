export { type AlertRule, type AlertState, decide, initialMemory, type Level } from "./decide.ts";
export { deliverPages, deliveryTask } from "./deliver.task.ts";
export {
  type AlertingDeps,
  type AlertTransition,
  alertTask,
  evaluateAlerts,
} from "./evaluate.task.ts";
export { type AlertView, listAlerts } from "./list.ts";
export { alertingRoutes } from "./routes.ts";
export { type AlertCause, compileAlerts } from "./rules.ts";
export {
  lastEvaluation,
  newestPayload,
  type PageRow,
  readPages,
  readTransitions,
  type TransitionRow,
} from "./store.ts";
