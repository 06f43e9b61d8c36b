import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../packages/control-plane/src/platform/ports.ts";
import { digestOfFolder } from "../../packages/control-plane/src/rollout/index.ts";
import { agentOf, processTable } from "./killing.ts";
import { eventually, run, type System, startSystem } from "./system.ts";

// Bad releases and broken parts on one whole system. What single parts prove with real processes is not repeated here.
type Release = {
  service: string;
  version: string;
  result: string | null;
  kind: string;
  reason: { en: string } | null;
};

const BUILT = path.resolve(import.meta.dirname, "../../workloads/ringiflow/releases/built");

let releases: string;
let system: System;

beforeAll(async () => {
  releases = await mkdtemp(path.join(tmpdir(), "toban-releases-"));
  for (const service of ["bff", "core", "worker"]) {
    await cp(path.join(BUILT, service, "1.0.0"), path.join(releases, service, "1.0.0"), { recursive: true });
    const sbom = `sbom/${service}-1.0.0.cdx.json`;
    await cp(path.join(BUILT, sbom), path.join(releases, sbom));
  }
  // 10 % of the users are enough to warm a candidate up; what they see of these candidates is of no interest.
  system = await startSystem({ TOBAN_RELEASES: releases, TOBAN_TRAFFIC_RPS: "5" });
}, 180_000);

afterAll(async () => {
  await system?.stop();
  await rm(releases, { recursive: true, force: true });
}, 120_000);

/** A release that answers everything, healthy unless `trouble` says otherwise. */
async function writeBadRelease(
  service: string,
  version: string,
  trouble: string,
  manifest = {},
): Promise<void> {
  const folder = path.join(releases, service, version);
  await cp(path.join(releases, service, "1.0.0", "package.json"), path.join(folder, "package.json"));
  const server = `
    import { createServer } from "node:http";
    let healthy = true;
    ${trouble}
    createServer((request, response) => {
      const isHealth = request.url.startsWith("/health");
      response.writeHead(isHealth && !healthy ? 503 : 200, { "content-type": "application/json" }).end("{}");
    }).listen(Number(process.env.PORT), "127.0.0.1");
    process.on("SIGTERM", () => process.exit(0));`;
  await writeFile(path.join(folder, "main.mjs"), server);
  const release = {
    service,
    version,
    command: ["node", "main.mjs"],
    healthPath: "/health/ready",
    ...manifest,
  };
  const digest = await digestOfFolder(folder);
  await writeFile(path.join(folder, "release.json"), JSON.stringify({ ...release, digest }));
}

const ledger = async (service: string): Promise<Release[]> =>
  JSON.parse((await system.toban("releases", service, "--json")).stdout).releases;

const ended = (service: string, version: string) =>
  eventually(
    async () => (await ledger(service)).find((r) => r.version === version && r.result !== null),
    120_000,
  );

/** As CI does after a `toban check` that passed. */
async function passGate(service: string, version: string): Promise<void> {
  const counts = { block: 0, undecided: 0, warn: 0, info: 0, waived: 0, known: 0 };
  const report = { tool: "test", families: ["sources"], files: 1, counts, findings: [] };
  const answer = await system.api("POST", "/v1/gate/verdicts", { service, version, report });
  expect(answer).toMatchObject({ status: 201, body: { verdict: "pass" } });
}

const edgeIsReady = async () => {
  const answer = await fetch(`${system.edgeUrl}/health/ready`, { signal: AbortSignal.timeout(20_000) });
  return answer.status === 200 ? true : undefined;
};

async function expectOnly(version: string): Promise<void> {
  const { services } = await agentOf(system).state();
  expect(services).toHaveLength(3);
  for (const { service, weights, instances } of services) {
    if (service !== "worker") expect(weights, service).toEqual({ [version]: 100 });
    expect(
      instances.map((one) => [one.version, one.state]),
      service,
    ).toEqual([[version, "healthy"]]);
  }
}

