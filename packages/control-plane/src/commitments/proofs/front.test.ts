import { csrf, pgSessionStore, SESSION_TABLE_SQL, securityHeaders, sessions } from "@toban/bff";
import { choice, defineOperations, minutes, type Operations, register } from "@toban/definition";
import Fastify, { type FastifyInstance } from "fastify";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../platform/ctx.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { send, startTelemetry, type TestTelemetry, tracesJson } from "../../telemetry/testing.ts";
import type { Judgement } from "../proof-kind.ts";
import { proofKinds } from "./index.ts";
import type { ProofSystem } from "./system.ts";

// A small front with the same plugins as RingiFlow's, so that one of them can be left out.
type Faults = {
  headers?: false;
  csrf?: false;
  secure?: false;
  idleMs?: number;
  cors?: true;
  lax?: true;
  records?: "plain" | "raw";
};

let database: TestDatabase;
let telemetry: TestTelemetry;
let pool: pg.Pool;
let running: FastifyInstance | undefined;
const ctx = testCtx();

beforeAll(async () => {
  [database, telemetry] = await Promise.all([createTestDatabase(), startTelemetry()]);
  pool = new pg.Pool({ connectionString: database.ownerUrl, max: 3 });
  await pool.query(
    SESSION_TABLE_SQL.replaceAll("bff_sessions", "public.bff_sessions").replace(
      "INDEX IF NOT EXISTS public.",
      "INDEX IF NOT EXISTS ",
    ),
  );
}, 120_000);
afterEach(async () => {
  await running?.close();
  running = undefined;
});
afterAll(async () => {
  await pool?.end();
  await telemetry?.close();
  await database?.close();
});

