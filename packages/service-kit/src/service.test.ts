import { request as httpRequest } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Collector, startCollector } from "./testing/collector.ts";
import { buildSample, type Sample, startSample, until } from "./testing/process.ts";

const CANARY = "s3cr3t-canary-value";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const identity = {
  TOBAN_SERVICE: "core",
  TOBAN_RELEASE: "1.2.3",
  TOBAN_INSTANCE: "core-1",
  TOBAN_ENVIRONMENT: "production",
};

beforeAll(buildSample);
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(variables: Record<string, string> = {}, options?: { waits?: boolean }): Promise<Sample> {
  const sample = await startSample({ ...identity, ...variables }, options);
  running.push(sample);
  return sample;
}

describe("a service that cannot start", () => {
  test("names all missing variables in one line, without values, and exits with 78", async () => {
    const sample = await start({ PORT: "", SAMPLE_SECRET: "", SAMPLE_UPSTREAM: CANARY }, { waits: false });
    expect(await sample.exited).toEqual({ code: 78, signal: null });
    expect(sample.lines()).toHaveLength(1);
    expect(sample.lines()[0]).toMatchObject({
      level: "fatal",
      code: "environment_missing",
      reason: expect.stringContaining("PORT, SAMPLE_SECRET"),
      remedy: expect.stringMatching(/\w/),
    });
    expect(sample.output() + sample.errors()).not.toContain(CANARY);
  });

  test("says that its port is taken and exits with 1", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    const sample = await start({ PORT: String(port) }, { waits: false });
    expect((await sample.exited).code).toBe(1);
    holder.close();
    expect(sample.lines().at(-1)).toMatchObject({ level: "fatal", code: "port_unavailable" });
  });

  test("logs why its build failed, with the masked causes, and exits with 1", async () => {
    const sample = await start({ SAMPLE_BREAK: "build" }, { waits: false });
    expect((await sample.exited).code).toBe(1);
    expect(sample.lines().at(-1)).toMatchObject({
      code: "start_failed",
      error: { message: "cannot build", cause: { message: "password=[masked]" } },
    });
    expect(sample.output() + sample.errors()).not.toContain(CANARY);
  });
});

