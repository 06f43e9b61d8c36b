export type { AuditClass } from "./record/event.ts";
