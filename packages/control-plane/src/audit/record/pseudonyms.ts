import { randomBytes } from "node:crypto";
import { commitTo } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { plainText } from "./details.ts";
import { insertPersonal, type PersonalRow, selectPseudonyms, selectValues } from "./store.ts";

/**
 * Pseudonyms that this process has seen. It may be behind the database (erased by another replica, rolled back with the
 * transaction that made it): whoever uses one has the database confirm it in the statement that writes it.
 */
const seen = new Map<string, string>();
const MOST_SEEN = 10_000;
const keyOf = (tenant: string, name: string) => `${tenant}\0${name}`;

export type Pseudonyms = {
  /** By name. */
  of: Map<string, string>;
  /** Those of `of` that are in the database. */
  known: string[];
  /** The rows of those that are not. */
  made: PersonalRow[];
};

/** What cannot be stored or committed to (half characters, NUL) is replaced: a name must not stop what it is in. */
export function newPersonal(kind: PersonalRow["kind"], subject: string, value: string): PersonalRow {
  const salt = randomBytes(32);
  const plain = plainText(value);
  return { commitment: commitTo(plain, salt), kind, subject: plainText(subject), value: plain, salt };
}

/** As this process knows them; those it does not know are looked up, those that nobody knows are made. */
export async function pseudonymsOf(tx: Tx, tenant: string, names: string[]): Promise<Pseudonyms> {
  const unseen = names.filter((name) => !seen.has(keyOf(tenant, name)));
  const found = unseen.length > 0 ? await selectPseudonyms(tx, tenant, unseen) : new Map<string, string>();
  return assembled(names, (name) => found.get(name) ?? seen.get(keyOf(tenant, name)));
}

/** New ones for all: what is left when the known ones vanish as fast as they are looked up. */
export const freshPseudonyms = (names: string[]): Pseudonyms => assembled(names, () => undefined);

function assembled(names: string[], find: (name: string) => string | undefined): Pseudonyms {
  const result: Pseudonyms = { of: new Map(), known: [], made: [] };
  for (const name of names) {
    const found = find(name);
    const row = found === undefined ? newPersonal("person", name, name) : undefined;
    if (row) result.made.push(row);
    else result.known.push(found!);
    result.of.set(name, row?.commitment ?? found!);
  }
  return result;
}

export function rememberPseudonyms(tenant: string, pseudonyms: Pseudonyms): void {
  if (seen.size > MOST_SEEN) seen.clear();
  for (const [name, commitment] of pseudonyms.of) seen.set(keyOf(tenant, name), commitment);
}

/** The next use looks again. */
export function forgetPseudonyms(tenant: string, names: Iterable<string>): void {
  for (const name of names) seen.delete(keyOf(tenant, name));
}

/** The pseudonym of a person, made when there is none; for rows that name people beside the log. */
export async function pseudonymOf(tx: Tx, ctx: Ctx, name: string): Promise<string> {
  const plain = plainText(name);
  const known = (await selectPseudonyms(tx, ctx.tenant, [plain])).get(plain);
  if (known !== undefined) return known;
  const row = newPersonal("person", plain, plain);
  await insertPersonal(tx, ctx.tenant, row, ctx.clock.now());
  return row.commitment;
}

/** Who acts, as rows beside the log keep it: `person:<pseudonym>`, `token:…`, `task:…`. */
export async function actorPseudonym(tx: Tx, ctx: Ctx): Promise<string> {
  const { kind, id } = ctx.actor;
  return `${kind}:${kind === "person" ? await pseudonymOf(tx, ctx, id) : plainText(id)}`;
}

/** The names behind `person:<pseudonym>`; whatever else there is, and whom somebody has erased, stays as it is. */
export async function namesOf(tx: Tx, actors: (string | null)[]): Promise<(actor: string) => string> {
  const pseudonym = (actor: string) => (actor.startsWith(PERSON) ? actor.slice(PERSON.length) : undefined);
  const wanted = actors.flatMap((actor) => (actor === null ? [] : (pseudonym(actor) ?? [])));
  const names = await selectValues(tx, [...new Set(wanted)]);
  return (actor) => {
    const name = names.get(pseudonym(actor) ?? "");
    return name === undefined ? actor : `${PERSON}${name}`;
  };
}
const PERSON = "person:";
