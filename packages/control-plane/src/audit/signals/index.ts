export { type AuditSignals, auditSignals } from "./signals.task.ts";
export { SIGNALS, type SignalEvent } from "./signals.ts";
