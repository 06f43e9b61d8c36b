import fastifyCookie from "@fastify/cookie";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import plugin from "fastify-plugin";
import { type Clock, type Random, systemClock, systemRandom } from "./platform/system.ts";
import { RefusedError, sendRefusal } from "./refusal.ts";
import { csrfTokenOf, cutoffs, hashOfSessionId, type SessionLimits, type SessionRecord } from "./session.ts";
import type { SessionStore } from "./store.ts";

export type SessionOptions = SessionLimits & {
  store: SessionStore;
  /** Without prefix; a secure cookie is named `__Host-<cookieName>`. Default `session`. */
  cookieName?: string;
  /** False only for plain HTTP on a developer's machine. Default true. */
  secure?: boolean;
  clock?: Clock;
  random?: Random;
};

/** A live session as handlers see it. */
export type Session = Omit<SessionRecord, "idHash"> & { csrfToken: string };
export type SignIn = { tenant: string; userId: string; data?: unknown };

export type Sessions = {
  /** Ends every session of a user at once; how many there were. */
  revokeUser(tenant: string, userId: string): Promise<number>;
  /** Deletes sessions that have ended; it also happens at each sign-in. */
  removeEnded(): Promise<number>;
};

declare module "fastify" {
  interface FastifyInstance {
    sessions: Sessions;
    /** `preHandler` that answers 401 without a live session. */
    requireSession: preHandlerAsyncHookHandler;
  }
  interface FastifyRequest {
    /** The live session of the cookie, or null; asked once a request, and it counts as activity. */
    getSession(): Promise<Session | null>;
  }
  interface FastifyReply {
    /** Ends the session the browser had and starts one with a new id. */
    signIn(who: SignIn): Promise<Session>;
    /** Ends the session in the store and in the browser. */
    signOut(): Promise<void>;
  }
}

const ID_BYTES = 32;
const ID_PATTERN = /^[\w-]{43}$/;
const CURRENT: unique symbol = Symbol("session");
type WithSession = FastifyRequest & { [CURRENT]?: Promise<Session | null> };

export const SESSION_MISSING = {
  code: "session_missing",
  reason: "You are not signed in, or your session has ended.",
  remedy: "Sign in again.",
};

const sessionsPlugin: FastifyPluginAsync<SessionOptions> = async (app, options) => {
  const { store, clock = systemClock, random = systemRandom, secure = true } = options;
  const cookieName = `${secure ? "__Host-" : ""}${options.cookieName ?? "session"}`;
  const cookie = { path: "/", httpOnly: true, sameSite: "lax", secure } as const;
  if (!app.hasRequestDecorator("cookies")) await app.register(fastifyCookie);

  const idOf = (request: FastifyRequest): string | null => {
    const id = request.cookies[cookieName];
    return id !== undefined && ID_PATTERN.test(id) ? id : null;
  };
  const load = async (request: FastifyRequest): Promise<Session | null> => {
    const id = idOf(request);
    if (id === null) return null;
    const now = clock.now();
    const record = await asking(store.use(hashOfSessionId(id), now, cutoffs(now, options)));
    return record && seenBy(record, id);
  };

  app.decorateRequest("getSession", function getSession(this: WithSession) {
    this[CURRENT] ??= load(this);
    return this[CURRENT];
  });

  app.decorateReply("signIn", async function signIn(this: FastifyReply, who: SignIn) {
    const now = clock.now();
    const before = idOf(this.request);
    // A new id at each sign-in: an id planted before it is worth nothing.
    if (before !== null) await asking(store.remove(hashOfSessionId(before)));
    await asking(store.removeEnded(cutoffs(now, options)));
    const id = Buffer.from(random(ID_BYTES)).toString("base64url");
    const record: SessionRecord = {
      idHash: hashOfSessionId(id),
      tenant: who.tenant,
      userId: who.userId,
      data: who.data ?? null,
      createdAt: now,
      lastSeenAt: now,
    };
    await asking(store.create(record));
    this.setCookie(cookieName, id, cookie);
    const session = seenBy(record, id);
    (this.request as WithSession)[CURRENT] = Promise.resolve(session);
    return session;
  });

  app.decorateReply("signOut", async function signOut(this: FastifyReply) {
    const id = idOf(this.request);
    if (id !== null) await asking(store.remove(hashOfSessionId(id)));
    this.clearCookie(cookieName, cookie);
    (this.request as WithSession)[CURRENT] = Promise.resolve(null);
  });

  app.decorate("sessions", {
    revokeUser: (tenant, userId) => asking(store.removeOfUser(tenant, userId)),
    removeEnded: () => asking(store.removeEnded(cutoffs(clock.now(), options))),
  });

  app.decorate("requireSession", async (request: FastifyRequest, reply: FastifyReply) => {
    if (await request.getSession()) return;
    if (request.cookies[cookieName] !== undefined) reply.clearCookie(cookieName, cookie);
    return sendRefusal(reply, 401, SESSION_MISSING);
  });
};

/** `app.register(sessions, { store, idleTimeoutMs, absoluteTimeoutMs, … })`: sessions kept by the server. */
export const sessions = plugin(sessionsPlugin, { name: "toban-sessions" });

function seenBy({ idHash: _idHash, ...record }: SessionRecord, id: string): Session {
  return { ...record, csrfToken: csrfTokenOf(id) };
}

async function asking<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new RefusedError(
      503,
      {
        code: "sessions_unavailable",
        reason: "Sessions cannot be read at the moment.",
        remedy: "Try again in a few seconds; you stay signed in.",
      },
      cause,
    );
  }
}
