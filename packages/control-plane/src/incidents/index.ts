export {
  followAlert,
  followRollout,
  type PreserveAudit,
  QUIET_AFTER_ROLLBACK_MS,
  quietTask,
} from "./follow.ts";
export {
  appendTimeline,
  clearCause,
  getIncident,
  type IncidentInput,
  type IncidentView,
  listIncidents,
  openOrAppend,
  resolve,
  resolveQuiet,
} from "./incidents.ts";
export { incidentRoutes } from "./routes.ts";
