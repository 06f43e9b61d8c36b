import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Agent, startAgent } from "./agent.ts";
import { connectAgent } from "./client.ts";
import { silentLog } from "./log.ts";
import type { DesiredService, ObservedInstance } from "./model.ts";
import { systemClock } from "./platform/clock.ts";
import { processInfo } from "./process-info.ts";
import { desiredService, makeRelease, serverScript, temporaryFolder, until } from "./testing/fixtures.ts";

const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.stop();
    await agent.handOver();
  }
});

async function start(home = temporaryFolder()) {
  const socketPath = path.join(home, "run", "agent.sock");
  const agent = await startAgent({ home, socketPath, clock: systemClock, log: silentLog });
  agents.push(agent);
  const client = connectAgent(socketPath);
  const release = (version: string, instances = 1, script = serverScript, manifest = {}) => ({
    directory: makeRelease(home, version, script, manifest),
    instances,
    environment: {},
  });
  const instance = async (id: string): Promise<ObservedInstance | undefined> =>
    (await client.getService("shop")).instances.find((found) => found.id === id);
  const healthy = (count: number) =>
    until(async () => {
      const { instances } = await client.getService("shop");
      return instances.filter(({ state }) => state === "healthy").length === count;
    }, `${count} healthy instances`);
  const url = async () => {
    const { host, port } = (await client.getService("shop")).listener!;
    return `http://${host}:${port}`;
  };
  return { home, socketPath, client, release, instance, healthy, url };
}

const isAlive = (pid: number) => processInfo(pid) !== null;

test("an instance gets a minimal environment, a log file, and only its owner can reach the agent", async () => {
  process.env.AGENT_TEST_SECRET = "must not leak";
  const { home, socketPath, client, release, healthy, url } = await start();
  const script = `${serverScript}
console.log("started as " + process.env.TOBAN_INSTANCE);
require("node:fs").writeFileSync("environment.json", JSON.stringify(process.env));`;
  const wanted = { ...release("1.0.0", 1, script), environment: { COLOUR: "blue" } };
  await client.putService(
    "shop",
    desiredService({ releases: { "1.0.0": wanted }, weights: { "1.0.0": 100 } }),
  );
  await healthy(1);
  const environment = JSON.parse(readFileSync(path.join(wanted.directory, "environment.json"), "utf8"));
  expect(Object.keys(environment).sort()).toEqual(
    ["COLOUR", "HOME", "LANG", "PATH", "PORT", "TOBAN_INSTANCE", "TOBAN_RELEASE", "TOBAN_SERVICE"].sort(),
  );
  expect(await (await fetch(await url())).json()).toMatchObject({
    version: "1.0.0",
    instance: "shop-1.0.0-0",
  });
  expect(readFileSync(path.join(home, "logs/shop/shop-1.0.0-0.log"), "utf8")).toBe(
    "started as shop-1.0.0-0\n",
  );
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(home, "state.json")).mode & 0o777).toBe(0o600);
});

test("a crashed instance comes back after its back-off on the same slot", async () => {
  const { client, release, instance, healthy, url } = await start();
  await client.putService(
    "shop",
    desiredService({ releases: { "1.0.0": release("1.0.0") }, weights: { "1.0.0": 100 } }),
  );
  await healthy(1);
  const before = await instance("shop-1.0.0-0");
  await fetch(`${await url()}/crash`, { method: "POST" });
  const after = await until(async () => {
    const found = await instance("shop-1.0.0-0");
    return found?.state === "healthy" && found.pid !== before!.pid ? found : null;
  }, "the instance to come back");
  expect(after).toMatchObject({ restarts: 1, lastExit: { code: 7, signal: null } });
});

