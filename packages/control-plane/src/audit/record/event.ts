import type { Json } from "../../platform/json.ts";

export const AUDIT_CLASSES = ["auth", "operation", "admin", "access"] as const;
export type AuditClass = (typeof AUDIT_CLASSES)[number];
export const AUDIT_RESULTS = ["success", "failure", "denied"] as const;
export type AuditResult = (typeof AUDIT_RESULTS)[number];

export type AuditEvent = {
  /** Follows from the action; when given, it has to be the action's. */
  class?: AuditClass;
  /** `noun.verb`, for example `rollout.start`: a row of the catalogue in `actions.ts`. */
  action: string;
  /** `kind/id`, for example `service/bff`; a person's (`person/alice`) is stored as a pseudonym. */
  resource: string;
  result: AuditResult;
  /** Only what the catalogue allows for the action. Never secrets. */
  details?: { [key: string]: Json | undefined };
};

/** RFC 3339 with microseconds, UTC. */
export function microsToText(micros: bigint | number): string {
  const whole = Number(micros);
  const iso = new Date(Math.floor(whole / 1000)).toISOString();
  return `${iso.slice(0, 23)}${String(whole % 1000).padStart(3, "0")}Z`;
}
