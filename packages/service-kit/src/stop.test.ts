import { Agent, request as httpRequest } from "node:http";
import type { Readable } from "node:stream";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startCollector } from "./testing/collector.ts";
import { buildSample, type Sample, startSample, until } from "./testing/process.ts";

const CANARY = "s3cr3t-canary-value";

beforeAll(buildSample);
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(variables: Record<string, string> = {}): Promise<Sample> {
  const sample = await startSample(variables);
  running.push(sample);
  return sample;
}

/** A request on a connection of the given agent, so that a later one can reuse it. */
function send(
  url: string,
  agent: Agent,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}

describe("a service that is told to stop", () => {
  test("finishes what is in flight, takes nothing new, and exits with 0", async () => {
    const sample = await start();
    const slow = fetch(`${sample.url}/slow?ms=1200`, { headers: { "x-request-id": "slow-1" } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    sample.child.kill("SIGTERM");
    await until(() => sample.lines().find(({ message }) => message === "service is stopping"));
    await until(() =>
      fetch(`${sample.url}/health/live`).then(
        () => undefined,
        () => true,
      ),
    );
    const answer = await slow;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ done: true });
    expect(await sample.exited).toEqual({ code: 0, signal: null });
    const messages = sample.lines().map(({ message }) => message);
    expect(messages.slice(-3)).toEqual(["request completed", "own work at the stop", "service stopped"]);
  });

  test("is not ready any more on connections that are still open", async () => {
    const sample = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // The second request waits for the only connection, which is busy while the signal arrives.
    const slow = send(`${sample.url}/slow?ms=800`, agent);
    const ready = send(`${sample.url}/health/ready`, agent).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    sample.child.kill("SIGTERM");
    expect((await slow).headers.connection).toBe("close");
    // The connection was closed after the answer, and there is no other.
    expect(await ready).toMatchObject({ code: "ECONNREFUSED" });
    expect((await sample.exited).code).toBe(0);
  });

  test("closes its event streams at once", async () => {
    const sample = await start();
    const stream = await new Promise<Readable>((resolve, reject) => {
      httpRequest(`${sample.url}/events`, resolve).on("error", reject).end();
    });
    let text = "";
    const ended = new Promise((resolve) => stream.on("end", () => resolve("ended")));
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    await until(() => text.includes("overview"));
    expect(text).toBe('event: overview\ndata: {"at":1}\n\n');
    sample.child.kill("SIGTERM");
    expect(await ended).toBe("ended");
    expect((await sample.exited).code).toBe(0);
  });

  test("cuts requests off at the drain limit", async () => {
    const sample = await start({ TOBAN_DRAIN_MS: "300" });
    const stuck = fetch(`${sample.url}/slow?ms=60000`).then(
      () => "answered",
      () => "cut off",
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    sample.child.kill("SIGTERM");
    expect(await stuck).toBe("cut off");
    expect((await sample.exited).code).toBe(0);
    expect(sample.lines()).toContainEqual(
      expect.objectContaining({ level: "warn", cutOff: 1, drainMs: 300 }),
    );
  });

  test("exits at once at the second signal", async () => {
    const sample = await start({ TOBAN_DRAIN_MS: "60000" });
    const stuck = fetch(`${sample.url}/slow?ms=60000`).catch(() => "cut off");
    await new Promise((resolve) => setTimeout(resolve, 200));
    sample.child.kill("SIGINT");
    await until(() => sample.lines().find(({ message }) => message === "service is stopping"));
    sample.child.kill("SIGINT");
    expect(await sample.exited).toEqual({ code: 130, signal: null });
    await stuck;
  });

  test("sends its last telemetry first", async () => {
    const collector = await startCollector();
    running.push({ stop: collector.close });
    const sample = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await fetch(`${sample.url}/hello/a`, { headers: { "x-request-id": "last-1" } });
    sample.child.kill("SIGTERM");
    expect((await sample.exited).code).toBe(0);
    expect(collector.spans.map(({ attributes }) => attributes.correlationId)).toContain("last-1");
    expect(collector.points.map(({ name }) => name)).toContain("http.server.request.duration");
    expect(collector.logs.map(({ body }) => body)).toContain("service stopped");
  });
});

describe("a collector", () => {
  test("that is down fails no request, is told of once, and gets what waited when it is back", async () => {
    const before = await startCollector();
    const { port } = new URL(before.url);
    await before.close();
    const sample = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: before.url });
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_one, index) => {
        const answer = await fetch(`${sample.url}/hello/a`, { headers: { "x-request-id": `down-${index}` } });
        return answer.status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    const collector = await startCollector(Number(port));
    running.push({ stop: collector.close });
    await until(() => collector.spans.find(({ attributes }) => attributes.correlationId === "down-0"));
    expect(sample.lines().filter(({ level }) => level === "warn").length).toBeLessThanOrEqual(1);
    expect(sample.errors()).toBe("");
  });

  test("that is down does not hold up the stop", async () => {
    const sample = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1/otlp" });
    await fetch(`${sample.url}/hello/a`);
    sample.child.kill("SIGTERM");
    expect((await sample.exited).code).toBe(0);
  });
});

describe("an unforeseen error", () => {
  test.each(["crash", "reject"])("(%s) is logged masked and ends the process with 1", async (kind) => {
    const sample = await start();
    await fetch(`${sample.url}/${kind}`, { method: "POST" }).catch(() => undefined);
    expect((await sample.exited).code).toBe(1);
    expect(sample.lines()).toContainEqual(
      expect.objectContaining({ level: "fatal", code: "unforeseen_error", service: "sample" }),
    );
    expect(sample.output() + sample.errors()).not.toContain(CANARY);
  });
});
