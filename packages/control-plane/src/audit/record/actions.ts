import type { AuditClass } from "./event.ts";

/**
 * What a detail of an event may be; null stands for "none" everywhere.
 * - `text` is for names, codes and reasons. It is masked as a log line is: a last line, not a licence.
 * - `person` names somebody (`person:alice`, or `alice` alone) and becomes that person's pseudonym.
 * - `personal` is a value about a person (a name, an address); it becomes a commitment with a salt of its own.
 */
export type DetailType =
  | "text"
  | "number"
  | "boolean"
  | "person"
  | "personal"
  | { list: DetailType }
  | { map: DetailType }
  | { object: DetailTypes };
export type DetailTypes = { [field: string]: DetailType };

export type Action = { class: AuditClass; details: DetailTypes };

const ofClass =
  (name: AuditClass) =>
  <Name extends string>(actions: Record<Name, DetailTypes>) =>
    Object.fromEntries(
      Object.entries<DetailTypes>(actions).map(([action, details]) => [action, { class: name, details }]),
    ) as Record<Name, Action>;

const bilingual: DetailType = { object: { en: "text", ja: "text" } };
const counts: DetailType = { object: { requests: "number", errors: "number" } };
const place: DetailTypes = { phase: "text", step: "number" };
const release: DetailTypes = {
  version: "text",
  digest: "text",
  code: "text",
  refusal: "text",
  reason: "text",
};
const started: DetailTypes = {
  ...{ run: "text", version: "text", from: "text", to: "text", digest: "text", reason: "text" },
  approvedByRequester: "boolean",
};
const transition: DetailTypes = { from: "text", to: "text", level: "text", value: "number", reason: "text" };
const tree: DetailTypes = { class: "text", size: "number", from: "number", to: "number" };

/**
 * Every action that may be recorded, with its retention class and the details it may carry. What is not here is not
 * recorded: `record` throws, and the change it belongs to does not commit. To add one, write its row.
 */
export const ACTIONS = {
  ...ofClass("auth")({
    "sign_in_link.create": {},
    "session.create": { method: "text", secondFactor: "boolean" },
    "session.refuse": { code: "text", method: "text", attempts: "number" },
    "session.end": { reason: "text" },
    "mfa.change": { method: "text", enabled: "boolean" },
    "password.change": { reason: "text" },
    // A request that the permission table refused.
    "operation.denied": { operation: "text", code: "text", tenant: "text", level: "number", needs: "number" },
  }),
  ...ofClass("operation")({
    "rollout.deploy": started,
    "rollout.rollback": started,
    "rollout.refuse": release,
    "rollout.migrate": { run: "text", version: "text", exitCode: "number" },
    "rollout.start-release": { run: "text", version: "text", instances: "number" },
    "rollout.weights": { run: "text", weights: { map: "number" }, candidate: "text", weight: "number" },
    "rollout.drain": { run: "text", version: "text" },
    "rollout.judge": {
      ...{ run: "text", name: "text", phase: "text", weight: "number", verdict: "text", code: "text" },
      ...{ observedSeconds: "number", requiredSeconds: "number", requests: "number", errors: "number" },
      ...{ baseline: counts, p99Ms: "number", reason: bilingual, extensions: "number" },
      ...{ startedAt: "text", endedAt: "text" },
    },
    "rollout.end": { run: "text", version: "text", from: "text", ledger: "text", state: "text" },
    "gate.override": release,
    "gate.record": {
      ...{ gate: "text", version: "text", digest: "text", verdict: "text", tool: "text", files: "number" },
    },
    "run.start": { kind: "text", target: "text", planHash: "text" },
    "run.approve": { step: "number", planHash: "text", inputDigest: "text", missing: "number" },
    "run.cancel": place,
    "run.signal": { ...place, name: "text" },
    "run.decide": { ...place, decision: "text" },
    "run.resume": place,
    "run.in_doubt": place,
    "run.parked": place,
    "run.compensation_failed": place,
    "run.end": { kind: "text", target: "text", state: "text", code: "text" },
    "alert.inactive": transition,
    "alert.pending": transition,
    "alert.firing": transition,
    "alert.resolved": transition,
    "alert.level": transition,
    "alert.page": { page: "text", channel: "text", attempts: "number", error: "text" },
    "incident.open": { key: "text", severity: "text", title: "text" },
    "incident.raise": { key: "text", from: "text", to: "text" },
    "incident.resolve": { key: "text", reason: "text" },
    "proof.run": { commitments: { list: "text" } },
  }),
  ...ofClass("admin")({
    "definition.change": { digest: "text" },
    "tenant.create": {},
    "tenant.suspend": { from: "text", to: "text" },
    "tenant.resume": { from: "text", to: "text" },
    "tenant.delete": { from: "text", to: "text" },
    "tenant.undelete": { from: "text", to: "text" },
    "tenant.purge": {
      ...{ deletedAt: "text", purgedAt: "text", rows: { map: "number" }, digest: "text" },
      heads: { map: { object: { size: "number", root: "text" } } },
    },
    "person.create": { name: "personal", email: "personal", roleLevel: "number", department: "text" },
    "person.update": { fields: { list: "text" }, department: "text" },
    "person.role": { from: "number", to: "number" },
    "person.remove": { reason: "text" },
    "department.create": { name: "text", parent: "text" },
    "audit.hold": { hold: "text", reason: "text", incident: "text" },
    "audit.release": { hold: "text", reason: "text" },
    "audit.rotate_key": { from: "text", to: "text", installation: "text" },
    "audit.prune": {
      ...{ ...tree, tiles: "number", leaves: "number", before: "text", root: "text", archive: "text" },
      ...{ tileRoots: { list: "text" }, anchoredAt: "text", receipt: "text" },
    },
    "erasure.request": { requestedAt: "text" },
    "erasure.complete": {
      ...{ requestedBy: "person", requestedAt: "text", completedAt: "text", removed: "number" },
    },
    "erasure.replay": { completedAt: "text", removed: "number" },
  }),
  ...ofClass("access")({
    "audit.search": { filters: { list: "text" }, events: "number" },
    "audit.export": {
      ...{ ...tree, events: "number", classes: { list: "text" }, root: "text" },
      ...{ revealed: "boolean", state: "text", bytes: "number", sha256: "text" },
    },
    "audit.verify": { ...tree, events: "number", failures: "number" },
    "audit.reveal": { events: "number", commitments: "number" },
  }),
} satisfies Record<string, Action>;

export const actionOf = (name: string): Action | undefined =>
  Object.hasOwn(ACTIONS, name) ? (ACTIONS as Record<string, Action>)[name] : undefined;
