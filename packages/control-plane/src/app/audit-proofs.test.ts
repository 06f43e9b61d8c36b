import type { Commitment, Operations } from "@toban/definition";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessRoutes, provisionOwnTenant } from "../access/index.ts";
import { type AuditLog, exportRoutes, record, seal, searchRoutes } from "../audit/index.ts";
import { createScene, type Scene } from "../audit/log/testing/scene.ts";
import { type ProofSystem, proofKinds } from "../commitments/index.ts";
import { createHttpServer } from "../http/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { createLogger } from "../platform/log.ts";
import { createTestDatabase, TEST_POSTGRES, type TestDatabase, testCtx } from "../platform/testing.ts";
import { readConfig } from "./config.ts";
import { loadDefinition } from "./definition.ts";

// The proofs of the audit log against a real database, a real sealed log and a real server, whole and broken.

let t: TestDatabase;
let scene: Scene;
let log: AuditLog;
let server: FastifyInstance;
let operations: Operations;
let sealing: NodeJS.Timeout;
/** Sees and may do everything. */
let superuser: pg.Client;
const ctx: Ctx = testCtx();

beforeAll(async () => {
  t = await createTestDatabase();
  operations = (await loadDefinition(readConfig({}).definition)).operations;
  await provisionOwnTenant(t.db, ctx, "Acme");
  scene = await createScene(t.db);
  log = await scene.open();
  sealing = setInterval(() => seal(log, ctx).catch(() => {}), 100);
  server = await createHttpServer({
    ...{
      db: t.db,
      log: createLogger("test", "silent"),
      clock: ctx.clock,
      newId: ctx.newId,
      tenant: ctx.tenant,
    },
    ...{ cliToken: "right", ingestToken: "other", cookieKey: "key", consoleRoot: undefined },
    readiness: async () => ({}),
    routes: [
      accessRoutes({ db: t.db }),
      searchRoutes({ db: t.db }),
      exportRoutes({ db: t.db, keys: log.keys }),
    ],
    ingest: async () => {},
  });
  for (const action of ["session.create", "rollout.deploy", "person.role", "session.end", "run.start"]) {
    for (let i = 0; i < 3; i++) {
      await t.db.tx(ctx, (tx) => record(tx, ctx, { action, resource: `thing/${i}`, result: "success" }));
    }
  }
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.ownerUrl).pathname;
  superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
}, 60_000);
afterAll(async () => {
  clearInterval(sealing);
  await superuser?.end();
  await server?.close();
  await scene?.close();
  await t?.close();
});

const system = (more: Partial<ProofSystem> = {}) =>
  ({
    db: t.db,
    operations,
    async api({ method = "GET", path, body, headers }) {
      const answer = await server.inject({
        ...{ method: method as "GET", url: path, ...(body && { payload: body }) },
        headers: { host: "127.0.0.1", authorization: "Bearer right", ...headers },
      });
      return { status: answer.statusCode, body: answer.rawPayload };
    },
    ...more,
  }) as ProofSystem;

const commitmentOf = (id: string) =>
  operations.registers[0]!.commitments.find((commitment) => commitment.id === id) as Commitment;

async function prove(id: string, within: ProofSystem = system()) {
  const proof = operations.proofs.find(({ proves }) => proves.includes(id))!;
  const kind = proofKinds[proof.kind]!;
  const measurement = await kind.measure(within, ctx, proof.parameters);
  return kind.judge(measurement, commitmentOf(id), proof.parameters);
}

const ids = ["RF-040", "RF-041", "RF-042", "RF-043", "RF-046", "RF-047", "RF-048", "RF-049", "RF-100"];

describe("proofs of the audit log", () => {
  it.each(ids)("every mutant of %s is judged fail", (id) => {
    const proof = operations.proofs.find(({ proves }) => proves.includes(id))!;
    const kind = proofKinds[proof.kind]!;
    const mutants = Object.entries(kind.mutants(commitmentOf(id), proof.parameters));
    expect(mutants.length).toBeGreaterThanOrEqual(3);
    for (const [name, mutant] of mutants) {
      expect([name, kind.judge(mutant, commitmentOf(id), proof.parameters).verdict]).toEqual([name, "fail"]);
    }
  });

  it.each(["RF-040", "RF-041", "RF-042", "RF-043"])(
    "%s: the boundary of the class's retention holds",
    async (id) => {
      expect(await prove(id)).toMatchObject({
        verdict: "pass",
        measured: expect.stringContaining(
          "256 are left a minute before, 0 a minute after with a receipt, 256",
        ),
      });
    },
  );

  it("retention: a definition that keeps less is found, and the proof leaves nothing behind", async () => {
    const shorter = structuredClone(operations);
    shorter.retention["audit-access"] = { kind: "duration", ms: 89 * 86_400_000 };
    const answer = await prove("RF-043", system({ operations: shorter }));
    expect(answer).toMatchObject({
      verdict: "fail",
      reason: { en: expect.stringContaining("89 d, not 90 d") },
    });
    const { rows } = await superuser.query(
      "SELECT DISTINCT tenant_id FROM toban.audit_leaves UNION SELECT tenant_id FROM toban.audit_holds",
    );
    expect(rows).toEqual([{ tenant_id: ctx.tenant }]);
  });

  it("reading: only the two upper levels, each read and refusal recorded, and nobody is left", async () => {
    expect(await prove("RF-048")).toMatchObject({
      verdict: "pass",
      measured: "6 role levels × 2 ways: 4 allowed, 8 refused, all 12 recorded",
    });
    const left = await t.db.tx(ctx, (tx) =>
      tx.query("SELECT person_id FROM toban.people WHERE person_id LIKE 'proof-%'"),
    );
    expect(left).toEqual([]);
  });

  it("reading: a server that lets everybody read is found", async () => {
    const open = system();
    const asMachine = system({
      api: (request) => open.api({ ...request, headers: { ...request.headers, "x-toban-actor": "cli" } }),
    });
    const answer = await prove("RF-048", asMachine);
    expect(answer.reason.en).toContain("at level 1: 200, not 403");
  });

  it("the record only grows, and every alteration of an export is found and named", async () => {
    expect(await prove("RF-049")).toMatchObject({
      verdict: "pass",
      measured: expect.stringMatching(/^14 changes refused on 5 tables/),
    });
    expect(await prove("RF-100")).toMatchObject({
      verdict: "pass",
      measured: expect.stringMatching(/auth \d+, admin \d+, operation \d+/),
    });
  });

  it("a right too much is found", async () => {
    await superuser.query("GRANT DELETE ON toban.audit_leaves TO toban_app");
    expect((await prove("RF-049")).reason.en).toBe("audit_leaves: DELETE is not refused");
    await superuser.query("REVOKE DELETE ON toban.audit_leaves FROM toban_app");
  });

  it("a record that was altered in the database is found by its own export", async () => {
    await superuser.query(
      `UPDATE toban.audit_leaves SET leaf = overlay(leaf PLACING 'x'::bytea FROM 30)
       WHERE class = 'auth' AND seq = 1`,
    );
    const answer = await prove("RF-100");
    expect(answer).toMatchObject({ verdict: "fail" });
    expect(answer.reason.en).toContain("the export of auth is invalid as it is");
  });
});
