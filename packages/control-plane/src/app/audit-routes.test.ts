import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erasePerson } from "../access/index.ts";
import { type AuditPage, createErasures, erasureRoutes, search, searchRoutes } from "../audit/index.ts";
import { commonRoutes, createHttpServer } from "../http/index.ts";
import { createLogger } from "../platform/log.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";

let t: TestDatabase;
let api: { server: Awaited<ReturnType<typeof createHttpServer>>; origin: string };
let folder: string;
beforeAll(async () => {
  t = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "toban-audit-routes-"));
  const tenants = async () => [t.ctx.tenant];
  const ctxFor = (tenant: string) => testCtx({ tenant });
  const erasures = createErasures({ db: t.db, folder, key: "key", tenants, ctxFor, erasePerson });
  const overview = async () => {
    throw new Error("not part of this test");
  };
  const server = await createHttpServer({
    ...{ db: t.db, log: createLogger("test", "silent"), clock: t.ctx.clock, newId: t.ctx.newId },
    ...{ tenant: t.ctx.tenant, cliToken: "cli", ingestToken: "ingest", cookieKey: "cookie" },
    ...{ consoleRoot: undefined, readiness: async () => ({}), ingest: async () => {} },
    routes: [commonRoutes({ db: t.db, overview }), searchRoutes({ db: t.db }), erasureRoutes({ erasures })],
  });
  api = { server, origin: await server.listen({ host: "127.0.0.1", port: 0 }) };
});
afterAll(async () => {
  await api.server.close();
  await t.close();
  await rm(folder, { recursive: true });
});

async function ask(method: string, url: string, actor: string, body?: unknown) {
  const response = await fetch(api.origin + url, {
    method,
    headers: {
      ...{ authorization: "Bearer cli", "x-toban-actor": actor },
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, code: JSON.parse(text).error?.code as string | undefined };
}
const link = (actor: string) => ask("POST", "/v1/sign-in-links", actor, {});
const audit = async (query: string, actor = "auditor") => {
  const answer = await ask("GET", `/v1/audit?${query}`, actor);
  return { ...answer, page: JSON.parse(answer.text) as AuditPage };
};

describe("GET /v1/audit", () => {
  it("pages through what is asked for, with names and addresses", async () => {
    for (const actor of ["alice", "bob", "alice", "alice"]) await link(actor);
    const first = await audit("actor=person:alice&limit=2");
    expect(first.page.events).toHaveLength(2);
    expect(first.page.events[0]).toMatchObject({
      ...{ action: "sign_in_link.create", actorId: "person:alice", resource: "person/alice" },
      ...{ class: "auth", sourceIp: "127.0.0.1", sealed: null },
    });
    const rest = await audit(`actor=person:alice&limit=2&cursor=${first.page.nextCursor}`);
    expect(rest.page).toMatchObject({ events: [{ actorId: "person:alice" }], nextCursor: null });
  });

  it("is in the record itself before it answers: which filters, not what for", async () => {
    await audit("actor=person:carol&from=2026-01-01T00:00:00Z", "reader");
    const [row] = await t.db.tx(t.ctx, (tx) => search(tx, { actor: "person:reader" }));
    expect(row).toMatchObject({
      ...{ action: "audit.search", class: "access", resource: "audit" },
      details: { filters: ["actor", "from"], events: 0 },
    });
    expect(JSON.stringify(row)).not.toContain("carol");
  });

  it.each([
    ["cursor=abc", "audit_cursor_invalid"],
    ["action=nothing.*", "audit_filter_invalid"],
    ["from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "audit_filter_invalid"],
  ])("refuses %s with a reason", async (query, code) => {
    expect(await audit(query)).toMatchObject({ status: 400, code });
  });

  it.each(["limit=0", "limit=1001", "class=secret", "result=ok", "from=yesterday"])(
    "refuses %s",
    async (query) => {
      expect((await audit(query)).status).toBe(400);
    },
  );
});

describe("/v1/erasures", () => {
  it("erases, tells nobody whom, and needs a subject", async () => {
    await link("dora");
    const asked = await ask("POST", "/v1/erasures", "officer", { subject: "dora" });
    expect(asked.status).toBe(200);
    expect(JSON.parse(asked.text)).toMatchObject({ state: "done", requestedBy: "person:officer" });
    const listed = await ask("GET", "/v1/erasures", "officer");
    expect(JSON.parse(listed.text)).toEqual({ erasures: [JSON.parse(asked.text)] });
    expect(listed.text + (await audit("class=admin")).text).not.toContain("dora");
    expect((await audit("actor=person:dora")).page.events).toEqual([]);
    const empty = await ask("POST", "/v1/erasures", "officer", { subject: "" });
    expect(empty.status).toBe(400);
  });
});
