import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Overview } from "../../packages/control-plane/src/http/index.ts";
import { createCtx, systemClock } from "../../packages/control-plane/src/platform/ctx.ts";
import { createLogger } from "../../packages/control-plane/src/platform/log.ts";
import { openTelemetryStore } from "../../packages/control-plane/src/telemetry/index.ts";
import { seededChance } from "../../workloads/ringiflow/src/traffic/random.ts";
import type { Report } from "../../workloads/ringiflow/src/traffic/statistics.ts";
import { connect, foldedModels, storedModels, violations } from "./integrity.ts";
import { agentOf, type Kill, killer, planKills, processTable } from "./killing.ts";
import { type Answer, eventually, execute, type System, startSystem } from "./system.ts";
import { type Seen, type Submission, startTelemetryWitness, startWitnesses } from "./witness.ts";

// The gameday's two rollouts while ten processes are killed with SIGKILL, at moments that follow from the seed.
const SEED = Number(process.env.TOBAN_CHAOS_SEED ?? 1);
/** So many kills belong to the good release, the rest to the bad one. */
const KILLS_OF_THE_GOOD = 7;
/** A request that begins as its server dies is in flight too: its client has not heard of the end yet. */
const DYING_MS = 150;
/** At most in flight at one moment of this many users; each is lost once at the most. */
const IN_FLIGHT = 6;

type Ledger = {
  version: string;
  result: string | null;
  steps: { weight: number; code: string }[];
  runId: string;
};
type Story = { good: Answer; bad: Answer; badFrom: number; badUntil: number; goodTraffic: Report };

let system: System;
let toban: pg.Client;
let ringiflow: pg.Client;
let kills: Kill[];
let story: Story;
let traffic: Report;
let seen: Seen[];
let submissions: Submission[];
let acknowledged: string[];

beforeAll(async () => {
  const chance = seededChance(SEED);
  system = await startSystem({ TOBAN_TRAFFIC_RPS: "15" });
  [toban, ringiflow] = [await connect(system, "toban"), await connect(system, "ringiflow")];
  const witnesses = await startWitnesses(system, SEED);
  const telemetry = await startTelemetryWitness(system, SEED);
  await eventually(async () => ((await readTraffic()).submitted > 3 ? true : undefined), 90_000);

  const { kill, kills: done } = killer(system, chance);
  kills = done;
  const plan = planKills(chance, { min: 2_500, max: 7_500 });
  console.log(
    `chaos seed ${SEED}: ${plan.map(({ victim, afterMs }) => `+${afterMs} ms ${victim}`).join(", ")}`,
  );
  const perform = async (part: typeof plan, share = 1) => {
    for (const { victim, afterMs } of part) {
      await sleep(afterMs * share);
      const { what, pid } = await kill(victim);
      console.log(`killed ${what} (${pid})`);
    }
  };

  const good = system.toban("deploy", "bff", "1.1.0");
  await started("1.1.0");
  await perform(plan.slice(0, KILLS_OF_THE_GOOD));
  const goodAnswer = await good;
  await ready();
  const goodTraffic = await readTraffic();

  const badFrom = performance.now();
  const bad = system.toban("deploy", "bff", "1.2.0");
  await started("1.2.0");
  // Caught within seconds, so these come faster.
  await perform(plan.slice(KILLS_OF_THE_GOOD), 0.4);
  const badAnswer = await bad;
  await ready();
  await eventually(
    async () => ((await ledger()).every(({ result }) => result !== null) ? true : undefined),
    120_000,
  );
  const badUntil = performance.now();
  story = { good: goodAnswer, bad: badAnswer, badFrom, badUntil, goodTraffic };

  await sleep(3_000);
  await witnesses.stop();
  await telemetry.stop();
  ({ seen, submissions } = witnesses);
  acknowledged = telemetry.acknowledged;
  await signalTraffic("SIGSTOP");
  traffic = await readTraffic();
  await eventually(
    async () => ("deliveries wait" in (await violations(ringiflow)) ? undefined : true),
    60_000,
  );
  const { total, failedByUsers, byStatus } = traffic;
  const own = { requests: seen.length, failed: seen.filter(failed).length, cut: seen.filter(wasCut).length };
  const results = (await ledger()).slice(1).map(({ version, result }) => `${version} ${result}`);
  console.log(
    `${results.join(", ")}; users ${JSON.stringify({ total, failedByUsers, byStatus })}, witnesses ${JSON.stringify(own)}`,
  );
}, 420_000);

