import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provisionOwnTenant, provisionTenant } from "../access/index.ts";
import { openHold } from "../audit/index.ts";
import { openOrAppend } from "../incidents/index.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { startRun } from "../runs/index.ts";
import { planOf, step } from "../runs/testing/harness.ts";
import { serveApi } from "./testing.ts";

/** Objects of the other tenant, by the folder of their routes. */
const objects: Record<string, string> = {};
/** What a route needs in order to look the object up at all. */
const BODIES: Record<string, object> = {
  "POST /v1/runs/:id/cancel": { reason: "why" },
  "POST /v1/runs/:id/resume": {},
  "POST /v1/runs/:id/decide": { outcome: "abort" },
  "POST /v1/runs/:id/approve": { step: 0, planHash: "x", inputDigest: "x" },
  "POST /v1/incidents/:id/resolve": { note: "why" },
  "PATCH /v1/people/:id": { level: 1 },
  "POST /v1/audit/holds/:id/release": { reason: "why not" },
};
/** Parameters that name no object of a tenant. */
const SHARED = new Map([
  [":service", "services belong to the definition of the installation"],
  ["tenants", "tenants are the objects of the installation's own tenant, which has all of them"],
]);

let t: TestDatabase;
let api: Awaited<ReturnType<typeof serveApi>>;

beforeAll(async () => {
  t = await createTestDatabase();
  await provisionOwnTenant(t.db, t.ctx, "Own");
  for (const id of ["beta", "gamma"]) {
    const administrator = { id: `${id}-administrator`, name: "N" };
    await provisionTenant(t.db, t.ctx, { id, name: id, administrator });
  }
  const ctx = { ...t.ctx, tenant: "beta" };
  await t.db.tx(ctx, async (tx) => {
    const wait = { kind: "approval", approvers: 2 } as const;
    objects.runs = (await startRun(tx, ctx, { plan: planOf([step("a", { wait })]) })).id;
    const title = { en: "x", ja: "x" };
    objects.incidents = await openOrAppend(tx, ctx, {
      key: "k",
      title,
      severity: "low",
      service: null,
      event: { key: "e", text: title },
    });
    objects.people = "beta-administrator";
    objects["audit/holds"] = await openHold(tx, ctx, { reason: "court" });
    objects["audit/verifications"] = ctx.newId();
    await tx.query(
      `INSERT INTO toban.audit_verification_runs (tenant_id, id, requested_by, requested_at)
       VALUES ('beta', $1, 'person:x', now())`,
      [objects["audit/verifications"]],
    );
  });
  api = await serveApi(t);
});
afterAll(async () => {
  await api.server.close();
  await t.close();
});

type Route = { method: string; url: string };
const withObjects = (): Route[] =>
  api.server.operations.filter(
    ({ url }) => url.includes("/:") && ![...SHARED.keys()].some((part) => url.split("/").includes(part)),
  );

/** Status, body without the echoed id and the id of the request, and the headers that do not tell the time. */
async function answerTo({ method, url }: Route, id: string, headers: Record<string, string>) {
  const answer = await api.ask(
    method,
    url.replace(/:\w+/, id),
    { ...headers, "x-request-id": "same-for-all" },
    BODIES[`${method} ${url}`],
  );
  const { date: _, ...rest } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: rest, body: answer.text.replaceAll(id, "ID") };
}

/** As long as the real one and never given. */
const never = (id: string) => (/^[0-9a-f-]{36}$/.test(id) ? t.ctx.newId() : id.replace(/.$/, "0"));

async function differences(headers: Record<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const route of withObjects()) {
    const id = objects[route.url.split("/:")[0]!.slice("/v1/".length)];
    if (!id) found.push(`${route.method} ${route.url}: the test has no object of another tenant`);
    if (!id) continue;
    const [theirs, missing] = [await answerTo(route, id, headers), await answerTo(route, never(id), headers)];
    // A refusal before the look-up would say nothing about the look-up.
    if (missing.status !== 404) found.push(`${route.method} ${route.url}: ${missing.status} ${missing.body}`);
    if (JSON.stringify(theirs) !== JSON.stringify(missing)) {
      found.push(`${route.method} ${route.url}: ${JSON.stringify([theirs, missing])}`);
    }
  }
  return found;
}

const stateOfBeta = () =>
  t.db.tx({ tenant: "beta" }, async (tx) => {
    const state = [];
    for (const table of [
      "runs",
      "run_steps",
      "run_approvals",
      "incidents",
      "incident_timeline",
      "people",
      "audit_holds",
    ]) {
      state.push(await tx.query(`SELECT * FROM toban.${table} r ORDER BY r::text`));
    }
    return JSON.stringify(state);
  });

describe("an object of another tenant", () => {
  it("answers as one that never existed, to reading and to writing, and stays as it was", async () => {
    const before = await stateOfBeta();
    expect(withObjects().length).toBeGreaterThan(8);
    expect(await differences(api.as("somebody"))).toEqual([]);
    expect(await differences(api.as("gamma-administrator", "gamma"))).toEqual([]);
    expect(await differences(api.session("somebody", true))).toEqual([]);
    expect(await stateOfBeta()).toBe(before);
  });

  it("is there for its own tenant: the same comparison finds every route that tells", async () => {
    const told = await differences(api.as("beta-administrator", "beta"));
    const routes = withObjects().map(({ method, url }) => `${method} ${url}`);
    expect(routes.filter((route) => !told.some((line) => line.startsWith(`${route}: `)))).toEqual([]);
  });
});