describe("a running service", () => {
  let sample: Sample;
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
    sample = await startSample({
      ...identity,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc",
    });
  });
  afterAll(async () => {
    await sample.stop();
    await collector.close();
  });
  const completed = (correlationId: string) =>
    until(() => sample.lines().find((line) => line.correlationId === correlationId && "status" in line));

  test("takes a valid X-Request-Id, and makes its own where there is none or a bad one", async () => {
    const given = await fetch(`${sample.url}/hello/a`, { headers: { "x-request-id": "req-1.a:b_C" } });
    expect(given.headers.get("x-request-id")).toBe("req-1.a:b_C");
    expect(await given.json()).toEqual({ correlationId: "req-1.a:b_C" });
    for (const bad of ["a b", "x".repeat(65), "-a", '"']) {
      const answer = await fetch(`${sample.url}/hello/a`, { headers: { "x-request-id": bad } });
      expect(answer.headers.get("x-request-id")).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  test("logs JSON lines with identity, correlation and trace ids, and nothing secret", async () => {
    await fetch(`${sample.url}/hello/taro?q=${CANARY}`, {
      headers: { "x-request-id": "log-1", traceparent: `00-${TRACE}-${PARENT}-01` },
    });
    const line = await completed("log-1");
    expect(line).toMatchObject({
      level: "info",
      service: "core",
      env: "production",
      release: "1.2.3",
      instance: "core-1",
      traceId: TRACE,
      route: "/hello/:name",
      path: "/hello/taro",
      status: 200,
      message: "request completed",
    });
    expect(String(line.ts)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const own = sample.lines().find((one) => one.correlationId === "log-1" && "password" in one);
    expect(own).toMatchObject({
      traceId: TRACE,
      password: "[masked]",
      message: "hello from t***@example.com with Bearer [masked]",
    });
    expect(sample.output()).not.toContain(CANARY);
  });

  test("keeps the ids after it has read a body", async () => {
    const slow = httpRequest(`${sample.url}/echo`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": "body-1" },
    });
    slow.on("response", (response) => response.resume());
    slow.write('{"a":"');
    setTimeout(() => slow.end(`${"b".repeat(200_000)}"}`), 100);
    await completed("body-1");
    const line = sample.lines().find((one) => one.message === "after the body");
    expect(line).toMatchObject({ correlationId: "body-1", traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test("answers failures as refusals and logs their masked causes", async () => {
    const failed = await fetch(`${sample.url}/fail`, { headers: { "x-request-id": "fail-1" } });
    expect(failed.status).toBe(500);
    expect(await failed.json()).toMatchObject({ error: { code: "internal_error" } });
    await completed("fail-1");
    const line = sample.lines().find((one) => one.correlationId === "fail-1" && one.level === "error");
    expect(line).toMatchObject({ error: { message: "outer", cause: { message: "cookie: [masked]" } } });
    const refused = await fetch(`${sample.url}/refuse`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({
      error: { code: "version_conflict", reason: "Someone was faster.", remedy: "Read it again." },
    });
    const unknown = await fetch(`${sample.url}/nothing`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "not_found" } });
    const garbage = await fetch(`${sample.url}/echo`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(garbage.status).toBe(400);
    expect(await garbage.json()).toMatchObject({ error: { reason: expect.stringMatching(/JSON/i) } });
    expect(sample.output()).not.toContain(CANARY);
  });

  test("sends server spans with the trace of the caller and every label", async () => {
    await fetch(`${sample.url}/hello/a`, {
      headers: { "x-request-id": "span-1", traceparent: `00-${TRACE}-${PARENT}-00` },
    });
    const span = await until(() =>
      collector.spans.find(({ attributes }) => attributes.correlationId === "span-1"),
    );
    expect(span).toMatchObject({
      traceId: TRACE,
      parentSpanId: PARENT,
      kind: 2,
      name: "GET /hello/:name",
      status: 0,
    });
    expect(span.attributes).toMatchObject({
      "http.route": "/hello/:name",
      "http.response.status_code": 200,
      status_class: "2xx",
      service: "core",
      env: "production",
      release: "1.2.3",
      tenant: expect.stringMatching(/^t_[0-9a-f]{12}$/),
    });
    expect(span.resource).toMatchObject({
      "service.name": "core",
      "service.version": "1.2.3",
      "service.instance.id": "core-1",
      "deployment.environment.name": "production",
    });
    expect(collector.headers.authorization).toBe("Bearer abc");
  });

  test("masks what the service itself writes into spans", async () => {
    await fetch(`${sample.url}/hello/taro@example.com`, { headers: { "x-request-id": "mask-1" } });
    const outer = await until(() =>
      collector.spans.find(({ attributes }) => attributes.correlationId === "mask-1"),
    );
    expect(outer.attributes["url.path"]).toBe("/hello/t***@example.com");
    const inner = await until(() =>
      collector.spans.find(({ parentSpanId }) => parentSpanId === outer.spanId),
    );
    expect(inner).toMatchObject({ name: "look up", status: 2 });
    expect(inner.attributes).toEqual({ note: "Bearer [masked]", authorization: "[masked]" });
    expect(Buffer.concat(collector.raw).includes("password=[masked]")).toBe(true);
    expect(Buffer.concat(collector.raw).includes(CANARY)).toBe(false);
  });

  test("marks the span of a failure as an error", async () => {
    await fetch(`${sample.url}/fail`, { headers: { "x-request-id": "span-2" } });
    const span = await until(() =>
      collector.spans.find(({ attributes }) => attributes.correlationId === "span-2"),
    );
    expect(span).toMatchObject({ status: 2, attributes: { status_class: "5xx", tenant: "none" } });
  });

  test("measures durations in seconds as delta histograms with all five labels", async () => {
    await fetch(`${sample.url}/refuse`);
    const point = await until(() =>
      collector.points.find(
        ({ name, attributes }) => name === "http.server.request.duration" && attributes.route === "/refuse",
      ),
    );
    expect(point).toMatchObject({ unit: "s", temporality: 1 });
    expect(point.attributes).toMatchObject({
      service: "core",
      env: "production",
      route: "/refuse",
      status_class: "4xx",
      tenant: "none",
    });
    expect(point.sum).toBeGreaterThan(0);
    expect(point.sum).toBeLessThan(point.count * 5);
  });

  test("puts service and env on every measurement of the application", async () => {
    await fetch(`${sample.url}/hello/a`);
    const point = await until(() => collector.points.find(({ name }) => name === "orders"));
    expect(point.attributes).toEqual({
      service: "core",
      env: "production",
      route: "/hello/:name",
      status_class: "2xx",
      tenant: "none",
    });
  });

  test("sends its masked log lines with the correlation and trace ids", async () => {
    await fetch(`${sample.url}/hello/a`, {
      headers: { "x-request-id": "otlp-1", traceparent: `00-${TRACE}-${PARENT}-01` },
    });
    const log = await until(() =>
      collector.logs.find(
        ({ attributes, body }) => attributes.correlationId === "otlp-1" && body.startsWith("hello"),
      ),
    );
    expect(log).toMatchObject({
      level: "info",
      traceId: TRACE,
      body: "hello from t***@example.com with Bearer [masked]",
    });
    expect(Buffer.concat(collector.raw).includes(CANARY)).toBe(false);
  });

  test("keeps health checks out of logs, traces and metrics", async () => {
    expect((await fetch(`${sample.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${sample.url}/health/ready`, { headers: { "x-request-id": "health-1" } });
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: "ready", checks: [{ name: "database", ok: true }] });
    // What comes after them has arrived, so they would have arrived too.
    await fetch(`${sample.url}/echo`, { method: "POST", headers: { "x-request-id": "after-health" } });
    await until(() => collector.spans.find(({ attributes }) => attributes.correlationId === "after-health"));
    const routes = [...collector.spans, ...collector.points].map(
      ({ attributes }) => attributes["http.route"] ?? attributes.route,
    );
    expect(routes.filter((route) => String(route).startsWith("/health"))).toEqual([]);
    expect(sample.output()).not.toContain("health-1");
  });

  test("tells a client that went away from a failure", async () => {
    const leaving = httpRequest(`${sample.url}/slow?ms=300`, { headers: { "x-request-id": "gone-1" } });
    leaving.on("error", () => {});
    leaving.end();
    setTimeout(() => leaving.destroy(), 100);
    expect(await completed("gone-1")).toMatchObject({
      status: 499,
      message: "request aborted by the client",
    });
  });

  test("passes trace and correlation id on, within a time limit", async () => {
    const front = await start({
      SAMPLE_UPSTREAM: sample.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      TOBAN_SERVICE: "bff",
    });
    const answer = await fetch(`${front.url}/upstream`, { headers: { "x-request-id": "chain-1" } });
    expect(await answer.json()).toEqual({ correlationId: "chain-1" });
    const chain = await until(() => {
      const spans = collector.spans.filter(({ attributes }) => attributes.correlationId === "chain-1");
      const client = collector.spans.find(({ kind, traceId }) => kind === 3 && traceId === spans[0]?.traceId);
      return spans.length === 2 && client ? { spans, client } : undefined;
    });
    const inner = chain.spans.find(({ resource }) => resource["service.name"] === "core");
    const outer = chain.spans.find(({ resource }) => resource["service.name"] === "bff");
    expect(chain.client.parentSpanId).toBe(outer?.spanId);
    expect(inner?.parentSpanId).toBe(chain.client.spanId);
    expect(chain.client.attributes).toMatchObject({ "http.response.status_code": 200, service: "bff" });
  });
});

describe("a service whose output nobody reads any more", () => {
  test("goes on serving", async () => {
    const sample = await start();
    sample.child.stdout?.destroy();
    for (let count = 0; count < 50; count++) {
      expect((await fetch(`${sample.url}/hello/a`)).status).toBe(200);
    }
    sample.child.kill("SIGTERM");
    expect(await sample.exited).toEqual({ code: 0, signal: null });
  });
});

describe("an upstream", () => {
  test("that never answers ends the call at its limit with 504; one that is gone with 502", async () => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    running.push({ stop: async () => void mute.close() });
    const front = await start({ SAMPLE_UPSTREAM: `http://127.0.0.1:${port}` });
    const late = await fetch(`${front.url}/upstream`);
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ error: { code: "upstream_timeout" } });
    const gone = await start({ SAMPLE_UPSTREAM: "http://127.0.0.1:1" });
    const refused = await fetch(`${gone.url}/upstream`);
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: { code: "upstream_unreachable" } });
  });
});

describe("readiness", () => {
  test("fails with the names of the checks, masked, until they pass", async () => {
    const sample = await start({ SAMPLE_BREAK: "readiness" });
    const answer = await fetch(`${sample.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      checks: [
        { name: "database", ok: false, reason: "connection refused by postgres://app:[masked]@db/app" },
      ],
    });
    expect((await fetch(`${sample.url}/health/live`)).status).toBe(200);
    await fetch(`${sample.url}/ready`, { method: "POST" });
    expect((await fetch(`${sample.url}/health/ready`)).status).toBe(200);
  });

  test("gives each check a time limit", async () => {
    const sample = await start({ SAMPLE_BREAK: "slow-readiness" });
    const answer = await fetch(`${sample.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      checks: [
        { name: "database", ok: true },
        { name: "slow", ok: false, reason: "no answer within 100 ms" },
      ],
    });
  });
});
