import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import type { Json } from "../../platform/json.ts";
import type { Access } from "../authorize.ts";
import type { RoleLevel } from "../permissions.ts";
import { deleteSignInLinks } from "../store.ts";
import { ROOT_DEPARTMENT } from "../tenants/provision.ts";
import { assertPersonId } from "./names.ts";
import * as store from "./store.ts";

const ADMINISTRATOR = 6;

export type PersonInput = {
  id: string;
  name: string;
  email?: string | null | undefined;
  level: RoleLevel;
  department?: string | undefined;
};
export type PersonChange = {
  name?: string | undefined;
  email?: string | null | undefined;
  level?: RoleLevel | undefined;
  department?: string | undefined;
};

/** Those who are not removed. */
export const listPeople = async (tx: Tx): Promise<store.PersonRow[]> =>
  (await store.selectPeople(tx)).filter((person) => person.removedAt === null);

/** @throws `conflict("person_exists")`, `forbidden("level_above_own")` */
export async function addPerson(
  tx: Tx,
  ctx: Ctx,
  access: Access,
  input: PersonInput,
): Promise<store.PersonRow> {
  assertPersonId(input.id);
  assertNotAbove(access, input.level);
  assertNotOneself(ctx, access, input.id);
  const department = input.department ?? ROOT_DEPARTMENT;
  await assertDepartment(tx, department);
  const person = { ...input, email: input.email ?? null, department };
  if (!(await store.insertPerson(tx, ctx, person))) {
    throw conflict(
      "person_exists",
      `The person ${input.id} exists.`,
      "Change them with `toban people role`, or choose another id.",
    );
  }
  await audit(tx, ctx, "person.create", input.id, { roleLevel: input.level, department });
  return (await store.selectPerson(tx, input.id))!;
}

/** @throws `not_found`, `forbidden`, `conflict("last_administrator")` */
export async function changePerson(
  tx: Tx,
  ctx: Ctx,
  access: Access,
  id: string,
  change: PersonChange,
): Promise<store.PersonRow> {
  const person = await lockForChange(tx, access, id);
  const level = change.level ?? person.level;
  if (level !== person.level) {
    assertNotOneself(ctx, access, id);
    assertNotAbove(access, level);
    if (level < ADMINISTRATOR) await assertNotLast(tx, id);
  }
  if (change.department !== undefined) await assertDepartment(tx, change.department);
  const next = {
    ...person,
    level,
    name: change.name ?? person.name,
    email: change.email === undefined ? person.email : change.email,
    department: change.department ?? person.department,
  };
  await store.updatePerson(tx, next);
  if (level !== person.level) await audit(tx, ctx, "person.role", id, { from: person.level, to: level });
  const fields = (["name", "email", "department"] as const).filter((field) => next[field] !== person[field]);
  if (fields.length > 0) await audit(tx, ctx, "person.update", id, { fields });
  return next;
}

/** Name and address go at once; the id stays, so that it keeps being refused. */
export async function removePerson(tx: Tx, ctx: Ctx, access: Access, id: string): Promise<void> {
  const person = await lockForChange(tx, access, id);
  assertNotOneself(ctx, access, id);
  await assertNotLast(tx, id);
  await store.updatePerson(tx, { ...person, name: "", email: null, removedAt: ctx.clock.now() });
  await deleteSignInLinks(tx, id);
  await audit(tx, ctx, "person.remove", id, {});
}

/**
 * For an erasure request: nothing of the person stays here. Their sessions end by themselves, and do not
 * become the machine's. @returns whether there was anything
 */
export async function erasePerson(tx: Tx, id: string): Promise<boolean> {
  await deleteSignInLinks(tx, id);
  return store.deletePerson(tx, id);
}

async function lockForChange(tx: Tx, access: Access, id: string): Promise<store.PersonRow> {
  // Always in the same order, administrators first: two changes wait for each other and never lock each other out.
  await store.lockAdministrators(tx);
  const person = await store.lockPerson(tx, id);
  if (!person || person.removedAt !== null) {
    throw notFound("person_not_found", `There is no person ${id}.`, "See `toban people list`.");
  }
  assertNotAbove(access, person.level);
  return person;
}

async function assertNotLast(tx: Tx, id: string): Promise<void> {
  const administrators = await store.lockAdministrators(tx);
  if (administrators.length !== 1 || administrators[0]!.id !== id) return;
  throw conflict(
    "last_administrator",
    `${id} is the last administrator of this tenant.`,
    "Make somebody else an administrator first.",
  );
}

/** Nobody gives, changes or takes away more than they have. */
function assertNotAbove(access: Access, level: RoleLevel): void {
  if (level <= access.level) return;
  throw forbidden(
    "level_above_own",
    `Level ${level} is above yours, ${access.level}.`,
    "Ask somebody of that level.",
  );
}

function assertNotOneself(ctx: Ctx, access: Access, id: string): void {
  if (access.standing !== "member" || ctx.actor.id !== id) return;
  throw forbidden("own_level", "Nobody changes their own level.", "Ask another administrator.");
}

async function assertDepartment(tx: Tx, id: string): Promise<void> {
  if (await store.hasDepartment(tx, id)) return;
  throw notFound(
    "department_not_found",
    `There is no department ${id}.`,
    `Leave it out for ${ROOT_DEPARTMENT}.`,
  );
}

const audit = (tx: Tx, ctx: Ctx, action: string, id: string, details: { [key: string]: Json }) =>
  record(tx, ctx, { class: "admin", action, resource: `person/${id}`, result: "success", details });