async function startFront(faults: Faults): Promise<number> {
  const app = Fastify({ forceCloseConnections: true });
  running = app;
  if (faults.headers !== false) await app.register(securityHeaders);
  await app.register(sessions, {
    store: pgSessionStore(pool, "public.bff_sessions"),
    idleTimeoutMs: faults.idleMs ?? 30 * 60_000,
    absoluteTimeoutMs: 8 * 3_600_000,
    secure: faults.secure !== false,
  });
  if (faults.csrf !== false) await app.register(csrf);
  if (faults.cors) {
    app.addHook("onRequest", async (request, reply) => {
      if (request.headers.origin) reply.header("access-control-allow-origin", request.headers.origin);
    });
  }
  if (faults.records) {
    app.addHook("onResponse", async (request) => {
      const correlationId = String(request.headers["x-request-id"] ?? "");
      await recordRequest(correlationId, faults.records === "raw" ? JSON.stringify(request.body) : "done");
    });
  }
  app.get("/", async (_request, reply) =>
    reply.type("text/html").send('<script src="/assets/app.js"></script>'),
  );
  app.get("/assets/app.js", async () => "1");
  app.get("/api/about", async () => ({}));
  const things: string[] = [];
  app.get("/api/things", async () => ({ things }));
  app.post<{ Body: { name?: unknown } | undefined }>("/api/things", async (request, reply) => {
    const keys = Object.keys(request.body ?? {});
    const name = request.body?.name;
    const isGood =
      keys.length === 1 && typeof name === "string" && name.length < 100 && !name.includes("\u0000");
    if (!isGood && !faults.lax) return reply.code(400).send({});
    things.push(JSON.stringify(name));
    return reply.code(201).send({});
  });
  app.post("/api/session", async (_request, reply) => {
    const { csrfToken } = await reply.signIn({ tenant: "t", userId: "u" });
    return reply.code(201).send({ csrfToken });
  });
  app.get("/api/session", { preHandler: app.requireSession }, async () => ({}));
  app.delete("/api/session", { preHandler: app.requireSession }, async (_request, reply) => {
    await reply.signOut();
    return reply.code(204).send();
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as { port: number }).port;
}

let spanId = 1_000;
async function recordRequest(correlationId: string, body: string): Promise<void> {
  const at = systemClock.now();
  const log = {
    timeUnixNano: `${at.getTime()}000000`,
    body: { stringValue: body },
    attributes: [{ key: "correlationId", value: { stringValue: correlationId } }],
  };
  const span = {
    id: spanId++,
    endedAt: at,
    service: "web",
    route: "/api/things",
    attributes: { correlationId },
  };
  await send(telemetry.url, "logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] });
  await send(telemetry.url, "traces", tracesJson([span]));
}

const r = register("T", { document: "d", section: "s" });
const text = (en: string) => ({ en, ja: en });
const idle = r.commitment("T-1", { says: text("idle"), source: "1", value: minutes(30) });
r.commitment("T-2", { says: text("something"), source: "1", value: choice("on") });
const commitment = (id: string) => r.resolve().commitments.find((candidate) => candidate.id === id)!;

function operations(): Operations {
  return defineOperations({
    system: "t",
    title: text("t"),
    registers: [r],
    services: {},
    environments: {},
    rollouts: {},
    sessions: { idleTimeout: idle, absoluteTimeout: minutes(480) },
  });
}

const front = {
  service: "web",
  signIn: { path: "/api/session", body: {}, tokenField: "csrfToken" },
  session: { path: "/api/session", cookie: "__Host-session" },
  csrfHeader: "x-csrf-token",
  harmless: null,
};
const store = { urlSecret: "database", table: "public.bff_sessions" };
const routes = [
  { method: "POST", route: "/api/session", path: "/api/session" },
  { method: "DELETE", route: "/api/session", path: "/api/session" },
  { method: "POST", route: "/api/things", path: "/api/things" },
];

async function judged(
  kindName: string,
  parameters: Record<string, unknown>,
  faults: Faults = {},
  id = "T-2",
): Promise<Judgement> {
  const port = await startFront(faults);
  const listener = { host: "127.0.0.1", port };
  const system = {
    operations: operations(),
    environment: "production",
    telemetry: telemetry.telemetry,
    observe: async () => [{ service: "web", listener, instances: [], weights: {} }],
    secret: () => database.ownerUrl,
  } as unknown as ProofSystem;
  const kind = proofKinds[kindName]!;
  const named =
    faults.secure === false ? { ...front, session: { ...front.session, cookie: "session" } } : front;
  const all = { front: named, ...parameters };
  return kind.judge(await kind.measure(system, ctx, all), commitment(id), all);
}

const headers = {
  requests: [{ name: "unknown", status: 404, path: "/none" }],
  headers: { "content-security-policy": "frame-ancestors 'none'", "x-content-type-options": "nosniff" },
};

describe("proofs of a front, against real ones", () => {
  it("headers: all there, and none without the plugin", async () => {
    expect(await judged("http.headers", headers)).toMatchObject({ verdict: "pass" });
    const bad = await judged("http.headers", headers, { headers: false });
    expect(bad).toMatchObject({ verdict: "fail", code: "header_missing" });
    expect(bad.reason.en).toContain("unknown: no content-security-policy");
  });

  it("CORS: nothing granted, and a reflected origin is found", async () => {
    const paths = { paths: ["/", "/api/things"] };
    expect(await judged("http.cors", paths)).toMatchObject({ verdict: "pass" });
    expect(await judged("http.cors", paths, { cors: true })).toMatchObject({ code: "cors_granted" });
  });

  it("CSRF: 403 each, and a front without the check is found", async () => {
    expect(await judged("http.csrf", { routes })).toMatchObject({ verdict: "pass" });
    const bad = await judged("http.csrf", { routes }, { csrf: false });
    expect(bad).toMatchObject({ verdict: "fail", code: "forgery_accepted" });
    expect(bad.reason.en).toContain("POST /api/things, no token");
  });

  it("CSRF: a changing route that spans know and nobody listed is found", async () => {
    const at = new Date(systemClock.now().getTime() - 1_000);
    const attributes = { "http.request.method": "PUT" };
    const span = { id: 7, endedAt: at, service: "other", route: "/api/forgotten", attributes };
    await send(telemetry.url, "traces", tracesJson([span]));
    await telemetry.telemetry.flush();
    const asOther = { routes, front: { ...front, service: "web" } };
    expect(await judged("http.csrf", asOther)).toMatchObject({ verdict: "pass" });
    await send(telemetry.url, "traces", tracesJson([{ ...span, id: 8, service: "web" }]));
    await telemetry.telemetry.flush();
    const bad = await judged("http.csrf", asOther);
    expect(bad.reason.en).toContain("PUT /api/forgotten changes something");
  });

  it("inputs: refused, and a route without schema is found", async () => {
    const parameters = {
      routes: [{ method: "POST", route: "/api/things", path: "/api/things", body: { name: "#" } }],
      inputless: [{ method: "PUT", route: "/api/forgotten" }],
      search: "/api/things?q={mark}",
      list: "things",
    };
    expect(await judged("http.inputs", parameters)).toMatchObject({ verdict: "pass" });
    const bad = await judged("http.inputs", parameters, { lax: true });
    expect(bad).toMatchObject({ verdict: "fail", code: "bad_input_accepted" });
    expect(bad.reason.en).toContain("entries with bad values were stored");
  });

  it("session limit: to the second, and another limit is found", async () => {
    const parameters = { store, limit: "idle" };
    expect(await judged("session.limit", parameters, {}, "T-1")).toMatchObject({
      verdict: "pass",
      measured: "1799 s: accepted; 1800 s: refused",
    });
    for (const idleMs of [29 * 60_000, 31 * 60_000]) {
      expect(await judged("session.limit", parameters, { idleMs }, "T-1")).toMatchObject({ verdict: "fail" });
    }
  });

  it("session on the server, and its cookie", async () => {
    expect(await judged("session.server-side", { store })).toMatchObject({ verdict: "pass" });
    const cookie = { prefix: "__Host-", attributes: ["secure", "httponly"], forbidden: ["domain"] };
    expect(await judged("session.cookie", cookie)).toMatchObject({ verdict: "pass" });
    const bad = await judged("session.cookie", cookie, { secure: false });
    expect(bad.reason.en).toContain("sign-in: no secure");
  });

  it("canaries: found nowhere, and found where a service logs a body", async () => {
    const parameters = {
      ways: [{ method: "POST", path: "/api/things", body: '{"other": "{canary}"}' }],
      canaries: { "a name": "山田 #", "a phone number": "090#" },
    };
    expect(await judged("telemetry.canary", parameters, { records: "plain" })).toMatchObject({
      verdict: "pass",
    });
    const raw = await judged("telemetry.canary", parameters, { records: "raw" });
    expect(raw).toMatchObject({ verdict: "fail", code: "canary_found" });
    expect(raw.reason.en).toContain("a name: in 1 logs, 0 spans, 0 points");
  }, 30_000);
});
