import { type FastifyInstance, fastify } from "fastify";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { csrf } from "./csrf.ts";
import { hashOfSessionId } from "./session.ts";
import { sessions } from "./sessions.ts";
import { pgSessionStore } from "./store.ts";
import { createSessionDatabase, handClock } from "./testing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ORIGIN = { origin: "http://ringi.test", host: "ringi.test" };

let database: Awaited<ReturnType<typeof createSessionDatabase>>;
let pool: pg.Pool;
let clock: ReturnType<typeof handClock>;
let app: FastifyInstance;

beforeAll(async () => {
  database = await createSessionDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query("DELETE FROM bff_sessions");
  clock = handClock();
  app = await build(true);
});

async function build(secure: boolean): Promise<FastifyInstance> {
  const server = fastify();
  await server.register(sessions, {
    store: pgSessionStore(pool),
    idleTimeoutMs: 30 * MINUTE,
    absoluteTimeoutMs: 8 * HOUR,
    cookieName: "ringi",
    secure,
    clock,
  });
  await server.register(csrf);
  server.post<{ Body: { userId: string } }>("/api/session", async (request, reply) => {
    const session = await reply.signIn({
      tenant: "acme",
      userId: request.body.userId,
      data: { roles: ["a"] },
    });
    return reply.code(201).send({ csrfToken: session.csrfToken });
  });
  server.delete("/api/session", async (_request, reply) => {
    await reply.signOut();
    return reply.code(204).send();
  });
  server.get("/api/session", { preHandler: server.requireSession }, async (request) => request.getSession());
  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
    server.route({ method, url: "/api/thing", preHandler: server.requireSession, handler: async () => ({}) });
  }
  return server;
}

async function signIn(userId = "u1", cookie?: string, server = app) {
  const answer = await server.inject({
    method: "POST",
    url: "/api/session",
    headers: {
      ...ORIGIN,
      ...(cookie === undefined ? {} : { cookie, "x-csrf-token": csrfTokens.get(cookie) }),
    },
    payload: { userId },
  });
  expect(answer.statusCode).toBe(201);
  const set = String(answer.headers["set-cookie"]);
  const signedIn = { set, cookie: set.split(";")[0]!, csrfToken: answer.json().csrfToken as string };
  csrfTokens.set(signedIn.cookie, signedIn.csrfToken);
  return signedIn;
}
const csrfTokens = new Map<string, string>();

const look = async (cookie: string, server = app) =>
  (await server.inject({ url: "/api/session", headers: { cookie } })).statusCode;

