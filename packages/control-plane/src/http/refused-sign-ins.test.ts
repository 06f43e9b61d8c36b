import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSessionCookie, createSignInLink } from "../access/index.ts";
import { search } from "../audit/index.ts";
import { createLogger } from "../platform/log.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../platform/testing.ts";
import { createHttpServer } from "./server.ts";

let t: TestDatabase;
let server: FastifyInstance;
/** Every test is a tenant of its own. */
let serial = 0;
const clock = testClock(new Date().toISOString());
const ctx = () => testCtx({ clock, tenant: `tenant-${serial}` });

beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(async () => {
  serial += 1;
  server = await createHttpServer({
    db: t.db,
    log: createLogger("test", "silent"),
    clock,
    newId: ctx().newId,
    tenant: ctx().tenant,
    cliToken: "right",
    ingestToken: "other",
    cookieKey: "key",
    consoleRoot: undefined,
    readiness: async () => ({}),
    routes: [
      async (app) => {
        app.get("/v1/ping", { config: { operation: "overview.read" } }, async () => ({}));
      },
    ],
    ingest: async () => {},
  });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  server.inject({ url, headers: { host: "127.0.0.1", ...headers } });

/** Of everything that was asked so far: closing writes what waits. */
async function refusals() {
  await server.close();
  const events = await t.db.tx(ctx(), (tx) => search(tx, { action: "session.refuse" }));
  return events.map(({ result, details }): Record<string, unknown> => ({ result, ...details }));
}
const session = () => createSessionCookie({ clock }, "key", { actorId: "operator", isMachine: true });

describe("refused sign-ins", () => {
  it("by a wrong token and a forged cookie are audited, every one counted", async () => {
    for (let i = 0; i < 12; i++) {
      expect((await get("/v1/ping", { authorization: `Bearer wrong-${i}` })).statusCode).toBe(401);
    }
    const cookie = `toban-session=${session().replace(/^../, "xx")}`;
    expect((await get("/v1/ping", { cookie })).statusCode).toBe(401);
    const all = await refusals();
    const attempts = (method: string) =>
      all.filter((event) => event.method === method).reduce((sum, event) => sum + Number(event.attempts), 0);
    expect([attempts("token"), attempts("session")]).toEqual([12, 1]);
    expect(all.every(({ result, code }) => result === "denied" && code === "not_signed_in")).toBe(true);
  });

  it("by an unknown link and by a used one are audited, the good use is not", async () => {
    expect((await get("/?token=unknown")).statusCode).toBe(401);
    const token = await t.db.tx(ctx(), (tx) => createSignInLink(tx, ctx(), "operator"));
    expect((await get(`/?token=${token}`)).statusCode).toBe(302);
    expect((await get(`/?token=${token}`)).statusCode).toBe(401);
    const all = await refusals();
    expect(all.reduce((sum, event) => sum + Number(event.attempts), 0)).toBe(2);
    expect(all[0]).toMatchObject({ method: "link", code: "sign_in_link_invalid" });
  });

  it("are none when nothing was presented, or a session that has ended", async () => {
    const cookie = `toban-session=${session()}`;
    expect((await get("/v1/ping", { cookie })).statusCode).toBe(200);
    clock.advance(9 * 3_600_000);
    expect((await get("/v1/ping", { cookie })).statusCode).toBe(401);
    expect((await get("/v1/ping")).statusCode).toBe(401);
    expect(await refusals()).toEqual([]);
  });
});
