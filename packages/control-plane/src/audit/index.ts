export { type AuditSignals, auditSignals, SIGNALS, type SignalEvent } from "./signals/index.ts";
export {
  type AuditClass,
  type AuditEvent,
  type AuditFilter,
  type AuditRow,
  record,
  search,
} from "./store.ts";