test("a release that cannot run is failed with the reason, and is tried again when it is asked for again", async () => {
  const { client, release, instance, healthy } = await start();
  const put = (wanted: DesiredService["releases"][string]) =>
    client.putService("shop", desiredService({ releases: { "1.0.0": wanted }, weights: { "1.0.0": 100 } }));
  const refusalOf = (code: string) =>
    until(async () => (await instance("shop-1.0.0-0"))?.refusal?.code === code, code);

  await put(release("1.0.0", 1, serverScript, { healthPath: undefined }));
  await refusalOf("release_health_path_missing");
  expect(await instance("shop-1.0.0-0")).toMatchObject({ state: "failed", pid: null });
  await put(release("1.0.0", 1, serverScript, { command: ["no-such-program"] }));
  await refusalOf("release_command_missing");
  await put({ directory: "/nonexistent/release", instances: 1, environment: {} });
  await refusalOf("release_manifest_missing");
  await put(release("1.0.0"));
  await healthy(1);
});

test("an instance that never becomes healthy gets no traffic", async () => {
  const { client, release, instance, healthy, url } = await start();
  const sick = `require("node:http").createServer((q, r) => { r.statusCode = 503; r.end("sick"); }).listen(process.env.PORT, "127.0.0.1")`;
  await client.putService(
    "shop",
    desiredService({
      releases: { "1.0.0": release("1.0.0"), "2.0.0": release("2.0.0", 1, sick) },
      weights: { "1.0.0": 50, "2.0.0": 50 },
    }),
  );
  await healthy(1);
  for (let i = 0; i < 30; i++)
    expect(await (await fetch(await url())).json()).toMatchObject({ version: "1.0.0" });
  expect(await instance("shop-2.0.0-0")).toMatchObject({ state: "starting", healthySince: null });
});

test("an instance that crashes again and again after a while is counted and waits longer each time", async () => {
  const { client, release, instance } = await start();
  const dying = `${serverScript}\nsetTimeout(() => process.exit(9), 600);`;
  await client.putService("shop", desiredService({ releases: { "1.0.0": release("1.0.0", 1, dying) } }));
  const seen = await until(async () => {
    const found = await instance("shop-1.0.0-0");
    return found && found.restarts >= 2 ? found : null;
  }, "two restarts");
  expect(seen.lastExit).toMatchObject({ code: 9 });
});

test("an instance that leaks memory is drained and replaced", async () => {
  const { client, release, instance, healthy } = await start();
  const leaking = `${serverScript}
const kept = [];
if (!require("node:fs").existsSync("leaked")) setTimeout(() => {
  require("node:fs").writeFileSync("leaked", "");
  kept.push(Buffer.alloc(200 * 1024 * 1024, 1));
}, 1500);`;
  await client.putService(
    "shop",
    desiredService({
      releases: { "1.0.0": release("1.0.0", 1, leaking) },
      memoryLimitBytes: 150 * 1024 * 1024,
    }),
  );
  await healthy(1);
  const after = await until(async () => {
    const found = await instance("shop-1.0.0-0");
    return found?.restarts === 1 && found.state === "healthy" ? found : null;
  }, "the replacement");
  expect(after.lastExit).toMatchObject({ code: 0 });
});

