import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import { unavailable } from "../platform/errors.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../platform/testing.ts";
import {
  type AlertingDeps,
  type AlertTransition,
  alertingRoutes,
  deliverPages,
  evaluateAlerts,
  lastEvaluation,
  listAlerts,
  newestPayload,
  readPages,
  readTransitions,
} from "./index.ts";
import { alertingDefinition } from "./testing/definition.ts";

type Hit = { key: string; body: { kind: string; status: string; severity: string; title: { ja: string } } };

let t: TestDatabase;
let hook: Server;
let hookUrl: string;
let hits: Hit[];
let answer: number;
let sample: { value: number | null; samples: number } | "down";
let seen: AlertTransition[];
let clock: ReturnType<typeof testClock>;
let deps: AlertingDeps;
/** Every test is a tenant of its own. */
let tenant = 0;
const ctx = () => testCtx({ clock, tenant: `tenant-${tenant}` });

beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(async () => {
  tenant += 1;
  hits = [];
  seen = [];
  answer = 200;
  clock = testClock();
  hook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      hits.push({ key: String(request.headers["idempotency-key"]), body: JSON.parse(text) });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  deps = {
    db: t.db,
    definition: () => alertingDefinition({ secret: "HOOK" }),
    environment: "production",
    secret: (name) => (name === "HOOK" ? hookUrl : undefined),
    async sample(_ctx, queries) {
      if (sample === "down") throw unavailable("telemetry_down", "The store does not answer.", "Wait.");
      const errors = sample;
      return new Map(
        queries.map(({ id }) => [
          id,
          { latestAt: null, ...(id === "bff-errors" ? errors : { value: 0, samples: 1 }) },
        ]),
      );
    },
    onTransition: async (_tx, _ctx, transition) => {
      seen.push(transition);
    },
  };
});
afterEach(async () => {
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
});

/** Evaluates every two seconds for `seconds`. */
async function evaluateFor(seconds: number, value: typeof sample) {
  sample = value;
  for (let s = 0; s < seconds; s += 2) {
    clock.advance(2_000);
    await evaluateAlerts(deps, ctx());
  }
}
const alert = async () => {
  const views = await t.db.tx(ctx(), (tx) => listAlerts(tx, deps.definition()));
  return views.find((view) => view.id === "bff-errors")!;
};
const bad = { value: 0.2, samples: 100 };
const good = { value: 0, samples: 100 };

