import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { bug } from "../../platform/errors.ts";
import { actionOf } from "./actions.ts";
import { type Details, plainText, replacePersonal, sealDetails, substitutePerson } from "./details.ts";
import { AUDIT_RESULTS, type AuditClass, type AuditEvent } from "./event.ts";
import { leafOf } from "./leaf.ts";
import {
  forgetPseudonyms,
  freshPseudonyms,
  newPersonal,
  type Pseudonyms,
  pseudonymsOf,
  rememberPseudonyms,
} from "./pseudonyms.ts";
import { insertEvent, type PersonalRow, type StoredEvent } from "./store.ts";

/**
 * Writes the event inside the caller's transaction: the change and its record commit together.
 * @throws `bug` before anything is written, when the event lacks something or its action does not allow it.
 */
export async function record(tx: Tx, ctx: Ctx, event: AuditEvent): Promise<void> {
  await recordDraft(tx, ctx, draftOf(ctx, event));
}

/** An event that is whole and allowed, with personal values replaced; its persons still have their names. */
export type Draft = {
  event: AuditEvent;
  class: AuditClass;
  ts: bigint;
  actor: string;
  resource: string;
  sourceIp: string | null;
  details: Details;
  /** Names that become pseudonyms. */
  persons: string[];
  /** The values behind the commitments in it. */
  personal: PersonalRow[];
};

export function draftOf(ctx: Ctx, event: AuditEvent): Draft {
  assertWhole(ctx, event);
  const action = actionOf(event.action);
  if (action === undefined) {
    throw bug(
      "audit_action_unknown",
      `The audit catalogue has no action ${event.action}.`,
      "Add its row to audit/record/actions.ts.",
    );
  }
  if (event.class !== undefined && event.class !== action.class) {
    throw bug(
      "audit_details_invalid",
      `${event.action} is of class ${action.class}, not ${event.class}.`,
      "Leave the class out of the event, or correct its row in audit/record/actions.ts.",
    );
  }
  const persons = new Set<string>();
  const personal: PersonalRow[] = [];
  const note = (name: string) => {
    persons.add(name);
    return name;
  };
  const actor = plainText(`${ctx.actor.kind}:${ctx.actor.id}`);
  const resource = plainText(event.resource);
  substitutePerson(actor, note);
  substituteResource(resource, note);
  const subject = subjectOf(actor, resource);
  const commit = (value: string) => {
    const row = newPersonal("value", subject, value);
    personal.push(row);
    return row.commitment;
  };
  return {
    event,
    class: action.class,
    ts: ctx.clock.nowMicros(),
    actor,
    resource,
    sourceIp: ctx.sourceIp === undefined ? null : commit(plainText(ctx.sourceIp)),
    details: sealDetails(event.action, event.details ?? {}, { person: note, personal: commit }),
    persons: [...persons],
    personal,
  };
}

/**
 * One round trip when this process knows the persons. One that is not in the database any more gets another pseudonym:
 * looked up at the second try; made anew at the third, which depends on nothing and never waits for anybody.
 */
export async function recordDraft(tx: Tx, ctx: Ctx, draft: Draft): Promise<void> {
  const { persons } = draft;
  const id = ctx.newId();
  for (const attempt of [1, 2, 3]) {
    if (attempt > 1) forgetPseudonyms(ctx.tenant, persons);
    const pseudonyms = attempt < 3 ? await pseudonymsOf(tx, ctx.tenant, persons) : freshPseudonyms(persons);
    const stored = storedEvent(ctx, id, draft, pseudonyms);
    const personal = [...draft.personal, ...pseudonyms.made];
    const createdAt = new Date(Number(draft.ts / 1000n));
    if (await insertEvent(tx, ctx.tenant, stored, pseudonyms.known, personal, createdAt)) {
      return rememberPseudonyms(ctx.tenant, pseudonyms);
    }
  }
}

function storedEvent(ctx: Ctx, id: string, draft: Draft, pseudonyms: Pseudonyms): StoredEvent {
  const pseudonym = (name: string) => pseudonyms.of.get(name)!;
  const { event, sourceIp } = draft;
  const fields = {
    id,
    class: draft.class,
    actorId: substitutePerson(draft.actor, pseudonym),
    action: event.action,
    resource: substituteResource(draft.resource, pseudonym),
    result: event.result,
    correlationId: plainText(ctx.correlationId),
    sourceIp,
  };
  const details = replacePersonal(event.action, draft.details, (text) => substitutePerson(text, pseudonym));
  const leaf = leafOf({ ...fields, details, tenantId: ctx.tenant, tsUs: draft.ts });
  return { ...fields, tsMicros: draft.ts, details: JSON.stringify(details), leaf };
}

function substituteResource(resource: string, person: (name: string) => string): string {
  if (!resource.startsWith("person/")) return resource;
  return `person/${substitutePerson(resource.slice("person/".length), person)}`;
}

/** Whom the personal values of an event are about: the person it is done to, else who does it. */
function subjectOf(actor: string, resource: string): string {
  if (resource.startsWith("person/")) return resource.slice("person/".length);
  return actor.startsWith("person:") ? actor.slice("person:".length) : actor;
}

function assertWhole(ctx: Ctx, event: AuditEvent): void {
  const fields: [string, unknown][] = [
    ["tenantId", ctx.tenant],
    ["actorId", ctx.actor?.kind && ctx.actor.id],
    ["action", event.action],
    ["resource", event.resource],
    ["result", AUDIT_RESULTS.includes(event.result) && event.result],
    ["correlationId", ctx.correlationId],
  ];
  const lacking = fields
    .filter(([, value]) => typeof value !== "string" || value === "")
    .map(([name]) => name);
  if (typeof ctx.clock.nowMicros() !== "bigint") lacking.push("ts");
  if (lacking.length === 0) return;
  throw bug(
    "audit_event_incomplete",
    `The audit event lacks ${lacking.join(", ")}.`,
    "Record it with a complete context.",
  );
}