afterAll(async () => {
  await Promise.all([toban?.end(), ringiflow?.end()].map((end) => end?.catch(() => {})));
  await system?.stop();
}, 120_000);

const readTraffic = async (): Promise<Report> =>
  JSON.parse(await readFile(path.join(system.home, "traffic.json"), "utf8"));

const ready = () =>
  eventually(
    async () => ((await fetch(`${system.url}/health/ready`)).status === 200 ? true : undefined),
    60_000,
  );

const started = (version: string) =>
  eventually(async () => {
    const { rows } = await toban.query("SELECT FROM toban.releases WHERE version = $1 AND service = 'bff'", [
      version,
    ]);
    return rows.length > 0 ? true : undefined;
  });

const ledger = async (): Promise<Ledger[]> => {
  const { rows } = await toban.query(
    `SELECT version, result, steps, run_id AS "runId" FROM toban.releases WHERE service = 'bff' ORDER BY position`,
  );
  return rows;
};

/** The synthetic users stop where they are, so that the database comes to rest. */
async function signalTraffic(signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
  const report = path.join(system.home, "traffic.json");
  const users = (await processTable()).find(({ command }) => command.includes(`--report ${report}`));
  process.kill(users!.pid, signal);
}

const cutsTraffic = ({ victim }: Kill) => victim === "agent" || victim === "instance";
const failed = ({ status }: Seen) => status === 0 || status >= 500;
const isOfTheBadRelease = (one: Seen) =>
  one.status === 500 && one.endedAt >= story.badFrom && one.startedAt <= story.badUntil;
const wasCut = (one: Seen) => failed(one) && !isOfTheBadRelease(one) && wasInFlight(one);
const wasInFlight = (one: Seen) =>
  kills.some((k) => cutsTraffic(k) && one.startedAt <= k.at + DYING_MS && one.endedAt >= k.at);

