import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type AgentClient, connectAgent } from "@toban/agent";
import type { Operations } from "@toban/definition";
import { startTasks } from "../../platform/tasks.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { createWorker, type Worker } from "../../runs/index.ts";
import {
  deploy,
  endRollout,
  localDriver,
  type RolloutDeps,
  type RolloutEvent,
  type RolloutView,
  rolloutActions,
  rolloutView,
} from "../index.ts";
import { receiveEdgeReports } from "./edge-reports.ts";

const AGENT = fileURLToPath(import.meta.resolve("@toban/agent").replace(/index\.js$/, "main.js"));

/** A real database, run engine and agent; what users see comes from the real edge's reports. */
export async function startRolloutWorld(definition: Operations, options: { withoutWorker?: boolean } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "toban-rollout-"));
  const t: TestDatabase = await createTestDatabase();
  const reports = await receiveEdgeReports();
  const socketPath = path.join(folder, "agent.sock");
  const agentProcess = spawn(
    process.execPath,
    [AGENT, "--home", path.join(folder, "agent"), "--socket", socketPath],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const agent = connectAgent(socketPath);
  await eventually("the agent answers", () =>
    agent.health().then(
      () => true,
      () => false,
    ),
  );
  await agent.putTelemetry({ endpoint: reports.endpoint, headers: {}, environment: "production" });

  const events: RolloutEvent[] = [];
  const deps: RolloutDeps = {
    db: t.db,
    definition: () => definition,
    environment: "production",
    releasesDir: path.join(folder, "releases"),
    driver: localDriver(socketPath),
    counts: reports.counts,
    secret: (name) => (name === "token" ? "secret-value" : undefined),
    onEvent: async (_tx, _ctx, event) => {
      events.push(event);
    },
  };
  const traffic: { stop(): Promise<void> }[] = [];
  let worker = options.withoutWorker ? undefined : startWorker(t, deps);

  const newest = async (service: string): Promise<RolloutView> => {
    const [view] = await t.db.tx(t.ctx, (tx) => rolloutView(tx, { service }));
    if (!view) throw new Error(`no rollout of ${service}`);
    return view;
  };
  return {
    t,
    deps,
    agent,
    events,
    newest,
    releasesDir: deps.releasesDir,
    socketPath,
    reportsUrl: reports.url,
    deploy: (service: string, version: string) => deploy(deps, t.ctx, { service, version }),
    /** Waits for the end of the newest rollout. */
    async ended(service: string): Promise<RolloutView> {
      let view = await newest(service);
      await eventually(`the rollout of ${service} ends`, async () => {
        view = await newest(service);
        return view.result !== null;
      });
      return view;
    },
    /** Deploys and waits for the end. */
    async rolledOut(service: string, version: string): Promise<RolloutView> {
      const deployed = await deploy(deps, t.ctx, { service, version });
      if (deployed.kind === "no-op") throw new Error(`${service} ${version} was live already`);
      return this.ended(service);
    },
    /** About 50 requests a second through the edge, until the world ends. */
    async sendTraffic(service: string) {
      const { listener } = await agent.getService(service);
      const users = startTraffic(`http://127.0.0.1:${listener?.port}/work`);
      traffic.push(users);
      return users;
    },
    /** Another worker goes on where the effects of the first were broken off. */
    async replaceWorker() {
      await worker?.stop();
      worker = startWorker(t, deps);
    },
    async close() {
      await Promise.all(traffic.map((users) => users.stop()));
      await worker?.stop();
      await endAgent(agent, agentProcess);
      await reports.close();
      await t.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type RolloutWorld = Awaited<ReturnType<typeof startRolloutWorld>>;

function startWorker(t: TestDatabase, deps: RolloutDeps) {
  const worker: Worker = createWorker({
    db: t.db,
    ctxFor: (tenant) => testCtx({ tenant, actor: { kind: "task", id: "runs" } }),
    actions: rolloutActions(deps),
    tenants: async () => ["acme"],
    leaseMs: 2_000,
    onRunEnded: (tx, ctx, run) => endRollout(deps, tx, ctx, run),
  });
  const tasks = startTasks(worker.tasks, t.ctx.clock, t.ctx.log);
  return {
    async stop() {
      await worker.stop(0);
      await tasks.stop();
    },
  };
}

function startTraffic(url: string) {
  let running = true;
  const seen = { total: 0, failed: 0, lost: 0, byVersion: {} as Record<string, number> };
  const user = async () => {
    while (running) {
      try {
        const response = await fetch(url);
        await response.arrayBuffer();
        const version = response.headers.get("x-version") ?? "none";
        seen.byVersion[version] = (seen.byVersion[version] ?? 0) + 1;
        if (response.status >= 500) seen.failed += 1;
      } catch {
        seen.lost += 1;
      }
      seen.total += 1;
      await sleep(60);
    }
  };
  const users = Promise.all([user(), user(), user()]);
  return {
    seen,
    async stop() {
      running = false;
      await users;
    },
  };
}

async function endAgent(agent: AgentClient, child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const isOver = child.exitCode !== null;
  await agent.stop().catch(() => child.kill("SIGKILL"));
  if (!isOver) await Promise.race([ended, sleep(5_000).then(() => child.kill("SIGKILL"))]);
}

export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within 90 s: ${what}`);
    await sleep(100);
  }
}
