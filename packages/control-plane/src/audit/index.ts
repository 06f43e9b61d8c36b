export { erasureRoutes } from "./erasure/erasure.routes.ts";
export { createErasures, type Erasure, type Erasures } from "./erasure/index.ts";
export { exportRoutes } from "./export/export.routes.ts";
export { type ExportDeps, exportBundle } from "./export/export.ts";
export {
  type AnchorSettings,
  type AnchorSink,
  type AuditKeys,
  type AuditLog,
  type AuditLogDeps,
  anchorAll,
  anchorFolder,
  anchorSinks,
  anchorTask,
  type LogStatus,
  logStatus,
  openAuditKeys,
  openAuditLog,
  rotateKey,
  seal,
  sealAll,
  sealTask,
  treeSource,
} from "./log/index.ts";
export { logRoutes } from "./log/log.routes.ts";
export { flushAccess, recordAccess } from "./record/access.ts";
export { ACTIONS } from "./record/actions.ts";
export { AUDIT_CLASSES, type AuditClass, type AuditEvent, type AuditResult } from "./record/event.ts";
export { pseudonymOf } from "./record/pseudonyms.ts";
export { record } from "./record/record.ts";
export { searchRoutes } from "./record/search.routes.ts";
export { type AuditFilter, type AuditPage, type AuditRow, search, searchPage } from "./record/search.ts";
export { type HoldView, holdRoutes } from "./retention/hold.routes.ts";
export { openHold, releaseHold } from "./retention/hold.ts";
export { pruneTask, type RetentionDeps } from "./retention/prune.task.ts";
export { retentionRules } from "./retention/rules.ts";
export { type AuditSignals, auditSignals, SIGNALS, type SignalEvent } from "./signals/index.ts";
export { continuousTask, fullTask, requestVerification, type VerificationDeps } from "./verification/runs.ts";
export { type VerificationView, verificationRoutes } from "./verification/verification.routes.ts";
