import type { Severity, Text } from "@toban/definition";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import { conflict, notFound } from "../platform/errors.ts";
import * as store from "./store.ts";

/** `key` makes a fact that is told twice appear once. */
export type IncidentEvent = { key: string; text: Text; at?: Date };

export type IncidentInput = {
  /** What it is about, for example "service/bff": at most one incident is open for it. */
  key: string;
  title: Text;
  severity: Severity;
  service: string | null;
  event: IncidentEvent;
  /** Keeps the incident open until it is cleared, for example "alert/bff-errors". */
  cause?: string;
};

const RANK: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

/** Opens an incident, or adds to the one that is open for the key; its severity only rises. Returns its id. */
export async function openOrAppend(tx: Tx, ctx: Ctx, input: IncidentInput): Promise<string> {
  const { key, title, severity, service, event } = input;
  const now = event.at ?? ctx.clock.now();
  const id = ctx.newId();
  const opened = await store.insertIncident(tx, ctx, { id, key, title, severity, service, openedAt: now });
  const incident = await store.lockOpen(tx, key);
  // Between the two statements the other one may have been resolved.
  if (!incident) return openOrAppend(tx, ctx, input);
  if (opened) await audit(tx, ctx, "incident.open", incident, { severity, title: title.en });
  else if (RANK[severity] > RANK[incident.severity]) {
    await store.writeSeverity(tx, incident.id, severity);
    await audit(tx, ctx, "incident.raise", incident, { from: incident.severity, to: severity });
  }
  await store.insertTimeline(tx, ctx, {
    incidentId: incident.id,
    eventKey: event.key,
    at: now,
    text: event.text,
  });
  if (input.cause) await store.activateCause(tx, ctx, incident.id, input.cause);
  return incident.id;
}

/** Adds to the incident that is open for `key`; false when there is none. */
export async function appendTimeline(tx: Tx, ctx: Ctx, key: string, event: IncidentEvent): Promise<boolean> {
  const incident = await store.lockOpen(tx, key);
  if (!incident) return false;
  const at = event.at ?? ctx.clock.now();
  await store.insertTimeline(tx, ctx, { incidentId: incident.id, eventKey: event.key, at, text: event.text });
  return true;
}

/** The cause no longer holds: incidents that nothing else keeps open, and that are quiet, are resolved. */
export async function clearCause(tx: Tx, ctx: Ctx, cause: string, event: IncidentEvent): Promise<void> {
  const at = event.at ?? ctx.clock.now();
  for (const id of await store.incidentsOfCause(tx, cause)) {
    const incident = await store.lockIncident(tx, id);
    if (incident?.state !== "open") continue;
    await store.insertTimeline(tx, ctx, { incidentId: id, eventKey: event.key, at, text: event.text });
    await store.clearCauses(tx, id, { cause });
    await settle(tx, ctx, incident, at);
  }
}

/** Ends every cause of this kind on the incident that is open for `key`, for example "rollout/". */
export async function clearCausesOf(tx: Tx, ctx: Ctx, key: string, prefix: string): Promise<void> {
  const incident = await store.lockOpen(tx, key);
  if (!incident) return;
  await store.clearCauses(tx, incident.id, { prefix });
  await settle(tx, ctx, incident, ctx.clock.now());
}

/** Keeps the incident that is open for `key` open at least until then, whatever its causes do. */
export async function stayOpenUntil(tx: Tx, key: string, at: Date): Promise<void> {
  const incident = await store.lockOpen(tx, key);
  if (incident) await store.writeQuiet(tx, incident.id, at);
}

async function settle(tx: Tx, ctx: Ctx, incident: store.IncidentRow, now: Date): Promise<void> {
  if (incident.quietAt !== null && incident.quietAt > now) return;
  if ((await store.countActiveCauses(tx, incident.id)) > 0) return;
  await end(tx, ctx, incident, now, {
    en: "Nothing keeps the incident open any more; it is resolved.",
    ja: "原因がすべて解消したため、インシデントを解決済みにしました。",
  });
}

async function end(tx: Tx, ctx: Ctx, incident: store.IncidentRow, now: Date, text: Text): Promise<void> {
  await store.insertTimeline(tx, ctx, { incidentId: incident.id, eventKey: "resolved", at: now, text });
  await store.writeResolved(tx, incident.id, now);
  await audit(tx, ctx, "incident.resolve", incident, { reason: text.en });
}

/** A person ends it, whatever its causes are. @throws `not_found`, `conflict("incident_resolved")` */
export async function resolve(tx: Tx, ctx: Ctx, id: string, note: string): Promise<void> {
  const incident = await store.lockIncident(tx, id);
  if (!incident) throw missing(id);
  if (incident.state === "resolved") {
    throw conflict("incident_resolved", "The incident is resolved already.", "Nothing is to be done.");
  }
  await store.clearCauses(tx, id, { prefix: "" });
  await end(tx, ctx, incident, ctx.clock.now(), {
    en: `Resolved by hand: ${note}`,
    ja: `手動で解決: ${note}`,
  });
}

/** Resolves incidents whose quiet time is over. Returns their ids. */
export async function resolveQuiet(tx: Tx, ctx: Ctx): Promise<string[]> {
  const now = ctx.clock.now();
  const ids = await store.quietIncidents(tx, now);
  for (const id of ids) {
    const incident = await store.lockIncident(tx, id);
    if (incident?.state === "open") await settle(tx, ctx, incident, now);
  }
  return ids;
}

export type IncidentView = {
  id: string;
  title: Text;
  severity: Severity;
  state: "open" | "resolved";
  openedAt: string;
  resolvedAt: string | null;
  service: string | null;
  timeline: { at: string; text: Text }[];
};

/** Open ones first, then newest first. `limit` defaults to 50. */
export async function listIncidents(tx: Tx, limit = 50): Promise<IncidentView[]> {
  const rows = await store.readIncidents(tx, Math.min(limit, 500));
  return viewsOf(tx, rows);
}

/** @throws `not_found`, also for an incident of another tenant. */
export async function getIncident(tx: Tx, id: string): Promise<IncidentView> {
  const row = await store.readIncident(tx, id);
  const [view] = row ? await viewsOf(tx, [row]) : [];
  return view ?? raise(missing(id));
}

async function viewsOf(tx: Tx, rows: store.IncidentRow[]): Promise<IncidentView[]> {
  const timelines = await store.readTimelines(
    tx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    severity: row.severity,
    state: row.state,
    openedAt: row.openedAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    service: row.service,
    timeline: timelines
      .filter((entry) => entry.incidentId === row.id)
      .map((entry) => ({ at: entry.at.toISOString(), text: entry.text })),
  }));
}

const missing = (id: string) =>
  notFound("incident_not_found", `There is no incident ${id}.`, "Look at the list of incidents.");

function raise(error: Error): never {
  throw error;
}

function audit(
  tx: Tx,
  ctx: Ctx,
  action: string,
  incident: store.IncidentRow,
  details: Record<string, string>,
): Promise<void> {
  const resource = `incident/${incident.id}`;
  return record(tx, ctx, {
    class: "operation",
    action,
    resource,
    result: "success",
    details: { key: incident.key, ...details },
  });
}
