import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  OPERATIONS,
  provisionOwnTenant,
  provisionTenant,
  ROLE_LEVELS,
  type RoleLevel,
} from "../access/index.ts";
import { addPerson, removePerson } from "../access/people/people.ts";
import { deleteTenant, suspendTenant } from "../access/tenants/life.ts";
import { search } from "../audit/index.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { serveApi } from "./testing.ts";

/**
 * Who may call which route, written down a second time and by hand: the permission table cannot be changed without
 * changing this too. `own`: from the installation's own tenant only. HEAD is as GET.
 */
const EXPECTED: Record<string, { level: RoleLevel; own?: true }> = {
  "GET /v1/overview": { level: 1, own: true },
  "GET /v1/stream": { level: 1, own: true },
  "GET /v1/openapi.json": { level: 1 },
  "POST /v1/sign-in-links": { level: 1 },
  "GET /v1/runs": { level: 2 },
  "GET /v1/runs/:id": { level: 2 },
  "POST /v1/runs/:id/cancel": { level: 3 },
  "POST /v1/runs/:id/resume": { level: 3 },
  "POST /v1/runs/:id/decide": { level: 4 },
  "POST /v1/runs/:id/approve": { level: 5 },
  "GET /v1/releases": { level: 1, own: true },
  "GET /v1/rollouts": { level: 1, own: true },
  "POST /v1/rollouts": { level: 4, own: true },
  "POST /v1/rollouts/:service/rollback": { level: 3, own: true },
  "GET /v1/gate/verdicts": { level: 2, own: true },
  "POST /v1/gate/verdicts": { level: 4, own: true },
  "GET /v1/alerts": { level: 1, own: true },
  "GET /v1/incidents": { level: 2 },
  "GET /v1/incidents/:id": { level: 2 },
  "POST /v1/incidents/:id/resolve": { level: 3 },
  "GET /v1/commitments": { level: 1, own: true },
  "POST /v1/proofs": { level: 3, own: true },
  "GET /v1/audit": { level: 5 },
  "GET /v1/audit/trees": { level: 5 },
  "GET /v1/audit/keys": { level: 5 },
  "POST /v1/audit/keys/rotate": { level: 6, own: true },
  "GET /v1/audit/export": { level: 5 },
  "GET /v1/audit/export/revealed": { level: 6 },
  "GET /v1/audit/holds": { level: 5 },
  "POST /v1/audit/holds": { level: 5 },
  "POST /v1/audit/holds/:id/release": { level: 5 },
  "GET /v1/audit/verifications": { level: 5 },
  "POST /v1/audit/verifications": { level: 5 },
  "POST /v1/audit/verifications/pass": { level: 5 },
  "GET /v1/audit/verifications/:id": { level: 5 },
  "GET /v1/erasures": { level: 6 },
  "POST /v1/erasures": { level: 6 },
  "GET /v1/tenants": { level: 6, own: true },
  "POST /v1/tenants": { level: 6, own: true },
  "DELETE /v1/tenants/:id": { level: 6, own: true },
  "POST /v1/tenants/:id/suspend": { level: 6, own: true },
  "POST /v1/tenants/:id/resume": { level: 6, own: true },
  "POST /v1/tenants/:id/undelete": { level: 6, own: true },
  "GET /v1/people": { level: 5 },
  "POST /v1/people": { level: 6 },
  "PATCH /v1/people/:id": { level: 6 },
  "DELETE /v1/people/:id": { level: 6 },
};

const LEVELS = Object.keys(ROLE_LEVELS).map(Number) as RoleLevel[];
const MACHINE = { level: 6, standing: "machine" } as const;

let t: TestDatabase;
let api: Awaited<ReturnType<typeof serveApi>>;
type Route = { method: string; url: string };
let routes: Route[];

beforeAll(async () => {
  t = await createTestDatabase();
  await provisionOwnTenant(t.db, t.ctx, "Own");
  for (const id of ["beta", "halted", "dropped"]) {
    const administrator = { id: "stranger", name: "Stranger" };
    await provisionTenant(t.db, t.ctx, { id, name: id, administrator });
  }
  for (const tenant of ["acme", "beta"]) {
    const ctx = { ...t.ctx, tenant };
    await t.db.tx(ctx, async (tx) => {
      for (const level of LEVELS)
        await addPerson(tx, ctx, MACHINE, { id: `${tenant}-${level}`, name: "N", level });
      await addPerson(tx, ctx, MACHINE, { id: "gone", name: "G", level: 6 });
      await removePerson(tx, ctx, MACHINE, "gone");
    });
  }
  await suspendTenant(t, t.ctx, "halted");
  await deleteTenant(t, t.ctx, "dropped");
  api = await serveApi(t);
  routes = api.server.operations;
});
afterAll(async () => {
  await api.server.close();
  await t.close();
});