describe("a session", () => {
  test("is carried by a cookie that scripts cannot read and that belongs to this host alone", async () => {
    const { set } = await signIn();
    expect(set).toMatch(/^__Host-ringi=[\w-]{43}; /);
    expect(set).toContain("Path=/");
    expect(set).toContain("HttpOnly");
    expect(set).toContain("Secure");
    expect(set).toContain("SameSite=Lax");
    expect(set).not.toMatch(/Domain|Expires|Max-Age/);
  });

  test("has a plain cookie where the site is served without TLS", async () => {
    const { set } = await signIn("u1", undefined, await build(false));
    expect(set).toMatch(/^ringi=/);
    expect(set).not.toContain("Secure");
    expect(set).toContain("HttpOnly");
  });

  test("is known to the store by the hash of its id alone", async () => {
    const { cookie, csrfToken } = await signIn();
    const id = cookie.split("=")[1]!;
    const { rows } = await pool.query("SELECT s::text AS row, id_hash FROM bff_sessions s");
    expect(rows).toHaveLength(1);
    expect(rows[0].id_hash).toBe(hashOfSessionId(id));
    expect(rows[0].row).not.toContain(id);
    expect(rows[0].row).not.toContain(csrfToken);
  });

  test("gives its user, tenant and data to the handlers", async () => {
    const { cookie, csrfToken } = await signIn("u7");
    const answer = await app.inject({ url: "/api/session", headers: { cookie } });
    expect(answer.json()).toMatchObject({ userId: "u7", tenant: "acme", data: { roles: ["a"] }, csrfToken });
    expect(answer.json().idHash).toBeUndefined();
  });

  test("is accepted after 29:59 idle minutes and refused after 30:00", async () => {
    const early = await signIn();
    clock.advance(29 * MINUTE + 59_000);
    expect(await look(early.cookie)).toBe(200);
    const late = await signIn("u2");
    clock.advance(30 * MINUTE);
    const refused = await app.inject({ url: "/api/session", headers: { cookie: late.cookie } });
    expect(refused.statusCode).toBe(401);
    expect(refused.json().error).toMatchObject({ code: "session_missing", remedy: "Sign in again." });
    expect(String(refused.headers["set-cookie"])).toMatch(/^__Host-ringi=; .*Expires=Thu, 01 Jan 1970/);
  });

  test("that is used all the time is refused at 8 hours, not before", async () => {
    const { cookie } = await signIn();
    for (let at = 20 * MINUTE; at < 8 * HOUR; at += 20 * MINUTE) {
      clock.advance(20 * MINUTE);
      expect(await look(cookie)).toBe(200);
    }
    clock.advance(19 * MINUTE + 59_000);
    expect(await look(cookie)).toBe(200);
    clock.advance(1000);
    expect(await look(cookie)).toBe(401);
  });

  test("stays ended once it has ended, whatever the clock does", async () => {
    const { cookie } = await signIn();
    clock.advance(30 * MINUTE);
    expect(await look(cookie)).toBe(401);
    await signIn("u2");
    clock.advance(-30 * MINUTE);
    expect(await look(cookie)).toBe(401);
  });

  test("gets a new id at each sign-in, and the old id is worth nothing", async () => {
    const first = await signIn();
    const second = await signIn("u1", first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect(second.csrfToken).not.toBe(first.csrfToken);
    expect(await look(first.cookie)).toBe(401);
    expect(await look(second.cookie)).toBe(200);
  });

  test("is never taken over from an id that someone planted", async () => {
    const planted = `__Host-ringi=${"A".repeat(43)}`;
    const answer = await app.inject({
      method: "POST",
      url: "/api/session",
      headers: { ...ORIGIN, cookie: planted },
      payload: { userId: "victim" },
    });
    expect(String(answer.headers["set-cookie"])).not.toContain("A".repeat(43));
    expect(await look(planted)).toBe(401);
  });

  test("ends at the sign-out, in the store and in the browser", async () => {
    const { cookie, csrfToken } = await signIn();
    const answer = await app.inject({
      method: "DELETE",
      url: "/api/session",
      headers: { ...ORIGIN, cookie, "x-csrf-token": csrfToken },
    });
    expect(answer.statusCode).toBe(204);
    expect(String(answer.headers["set-cookie"])).toMatch(/^__Host-ringi=;/);
    expect(await look(cookie)).toBe(401);
  });

  test("is useless at once when its record is deleted", async () => {
    const { cookie } = await signIn();
    await pool.query("DELETE FROM bff_sessions");
    expect(await look(cookie)).toBe(401);
  });

  test("ends with every other session of the user when they are revoked", async () => {
    const first = await signIn("u1");
    const second = await signIn("u1");
    const other = await signIn("u2");
    expect(await app.sessions.revokeUser("acme", "u1")).toBe(2);
    expect(await app.sessions.revokeUser("other", "u2")).toBe(0);
    expect([await look(first.cookie), await look(second.cookie), await look(other.cookie)]).toEqual([
      401, 401, 200,
    ]);
  });

  test("that has ended is deleted from the store", async () => {
    await signIn("u1");
    clock.advance(30 * MINUTE);
    expect(await app.sessions.removeEnded()).toBe(1);
    expect((await pool.query("SELECT FROM bff_sessions")).rowCount).toBe(0);
  });

  test("cannot be read while the store is down: 503, and the browser keeps its cookie", async () => {
    const down = await createSessionDatabase();
    const server = fastify();
    await server.register(sessions, {
      store: pgSessionStore(down.pool),
      idleTimeoutMs: MINUTE,
      absoluteTimeoutMs: HOUR,
      secure: false,
      clock,
    });
    server.get("/", { preHandler: server.requireSession }, async () => ({}));
    await down.close();
    const answer = await server.inject({ url: "/", headers: { cookie: `session=${"A".repeat(43)}` } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("a change", () => {
  const methods = ["POST", "PUT", "PATCH", "DELETE"] as const;
  const cases: [string, (token: string, foreign: string) => Record<string, string>, string | null][] = [
    ["with token and origin", (token) => ({ ...ORIGIN, "x-csrf-token": token }), null],
    [
      "with token and referer",
      (token) => ({ host: "ringi.test", referer: "http://ringi.test/a?b", "x-csrf-token": token }),
      null,
    ],
    [
      "behind the edge",
      (token) => ({
        host: "127.0.0.1:1",
        "x-forwarded-host": "ringi.test",
        origin: "https://ringi.test",
        "x-csrf-token": token,
      }),
      null,
    ],
    ["without token", () => ORIGIN, "csrf_token_missing"],
    ["with a wrong token", () => ({ ...ORIGIN, "x-csrf-token": "x".repeat(43) }), "csrf_token_wrong"],
    [
      "with the token of another session",
      (_token, foreign) => ({ ...ORIGIN, "x-csrf-token": foreign }),
      "csrf_token_wrong",
    ],
    [
      "from a foreign origin",
      (token) => ({ ...ORIGIN, origin: "https://evil.test", "x-csrf-token": token }),
      "csrf_origin_foreign",
    ],
    [
      "from a foreign referer",
      (token) => ({ host: "ringi.test", referer: "https://evil.test/ringi.test", "x-csrf-token": token }),
      "csrf_origin_foreign",
    ],
    [
      "from a sandboxed frame",
      (token) => ({ ...ORIGIN, origin: "null", "x-csrf-token": token }),
      "csrf_origin_foreign",
    ],
    [
      "marked cross-site by the browser",
      (token) => ({ ...ORIGIN, "sec-fetch-site": "cross-site", "x-csrf-token": token }),
      "csrf_origin_foreign",
    ],
    [
      "without origin and referer",
      (token) => ({ host: "ringi.test", "x-csrf-token": token }),
      "csrf_origin_missing",
    ],
  ];

  test.each(cases)("%s is answered by rule, for each method", async (_name, headersOf, code) => {
    const mine = await signIn("u1");
    const theirs = await signIn("u2");
    for (const method of methods) {
      const headers = { ...headersOf(mine.csrfToken, theirs.csrfToken), cookie: mine.cookie };
      const answer = await app.inject({ method, url: "/api/thing", headers });
      expect([method, answer.statusCode]).toEqual([method, code === null ? 200 : 403]);
      if (code !== null)
        expect(answer.json().error).toMatchObject({ code, remedy: expect.stringMatching(/\w/) });
    }
  });

  test("without a session is refused for the origin alone, and by the route for the session", async () => {
    const foreign = await app.inject({
      method: "POST",
      url: "/api/session",
      headers: { ...ORIGIN, origin: "https://evil.test" },
      payload: { userId: "u1" },
    });
    expect(foreign.statusCode).toBe(403);
    const stranger = await app.inject({ method: "POST", url: "/api/thing", headers: ORIGIN });
    expect(stranger.statusCode).toBe(401);
  });

  test("may come from the listed origins alone where they are listed", async () => {
    const server = fastify();
    await server.register(sessions, {
      store: pgSessionStore(pool),
      idleTimeoutMs: MINUTE,
      absoluteTimeoutMs: HOUR,
      clock,
    });
    await server.register(csrf, { origins: ["https://ringi.example.jp"] });
    server.post("/", async () => ({}));
    const from = async (origin: string) =>
      (await server.inject({ method: "POST", url: "/", headers: { host: "ringi.test", origin } })).statusCode;
    expect(await from("https://ringi.example.jp")).toBe(200);
    expect(await from("http://ringi.example.jp")).toBe(403);
    expect(await from("http://ringi.test")).toBe(403);
  });
});
