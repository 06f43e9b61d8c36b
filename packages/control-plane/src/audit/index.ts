export {
  type AuditClass,
  type AuditEvent,
  type AuditFilter,
  type AuditRow,
  record,
  search,
} from "./store.ts";
