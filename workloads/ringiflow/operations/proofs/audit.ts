// What the audit log promises: how long, for whom, against whom, and what alerts.
import { days, proof } from "@toban/definition";
import { auditLog, logs } from "../index.ts";

const expiresAfter = days(7);
const sealed = ["auth", "admin", "operation"];

/** One class of the audit log, with the events that its commitment names. */
const kept = (name: string, proves: typeof auditLog.accessKept, actions: string[]) =>
  proof("audit.retention", {
    id: `audit.retention:${name}`,
    proves,
    parameters: { class: name, actions },
    expiresAfter,
    dependsOn: ["retention"],
  });

export const auditProofs = [
  kept("auth", auditLog.authenticationKept, [
    "session.create",
    "session.end",
    "session.refuse",
    "mfa.change",
    "password.change",
  ]),
  kept("operation", auditLog.operationKept, [
    "rollout.deploy",
    "run.approve",
    "gate.record",
    "incident.resolve",
  ]),
  kept("admin", auditLog.administrationKept, [
    "person.create",
    "person.role",
    "person.remove",
    "tenant.create",
    "definition.change",
  ]),
  kept("access", auditLog.accessKept, ["audit.search", "audit.export"]),
  proof("audit.privilege-alert", {
    proves: auditLog.permissionAlerts,
    parameters: { alert: "privilege-change" },
    expiresAfter: days(30),
    dependsOn: ["alerts.privilege-change", "indicators"],
  }),
  proof("audit.sign-in-alert", {
    proves: auditLog.authenticationAlerts,
    parameters: { surge: "failed-sign-ins", mfa: "mfa-change" },
    expiresAfter: days(30),
    dependsOn: ["alerts.failed-sign-ins", "alerts.mfa-change", "indicators"],
  }),
  proof("audit.reading", {
    proves: auditLog.readingRestricted,
    parameters: {
      ways: [
        { path: "/v1/audit?limit=1", operation: "audit.read", action: "audit.search" },
        { path: "/v1/audit/export?class=auth", operation: "audit.export", action: "audit.export" },
      ],
    },
    expiresAfter,
  }),
  proof("audit.append-only", {
    proves: auditLog.appendOnly,
    parameters: { classes: sealed },
    expiresAfter,
  }),
  proof("audit.tamper-evident", {
    proves: logs.tamperEvident,
    parameters: { classes: sealed },
    expiresAfter,
  }),
];