const keyOf = ({ method, url }: Route) => `${method === "HEAD" ? "GET" : method} ${url}`;
const call = ({ method, url }: Route, headers: Record<string, string>) =>
  api.ask(
    method,
    url.replace(/:\w+/g, "nothing"),
    headers,
    ["POST", "PATCH"].includes(method) ? {} : undefined,
  );

/** Rows of everything but the audit record and the links, which each attempt may add to. */
async function rows(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const tenant of ["acme", "beta", "halted", "dropped"]) {
    await t.db.tx({ tenant }, async (tx) => {
      const tables = await tx.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'toban'
         AND column_name = 'tenant_id' AND table_name NOT LIKE 'audit%' AND table_name <> 'sign_in_links'`,
      );
      for (const { name } of tables) {
        const [row] = await tx.query<{ n: string }>(
          `SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) AS n FROM toban.${name} r`,
        );
        counts[`${tenant}.${name}`] = row!.n as never;
      }
    });
  }
  return counts;
}

/** What is not as EXPECTED says; walks over every route of the running server. */
async function faults(tenant: "acme" | "beta", levels = LEVELS, only?: string): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const key = keyOf(route);
    if (only && key !== only) continue;
    const expected = EXPECTED[key];
    if (!expected) {
      found.push(`${key} has no row`);
      continue;
    }
    for (const level of levels) {
      const answer = await call(route, api.as(`${tenant}-${level}`, tenant === "acme" ? undefined : tenant));
      const allowed = level >= expected.level && (tenant === "acme" || !expected.own);
      const isRefused = answer.status === 401 || answer.status === 403;
      const isDenied =
        answer.status === 403 && (answer.code === "operation_denied" || route.method === "HEAD");
      if (allowed ? isRefused : !isDenied) {
        found.push(`${route.method} ${route.url} at ${level}: ${answer.status} ${answer.code}`);
      }
    }
  }
  return found;
}

/** Every route answers 4xx with this status and code. */
async function refusedEverywhere(headers: Record<string, string>, status: number, code: string) {
  const wrong: string[] = [];
  for (const route of routes) {
    const answer = await call(route, headers);
    const isRight = answer.status === status && (route.method === "HEAD" || answer.code === code);
    if (!isRight) wrong.push(`${route.method} ${route.url}: ${answer.status} ${answer.code}`);
  }
  return wrong;
}

describe("authorization of every route", () => {
  it("every row belongs to a route, every route has a row", () => {
    expect([...new Set(routes.map(keyOf))].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it("below its level it is refused and nothing is done, from its level on it is not", async () => {
    const before = await rows();
    expect(await faults("acme")).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it("the same in another tenant, where what belongs to the installation is refused at every level", async () => {
    const before = await rows();
    expect(await faults("beta")).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it("a lowered entry of the permission table is found, for each of them", async () => {
    const table = OPERATIONS as Record<string, number>;
    const missed: string[] = [];
    for (const { method, url, operation } of api.server.operations) {
      const level = table[operation]!;
      if (level === 1 || method === "HEAD") continue;
      table[operation] = level - 1;
      const found = await faults("acme", [(level - 1) as RoleLevel], keyOf({ method, url }));
      table[operation] = level;
      if (found.length === 0) missed.push(`${method} ${url}`);
    }
    expect(missed).toEqual([]);
  });

  it("nobody without credentials, with a wrong token or with the token of telemetry", async () => {
    expect(await refusedEverywhere({}, 401, "not_signed_in")).toEqual([]);
    expect(await refusedEverywhere({ authorization: "Bearer wrong" }, 401, "not_signed_in")).toEqual([]);
    expect(await refusedEverywhere({ authorization: "Bearer ingest" }, 401, "not_signed_in")).toEqual([]);
  });

  it("no member of another tenant, no removed person, nobody in a tenant that is suspended or gone", async () => {
    const before = await rows();
    // `stranger` administers beta, halted and dropped; a session is theirs and not the machine's.
    expect(await refusedEverywhere(api.session("stranger"), 403, "person_removed")).toEqual([]);
    expect(await refusedEverywhere(api.as("acme-6", "beta"), 403, "tenant_refused")).toEqual([]);
    expect(await refusedEverywhere(api.as("gone"), 403, "person_removed")).toEqual([]);
    expect(await refusedEverywhere(api.session("gone", true), 403, "person_removed")).toEqual([]);
    expect(await refusedEverywhere(api.as("gone", "beta"), 403, "tenant_refused")).toEqual([]);
    expect(await refusedEverywhere(api.as("stranger", "halted"), 403, "tenant_suspended")).toEqual([]);
    expect(await refusedEverywhere(api.as("stranger", "dropped"), 403, "tenant_refused")).toEqual([]);
    expect(await refusedEverywhere(api.as("machine", "dropped"), 403, "tenant_refused")).toEqual([]);
    expect(await rows()).toEqual(before);
  });
});

describe("whom a request is from", () => {
  const status = async (headers: Record<string, string>, url = "/v1/people") =>
    (await api.ask("GET", url, headers)).status;

  it("an unregistered name by the CLI token is the machine, in every tenant; a session only in its own", async () => {
    expect(await status(api.as("somebody"))).toBe(200);
    expect(await status(api.as("somebody", "beta"))).toBe(200);
    expect(await status(api.session("somebody", true))).toBe(200);
    expect(await status({ ...api.session("somebody", true), "x-tenant-id": "beta" })).toBe(403);
    expect(await status(api.session("somebody"))).toBe(403);
    expect(await status(api.session("acme-5"))).toBe(200);
    expect(await status(api.session("acme-4"))).toBe(403);
  });

  it("in a suspended tenant the machine reads and does nothing else", async () => {
    expect(await status(api.as("somebody", "halted"))).toBe(200);
    expect(await status(api.as("somebody", "halted"), "/v1/runs")).toBe(200);
    const write = await api.ask("POST", "/v1/people", api.as("somebody", "halted"), {});
    expect(write).toMatchObject({ status: 403, code: "tenant_suspended" });
  });

  it("a tenant that does not exist, one that is deleted and one of others answer the same", async () => {
    const of = async (tenant: string) => {
      const { status, text } = await api.ask("GET", "/v1/runs", api.as("acme-6", tenant));
      return { status, text: text.replace(/"correlationId":"[^"]*"/, "") };
    };
    const unknown = await of("nobody-has-this");
    expect(unknown.status).toBe(403);
    for (const tenant of ["beta", "dropped", "system", "'; DROP TABLE", "x".repeat(200)]) {
      expect(await of(tenant)).toEqual(unknown);
    }
  });

  it("an override of the gate needs more than the rollout that asks for it", async () => {
    const body = { service: "web", version: "1.0.0", overrideGate: "because it must go out" };
    const as = (level: number) => api.ask("POST", "/v1/rollouts", api.as(`acme-${level}`), body);
    expect(await as(4)).toMatchObject({ status: 403, code: "operation_denied" });
    expect((await as(5)).status).not.toBe(403);
  });

  it("a refusal is audited where the person may ask, without a trace in a tenant of others", async () => {
    const denials = async (tenant: string) =>
      (await t.db.tx({ tenant }, (tx) => search(tx, { action: "operation.denied", limit: 1000 }))).length;
    const before = { acme: await denials("acme"), beta: await denials("beta") };
    await api.ask("GET", "/v1/people", api.as("acme-4"));
    const [newest] = await t.db.tx({ tenant: "acme" }, (tx) => search(tx, { action: "operation.denied" }));
    expect(newest).toMatchObject({
      class: "auth",
      result: "denied",
      resource: "operation/person.read",
      details: { operation: "person.read", code: "operation_denied", needs: 5, tenant: "acme" },
    });
    await api.ask("GET", "/v1/people", api.as("beta-4", "beta"));
    await api.ask("GET", "/v1/people", api.as("acme-6", "beta"));
    expect({ acme: await denials("acme"), beta: await denials("beta") }).toEqual({
      acme: before.acme + 2,
      beta: before.beta + 1,
    });
  });

  it("the server does not start with a route that names no operation", async () => {
    const nameless = serveApi(t, { extra: [async (app) => void app.get("/v1/nameless", () => ({}))] });
    await expect(nameless).rejects.toMatchObject({ code: "operation_missing" });
  });
});
