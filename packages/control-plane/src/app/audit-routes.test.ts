import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erasePerson } from "../access/index.ts";
import { type AuditPage, createErasures, erasureRoutes, search } from "../audit/index.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";
import { serveApi } from "./testing.ts";

let t: TestDatabase;
let api: Awaited<ReturnType<typeof serveApi>>;
let folder: string;
beforeAll(async () => {
  t = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "toban-audit-routes-"));
  const tenants = async () => [t.ctx.tenant];
  const ctxFor = (tenant: string) => testCtx({ tenant });
  const erasures = createErasures({ db: t.db, folder, key: "key", tenants, ctxFor, erasePerson });
  api = await serveApi(t, [erasureRoutes({ erasures })]);
});
afterAll(async () => {
  await api.server.close();
  await t.close();
  await rm(folder, { recursive: true });
});

const link = (actor: string) => api.ask("POST", "/v1/sign-in-links", api.as(actor), {});
const audit = async (query: string, actor = "auditor") => {
  const answer = await api.ask("GET", `/v1/audit?${query}`, api.as(actor));
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
    const asked = await api.ask("POST", "/v1/erasures", api.as("officer"), { subject: "dora" });
    expect(asked.status).toBe(200);
    expect(JSON.parse(asked.text)).toMatchObject({ state: "done", requestedBy: "person:officer" });
    const listed = await api.ask("GET", "/v1/erasures", api.as("officer"));
    expect(JSON.parse(listed.text)).toEqual({ erasures: [JSON.parse(asked.text)] });
    expect(listed.text + (await audit("class=admin")).text).not.toContain("dora");
    expect((await audit("actor=person:dora")).page.events).toEqual([]);
    const empty = await api.ask("POST", "/v1/erasures", api.as("officer"), { subject: "" });
    expect(empty.status).toBe(400);
  });
});
