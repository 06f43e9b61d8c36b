import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../platform/ctx.ts";
import { gaugeJson, send, startTelemetry, type TestTelemetry, tracesJson } from "./testing.ts";

let test: TestTelemetry;
const from = new Date(systemClock.now().getTime() - 600_000);
const at = new Date(systemClock.now().getTime() - 60_000);

beforeAll(async () => {
  test = await startTelemetry();
  const method = { "http.request.method": "POST" };
  await send(
    test.url,
    "traces",
    tracesJson([
      { id: 1, endedAt: at, route: "/b", attributes: method },
      { id: 2, endedAt: at, route: "/a", attributes: method },
      { id: 3, endedAt: at, route: "/a", attributes: method, service: "core" },
    ]),
  );
  const labels = { service: "bff", env: "production", route: "/a", status_class: "2xx", tenant: "t_1" };
  await send(test.url, "metrics", gaugeJson("http.rate", [{ at, value: 1, attributes: labels }]));
  await send(test.url, "metrics", gaugeJson("toban.edge.x", [{ at, value: 1, attributes: labels }]));
  const log = (correlationId: string) => ({
    timeUnixNano: `${at.getTime()}000000`,
    body: { stringValue: "Needle in a haystack" },
    attributes: [{ key: "correlationId", value: { stringValue: correlationId } }],
  });
  await send(test.url, "logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [log("c-1"), log("")] }] }] });
  await test.telemetry.flush();
});
afterAll(() => test?.close());

describe("what proofs ask", () => {
  it("routes of one service, once each", async () => {
    expect(await test.telemetry.evidence(test.ctx).routes({ service: "bff", from })).toEqual([
      { method: "POST", route: "/a" },
      { method: "POST", route: "/b" },
    ]);
  });

  it("labels of metrics, without the excepted", async () => {
    const evidence = test.telemetry.evidence(test.ctx);
    const row = {
      metric: "http.rate",
      service: "bff",
      env: "production",
      route: "/a",
      status_class: "2xx",
      tenant: "t_1",
    };
    expect(await evidence.labels({ from, except: ["toban."] })).toEqual([{ ...row, points: 1 }]);
    expect(await evidence.labels({ from, except: [] })).toHaveLength(2);
    expect(await evidence.points({ metric: "http.rate", labels: { route: "/a" }, from })).toBe(1);
    expect(await evidence.points({ metric: "http.rate", labels: { route: "/b" }, from })).toBe(0);
  });

  it("mentions of a text anywhere, whatever its case", async () => {
    const { mentions } = test.telemetry.evidence(test.ctx);
    expect(await mentions({ text: "NEEDLE", from })).toEqual({ logs: 2, spans: 0, points: 0 });
    expect(await mentions({ text: "t_1", from })).toEqual({ logs: 0, spans: 0, points: 2 });
    expect(await mentions({ text: "post", from })).toEqual({ logs: 0, spans: 3, points: 0 });
  });

  it("how many log records are correlated", async () => {
    expect(await test.telemetry.evidence(test.ctx).correlation({ from })).toEqual([
      { service: "", logs: 2, correlated: 1 },
    ]);
  });
});
