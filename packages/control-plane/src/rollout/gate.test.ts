import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { search } from "../audit/index.ts";
import { gateRoutes, type RecordedReport } from "../gate/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../platform/testing.ts";
import { createWorker, pendingApproval } from "../runs/index.ts";
import { approveRollout, deploy, endRollout, readRelease, releases, rolloutActions } from "./index.ts";
import { rolloutDefinition } from "./testing/definition.ts";
import { writeRelease } from "./testing/releases.ts";
import type { RolloutDeps } from "./types.ts";

const definition = rolloutDefinition({ bff: {} });
const DAY_MS = 86_400_000;

let t: TestDatabase;
let folder: string;
let deps: RolloutDeps;
let tenant = 0;
let clock: ReturnType<typeof testClock>;
let person: Ctx;
beforeAll(async () => {
  t = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "toban-gate-"));
  await writeRelease(folder, "bff", "1.0.0");
  await writeRelease(folder, "bff", "1.1.0", { migrate: "" });
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tenant += 1;
  clock = testClock();
  person = testCtx({ tenant: `tenant-${tenant}`, clock });
  deps = {
    db: t.db,
    definition: () => definition,
    environment: "gated",
    releasesDir: folder,
    driver: {
      observe: async () => null,
      apply: async () => {},
      command: async () => ({ exitCode: 0, output: "" }),
    },
    counts: async () => [],
    secret: () => "x",
  };
});

const as = (kind: "person" | "token", id: string) =>
  testCtx({ tenant: person.tenant, clock, actor: { kind, id } });
const counts = { block: 0, undecided: 0, warn: 3, info: 0, waived: 0, known: 0 };
const reportOf = (differs: Partial<RecordedReport["counts"]> = {}): RecordedReport => ({
  tool: "toban 0.1.0",
  families: ["migrations"],
  files: 3,
  counts: { ...counts, ...differs },
  findings: differs.block
    ? [
        {
          code: "migration/drop-column",
          severity: "block",
          path: "db/2.sql",
          line: 7,
          reason: { en: "r", ja: "r" },
        },
      ]
    : [],
});

async function record(report: RecordedReport, version = "1.0.0") {
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.addHook("onRequest", async (request) => {
    request.ctx = person;
  });
  const digestOf = async (service: string, of: string) => (await readRelease(folder, service, of)).digest;
  await server.register(gateRoutes({ db: t.db, digestOf }));
  const answer = await server.inject({
    method: "POST",
    url: "/v1/gate/verdicts",
    body: { service: "bff", version, report },
  });
  const listed = await server.inject("/v1/gate/verdicts?service=bff");
  await server.close();
  return { status: answer.statusCode, answer: answer.json(), listed: listed.json() };
}
const tryDeploy = (overrideGate?: string, ctx = person) =>
  deploy(deps, ctx, { service: "bff", version: "1.0.0", approve: true, overrideGate });
const ledger = () => t.db.tx(person, (tx) => releases(tx));
const audited = (action: string) => t.db.tx(person, (tx) => search(tx, { action }));

async function performOnce() {
  const worker = createWorker({
    db: t.db,
    ctxFor: (name) => testCtx({ tenant: name, clock, actor: { kind: "task", id: "runs" } }),
    actions: rolloutActions(deps),
    tenants: async () => [person.tenant],
    onRunEnded: (tx, ctx, run) => endRollout(deps, tx, ctx, run),
  });
  for (let i = 0; i < 3; i++) for (const task of worker.tasks) await task.run();
  await worker.stop();
}

describe("a deploy into an environment that asks for the change gate", () => {
  async function refused(code: string, reason: RegExp) {
    await expect(tryDeploy()).rejects.toMatchObject({
      kind: "forbidden",
      code,
      reason: expect.stringMatching(reason),
    });
    expect(await ledger()).toEqual([]);
    const [event] = await audited("rollout.refuse");
    expect(event).toMatchObject({ result: "denied", resource: "service/bff", details: { code } });
  }

  test("is refused when the gate has said nothing of these very files", async () => {
    await refused("gate_missing", /said nothing/);
    await record(reportOf(), "1.1.0");
    await refused("gate_missing", /said nothing/);
  });
  test("is refused with what blocks it", async () => {
    await record(reportOf({ block: 2 }));
    await refused("gate_failed", /2 blocking findings, first migration\/drop-column at db\/2\.sql:7/);
  });
  test("is refused when something could not be decided", async () => {
    await record(reportOf({ undecided: 1 }));
    await refused("gate_inconclusive", /could not decide/);
  });
  test("is refused when the verdict is old, not on its last day", async () => {
    await record(reportOf());
    clock.advance(30 * DAY_MS + 1);
    await refused("gate_stale", /30 days old/);
  });
  test("goes on after a pass, until its last moment", async () => {
    await record(reportOf());
    clock.advance(30 * DAY_MS);
    expect(await tryDeploy()).toMatchObject({ kind: "started" });
  });
  test("goes by the newest verdict", async () => {
    await record(reportOf());
    await record(reportOf({ block: 1 }));
    await refused("gate_failed", /1 blocking/);
    await record(reportOf());
    expect(await tryDeploy()).toMatchObject({ kind: "started" });
  });
  test("where the environment does not ask, the gate is not needed", async () => {
    deps.environment = "production";
    expect(await tryDeploy()).toMatchObject({ kind: "started" });
  });
});

describe("a verdict", () => {
  test("is recorded with who, what and when, and audited", async () => {
    const { status, answer, listed } = await record(reportOf({ block: 1 }));
    expect(status).toBe(201);
    expect(answer).toMatchObject({ verdict: "fail", recordedBy: "person:tester" });
    expect(answer.digest).toMatch(/^sha256:/);
    expect(listed.verdicts).toMatchObject([{ id: answer.id }]);
    expect(await audited("gate.record")).toMatchObject([{ details: { gate: answer.id, verdict: "fail" } }]);
  });
  test("of a report that looked at nothing is refused", async () => {
    expect((await record({ ...reportOf(), files: 0 })).answer).toMatchObject({ code: "gate_report_empty" });
  });
});

describe("an override of the gate", () => {
  const REASON = "The payment outage is worse than this lock.";

  test("needs another person, and both are audited", async () => {
    await record(reportOf({ block: 1 }));
    const deployed = await tryDeploy(REASON);
    if (deployed.kind === "no-op") throw new Error("it was a no-op");
    await performOnce();
    const waiting = await t.db.tx(person, (tx) => pendingApproval(tx, deployed.rollout.runId));
    expect(waiting).not.toBeNull();
    await expect(approveRollout(deps, person, "bff")).rejects.toMatchObject({ kind: "forbidden" });
    expect(await approveRollout(deps, as("person", "baba"), "bff")).toEqual({ missing: 0 });
    expect(await audited("gate.override")).toMatchObject([
      { actorId: "person:tester", details: { reason: REASON, code: "gate_failed" } },
    ]);
  });
  test("asked for by a machine needs two people", async () => {
    const deployed = await tryDeploy(REASON, as("token", "ci"));
    expect(deployed.kind).toBe("started");
    await performOnce();
    expect(await approveRollout(deps, as("person", "aoki"), "bff")).toEqual({ missing: 1 });
    expect(await approveRollout(deps, as("person", "baba"), "bff")).toEqual({ missing: 0 });
  });
});