test("no request is lost while weights switch and instances drain under load", async () => {
  const { client, release, healthy, url } = await start();
  const [one, two] = [release("1.0.0", 2), release("2.0.0", 2)];
  const put = (fence: number, releases: DesiredService["releases"], weights: Record<string, number>) =>
    client.putService("shop", desiredService({ fence, releases, weights }));
  await put(1, { "1.0.0": one }, { "1.0.0": 100 });
  await healthy(2);
  const base = await url();
  let isDone = false;
  const seen: Record<string, number> = {};
  const failures: unknown[] = [];
  const load = Array.from({ length: 8 }, async (_, i) => {
    while (!isDone)
      try {
        const method = i % 2 === 0 ? "GET" : "POST";
        const answer = await fetch(`${base}/?wait=20`, { method, body: method === "POST" ? "x" : null });
        const { version } = (await answer.json()) as { version: string };
        seen[version] = (seen[version] ?? 0) + 1;
      } catch (error) {
        failures.push(error);
      }
  });
  await put(2, { "1.0.0": one, "2.0.0": two }, { "1.0.0": 100 });
  await healthy(4);
  for (const weight of [10, 50, 100]) {
    await put(2, { "1.0.0": one, "2.0.0": two }, { "1.0.0": 100 - weight, "2.0.0": weight });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const old = (await client.getService("shop")).instances.filter(({ version }) => version === "1.0.0");
  await put(2, { "2.0.0": two }, { "2.0.0": 100 });
  await until(() => old.every(({ pid }) => !isAlive(pid!)), "the old version to end");
  // Back again, from nothing.
  await put(3, { "1.0.0": one, "2.0.0": two }, { "2.0.0": 100 });
  await healthy(4);
  await put(3, { "1.0.0": one }, { "1.0.0": 100 });
  await healthy(2);
  isDone = true;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(Object.keys(seen).sort()).toEqual(["1.0.0", "2.0.0"]);
});

test("an older fence is refused and changes nothing; the same one is idempotent", async () => {
  const { client, release, healthy } = await start();
  const desired = desiredService({
    fence: 5,
    releases: { "1.0.0": release("1.0.0") },
    weights: { "1.0.0": 100 },
  });
  await client.putService("shop", desired);
  await healthy(1);
  const before = await client.getService("shop");
  await expect(client.putService("shop", { ...desired, fence: 4, weights: {} })).rejects.toMatchObject({
    kind: "conflict",
    code: "fence_stale",
  });
  const again = await client.putService("shop", desired);
  expect(again.instances[0]!.pid).toBe(before.instances[0]!.pid);
  expect(again.listener).toEqual(before.listener);
  expect(again.weights).toEqual({ "1.0.0": 100 });
});

test("bad input is refused with every wrong field", async () => {
  const { client } = await start();
  const put = (changes: object) => client.putService("shop", { ...desiredService(), ...changes });
  const refused = (reason: RegExp) => ({
    kind: "invalid",
    code: "desired_service_invalid",
    reason: expect.stringMatching(reason),
  });
  await expect(put({ drainMs: -1, fence: "x" })).rejects.toMatchObject(refused(/fence.*drainMs/));
  await expect(put({ weights: { "1.0.0": 60 } })).rejects.toMatchObject(
    refused(/add up to 60.*has no|no release/),
  );
  await expect(client.getService("shop")).rejects.toMatchObject({
    kind: "not_found",
    code: "service_unknown",
  });
});

test("a taken port is refused by name and the service stays unknown", async () => {
  const { client } = await start();
  const other = createServer().listen(0, "127.0.0.1");
  const { port } = await until(() => other.address() as { port: number } | null, "the other program");
  const listener = { host: "127.0.0.1", port, sticky: false };
  await expect(client.putService("shop", desiredService({ listener }))).rejects.toMatchObject({
    code: "port_taken",
    reason: expect.stringContaining(String(port)),
  });
  expect((await client.state()).services).toEqual([]);
  await new Promise((resolve) => other.close(resolve));
  await client.putService("shop", desiredService({ listener }));
  expect((await client.getService("shop")).listener).toEqual({ host: "127.0.0.1", port });
});

test("a home that cannot be written and a second agent are refused", async () => {
  const { home } = await start();
  const options = { clock: systemClock, log: silentLog };
  const file = path.join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const inFile = path.join(file, "home");
  await expect(
    startAgent({ ...options, home: inFile, socketPath: path.join(inFile, "a.sock") }),
  ).rejects.toMatchObject({ code: "home_not_writable" });
  await expect(
    startAgent({ ...options, home, socketPath: path.join(home, "other.sock") }),
  ).rejects.toMatchObject({ code: "agent_already_running" });
});

test("a one-off command runs with its environment, and its output is cut and masked", async () => {
  const { client, release } = await start();
  const { directory } = release("1.0.0", 1, serverScript, {
    migrate: [
      "node",
      "-e",
      "console.log('x'.repeat(20000), process.env.DATABASE_URL, process.env.TOBAN_RELEASE)",
    ],
  });
  const environment = { DATABASE_URL: "postgres://owner:hunter22@h/db" };
  const base = { directory, environment, timeoutMs: 20_000 };
  const migrated = await client.run({ ...base, command: "migrate" });
  expect(migrated.exitCode).toBe(0);
  expect(migrated.output.length).toBeLessThanOrEqual(8192);
  expect(migrated.output).toMatch(/ 1\.0\.0\n$/);
  expect(migrated.output).not.toContain("hunter22");
  const failed = await client.run({
    ...base,
    command: ["node", "-e", "console.error('token=abc123'); process.exit(3)"],
  });
  expect(failed).toEqual({ exitCode: 3, output: "token=***\n", timedOut: false });
  const slow = await client.run({
    ...base,
    command: ["node", "-e", "setTimeout(() => {}, 60000)"],
    timeoutMs: 300,
  });
  expect(slow).toMatchObject({ exitCode: 124, timedOut: true });
  await expect(client.run({ ...base, command: ["no-such-program"] })).rejects.toMatchObject({
    code: "release_command_missing",
  });
});

test("what users saw is reported every second and equals what clients counted, also after the receiver was down", async () => {
  const { client, release, healthy, url } = await start();
  type Point = {
    attributes: { key: string; value: { stringValue: string } }[];
    count?: string;
    asInt?: string;
  };
  const points: { name: string; point: Point }[] = [];
  let isDown = true;
  const receiver = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      res.statusCode = isDown ? 503 : 200;
      res.end("{}");
      if (isDown || req.url !== "/otlp/v1/metrics" || req.headers.authorization !== "Bearer t") return;
      for (const { scopeMetrics } of JSON.parse(Buffer.concat(chunks).toString()).resourceMetrics)
        for (const { metrics } of scopeMetrics)
          for (const metric of metrics)
            for (const point of (metric.histogram ?? metric.gauge).dataPoints)
              points.push({ name: metric.name, point });
    });
  }).listen(0, "127.0.0.1");
  const { port } = await until(() => receiver.address() as { port: number } | null, "the receiver");
  await client.putTelemetry({
    endpoint: `http://127.0.0.1:${port}/otlp`,
    headers: { authorization: "Bearer t" },
    environment: "test",
  });
  const failing = `require("node:http").createServer((q, r) => { r.statusCode = q.url === "/fail" ? 500 : 200; r.end(); }).listen(process.env.PORT, "127.0.0.1")`;
  await client.putService(
    "shop",
    desiredService({ releases: { "1.0.0": release("1.0.0", 1, failing) }, weights: { "1.0.0": 100 } }),
  );
  await healthy(1);
  const base = await url();
  for (let i = 0; i < 40; i++) await (await fetch(`${base}${i % 4 === 0 ? "/fail" : "/"}`)).text();
  await until(async () => (await client.health()).telemetry.lastError !== null, "a failed report");
  isDown = false;
  for (let i = 0; i < 10; i++) await (await fetch(base)).text();
  const label = (point: Point, key: string) =>
    point.attributes.find((attribute) => attribute.key === key)?.value.stringValue;
  const counted = () => {
    const sums: Record<string, number> = {};
    for (const { name, point } of points)
      if (name === "toban.edge.request.duration")
        sums[label(point, "status_class")!] =
          (sums[label(point, "status_class")!] ?? 0) + Number(point.count);
    return sums;
  };
  await until(() => counted()["2xx"] === 40 && counted()["5xx"] === 10, "all requests to be reported");
  const sample = points.find(({ name }) => name === "toban.edge.request.duration")!.point;
  expect(["service", "env", "release"].map((key) => label(sample, key))).toEqual(["shop", "test", "1.0.0"]);
  await until(
    () => points.some(({ name, point }) => name === "toban.instance.memory" && Number(point.asInt) > 1e6),
    "memory",
  );
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(counted()).toEqual({ "2xx": 40, "5xx": 10 });
  receiver.closeAllConnections();
  receiver.close();
});