describe(`ten processes are killed during a gameday (seed ${SEED})`, () => {
  it("each kind was killed", () => {
    expect(kills).toHaveLength(10);
    for (const victim of ["control-plane", "agent", "worker", "telemetry"]) {
      expect(kills.filter((k) => k.victim === victim).length, victim).toBeGreaterThanOrEqual(2);
    }
    expect(kills.filter((k) => k.victim === "instance").length).toBeGreaterThanOrEqual(1);
  });

  it("both rollouts have converged, and the bad release never got all users", async () => {
    const [, good, bad] = await ledger();
    const candidateKilled = kills.some(({ what }) => what.startsWith("bff-1.1.0"));
    expect(good, story.good.stdout).toMatchObject({ version: "1.1.0" });
    if (good!.result !== "succeeded") {
      // Only these reasons: a candidate that died, or nothing to be seen of it for too long.
      expect(good!.result).toBe("rolled-back");
      const codes = [
        "no_telemetry",
        "target_unreachable",
        "too_few_requests",
        "too_few_errors",
        "baseline_too_small",
      ];
      if (candidateKilled) codes.push("candidate_crashed", "candidate_unhealthy");
      expect(codes).toContain(good!.steps.at(-1)?.code);
    }
    expect(bad, story.bad.stdout).toMatchObject({ version: "1.2.0", result: "rolled-back" });
    expect(Math.max(0, ...bad!.steps.map(({ weight }) => weight))).toBeLessThan(100);
    expect({ stderr: story.good.stderr, code: story.good.code }).toMatchObject({
      code: good!.result === "succeeded" ? 0 : 1,
    });
    expect(story.bad.code, story.bad.stderr).toBe(1);
  });

  it("the target runs what the ledger says, at 100 %", async () => {
    const live = (await ledger()).findLast(({ result }) => result === "succeeded")!.version;
    const { services } = await agentOf(system).state();
    expect(services.map(({ service }) => service).sort()).toEqual(["bff", "core", "worker"]);
    for (const { service, weights, instances } of services) {
      const version = service === "bff" ? live : "1.0.0";
      if (service !== "worker") expect(weights, service).toEqual({ [version]: 100 });
      expect(
        instances.map((one) => [one.version, one.state]),
        service,
      ).toEqual([[version, "healthy"]]);
    }
  });

  it("no run is left unfinished, parked or in doubt", async () => {
    const { rows } = await toban.query(
      `SELECT id, kind, target, state, activity, refusal FROM toban.runs
       WHERE ended_at IS NULL OR state NOT IN ('succeeded', 'compensated', 'cancelled')`,
    );
    expect(rows).toEqual([]);
    const steps = await toban.query("SELECT * FROM toban.run_steps WHERE state IN ('in_doubt', 'intent')");
    expect(steps.rows).toEqual([]);
  });

  it("no request of a user was lost but those in flight in a process that was killed", () => {
    expect(seen.length).toBeGreaterThan(200);
    const lost = seen.filter((one) => failed(one) && !isOfTheBadRelease(one) && !wasInFlight(one));
    const moments = lost.map((one) => ({
      ...one,
      sinceKills: kills.map(
        (k) => `${k.what} ${Math.round(one.startedAt - k.at)}..${Math.round(one.endedAt - k.at)}`,
      ),
    }));
    expect(moments).toEqual([]);
    // Everything else was an answer that its user could use.
    const others = seen.filter((one) => !failed(one) && one.status !== 200 && one.status !== 201);
    expect(others).toEqual([]);
  });

  it("of the synthetic users' requests no more failed than the bad release and the kills explain", () => {
    const { byStatus } = traffic;
    const cuts = kills.filter(cutsTraffic).length;
    expect(story.goodTraffic.byStatus["500"] ?? 0, JSON.stringify(story.goodTraffic)).toBe(0);
    const others = traffic.failedByUsers - (byStatus["500"] ?? 0);
    expect(others, JSON.stringify({ traffic, kills })).toBeLessThanOrEqual(cuts * IN_FLIGHT);
    expect(traffic.total).toBeGreaterThan(500);
    expect(byStatus["500"] ?? 0).toBeLessThan(traffic.total / 10);
  });

  it("RingiFlow has lost and doubled no event, and its worker has caught up", async () => {
    expect(await violations(ringiflow)).toEqual({});
    const { rows } = await ringiflow.query("SELECT count(*)::int AS events FROM ringiflow.events");
    expect(rows[0].events).toBeGreaterThan(50);
  });

  it("every submission that a user got an answer to exists exactly once, however often it was sent", async () => {
    expect(submissions.length).toBeGreaterThan(20);
    const { rows } = await ringiflow.query(
      `SELECT c.idempotency_key AS key, c.tenant_id AS tenant, e.stream_id AS id
       FROM ringiflow.commands c JOIN ringiflow.events e ON e.tenant_id = c.tenant_id AND e.type = 'submitted'
         AND e.stream_id = (c.response ->> 'id')::uuid
       WHERE c.idempotency_key LIKE 'witness-%'`,
    );
    const sorted = (all: Submission[]) => [...all].sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(sorted(rows)).toEqual(sorted(submissions));
    const synthetic = await ringiflow.query(
      `SELECT count(*)::int AS count FROM ringiflow.commands c JOIN ringiflow.events e ON e.tenant_id = c.tenant_id
         AND e.type = 'submitted' AND e.stream_id = (c.response ->> 'id')::uuid AND (c.response ->> 'version')::int = 1
       WHERE c.idempotency_key LIKE 'traffic-%'`,
    );
    expect(synthetic.rows[0].count).toBeGreaterThanOrEqual(traffic.submitted);
  });

  it("the lists equal the fold of the events, and a rebuild changes nothing", async () => {
    const stored = await storedModels(ringiflow);
    expect(stored).toEqual(await foldedModels(ringiflow));
    const release = "workloads/ringiflow/releases/built/worker/1.0.0/rebuild.js";
    const rebuilt = await execute([path.resolve(import.meta.dirname, "../..", release)], {
      PATH: process.env.PATH,
      DATABASE_URL: await system.secret("ringiflow-database-url"),
    });
    expect(rebuilt, rebuilt.stderr).toMatchObject({ code: 0 });
    expect(await storedModels(ringiflow)).toEqual(stored);
  });

  it("each rollout was begun and ended in the audit log, and every event waits or is sealed, once", async () => {
    const counts = await toban.query(
      `SELECT r.version, r.service, (SELECT count(*)::int FROM toban.audit_events a WHERE a.action = 'rollout.' || r.kind
           AND a.resource = 'service/' || r.service AND a.details ->> 'run' = r.run_id) AS begun,
         (SELECT count(*)::int FROM toban.audit_events a WHERE a.action = 'rollout.end'
           AND a.details ->> 'run' = r.run_id AND a.details ->> 'ledger' = r.result) AS ended
       FROM toban.releases r ORDER BY r.position`,
    );
    expect(counts.rows).toEqual(counts.rows.map((row) => ({ ...row, begun: 1, ended: 1 })));
    expect(counts.rows).toHaveLength(5);
    const orphans = await toban.query(
      `SELECT a.id, s.event_id, s.times FROM toban.audit_events a
       FULL JOIN (SELECT tenant_id, event_id, count(*) AS times
         FROM (SELECT tenant_id, event_id FROM toban.audit_queue
               UNION ALL SELECT tenant_id, event_id FROM toban.audit_leaves) AS kept
         GROUP BY tenant_id, event_id) s ON s.tenant_id = a.tenant_id AND s.event_id = a.id
       WHERE a.id IS NULL OR s.event_id IS NULL OR s.times <> 1`,
    );
    expect(orphans.rows).toEqual([]);
  });

  it("the overview is whole again", async () => {
    const { body } = await system.api<Overview>("GET", "/v1/overview");
    expect(body.services.map(({ name, state }) => [name, state])).not.toContainEqual([
      expect.anything(),
      "down",
    ]);
    expect(body.rollouts.filter(({ result }) => result === null)).toEqual([]);
  });

  it("telemetry that was acknowledged can be queried exactly once after the store's restarts", async () => {
    await signalTraffic("SIGCONT");
    system.process.kill("SIGINT");
    await new Promise((resolve) => system.process.once("exit", resolve));
    const log = createLogger("chaos", "error");
    const store = await openTelemetryStore({
      folder: path.join(system.home, "telemetry"),
      socketPath: path.join(system.home, "t.sock"),
      log,
      clock: systemClock,
    });
    try {
      await store.ready();
      await store.flush();
      const ctx = createCtx({ tenant: "default", actor: { kind: "task", id: "chaos" }, log });
      const to = new Date(systemClock.now().getTime() + 60_000);
      const from = new Date(to.getTime() - 3_600_000);
      const rows = await store.logs(ctx, { service: "witness", from, to, limit: 5_000 });
      const bodies = rows.map(({ body }) => body);
      expect(acknowledged.length).toBeGreaterThan(100);
      expect(acknowledged.filter((name) => !bodies.includes(name))).toEqual([]);
      expect(bodies.length).toBe(new Set(bodies).size);
    } finally {
      await store.close();
      await rm(path.join(system.home, "t.sock"), { force: true });
    }
  }, 120_000);
});