describe("a release", () => {
  it("without a health path is refused before anything changes", async () => {
    await writeBadRelease("bff", "8.0.0", "", { healthPath: undefined });
    const before = await agentOf(system).getService("bff");
    const answer = await system.api("POST", "/v1/rollouts", { service: "bff", version: "8.0.0" });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "release_without_health_path" } } });
    const after = await agentOf(system).getService("bff");
    expect(after.desired).toEqual(before.desired);
    expect((await ledger("bff")).map(({ version }) => version)).toEqual(["1.0.0"]);
  });

  it("that the change gate has not looked at is refused, and two people can override", async () => {
    await writeBadRelease("bff", "8.1.0", "");
    const refused = await system.toban("deploy", "bff", "8.1.0");
    expect([refused.code, refused.stderr]).toEqual([77, expect.stringMatching(/^gate_missing: /)]);
    expect((await ledger("bff")).map(({ version }) => version)).toEqual(["1.0.0"]);
    const reason = "The outage is worse than what is not checked.";
    const asked = await system.toban("deploy", "bff", "8.1.0", "--override-gate", reason, "--detach");
    const runId = /rollout (\S+) started/.exec(asked.stdout)![1]!;
    const approve = (...who: string[]) => system.toban("runs", "approve", runId, ...who);
    const approved = await eventually(async () => {
      const answer = await approve("--as", "another-person");
      return answer.code === 0 ? answer : undefined;
    });
    expect(approved.code).toBe(0);
    const back = await system.toban("rollback", "bff");
    expect(back.code).toBe(0);
    expect((await ended("bff", "8.1.0")).result).toMatch(/cancelled|rolled-back/);
    const audit = await system.toban("audit", "search", "--action", "gate.override", "--json");
    expect(audit.stdout).toContain(reason);
  }, 120_000);

  it("that leaks memory, never becomes healthy or crashes after a while is rolled back by itself", async () => {
    // Beyond its limit of 384 MiB after some seconds under users' requests.
    const leak = "const kept = []; setInterval(() => kept.push(Buffer.alloc(60 * 2 ** 20, 1)), 1000);";
    await writeBadRelease("bff", "9.0.0", leak);
    await writeBadRelease("core", "9.0.0", "healthy = false;");
    await writeBadRelease("worker", "9.0.0", "setTimeout(() => process.exit(1), 8000);");
    const versions = ["bff", "core", "worker"];
    for (const service of versions) await passGate(service, "9.0.0");
    const answers = await Promise.all(versions.map((service) => system.toban("deploy", service, "9.0.0")));
    expect(answers.map(({ code }) => code)).toEqual([1, 1, 1]);
    const results = await Promise.all(versions.map((service) => ended(service, "9.0.0")));
    expect(results.map(({ result }) => result)).toEqual(["rolled-back", "rolled-back", "rolled-back"]);
    expect(results.map(({ reason }) => reason?.en)).toEqual([
      expect.stringMatching(/not healthy|did not keep running/),
      expect.stringMatching(/0 of 1 instances of core 9.0.0 were healthy/),
      expect.stringMatching(/did not keep running|not healthy/),
    ]);
    await expectOnly("1.0.0");
    expect(await edgeIsReady()).toBe(true);
  }, 180_000);
});

describe("when a part is broken", () => {
  it("the agent's state file is corrupt: it says so, and everything runs on as it was", async () => {
    const agent = agentOf(system);
    const before = await agent.state();
    const pids = (state: typeof before) =>
      Object.fromEntries(
        state.services.map(({ service, instances }) => [service, instances.map(({ pid }) => pid)]),
      );
    const keeper = (await processTable()).find(({ pid }) => pid === before.pid)!.parent;
    process.kill(keeper, "SIGSTOP");
    process.kill(before.pid, "SIGKILL");
    await writeFile(path.join(system.home, "agent", "state.json"), '{"version":1,"services":{"bff":');
    process.kill(keeper, "SIGCONT");
    const health = await eventually(async () => {
      const answer = await agent.health();
      return answer.pid !== before.pid ? answer : undefined;
    });
    expect(health.problems).toMatchObject([{ code: "state_file_corrupt" }]);
    await eventually(edgeIsReady, 60_000);
    await eventually(async () => {
      await expectOnly("1.0.0");
      return true;
    }, 60_000);
    expect(pids(await agent.state())).toEqual(pids(before));
    for (const service of ["bff", "core", "worker"]) {
      const newest = await eventually(async () =>
        (await ledger(service)).find(({ kind, result }) => kind === "rollback" && result !== null),
      );
      expect(newest).toMatchObject({ service, version: "1.0.0", result: "succeeded" });
    }
    const log = await readFile(path.join(system.home, "logs/control-plane.log"), "utf8");
    expect(log).toContain("state_file_corrupt");
  }, 150_000);

  it("`serve` without a database says so, with a remedy, and ends as unavailable", async () => {
    const port = String(await freePort());
    const url = `postgres://toban_app:x@127.0.0.1:${await freePort()}/toban`;
    const settings = { TOBAN_HOME: `${system.home}/serve`, TOBAN_PORT: port, DATABASE_URL: url };
    for (const owner of [undefined, url]) {
      const answer = await run(["serve"], { ...system.environment, ...settings, DATABASE_OWNER_URL: owner });
      expect(answer.stderr).toContain("database_unavailable");
      expect(answer.stderr).toContain("DATABASE_URL");
      expect(answer.code).toBe(69);
    }
  }, 60_000);

  it("the database and the control plane are killed at once: both come back, and users are served again", async () => {
    const { pid } = JSON.parse(await readFile(path.join(system.home, "control-plane.json"), "utf8"));
    const { postgres } = JSON.parse(await readFile(path.join(system.home, "ports.json"), "utf8"));
    const postmaster = (await processTable()).find(({ command }) => command.includes(`-c port=${postgres}`))!;
    process.kill(postmaster.pid, "SIGKILL");
    process.kill(pid, "SIGKILL");
    await eventually(async () => {
      const answer = await fetch(`${system.url}/health/ready`);
      return answer.status === 200 ? true : undefined;
    }, 90_000);
    await eventually(edgeIsReady, 30_000);
    const answer = await system.toban("deploy", "bff", "1.0.0");
    expect(answer).toMatchObject({ code: 0, stdout: expect.stringContaining("live already") });
    await expectOnly("1.0.0");
  }, 150_000);
});
