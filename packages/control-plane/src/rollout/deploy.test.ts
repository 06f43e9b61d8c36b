import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";
import { createWorker } from "../runs/index.ts";
import {
  approveRollout,
  deploy,
  endRollout,
  localDriver,
  releases,
  rollback,
  rolloutActions,
  rolloutRoutes,
} from "./index.ts";
import { rolloutDefinition } from "./testing/definition.ts";
import { writeRelease } from "./testing/releases.ts";
import type { RolloutDeps, TargetDriver } from "./types.ts";

const definition = rolloutDefinition({ bff: {}, other: {} });
/** A target that knows no service: everything here ends before one is touched. */
const emptyTarget: TargetDriver = {
  observe: async () => null,
  apply: async () => {
    throw new Error("the target was changed");
  },
  command: async () => {
    throw new Error("a command was run");
  },
};

let t: TestDatabase;
let folder: string;
let deps: RolloutDeps;
/** Every test is a tenant of its own. */
let tenant = 0;
let person: Ctx;
beforeAll(async () => {
  t = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "toban-deploy-"));
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tenant += 1;
  person = testCtx({ tenant: `tenant-${tenant}` });
  deps = {
    db: t.db,
    definition: () => definition,
    environment: "guarded",
    releasesDir: folder,
    driver: emptyTarget,
    counts: async () => [],
    secret: () => "x",
  };
});

const tryDeploy = (version: string, service = "bff") => deploy(deps, person, { service, version });
const ledger = () => t.db.tx(person, (tx) => releases(tx));

describe("a deploy is refused before anything changes", () => {
  async function refused(work: Promise<unknown>, kind: string, code: string) {
    const refusal = refusalOf(
      await work.then(
        () => new Error("it was accepted"),
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({ kind, code });
    expect(refusal.remedy).not.toBe("");
    expect(await ledger()).toEqual([]);
    expect(await t.db.tx(person, (tx) => search(tx, {}))).toEqual([]);
  }

  it("an unknown service or version", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    await refused(tryDeploy("1.0.0", "nobody"), "not_found", "service_unknown");
    await refused(tryDeploy("9.9.9"), "not_found", "release_unknown");
    await refused(tryDeploy("../bff/1.0.0"), "invalid", "version_invalid");
  });
  it("a release whose description is unusable", async () => {
    const file = path.join(await writeRelease(folder, "bff", "2.0.0"), "release.json");
    await writeFile(file, "{");
    await refused(tryDeploy("2.0.0"), "invalid", "release_invalid");
    await writeFile(file, '{"service":"bff","version":"2.0.0","healthPath":"/health/ready"}');
    await refused(tryDeploy("2.0.0"), "invalid", "release_invalid");
  });
  it("a release without a health path, or with another one than the definition's", async () => {
    await writeRelease(folder, "bff", "2.1.0", {}, { healthPath: undefined });
    await refused(tryDeploy("2.1.0"), "invalid", "release_without_health_path");
    await writeRelease(folder, "bff", "2.1.1", {}, { healthPath: "/elsewhere" });
    await refused(tryDeploy("2.1.1"), "invalid", "health_path_differs");
  });
  it("a release whose files are not those of its digest, or that is in another's folder", async () => {
    const directory = await writeRelease(folder, "bff", "2.2.0");
    await writeFile(path.join(directory, "main.js"), "process.exit(0)");
    await refused(tryDeploy("2.2.0"), "invalid", "release_digest_mismatch");
    await writeRelease(folder, "bff", "2.2.1", {}, { version: "2.2.2" });
    await refused(tryDeploy("2.2.1"), "invalid", "release_misplaced");
  });
  it("a secret that nobody has set", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    deps.secret = () => undefined;
    await refused(tryDeploy("1.0.0"), "invalid", "secret_missing");
  });
  it("a target that does not answer", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    deps.driver = localDriver(path.join(folder, "nobody.sock"));
    await refused(tryDeploy("1.0.0"), "unavailable", "agent_unavailable");
  });
  it("a rollback without an earlier good version", async () => {
    const work = rollback(deps, person, { service: "bff", reason: "it fails" });
    await refused(work, "conflict", "nothing_to_roll_back_to");
  });
});

describe("a rollout that waits for an approval", () => {
  async function performOnce() {
    const worker = createWorker({
      db: t.db,
      ctxFor: (tenant) => testCtx({ tenant, actor: { kind: "task", id: "runs" } }),
      actions: rolloutActions(deps),
      tenants: async () => [person.tenant],
      onRunEnded: (tx, ctx, run) => endRollout(deps, tx, ctx, run),
    });
    for (let i = 0; i < 3; i++) for (const task of worker.tasks) await task.run();
    await worker.stop();
  }

  it("needs another person, holds the service meanwhile, and can be taken back", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    const deployed = await tryDeploy("1.0.0");
    if (deployed.kind === "no-op") throw new Error("it was a no-op");
    await expect(tryDeploy("1.0.0")).rejects.toMatchObject({ kind: "conflict", code: "rollout_running" });
    await performOnce();
    await expect(approveRollout(deps, person, "bff")).rejects.toMatchObject({ kind: "forbidden" });
    await expect(approveRollout(deps, person, "other")).rejects.toMatchObject({
      code: "no_approval_pending",
    });
    await rollback(deps, person, { service: "bff", reason: "not today" });
    await performOnce();
    expect(await ledger()).toMatchObject([
      { result: "cancelled", reason: { en: "not today" }, version: "1.0.0" },
    ]);
  });

  it("goes on when another person approves", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    await tryDeploy("1.0.0");
    await performOnce();
    const other = testCtx({ tenant: person.tenant, actor: { kind: "person", id: "somebody-else" } });
    expect(await approveRollout(deps, other, "bff")).toEqual({ missing: 0 });
  });
});

describe("the routes", () => {
  async function app() {
    const server = Fastify();
    server.setValidatorCompiler(validatorCompiler);
    server.setSerializerCompiler(serializerCompiler);
    server.addHook("onRequest", async (request) => {
      request.ctx = person;
    });
    await server.register(rolloutRoutes(deps));
    return server;
  }
  it("a deploy is accepted and appears in ledger and rollouts", async () => {
    await writeRelease(folder, "bff", "1.0.0");
    const server = await app();
    const body = { service: "bff", version: "1.0.0" };
    const accepted = await server.inject({ method: "POST", url: "/v1/rollouts", body });
    expect(accepted.statusCode).toBe(202);
    const listed = (await server.inject("/v1/releases?service=bff")).json();
    expect(listed.releases).toMatchObject([{ version: "1.0.0", result: null, requestedBy: "person:tester" }]);
    expect((await server.inject("/v1/rollouts")).json().rollouts).toHaveLength(1);
    expect((await server.inject("/v1/releases?service=other")).json().releases).toEqual([]);
    const back = await server.inject({
      method: "POST",
      url: "/v1/rollouts/bff/rollback",
      body: { reason: "no" },
    });
    expect(back.statusCode).toBe(202);
    await server.close();
  });
  it("a body that says something else is refused", async () => {
    const server = await app();
    const bad = await server.inject({
      method: "POST",
      url: "/v1/rollouts",
      body: { service: "bff", force: true },
    });
    expect(bad.statusCode).toBe(400);
    await server.close();
  });
});
