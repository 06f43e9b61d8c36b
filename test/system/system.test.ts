import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GamedayReport } from "../../packages/control-plane/src/app/gameday.ts";
import type { Overview } from "../../packages/control-plane/src/http/index.ts";
import { browserTests } from "./browser.ts";
import { eventually, processesOf, type System, startSystem } from "./system.ts";

// One system for the whole file: `toban up` with RingiFlow, its synthetic users and the gameday's short times.
let system: System;
let superuser: pg.Client;

beforeAll(async () => {
  system = await startSystem();
  const { postgres } = JSON.parse(await readFile(path.join(system.home, "ports.json"), "utf8"));
  const password = await system.secret("postgres-password");
  superuser = new pg.Client({
    host: "127.0.0.1",
    port: postgres,
    user: "postgres",
    password,
    database: "toban",
  });
  await superuser.connect();
  await superuser.query(await readFile(path.join(import.meta.dirname, "audit-watch.sql"), "utf8"));
}, 180_000);

afterAll(async () => {
  await superuser?.end().catch(() => {});
  await system?.stop();
}, 120_000);

describe("toban up", () => {
  it("prints where everything is and what to try next", () => {
    expect(system.output()).toContain(system.url);
    expect(system.output()).toContain(system.edgeUrl);
    expect(system.output()).toContain("npx toban status");
  });

  it("control plane and RingiFlow answer on both health paths", async () => {
    for (const base of [system.url, system.edgeUrl]) {
      for (const route of ["/health/live", "/health/ready"]) {
        expect((await fetch(base + route)).status, base + route).toBe(200);
      }
    }
  });

  it("synthetic users really submit and decide requests, and no request of theirs fails", async () => {
    const report = await eventually(async () => {
      const traffic = JSON.parse(await readFile(path.join(system.home, "traffic.json"), "utf8"));
      return traffic.submitted > 5 && traffic.decided > 0 ? traffic : undefined;
    }, 90_000);
    expect(report.failedByUsers).toBe(0);
  });

  it("a second `up` on the same home is refused, and one on taken ports too", async () => {
    const again = await system.toban("up");
    expect(again).toMatchObject({ code: 65 });
    expect(again.stderr).toContain("already_running");
    const { run } = await import("./system.ts");
    const taken = await run(["up"], { ...system.environment, TOBAN_HOME: `${system.home}-other` });
    expect(taken.stderr).toContain("port_taken");
    expect(taken.stderr).toContain("TOBAN_PORT");
  });

  it("a home that cannot be written and a definition with errors are refused with a remedy", async () => {
    const { run } = await import("./system.ts");
    const unwritable = await run(["up"], { ...system.environment, TOBAN_HOME: "/dev/null/toban" });
    expect(unwritable.stderr).toContain("home_not_writable");
    const missing = await run(["definition", "check", "/no/such/operations.ts"], system.environment);
    expect(missing.stderr).toContain("definition_missing");
    expect(missing.code).not.toBe(0);
  });
});

