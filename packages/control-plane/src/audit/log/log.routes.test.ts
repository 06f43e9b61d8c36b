import fastify, { type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSecrets, type Secrets } from "../../platform/secrets.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { anchorAll } from "./anchor.ts";
import { logRoutes } from "./log.routes.ts";
import { seal } from "./seal.ts";
import { createScene, recordMany, type Scene } from "./testing/scene.ts";
import type { AuditLog } from "./types.ts";

let t: TestDatabase;
let scene: Scene;
let log: AuditLog;
let secrets: Secrets;
let app: FastifyInstance;
let ctx = testCtx();

beforeAll(async () => {
  t = await createTestDatabase();
  scene = await createScene(t.db);
  log = await scene.open();
  secrets = await openSecrets(scene.home);
  app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook("onRequest", async (request) => {
    request.ctx = ctx;
  });
  await app.register(logRoutes({ log, secrets }));
});
afterAll(async () => {
  await app?.close();
  await t?.close();
  await scene?.close();
});
afterEach(() => {
  ctx = testCtx();
});

const ask = async (method: "GET" | "POST", url: string) => {
  const response = await app.inject({ method, url });
  return { status: response.statusCode, body: response.json(), text: response.body };
};

describe("the routes of the sealed log", () => {
  it("tell of the tenant's own trees", async () => {
    await recordMany(t.db, ctx, 2);
    await seal(log, ctx);
    await anchorAll(log);
    const { status, body } = await ask("GET", "/v1/audit/trees");
    expect(status).toBe(200);
    expect(body.trees).toMatchObject([
      { class: "operation", size: 2, diverged: null, anchors: [{ sink: "file" }, { sink: "second-file" }] },
    ]);
    expect(body.trees[0].note).toContain(`/acme/operation\n2\n${body.trees[0].root}\n`);
    ctx = testCtx({ tenant: "globex" });
    expect((await ask("GET", "/v1/audit/trees")).body.trees).toEqual([]);
  });

  it("show public keys, and change them for the installation's own tenant only", async () => {
    const before = (await ask("GET", "/v1/audit/keys")).body;
    expect(before.keys).toMatchObject([{ certificate: null, signsUntil: null }]);
    ctx = testCtx({ tenant: "globex" });
    expect((await ask("POST", "/v1/audit/keys/rotate")).text).toContain("audit_key_of_installation");
    ctx = testCtx();
    const { status, body, text } = await ask("POST", "/v1/audit/keys/rotate");
    expect(status).toBe(200);
    expect(body.keys).toHaveLength(2);
    expect(body.keys[0].signsUntil).not.toBeNull();
    expect(body.keys[1].certificate).toContain(body.keys[1].verifier);
    for (const { seed } of JSON.parse(secrets.get("audit-keys")!)) expect(text).not.toContain(seed);
  });
});
