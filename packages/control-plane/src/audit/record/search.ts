import { isCommitment } from "@toban/verify";
import type { Tx } from "../../platform/database.ts";
import { invalid } from "../../platform/errors.ts";
import { ACTIONS } from "./actions.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { type Details, replacePersonal } from "./details.ts";
import { AUDIT_CLASSES, type AuditClass, type AuditResult, microsToText } from "./event.ts";
import { selectValues, selectWrittenForms } from "./store.ts";
import { type FoundEvent, type SearchBy, selectEvents } from "./store-search.ts";

export type AuditRow = {
  id: string;
  class: AuditClass;
  /** RFC 3339 with microseconds, UTC. */
  ts: string;
  tenantId: string;
  /** `person:alice`; the bare commitment (`person:~…`) when the person's values were erased. */
  actorId: string;
  action: string;
  resource: string;
  result: AuditResult;
  correlationId: string;
  sourceIp: string | null;
  details: Details;
  /** Its place in the Merkle log, once it has one. */
  sealed: { class: AuditClass; seq: number } | null;
};

export type AuditFilter = {
  /** `person:alice`, `token:…`, `task:…`, or a pseudonym. */
  actor?: string;
  /** One action, or all of a noun: `rollout.*`. */
  action?: string;
  resource?: string;
  result?: AuditResult;
  class?: AuditClass;
  correlationId?: string;
  /** From this time on. */
  from?: Date;
  /** Before this time. */
  to?: Date;
  /** Default 100, at most 1,000. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
};

export type AuditPage = { events: AuditRow[]; nextCursor: string | null };

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Newest first. */
export async function search(tx: Tx, filter: AuditFilter): Promise<AuditRow[]> {
  return (await searchPage(tx, filter)).events;
}

/** Newest first, with where the next page begins. Events that are added meanwhile do not move what follows. */
export async function searchPage(tx: Tx, filter: AuditFilter): Promise<AuditPage> {
  const limit = filter.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw refusedFilter(`a page has 1 to ${MAX_LIMIT} events`, "Ask for fewer, and follow nextCursor.");
  }
  if (filter.from && filter.to && filter.from >= filter.to) {
    throw refusedFilter("`from` is not before `to`", "Exchange the two times.");
  }
  const by: SearchBy[] = [];
  if (filter.correlationId !== undefined) by.push(one("correlation_id", filter.correlationId));
  if (filter.resource !== undefined) by.push(await named(tx, "resource", filter.resource));
  if (filter.actor !== undefined) by.push(await named(tx, "actor_id", filter.actor));
  if (filter.result !== undefined) by.push(one("result", filter.result));
  if (filter.action !== undefined) by.push({ column: "action", values: actionsOf(filter.action) });
  // Without anything else, the newest are merged from all classes: one index serves both.
  by.push({ column: "class", values: filter.class === undefined ? [...AUDIT_CLASSES] : [filter.class] });
  const found = await selectEvents(tx, {
    by,
    from: filter.from,
    to: filter.to,
    before: filter.cursor === undefined ? undefined : readCursor(filter.cursor),
    limit: limit + 1,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    events: await revealed(tx, page),
    nextCursor: found.length > limit && last ? cursorOf(last) : null,
  };
}

const one = (column: SearchBy["column"], value: string): SearchBy => ({ column, values: [value] });

async function named(tx: Tx, column: "resource" | "actor_id", text: string): Promise<SearchBy> {
  const prefix = column === "resource" ? "person/" : "person:";
  const name = text.startsWith(prefix) ? text.slice(prefix.length) : "";
  if (name === "" || isCommitment(name)) return one(column, text);
  const forms = await selectWrittenForms(tx, column, prefix, name);
  return forms.length > 0 ? { column, values: forms } : one(column, text);
}

function actionsOf(filter: string): string[] {
  if (!filter.endsWith("*")) return [filter];
  const prefix = filter.slice(0, -1);
  const found = Object.keys(ACTIONS).filter((action) => prefix.endsWith(".") && action.startsWith(prefix));
  if (found.length > 0) return found;
  const nouns = [...new Set(Object.keys(ACTIONS).map((action) => action.split(".")[0]))].sort();
  throw refusedFilter(`no action begins with ${prefix}`, `Ask for one of: ${nouns.join(".*, ")}.*`);
}

/** With the values of the commitments that nobody has erased. */
async function revealed(tx: Tx, found: FoundEvent[]): Promise<AuditRow[]> {
  const wanted = new Set<string>();
  const collect = (text: string) => {
    const commitment = commitmentIn(text);
    if (commitment) wanted.add(commitment);
    return text;
  };
  for (const row of found) replaceAll(row, collect);
  const values = await selectValues(tx, [...wanted]);
  const show = (text: string) => {
    const commitment = commitmentIn(text);
    const value = commitment && values.get(commitment);
    return commitment && value !== undefined ? text.slice(0, -commitment.length) + value : text;
  };
  return found.map(({ tsMicros, seq, ...row }) => ({
    ...row,
    ...replaceAll(row, show),
    ts: microsToText(tsMicros),
    sealed: seq === null ? null : { class: row.class, seq },
  }));
}

const replaceAll = (
  row: Pick<FoundEvent, "actorId" | "action" | "resource" | "sourceIp" | "details">,
  replace: (text: string) => string,
) => ({
  actorId: replace(row.actorId),
  resource: replace(row.resource),
  sourceIp: row.sourceIp === null ? null : replace(row.sourceIp),
  details: replacePersonal(row.action, row.details, replace),
});

/** `~…`, `person:~…`, `person/~…`. */
function commitmentIn(text: string): string | undefined {
  const [, commitment] = /^(?:person[:/])?(~[A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return commitment;
}

const refusedFilter = (what: string, remedy: string) =>
  invalid("audit_filter_invalid", `The audit record cannot be searched so: ${what}.`, remedy);
