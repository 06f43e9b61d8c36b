import { maskText } from "@toban/service-kit/masking";
import { isCommitment } from "@toban/verify";
import { bug } from "../../platform/errors.ts";
import type { Json } from "../../platform/json.ts";
import { actionOf, type DetailType, type DetailTypes } from "./actions.ts";

/** What takes the place of a person's name and of a personal value. */
export type Substitute = { person(name: string): string; personal(value: string): string };

export type Details = { [key: string]: Json };

const LONGEST_TEXT = 4_000;
const ACTOR = /^(person|token|task|run):(.+)$/s;

/** What every JSON store takes: no half characters, no NUL. */
export function plainText(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, "\u{FFFD}");
}

/** `person:alice`, `alice` → with the pseudonym in place of the name; a token, a task and a pseudonym stay. */
export function substitutePerson(text: string, person: (name: string) => string): string {
  const [, kind, id] = ACTOR.exec(text) ?? [];
  if (kind !== undefined && kind !== "person") return text;
  const name = id ?? text;
  return `${kind === undefined ? "" : "person:"}${isCommitment(name) ? name : person(name)}`;
}

/** The details as they are stored. @throws `bug` when the catalogue does not allow them for the action. */
export function sealDetails(
  action: string,
  details: { [key: string]: Json | undefined },
  substitute: Substitute,
): Details {
  const text = (value: string) => {
    const masked = maskText(plainText(value));
    return masked.length > LONGEST_TEXT ? `${plainText(masked.slice(0, LONGEST_TEXT))}…` : masked;
  };
  return sealObject(details, actionOf(action)!.details, action, {
    text,
    person: (value) => substitutePerson(plainText(value), substitute.person),
    personal: (value) => substitute.personal(plainText(value)),
  });
}

type Leaves = { text(v: string): string; person(v: string): string; personal(v: string): string };

function sealObject(
  value: { [key: string]: Json | undefined },
  types: DetailTypes,
  at: string,
  leaves: Leaves,
): Details {
  const sealed: Details = {};
  for (const [field, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    if (!Object.hasOwn(types, field)) throw invalidDetail(`${at} may not carry ${field}`);
    sealed[field] = sealValue(inner, types[field]!, `${at}, ${field}`, leaves);
  }
  return sealed;
}

function sealValue(value: Json, type: DetailType, at: string, leaves: Leaves): Json {
  if (value === null) return null;
  if (type === "number" || type === "boolean") {
    if (typeof value !== type) throw invalidDetail(`${at} is no ${type}`);
    // JSON has no form for them.
    return typeof value === "number" && !Number.isFinite(value) ? null : value;
  }
  if (typeof type === "string") {
    if (typeof value !== "string") throw invalidDetail(`${at} is no text`);
    return leaves[type](value);
  }
  if ("list" in type) {
    if (!Array.isArray(value)) throw invalidDetail(`${at} is no list`);
    return value.map((inner, index) => sealValue(inner, type.list, `${at}[${index}]`, leaves));
  }
  if (typeof value !== "object" || Array.isArray(value)) throw invalidDetail(`${at} is no object`);
  if ("object" in type) return sealObject(value, type.object, at, leaves);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [leaves.text(key), sealValue(inner, type.map, `${at}.*`, leaves)]),
  );
}

/** The details with every text of type person or personal replaced. */
export function replacePersonal(
  action: string,
  details: Details,
  replace: (text: string) => string,
): Details {
  const types = actionOf(action)?.details;
  return types ? (replaceValue(details, { object: types }, replace) as Details) : details;
}

function replaceValue(value: Json, type: DetailType | undefined, replace: (text: string) => string): Json {
  if (type === undefined || value === null) return value;
  if (typeof value === "string") return type === "person" || type === "personal" ? replace(value) : value;
  if (typeof type === "string" || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    return "list" in type ? value.map((inner) => replaceValue(inner, type.list, replace)) : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const innerType = "map" in type ? type.map : "object" in type ? type.object[key] : undefined;
      return [key, replaceValue(inner, innerType, replace)];
    }),
  );
}

const invalidDetail = (what: string) =>
  bug(
    "audit_details_invalid",
    `The audit event does not fit its catalogue: ${what}.`,
    "Correct the event, or its row in audit/record/actions.ts.",
  );
