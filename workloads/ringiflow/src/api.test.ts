import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asSuperuser, createTestDatabase, type TestDatabase } from "./platform/testing.ts";
import {
  buildTestReleases,
  type Instance,
  run,
  signIn,
  startRelease,
  until,
} from "./platform/testing-services.ts";

const TOKEN = "core-token-of-this-test";
const APPLICANT = "aozora-01";
const MANAGER = "aozora-03";
const HEAD = "aozora-04";
const OTHER_TENANT = "minato-03";

let database: TestDatabase;
let releases: Awaited<ReturnType<typeof buildTestReleases>>;
let core: Instance;
let bff: Instance;
let newer: Instance;
let faulty: Instance;
const instances: Instance[] = [];

const release = (service: string, version: string) => path.join(releases.folder, service, version);

async function start(service: string, version: string, environment: Record<string, string>) {
  const instance = await startRelease(release(service, version), environment);
  instances.push(instance);
  return instance;
}

const bffEnvironment = (coreUrl: string) => ({
  CORE_URL: coreUrl,
  CORE_TOKEN: TOKEN,
  SESSION_DATABASE_URL: database.appUrl,
});

beforeAll(async () => {
  [database, releases] = await Promise.all([createTestDatabase({ migrated: false }), buildTestReleases()]);
  const migrated = await run(process.execPath, [path.join(release("core", "1.0.0"), "migrate.js")], {
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  expect(migrated.output).toContain("0001-create-event-store.sql");
  [core] = await Promise.all([
    start("core", "1.0.0", { DATABASE_URL: database.appUrl, CORE_TOKEN: TOKEN }),
    start("worker", "1.0.0", { DATABASE_URL: database.appUrl }),
  ]);
  [bff, newer, faulty] = await Promise.all([
    start("bff", "1.0.0", bffEnvironment(core.url)),
    start("bff", "1.1.0", bffEnvironment(core.url)),
    start("bff", "1.2.0", bffEnvironment(core.url)),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await database?.close();
  await releases?.remove();
});

const laptop = {
  title: "開発用ノートPCの購入",
  body: "故障のため、ﾒﾓﾘ32GBのものに交換します。",
  category: "purchase",
  amountYen: 298_000,
  attachments: [{ name: "見積書.pdf", size: 120_000, type: "application/pdf" }],
};

describe("a request", () => {
  test("lives from the submission over a return to the last approval, and lists follow", async () => {
    const applicant = await signIn(bff.url, APPLICANT);
    const manager = await signIn(bff.url, MANAGER);
    const head = await signIn(bff.url, HEAD);

    const submitted = await applicant.post("/api/requests", laptop);
    expect(submitted).toMatchObject({
      status: 201,
      body: { request: { status: "in_review", version: 1, currentApprover: { id: MANAGER } } },
    });
    const { id } = submitted.body.request;
    const command = (who: typeof manager, name: string, body: object) =>
      who.post(`/api/requests/${id}/${name}`, body);

    await until("the request among those to decide", async () => {
      const { body } = await manager.get("/api/requests?view=to-decide");
      return body.requests.some((request: { id: string }) => request.id === id) || undefined;
    });
    expect((await head.get("/api/requests?view=to-decide")).body.requests).toEqual([]);

    expect(await command(head, "approve", { expectedVersion: 1 })).toMatchObject({
      status: 403,
      body: { error: { code: "not_current_approver" } },
    });
    expect(
      (await command(manager, "return", { expectedVersion: 1, comment: "型番を書いてください" })).status,
    ).toBe(200);
    expect(
      (
        await command(applicant, "resubmit", {
          expectedVersion: 2,
          body: "型番 X-1。",
          comment: "追記しました",
        })
      ).status,
    ).toBe(200);
    expect((await command(manager, "approve", { expectedVersion: 3 })).status).toBe(200);
    expect(await command(manager, "approve", { expectedVersion: 3 })).toMatchObject({
      status: 409,
      body: { error: { code: "version_conflict" } },
    });
    expect((await command(head, "approve", { expectedVersion: 4, comment: "承認します" })).status).toBe(200);

    const { body } = await applicant.get(`/api/requests/${id}`);
    expect(body.request).toMatchObject({
      status: "approved",
      version: 5,
      body: "型番 X-1。",
      attachments: laptop.attachments,
      allowed: ["comment"],
    });
    expect(body.request.route.map((step: { state: string }) => step.state)).toEqual(["approved", "approved"]);
    expect(body.history.map((entry: { type: string }) => entry.type)).toEqual([
      "submitted",
      "returned",
      "resubmitted",
      "approved",
      "approved",
    ]);
    expect(body.history[1]).toMatchObject({ actor: { id: MANAGER }, comment: "型番を書いてください" });

    await until("the approval in the list", async () => {
      const found = await applicant.get("/api/requests?view=mine&q=ノートＰＣ 型番");
      return found.body.requests[0]?.status === "approved" || undefined;
    });
    expect((await applicant.get("/api/requests?view=mine&q=故障")).body.requests).toEqual([]);
  });

  test("is carried out once for an idempotency key, and the key is good for one command only", async () => {
    const applicant = await signIn(bff.url, APPLICANT);
    const key = { "idempotency-key": "the-same-key-1" };
    const answers = await Promise.all([1, 2, 3].map(() => applicant.post("/api/requests", laptop, key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.request.id)).size).toBe(1);
    expect(await applicant.post("/api/requests", { ...laptop, amountYen: 1 }, key)).toMatchObject({
      status: 422,
      body: { error: { code: "idempotency_key_reused" } },
    });
    expect(await applicant.post("/api/requests", laptop, { "idempotency-key": "" })).toMatchObject({
      status: 400,
      body: { error: { code: "idempotency_key_missing" } },
    });
  });

  test("with wrong values is refused by name, in the reader's language", async () => {
    const applicant = await signIn(bff.url, APPLICANT);
    const wrong = { ...laptop, amountYen: -1, category: "bribe" };
    const english = await applicant.post("/api/requests", wrong, { "accept-language": "en-GB,ja;q=0.5" });
    expect(english.status).toBe(400);
    expect(english.body.error.reason).toBe("Some values cannot be accepted: category, amountYen.");
    const japanese = await applicant.post("/api/requests", wrong);
    expect(japanese.body.error.remedy).toBe("修正してから、もう一度送信してください。");
    for (const amountYen of [1.5, "100", null, 1e15]) {
      expect((await applicant.post("/api/requests", { ...laptop, amountYen })).status).toBe(400);
    }
  });
});

describe("another tenant", () => {
  test("gets the same 404 as for a request that does not exist", async () => {
    const applicant = await signIn(bff.url, APPLICANT);
    const stranger = await signIn(bff.url, OTHER_TENANT);
    const { body } = await applicant.post("/api/requests", laptop);
    const missing = "0198a000-0000-7000-8000-000000000000";
    const theirs = await stranger.get(`/api/requests/${body.request.id}`);
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(await stranger.get(`/api/requests/${missing}`));
    const approve = (id: string) => stranger.post(`/api/requests/${id}/approve`, { expectedVersion: 1 });
    expect((await approve(body.request.id)).status).toBe(404);
    expect(await approve(body.request.id)).toEqual(await approve(missing));
  });

  test("cannot be chosen by a header", async () => {
    const stranger = await signIn(bff.url, OTHER_TENANT);
    const applicant = await signIn(bff.url, APPLICANT);
    const { body } = await applicant.post("/api/requests", laptop);
    const spoofed = { "x-ringiflow-tenant": "aozora", "x-ringiflow-actor": MANAGER, "x-tenant-id": "aozora" };
    expect((await stranger.get(`/api/requests/${body.request.id}`, spoofed)).status).toBe(404);
    expect((await stranger.get("/api/requests", spoofed)).body.requests).toEqual([]);
    expect((await stranger.get("/api/session", spoofed)).body.user.tenant).toBe("minato");
  });
});

describe("the front", () => {
  test("refuses a change without session, token or own origin", async () => {
    const { cookie, csrfToken } = await signIn(bff.url, APPLICANT);
    const good: Record<string, string> = {
      cookie,
      origin: bff.url,
      "x-csrf-token": csrfToken,
      "idempotency-key": "csrf-test-key",
      "content-type": "application/json",
    };
    const send = (change: Record<string, string | undefined>) => {
      const headers = Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined);
      return fetch(`${bff.url}/api/requests`, {
        method: "POST",
        headers: headers as [string, string][],
        body: JSON.stringify(laptop),
      });
    };
    expect((await send({ cookie: undefined })).status).toBe(401);
    expect((await send({ "x-csrf-token": undefined })).status).toBe(403);
    expect((await send({ "x-csrf-token": "wrong" })).status).toBe(403);
    expect((await send({ origin: undefined })).status).toBe(403);
    expect((await send({ origin: "https://evil.example" })).status).toBe(403);
    expect((await send({})).status).toBe(201);
  });

  test("serves the page, the sign-in list and its version, and ends a session", async () => {
    expect((await fetch(`${bff.url}/`)).headers.get("content-type")).toContain("text/html");
    const { users } = (await (await fetch(`${bff.url}/api/users`)).json()) as { users: { tenant: string }[] };
    expect(new Set(users.map((user) => user.tenant)).size).toBeGreaterThanOrEqual(3);
    expect(await (await fetch(`${bff.url}/api/about`)).json()).toEqual({
      version: "1.0.0",
      features: { summary: false },
    });
    const { cookie, csrfToken, get } = await signIn(bff.url, APPLICANT);
    const ended = await fetch(`${bff.url}/api/session`, {
      method: "DELETE",
      headers: { cookie, origin: bff.url, "x-csrf-token": csrfToken },
    });
    expect(ended.status).toBe(204);
    expect((await get("/api/session")).status).toBe(401);
  });

  test("of 1.1.0 shows the summary, that of 1.0.0 does not have one", async () => {
    expect((await (await signIn(bff.url, APPLICANT)).get("/api/summary")).status).toBe(404);
    const applicant = await signIn(newer.url, APPLICANT);
    const { request } = (await applicant.post("/api/requests", laptop)).body;
    expect(request.status).toBe("in_review");
    const everything = (await applicant.get("/api/requests?limit=200")).body.requests;
    const summary = await until("the summary", async () => {
      const { body } = await applicant.get("/api/summary");
      return body.count > everything.length - 1 && body.count > 0 ? body : undefined;
    });
    const counts = Object.values(summary.byStatus as Record<string, number>);
    expect(counts.reduce((sum, value) => sum + value, 0)).toBe(summary.count);
    expect(summary.totalYen).toBe(summary.count * laptop.amountYen);
  });

  test("of 1.2.0 fails a share of real requests while its health is green and no work is lost", async () => {
    const applicant = await signIn(faulty.url, APPLICANT);
    const manager = await signIn(faulty.url, MANAGER);
    let failed = 0;
    for (let index = 0; index < 60; index++) {
      const { status } = await applicant.get("/api/requests", { "x-request-id": `fault-${index}` });
      expect([200, 500]).toContain(status);
      if (status === 500) failed++;
      if (index % 10 === 0) expect((await fetch(`${faulty.url}/health/ready`)).status).toBe(200);
    }
    expect(failed).toBeGreaterThanOrEqual(9);
    expect(failed).toBeLessThanOrEqual(30);

    const { id } = (await applicant.post("/api/requests", { ...laptop, amountYen: 1 })).body.request;
    const decide = (attempt: number) =>
      manager.post(
        `/api/requests/${id}/approve`,
        { expectedVersion: 1 },
        { "idempotency-key": "decided-once", "x-request-id": `decide-${attempt}` },
      );
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 20; attempt++) statuses.push((await decide(attempt)).status);
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
    const { body } = await applicant.get(`/api/requests/${id}`);
    expect(body.request).toMatchObject({ status: "approved", version: 2 });
  });
});

describe("core", () => {
  test("answers nobody without its token, and listens on loopback only", async () => {
    const headers = { "x-ringiflow-tenant": "aozora", "x-ringiflow-actor": APPLICANT };
    const ask = (authorization?: string) =>
      fetch(`${core.url}/v1/requests`, {
        headers: { ...headers, ...(authorization ? { authorization } : {}) },
      });
    expect((await ask()).status).toBe(401);
    expect((await ask("Bearer wrong")).status).toBe(401);
    expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200);
    expect(new URL(core.url).hostname).toBe("127.0.0.1");
  });

  test("refuses a tenant that is not the actor's", async () => {
    const answer = await fetch(`${core.url}/v1/requests`, {
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "x-ringiflow-tenant": "minato",
        "x-ringiflow-actor": APPLICANT,
      },
    });
    expect(answer.status).toBe(403);
  });

  test("without its database starts, is not ready, and says so to users through the front", async () => {
    const dead = "postgres://nobody@127.0.0.1:1/nothing";
    const environment = { DATABASE_URL: dead, CORE_TOKEN: TOKEN };
    const away = await startRelease(release("core", "1.0.0"), environment, { waitForReady: false });
    instances.push(away);
    expect((await fetch(`${away.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${away.url}/health/live`)).status).toBe(200);
    const front = await start("bff", "1.0.0", bffEnvironment(away.url));
    const applicant = await signIn(front.url, APPLICANT);
    expect(await applicant.get("/api/requests")).toMatchObject({
      status: 503,
      body: { error: { code: "temporarily_unavailable" } },
    });
    await away.stop("SIGKILL");
    expect((await applicant.get("/api/requests")).status).toBe(503);
  });

  test("finishes a request in flight when it is told to stop", async () => {
    const instance = await start("core", "1.0.0", { DATABASE_URL: database.appUrl, CORE_TOKEN: TOKEN });
    // A lock on the tenant's head makes the command wait, so that it is in flight for certain.
    await asSuperuser(database.superuserUrl, async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM ringiflow.heads WHERE tenant_id = 'aozora' FOR UPDATE");
      const answer = fetch(`${instance.url}/v1/requests`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "x-ringiflow-tenant": "aozora",
          "x-ringiflow-actor": APPLICANT,
          "idempotency-key": "in-flight-at-stop",
          "content-type": "application/json",
        },
        body: JSON.stringify(laptop),
      });
      await until("the waiting command", async () => {
        const { rows } = await client.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length > 0 || undefined;
      });
      const stopped = instance.stop();
      await until(
        "the announcement of the stop",
        () => instance.output().includes("service is stopping") || undefined,
      );
      await client.query("COMMIT");
      expect((await answer).status).toBe(201);
      expect(await stopped).toBe(0);
    });
  });
});

describe("a release", () => {
  test.each([
    ["bff", ["PORT", "CORE_URL", "CORE_TOKEN", "SESSION_DATABASE_URL"]],
    ["core", ["PORT", "DATABASE_URL", "CORE_TOKEN"]],
    ["worker", ["PORT", "DATABASE_URL"]],
  ])("of %s without its environment exits with 78 and names all that is missing", async (service, names) => {
    const main = path.join(release(service, "1.0.0"), "main.js");
    const { code, output } = await run(process.execPath, [main], {});
    expect(code).toBe(78);
    for (const name of names) expect(output).toContain(name);
  });

  test("has a digest of its own, the same for the same sources", async () => {
    const read = async (folder: string) =>
      JSON.parse(await readFile(path.join(folder, "build.json"), "utf8"));
    let first = await read(releases.folder);
    expect(new Set(Object.values(first.digests)).size).toBe(9);
    // Whoever edits a source while the tests run makes other inputs: then the next two builds are compared.
    for (;;) {
      const again = await buildTestReleases("core");
      const second = await read(again.folder);
      await again.remove();
      if (second.inputs === first.inputs) {
        expect(first.digests).toMatchObject(second.digests);
        break;
      }
      first = second;
    }
  });
});
