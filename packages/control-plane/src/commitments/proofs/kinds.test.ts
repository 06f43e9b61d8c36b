import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { record } from "../../audit/index.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { proofKinds } from "./index.ts";
import { triggersOf } from "./repository.ts";
import { newestValues, runStatements } from "./store.ts";
import type { ProofSystem } from "./system.ts";

const text = { en: "t", ja: "t" };
const commitment = {
  id: "T-1",
  says: text,
  source: "1",
  value: { kind: "choice", choice: "on" },
} as never;

describe("the triggers of a workflow", () => {
  const workflow = (on: string) => `name: CI\non:\n${on}jobs:\n  a:\n    steps:\n      - run: npm test\n`;
  it("are read from both events", () => {
    const both = workflow("  push:\n    branches: [main]\n  pull_request:\n    branches: [main, 'next']\n");
    expect(triggersOf(both)).toEqual({ push: ["main"], pullRequest: ["main", "next"], steps: 1 });
  });
  it("are none where they are commented out, of another event, or not there", () => {
    expect(triggersOf(workflow("  # push:\n  #   branches: [main]\n  workflow_dispatch:\n"))).toMatchObject({
      push: [],
      pullRequest: [],
    });
    expect(triggersOf("")).toEqual({ push: [], pullRequest: [], steps: 0 });
  });
});

describe("the proof of audit records", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  const event = { action: "run.end", resource: "r/1", result: "success" } as const;
  const judge = async () => {
    const kind = proofKinds["audit.fields"]!;
    const system = { db: database.db } as unknown as ProofSystem;
    return kind.judge(await kind.measure(system, database.ctx, {}), commitment, {});
  };

  it("fails without records, passes with whole ones, and leaves none of its own", async () => {
    expect(await judge()).toMatchObject({ verdict: "fail" });
    const whole = testCtx({ sourceIp: "192.0.2.1" });
    await database.db.tx(whole, (tx) => record(tx, whole, event));
    expect(await judge()).toMatchObject({
      verdict: "pass",
      measured: expect.stringMatching(/^1 records of 1 actions/),
    });
  });

  it("finds a record of a person without an address", async () => {
    const bare = testCtx();
    await database.db.tx(bare, (tx) => record(tx, bare, { ...event, action: "run.start" }));
    expect((await judge()).reason.en).toContain("run.start lacks sourceIp");
  });

  it("reads and changes a service's database inside the settings of one transaction", async () => {
    const settings = { "toban.tenant": "acme" };
    const [count, none] = await runStatements(database.appUrl, settings, [
      { sql: "SELECT count(*) FROM toban.audit_events WHERE action = $1", values: ["run.start"] },
      { sql: "SELECT count(*) FROM toban.audit_events WHERE action = 'x'" },
    ]);
    expect([count, none]).toEqual([1, 0]);
    const query = { table: "toban.audit_events", column: "action", newest: "ts_us", limit: 1 };
    expect(await newestValues(database.appUrl, settings, query)).toEqual(["run.start"]);
    const others = { "toban.tenant": "other" };
    expect(await newestValues(database.appUrl, others, query)).toEqual([]);
  });
});

describe("the proof of isolation, against real servers", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = (answer: (path: string, authorized: boolean) => number) =>
    new Promise<number>((resolve) => {
      const server = createServer((request, response) => {
        response.statusCode = answer(request.url ?? "", request.headers.authorization === "Bearer right");
        response.setHeader("content-type", "text/html");
        response.end("<script src='/a.js'></script>");
      });
      servers.push(server);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  const judge = async (
    front: (path: string) => number,
    inner: (path: string, authorized: boolean) => number,
  ) => {
    const [frontPort, innerPort] = await Promise.all([listen((path) => front(path)), listen(inner)]);
    const service = (name: string, port: number) => ({
      ...{ service: name, listener: { host: "127.0.0.1", port }, weights: {} },
      instances: [{ port }],
    });
    const system = {
      observe: async () => [service("web", frontPort), service("inner", innerPort)],
    } as unknown as ProofSystem;
    const parameters = {
      front: { service: "web", harmless: null, session: { path: "/session", cookie: "s" } },
      ...{ inner: "inner", innerHarmless: null, paths: ["/v1/things"] },
    };
    const kind = proofKinds["http.isolation"]!;
    return kind.judge(await kind.measure(system, testCtx(), parameters), commitment, parameters);
  };
  const onlyPage = (path: string) => (path === "/" ? 200 : 404);
  const withToken = (_path: string, authorized: boolean) => (authorized ? 200 : 401);

  it("passes when the inner service is closed", async () => {
    expect(await judge(onlyPage, withToken)).toMatchObject({ verdict: "pass" });
  });
  it("finds a front that passes inner paths on, and an inner service without a token", async () => {
    expect((await judge(() => 200, withToken)).reason.en).toContain("/v1/things at the front answered 200");
    expect((await judge(onlyPage, () => 200)).reason.en).toContain("/v1/things, no token: 200, not 401");
  });
});