describe("the API", () => {
  it("refuses a caller without a session or token, another host and another origin", async () => {
    expect((await fetch(`${system.url}/v1/overview`)).status).toBe(401);
    const wrong = await system.api("GET", "/v1/overview", undefined, { authorization: "Bearer wrong" });
    expect(wrong).toMatchObject({ status: 401, body: { error: { code: "not_signed_in" } } });
  });

  it("a link opens the console once; the cookie is HttpOnly and SameSite=Strict", async () => {
    const { body } = await system.api<{ token: string }>("POST", "/v1/sign-in-links", {});
    const open = () => fetch(`${system.url}/?token=${body.token}`, { redirect: "manual" });
    const first = await open();
    expect(first.status).toBe(302);
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const session = { cookie: cookie.split(";")[0]! };
    expect((await fetch(`${system.url}/v1/overview`, { headers: session })).status).toBe(200);
    const forged = await fetch(`${system.url}/v1/sign-in-links`, {
      method: "POST",
      headers: { ...session, "content-type": "application/json", origin: "http://evil.example" },
      body: "{}",
    });
    expect(forged.status).toBe(403);
    const second = await open();
    expect(second.status).toBe(401);
    expect(await second.json()).toMatchObject({ error: { code: "sign_in_link_invalid" } });
  });

  it("bad input is refused with code, reason and remedy, and changes nothing", async () => {
    const cases: [string, unknown, number, string][] = [
      ["/v1/rollouts", { service: "bff" }, 400, "request_invalid"],
      ["/v1/rollouts", { service: "nobody", version: "1.0.0" }, 404, "service_unknown"],
      ["/v1/rollouts", { service: "bff", version: "9.9.9" }, 404, "release_unknown"],
      ["/v1/rollouts/bff/rollback", { reason: "" }, 400, "request_invalid"],
      ["/v1/runs/nothing/cancel", { reason: "x" }, 404, "run_not_found"],
      ["/v1/proofs", { ids: ["RF-999"] }, 404, "commitment_not_found"],
    ];
    for (const [route, body, status, code] of cases) {
      const answer = await system.api<{ error: { reason: string; remedy: string } }>("POST", route, body);
      expect({ route, status: answer.status, ...answer.body }).toMatchObject({
        route,
        status,
        error: { code },
      });
      expect(answer.body.error.remedy).not.toBe("");
    }
  });

  it("deploying the live version is a no-op with exit 0", async () => {
    const { stdout, code } = await system.toban("deploy", "bff", "1.0.0");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("live already") });
  });

  it("telemetry needs the ingest token, and garbage is a 400", async () => {
    const send = (headers: Record<string, string>) =>
      fetch(`${system.url}/otlp/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf", ...headers },
        body: new Uint8Array([255, 1, 2, 3]),
      });
    expect((await send({})).status).toBe(401);
    expect((await send({ authorization: `Bearer ${await system.secret("ingest-token")}` })).status).toBe(400);
  });
});

browserTests(() => system);

describe("the gameday", () => {
  let report: GamedayReport;

  it("everything happens as promised: a good release, a bad one, an alert, an incident, proofs", async () => {
    const { stdout, stderr, code } = await system.toban("gameday", "--json");
    report = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect({ faults: report.faults, code }, stderr).toEqual({ faults: [], code: 0 });
  }, 600_000);

  it("1.1.0 went through 10, 50 and 100 %, 1.2.0 was caught at 10 % and rolled back in time", () => {
    const [good, bad] = report.rollouts;
    expect(good).toMatchObject({ version: "1.1.0", result: "succeeded" });
    expect(good!.steps.filter((s) => s.phase === "step").map((s) => s.weight)).toEqual([10, 50, 100]);
    expect(bad).toMatchObject({ version: "1.2.0", result: "rolled-back" });
    expect(bad!.steps[0]).toMatchObject({ weight: 10, verdict: "fail" });
    expect(bad!.rollbackSeconds).toBeLessThanOrEqual(15);
  });

  it("users saw only the failures of the bad release while it was judged", () => {
    expect(report.requests.total).toBeGreaterThan(200);
    expect(report.requests.failedByUsers).toBeLessThan(report.requests.total * 0.1);
  });

  it("the ledger shows both, and who asked for them", async () => {
    const { stdout } = await system.toban("releases", "bff", "--json");
    const { releases } = JSON.parse(stdout);
    expect(
      releases.slice(0, 2).map((r: { version: string; result: string }) => [r.version, r.result]),
    ).toEqual([
      ["1.2.0", "rolled-back"],
      ["1.1.0", "succeeded"],
    ]);
    expect(releases[0].digest).toMatch(/^sha256:/);
    expect(releases[0].requestedBy).toMatch(/^person:/);
  });

  it("at least 40 commitments are proven with a measured value, and none of the others pretends to be", async () => {
    const { stdout } = await system.toban("commitments", "--json");
    const view = JSON.parse(stdout);
    expect(view.total).toBe(158);
    expect(view.counts.failing).toBe(0);
    expect(view.counts.proven).toBeGreaterThanOrEqual(40);
    for (const row of view.commitments) {
      if (row.state === "proven") expect(row.evidence.measured, row.id).not.toBe("");
      else expect(row.evidence?.verdict, row.id).not.toBe("pass");
    }
  });

  it("no route and no task changed state without an audit event in the same transaction", async () => {
    const { rows: violations } = await superuser.query(
      "SELECT relation, operation, content FROM watch.violations",
    );
    expect(violations).toEqual([]);
    const { rows: seen } = await superuser.query("SELECT DISTINCT relation FROM watch.seen ORDER BY 1");
    expect(seen.map((row) => row.relation)).toEqual(
      expect.arrayContaining([
        "alert_transitions",
        "evidence",
        "incidents",
        "releases",
        "runs",
        "sign_in_links",
      ]),
    );
  });

  it("the watch itself sees a change without an event", async () => {
    await superuser.query("INSERT INTO toban.tenants VALUES ('unaudited', 'x', now())");
    const { rows } = await superuser.query("SELECT relation FROM watch.violations");
    expect(rows).toEqual([{ relation: "tenants" }]);
    await superuser.query("DELETE FROM toban.tenants WHERE tenant_id = 'unaudited'");
  });

  it("one correlation id leads from a command to everything it caused", async () => {
    const { stdout } = await system.toban("audit", "search", "--action", "rollout.deploy", "--json");
    const [deploy] = JSON.parse(stdout).events;
    const related = await system.toban("audit", "search", "--correlation-id", deploy.correlationId, "--json");
    expect(JSON.parse(related.stdout).events.length).toBeGreaterThan(0);
  });
});

describe("when a part fails", () => {
  it("the control plane is killed: RingiFlow goes on, and it is back with everything it knew", async () => {
    const before = (await system.api<Overview>("GET", "/v1/overview")).body;
    const { pid } = JSON.parse(await readFile(path.join(system.home, "control-plane.json"), "utf8"));
    process.kill(pid, "SIGKILL");
    for (let i = 0; i < 20; i++) expect((await fetch(`${system.edgeUrl}/health/ready`)).status).toBe(200);
    const after = await eventually(async () => {
      const { status, body } = await system.api<Overview>("GET", "/v1/overview");
      return status === 200 ? body : undefined;
    }, 60_000);
    expect(after.commitments.total).toBe(before.commitments.total);
    expect(after.rollouts.map((r) => r.id)).toEqual(before.rollouts.map((r) => r.id));
  }, 120_000);

  it("the database is frozen: the API says unavailable at once, and recovers", async () => {
    await eventually(async () =>
      (await fetch(`${system.url}/health/ready`)).status === 200 ? true : undefined,
    );
    const postmaster = await readFile(path.join(system.home, "postgres/data/postmaster.pid"), "utf8");
    const pid = Number(postmaster.split("\n")[0]);
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
    const frozen = [pid, ...children.trim().split(/\s+/).map(Number)];
    for (const each of frozen) process.kill(each, "SIGSTOP");
    try {
      const answer = await system.api<{ error: { code: string } }>("GET", "/v1/runs");
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "database_unavailable" } } });
    } finally {
      for (const each of frozen) process.kill(each, "SIGCONT");
    }
    const answer = await eventually(async () => {
      const { status } = await system.api("GET", "/v1/runs");
      return status === 200 ? status : undefined;
    });
    expect(answer).toBe(200);
  }, 120_000);

  it("Ctrl-C stops everything and leaves nothing running", async () => {
    await superuser.end();
    await system.stop();
    expect(system.output()).toContain("nothing is left running");
    expect(await processesOf(system.home)).toEqual([]);
  }, 120_000);
});