describe("alerting on a real database", () => {
  it("pages once when it fires and once when it resolves, in order, with an audit event for each change", async () => {
    await evaluateFor(20, bad);
    expect(await alert()).toMatchObject({
      state: "firing",
      level: "critical",
      severity: "critical",
      threshold: 0.05,
    });
    await evaluateFor(20, good);
    expect((await alert()).state).toBe("resolved");
    expect(await deliverPages(deps, ctx())).toBe(1);
    expect(await deliverPages(deps, ctx())).toBe(1);
    expect(await deliverPages(deps, ctx())).toBe(0);
    expect(hits.map((hit) => hit.body.status)).toEqual(["firing", "resolved"]);
    expect(hits[0]!.body.title.ja).toBe("Too many errors(日本語)");
    expect(new Set(hits.map((hit) => hit.key)).size).toBe(2);
    expect(seen.map((s) => `${s.from}→${s.to}`)).toEqual([
      "inactive→pending",
      "pending→firing",
      "firing→resolved",
    ]);
    const from = new Date(0);
    expect(await t.db.tx(ctx(), (tx) => readTransitions(tx, { from, limit: 10 }))).toHaveLength(3);
    const audit = await t.db.tx(ctx(), (tx) => search(tx, { resource: "alert/bff-errors" }));
    expect(audit.map((row) => row.action).sort()).toEqual([
      "alert.firing",
      "alert.page",
      "alert.page",
      "alert.pending",
      "alert.resolved",
    ]);
  });

  it("a page carries the newest event behind the alert; one whose event nobody can tell is sent all the same", async () => {
    const cause = {
      ...{ tenantId: "acme", correlationId: "corr-12345678", actorId: "person:~abc" },
      ...{ action: "person.role", resource: "person/~def", at: "2026-01-01T00:00:00.000000Z" },
    };
    deps.cause = async (_ctx, indicator) => (indicator.kind === "error-ratio" ? cause : null);
    await evaluateFor(10, bad);
    expect(await t.db.tx(ctx(), (tx) => newestPayload(tx, "bff-errors", "fire"))).toMatchObject({ cause });
    expect(seen.map((s) => [s.to, s.cause, s.preserve])).toEqual([
      ["pending", null, false],
      ["firing", cause, false],
    ]);
    await evaluateFor(20, good);
    deps.cause = async () => {
      throw unavailable("audit_down", "The audit log does not answer.", "Wait.");
    };
    await evaluateFor(10, bad);
    expect((await alert()).state).toBe("firing");
    expect(await t.db.tx(ctx(), (tx) => newestPayload(tx, "bff-errors", "fire"))).toMatchObject({
      cause: null,
    });
    expect(await t.db.tx(ctx(), (tx) => lastEvaluation(tx))).toEqual(clock.now());
  });

  it("a transition that its listener refuses is not stored, and happens at the next look", async () => {
    const listener = deps.onTransition;
    await evaluateFor(4, bad);
    deps.onTransition = async () => {
      throw new Error("the incident could not be written");
    };
    clock.advance(2_000);
    await expect(evaluateAlerts(deps, ctx())).rejects.toThrow("incident");
    expect((await alert()).state).toBe("pending");
    expect(await t.db.tx(ctx(), (tx) => readPages(tx, 10))).toEqual([]);
    deps.onTransition = listener;
    await evaluateFor(2, bad);
    expect((await alert()).state).toBe("firing");
  });

  it("a restart forgets nothing and pages nothing twice", async () => {
    await evaluateFor(10, bad);
    // Everything is in rows: new dependencies are a new process.
    deps = { ...deps };
    await evaluateFor(10, bad);
    expect(await t.db.tx(ctx(), (tx) => readPages(tx, 10))).toHaveLength(1);
  });

  it("two replicas that look at the same time page once", async () => {
    await evaluateFor(4, bad);
    clock.advance(2_000);
    await Promise.all([
      evaluateAlerts(deps, ctx()),
      evaluateAlerts(deps, ctx()),
      evaluateAlerts(deps, ctx()),
    ]);
    expect((await alert()).state).toBe("firing");
    expect(await t.db.tx(ctx(), (tx) => readPages(tx, 10))).toHaveLength(1);
  });

  it("telemetry that does not answer keeps a firing alert firing and says that there is no data", async () => {
    await evaluateFor(10, bad);
    await evaluateFor(60, "down");
    expect(await alert()).toMatchObject({ state: "firing", noData: true, value: 0.2 });
  });

  it("a channel that fails is tried again later with the same key; the resolve waits for its page", async () => {
    answer = 503;
    await evaluateFor(10, bad);
    await evaluateFor(10, good);
    await deliverPages(deps, ctx());
    expect(await deliverPages(deps, ctx())).toBe(0);
    expect((await alert()).page).toMatchObject({ state: "queued", kind: "resolve" });
    answer = 200;
    clock.advance(1_000);
    await deliverPages(deps, ctx());
    await deliverPages(deps, ctx());
    expect(hits.map((hit) => hit.body.kind)).toEqual(["fire", "fire", "resolve"]);
    expect(hits[0]!.key).toBe(hits[1]!.key);
  });

  it("an unset channel secret is written on the page: not delivered, not configured", async () => {
    deps.secret = () => undefined;
    await evaluateFor(10, bad);
    await deliverPages(deps, ctx());
    expect((await alert()).page).toMatchObject({
      state: "not-delivered",
      error: "not delivered: channel hook is not configured",
    });
  });

  it("an unreachable channel is queued with a reason that does not contain its URL", async () => {
    deps.secret = () => "http://127.0.0.1:1/very-secret-path";
    await evaluateFor(10, bad);
    await deliverPages(deps, ctx());
    const page = (await alert()).page;
    expect(page).toMatchObject({ state: "queued", error: "the channel is unreachable (ECONNREFUSED)" });
  });

  it("an alert that is removed from the definition while it fires sends its resolve", async () => {
    await evaluateFor(10, bad);
    deps.definition = () => ({ ...alertingDefinition({ secret: "HOOK" }), alerts: {} });
    await evaluateFor(2, bad);
    await deliverPages(deps, ctx());
    await deliverPages(deps, ctx());
    expect(hits.map((hit) => hit.body.kind)).toEqual(["fire", "resolve"]);
  });

  it("another tenant sees none of it", async () => {
    await evaluateFor(10, bad);
    const other = testCtx({ tenant: "globex" });
    const views = await t.db.tx(other, (tx) => listAlerts(tx, deps.definition()));
    expect(views.every((view) => view.state === "inactive" && view.noData)).toBe(true);
  });

  it("GET /v1/alerts shows every alert, what changed and what was paged", async () => {
    const server = Fastify();
    server.setValidatorCompiler(validatorCompiler);
    server.setSerializerCompiler(serializerCompiler);
    server.addHook("onRequest", async (request) => {
      request.ctx = ctx();
    });
    await server.register(alertingRoutes(deps));
    const before = (await server.inject("/v1/alerts")).json();
    expect(before).toMatchObject({
      alerts: [{ state: "inactive", noData: true }, {}],
      transitions: [],
      pages: [],
    });
    await evaluateFor(10, bad);
    const after = (await server.inject("/v1/alerts")).json();
    expect(after.alerts[0]).toMatchObject({ id: "bff-errors", state: "firing", page: { state: "queued" } });
    expect(after.transitions).toHaveLength(2);
    expect(after.pages).toMatchObject([{ kind: "fire", channel: "hook" }]);
    await server.close();
  });
});
