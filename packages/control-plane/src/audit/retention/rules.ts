import type { Operations } from "@toban/definition";
import { AUDIT_CLASSES, type AuditClass } from "../record/event.ts";

export type RetentionRule = {
  class: AuditClass;
  /** How long events stay, from the anchored checkpoint that covers them. */
  keepMs: number;
  /** How long they stay in the archive after that; they are not archived when it is missing. */
  archiveMs?: number;
};

/** What the definition's `retention` calls the classes. */
const NAMES: Record<AuditClass, string> = {
  auth: "audit-authentication",
  operation: "audit-operation",
  admin: "audit-administration",
  access: "audit-access",
};

/** The rules of the definition. A class without one is kept for ever: nothing is removed because a line is missing. */
export function retentionRules({ retention }: Pick<Operations, "retention">): RetentionRule[] {
  return AUDIT_CLASSES.flatMap((class_) => {
    const keep = retention[NAMES[class_]];
    const archive = retention[`${NAMES[class_]}-archive`];
    if (!keep) return [];
    return [{ class: class_, keepMs: keep.ms, ...(archive && { archiveMs: archive.ms }) }];
  });
}
