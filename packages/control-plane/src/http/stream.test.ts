import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionCookie, provisionOwnTenant } from "../access/index.ts";
import { addPerson, removePerson } from "../access/people/people.ts";
import { createLogger } from "../platform/log.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { createHttpServer } from "./server.ts";
import { streamRoute } from "./stream.ts";

const MACHINE = { level: 6, standing: "machine" } as const;
let t: TestDatabase;
let server: FastifyInstance;
let origin: string;

beforeAll(async () => {
  t = await createTestDatabase();
  await provisionOwnTenant(t.db, t.ctx, "Own");
  await t.db.tx(t.ctx, async (tx) => {
    for (const id of ["stays", "goes"]) await addPerson(tx, t.ctx, MACHINE, { id, name: id, level: 1 });
  });
  server = await createHttpServer({
    db: t.db,
    log: createLogger("test", "silent"),
    clock: t.ctx.clock,
    newId: t.ctx.newId,
    tenant: t.ctx.tenant,
    cliToken: "cli",
    ingestToken: "ingest",
    cookieKey: "key",
    consoleRoot: undefined,
    readiness: async () => ({}),
    routes: [streamRoute(async () => ({ services: [] }), 10)],
    ingest: async () => {},
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  origin = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await server.close();
  await t.close();
});

async function listen(actorId: string) {
  const cookie = `toban-session=${createSessionCookie(t.ctx, "key", { actorId, isMachine: false })}`;
  const response = await fetch(`${origin}/v1/stream`, { headers: { cookie } });
  const reader = response.body!.getReader();
  return { response, reader };
}

describe("the live stream", () => {
  it("ends for a person who is removed, and goes on for the others", async () => {
    const stays = await listen("stays");
    const goes = await listen("goes");
    for (const { reader } of [stays, goes]) {
      expect(new TextDecoder().decode((await reader.read()).value)).toContain("event: overview");
    }
    await t.db.tx(t.ctx, (tx) => removePerson(tx, t.ctx, MACHINE, "goes"));
    while (!(await goes.reader.read()).done);
    expect(await stays.reader.read()).toMatchObject({ done: false });
    await stays.reader.cancel();
  });

  it("HEAD is no way to keep a connection for ever", async () => {
    const response = await fetch(`${origin}/v1/stream`, { method: "HEAD" });
    expect(response.status).toBe(404);
  });
});
