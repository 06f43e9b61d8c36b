import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import { unauthenticated } from "../platform/errors.ts";
import { insertSignInLink, selectStanding, useSignInLink } from "./store.ts";

const LINK_LIFETIME_MS = 60 * 60_000;
const SESSION_LIFETIME_MS = 8 * 60 * 60_000;

const hash = (token: string) => createHash("sha256").update(token).digest("hex");

/** A token that opens the console once, within an hour. */
export async function createSignInLink(tx: Tx, ctx: Ctx, actorId: string): Promise<string> {
  const token = randomBytes(24).toString("base64url");
  const expiresAt = new Date(ctx.clock.now().getTime() + LINK_LIFETIME_MS);
  await insertSignInLink(tx, ctx, { tokenHash: hash(token), actorId, expiresAt });
  return token;
}

/** Exchanges a one-time token for a session of the actor it was made for; refusals are audited by the caller. */
export async function signIn(tx: Tx, ctx: Ctx, token: string): Promise<Session> {
  const actorId = await useSignInLink(tx, ctx, hash(token));
  const standing = actorId === undefined ? undefined : await selectStanding(tx, ctx.tenant, actorId);
  if (actorId === undefined || standing?.isRemoved) {
    throw unauthenticated(
      "sign_in_link_invalid",
      "This link was used before or has expired.",
      "Run `npx toban status` to get a new one.",
    );
  }
  const signedIn = { ...ctx, actor: { kind: "person" as const, id: actorId } };
  await record(tx, signedIn, {
    class: "auth",
    action: "session.create",
    resource: `person/${actorId}`,
    result: "success",
  });
  return { actorId, isMachine: standing?.level === null };
}

/** Whose a session is, and whether that person was registered when it began. */
export type Session = { actorId: string; isMachine: boolean };

/** `actor.expiry.signature`: nothing is stored, so a restart of the control plane signs nobody out. */
export function createSessionCookie(ctx: Pick<Ctx, "clock">, key: string, session: Session): string {
  const expires = ctx.clock.now().getTime() + SESSION_LIFETIME_MS;
  const text = `${session.isMachine ? MACHINE : PERSON}${session.actorId}`;
  const payload = `${Buffer.from(text).toString("base64url")}.${expires}`;
  return `${payload}.${sign(key, payload)}`;
}

export function readSessionCookie(ctx: Pick<Ctx, "clock">, key: string, cookie: string): Session | undefined {
  const [actor, expires, signature] = cookie.split(".");
  if (!actor || !expires || !signature) return undefined;
  if (!equalSecrets(signature, sign(key, `${actor}.${expires}`))) return undefined;
  if (Number(expires) <= ctx.clock.now().getTime()) return undefined;
  const text = Buffer.from(actor, "base64url").toString();
  const isMachine = text.startsWith(MACHINE);
  if (!isMachine && !text.startsWith(PERSON)) return undefined;
  return { actorId: text.slice(MACHINE.length), isMachine };
}

/** Not signed by us. One that has expired is not forged. */
export function isForgedCookie(key: string, cookie: string): boolean {
  const [actor, expires, signature] = cookie.split(".");
  return !actor || !expires || !signature || !equalSecrets(signature, sign(key, `${actor}.${expires}`));
}

const MACHINE = "m:";
const PERSON = "p:";
const sign = (key: string, payload: string) => createHmac("sha256", key).update(payload).digest("base64url");

/** Comparison whose time does not tell how much was right. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
