import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, expect, test } from "vitest";
import { connectAgent } from "./client.ts";
import { processInfo } from "./process-info.ts";
import { desiredService, makeRelease, serverScript, temporaryFolder, until } from "./testing/fixtures.ts";

const packageFolder = path.resolve(import.meta.dirname, "..");

// kill -9 needs a real process, and Node runs what was built.
beforeAll(async () => {
  const tsc = path.resolve(packageFolder, "../../node_modules/.bin/tsc");
  await promisify(execFile)(tsc, ["-b", packageFolder]);
});

const started: ChildProcess[] = [];
const sockets = new Set<string>();
afterEach(async () => {
  for (const socketPath of sockets)
    await connectAgent(socketPath)
      .stop()
      .catch(() => {});
  sockets.clear();
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

async function startProcess(home: string, program = "agent-main.js") {
  const socketPath = path.join(home, "agent.sock");
  const main = path.join(packageFolder, "dist", program);
  const child = spawn(process.execPath, [main, "--home", home, "--socket", socketPath], { stdio: "ignore" });
  started.push(child);
  sockets.add(socketPath);
  const client = connectAgent(socketPath);
  const pid = await until(async () => (await client.state()).pid, "the agent");
  return { child, client, pid };
}

async function twoHealthy(client: ReturnType<typeof connectAgent>) {
  return until(async () => {
    const service = await client.getService("shop");
    return service.instances.filter(({ state }) => state === "healthy").length === 2 ? service : null;
  }, "two healthy instances");
}

function killed(pid: number): Promise<unknown> {
  process.kill(pid, "SIGKILL");
  return until(() => processInfo(pid) === null, "the process to end");
}

async function deployed(program?: string) {
  const home = temporaryFolder();
  const directory = makeRelease(home, "1.0.0", serverScript);
  const agent = await startProcess(home, program);
  const desired = desiredService({
    releases: { "1.0.0": { directory, instances: 2, environment: {} } },
    weights: { "1.0.0": 100 },
  });
  await agent.client.putService("shop", desired);
  const service = await twoHealthy(agent.client);
  return { home, agent, desired, service };
}

const pids = (service: { instances: { pid: number | null }[] }) =>
  service.instances.map(({ pid }) => pid).sort();

test("an agent that was killed finds its instances, listener and weights again", async () => {
  const { home, agent, service } = await deployed();
  await killed(agent.pid);
  for (const { pid } of service.instances) expect(processInfo(pid!)).not.toBeNull();
  const next = await startProcess(home);
  const after = await twoHealthy(next.client);
  expect(pids(after)).toEqual(pids(service));
  expect(after.listener).toEqual(service.listener);
  expect(after.weights).toEqual({ "1.0.0": 100 });
  expect((await fetch(`http://127.0.0.1:${after.listener!.port}/`)).status).toBe(200);
  // Adopted instances are still supervised.
  process.kill(after.instances[0]!.pid!, "SIGKILL");
  await until(
    async () => pids(await twoHealthy(next.client)).every((pid) => pid !== after.instances[0]!.pid),
    "the replacement",
  );
});

test("a corrupt state file is moved aside, said so, and running instances are adopted when they are wanted again", async () => {
  const { home, agent, desired, service } = await deployed();
  await killed(agent.pid);
  writeFileSync(path.join(home, "state.json"), '{"version":1,"services":{"shop":');
  const next = await startProcess(home);
  expect(readdirSync(home)).toContain("state.json.corrupt-1");
  const health = await next.client.health();
  expect(health).toMatchObject({ ok: false, problems: [{ code: "state_file_corrupt" }] });
  expect(pids(await next.client.getService("shop"))).toEqual(pids(service));
  await next.client.putService("shop", desired);
  const after = await twoHealthy(next.client);
  expect(pids(after)).toEqual(pids(service));
  expect(after.listener).toEqual(service.listener);
});

test("a process that has got the pid of a dead instance is neither adopted nor stopped", async () => {
  const { home, agent, service } = await deployed();
  await killed(agent.pid);
  for (const { pid } of service.instances) await killed(pid!);
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
  started.push(stranger);
  const replace = (file: string) => {
    const text = readFileSync(file, "utf8").replaceAll(
      `"pid":${service.instances[0]!.pid},`,
      `"pid":${stranger.pid},`,
    );
    expect(text).toContain(`"pid":${stranger.pid},`);
    writeFileSync(file, text);
  };
  replace(path.join(home, "state.json"));
  replace(path.join(home, "instances/shop", `${service.instances[0]!.id}.json`));
  const next = await startProcess(home);
  const after = await twoHealthy(next.client);
  expect(pids(after)).not.toContain(stranger.pid);
  await next.client.stop();
  expect(processInfo(stranger.pid!)).not.toBeNull();
});

test("stop ends everything, and the next agent starts nothing by itself", async () => {
  const { home, agent, service } = await deployed();
  await agent.client.stop();
  for (const { pid } of service.instances) expect(processInfo(pid!)).toBeNull();
  await until(() => agent.child.exitCode === 0, "the agent to end");
  expect(existsSync(path.join(home, "agent.lock"))).toBe(false);
  const next = await startProcess(home);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await next.client.getService("shop")).instances.filter(({ pid }) => pid !== null)).toEqual([]);
});

test("while the agent is killed again and again, users' new connections wait instead of being refused", async () => {
  const { agent, service } = await deployed("main.js");
  const url = `http://127.0.0.1:${service.listener!.port}/`;
  let isDone = false;
  let answers = 0;
  const failures: unknown[] = [];
  // A connection each, opened only while no request is in flight elsewhere than in this line.
  const load = (async () => {
    while (!isDone) {
      const { pid } = await until(() => agent.client.state(), "the agent");
      await killed(pid);
      for (let i = 0; i < 20; i++)
        try {
          const answer = await fetch(url, { headers: { connection: "close" } });
          await answer.text();
          expect(answer.status).toBe(200);
          answers++;
        } catch (error) {
          failures.push(error);
        }
    }
  })();
  await until(() => answers >= 40, "requests over two restarts");
  isDone = true;
  await load;
  expect(failures).toEqual([]);
  const after = await twoHealthy(agent.client);
  expect(pids(after)).toEqual(pids(service));
  await agent.client.stop();
  await until(() => agent.child.exitCode === 0, "the keeper to end");
});

test("when the keeper is killed the agent goes on, and a new keeper takes over when that agent ends", async () => {
  const { home, agent, service } = await deployed("main.js");
  await killed(agent.child.pid!);
  expect((await agent.client.state()).pid).toBe(agent.pid);
  const next = await startProcess(home, "main.js");
  expect(next.pid).toBe(agent.pid);
  await killed(agent.pid);
  const pid = await until(async () => (await next.client.state()).pid, "the agent of the new keeper");
  expect(pid).not.toBe(agent.pid);
  const after = await twoHealthy(next.client);
  expect(pids(after)).toEqual(pids(service));
  expect(after.listener).toEqual(service.listener);
});

test("an agent that cannot start says why and ends at once", async () => {
  const home = temporaryFolder();
  await startProcess(home, "main.js");
  const second = spawn(process.execPath, [
    path.join(packageFolder, "dist", "main.js"),
    ...["--home", home, "--socket", path.join(home, "b.sock")],
  ]);
  started.push(second);
  let said = "";
  second.stderr.on("data", (chunk) => {
    said += chunk;
  });
  await until(() => second.exitCode === 1, "the second agent to end");
  expect(said).toContain("agent_already_running");
});
