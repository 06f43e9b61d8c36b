import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../platform/ctx.ts";
import { messages } from "./descriptor.ts";
import { gaugeJson, seeded, send, startTelemetry, type TestTelemetry, tracesJson } from "./testing.ts";

let test: TestTelemetry;
beforeAll(async () => {
  test = await startTelemetry();
});
afterAll(() => test?.close());

const minutesAgo = (minutes: number) => new Date(systemClock.now().getTime() - minutes * 60_000);

/** Bytes as a protobuf field 1 or 2 of a message of a message…, outermost first. */
function nested(fields: number[], content: Buffer): Buffer {
  return fields.reduceRight<Buffer>((inner, field) => {
    const length: number[] = [];
    for (let n = inner.length; ; n >>>= 7) {
      length.push(n > 127 ? (n & 127) | 128 : n);
      if (n <= 127) break;
    }
    return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), inner]);
  }, content);
}

function hugeResource() {
  const attributes = Array.from({ length: 100 }, (_, i) => ({
    key: `key${i}`,
    value: { stringValue: "x".repeat(4000) },
  }));
  const logRecords = Array.from({ length: 1000 }, () => ({ body: { stringValue: "x" } }));
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] };
}

describe("bad input", () => {
  const protobuf = { "content-type": "application/x-protobuf" };

  it.each([
    ["garbage as protobuf", "traces", Buffer.from("ffffffffffff", "hex"), protobuf, 400],
    ["garbage as JSON", "logs", Buffer.from("{nope"), {}, 400],
    ["JSON of the wrong shape", "traces", Buffer.from('{"resourceSpans":5}'), {}, 400],
    ["a list instead of an object", "metrics", Buffer.from("[]"), {}, 400],
    ["broken gzip", "traces", Buffer.from("not gzip"), { "content-encoding": "gzip" }, 400],
    ["too large", "traces", Buffer.alloc(4 * 2 ** 20 + 1), protobuf, 413],
    [
      "a gzip bomb",
      "traces",
      gzipSync(Buffer.alloc(200 * 2 ** 20)),
      { ...protobuf, "content-encoding": "gzip" },
      413,
    ],
    [
      "a million empty items",
      "logs",
      gzipSync(nested([1, 2], Buffer.alloc(3 * 2 ** 20, Buffer.from([0x12, 0])))),
      { ...protobuf, "content-encoding": "gzip" },
      413,
    ],
    [
      "a few items that share a huge resource",
      "logs",
      gzipSync(JSON.stringify(hugeResource())),
      { "content-encoding": "gzip" },
      413,
    ],
    ["another content type", "traces", Buffer.from("x"), { "content-type": "text/plain" }, 415],
    ["another encoding", "traces", Buffer.from("x"), { "content-encoding": "br" }, 415],
  ] as const)("%s is refused with a remedy", async (_what, signal, body, headers, status) => {
    const response = await send(test.url, signal, body, { ...headers });
    expect(response.status).toBe(status);
    if ((headers as Record<string, string>)["content-type"] === protobuf["content-type"]) {
      expect(response.headers.get("content-type")).toBe("application/x-protobuf");
      const decoded = messages.status.decode(new Uint8Array(await response.arrayBuffer()));
      expect(decoded).toMatchObject({
        code: expect.any(Number),
        message: expect.stringMatching(/^telemetry_/),
      });
    } else {
      const code = expect.stringMatching(/^telemetry_/);
      const text = expect.stringMatching(/./);
      expect(await response.json()).toEqual({ error: { code, reason: text, remedy: text } });
    }
  });

  it("an empty request is a success in the encoding of the request", async () => {
    const response = await send(test.url, "metrics", new Uint8Array(0), protobuf);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-protobuf");
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it("2,000 mutations of valid requests are stored, refused or partly refused, and break nothing", async () => {
    const random = seeded(20_261_123);
    const pick = (n: number) => Math.floor(random() * n);
    const at = minutesAgo(2);
    const valid = (["traces", "metrics"] as const).map((signal) => {
      const json =
        signal === "traces"
          ? tracesJson([
              { id: 900, endedAt: at, attributes: { note: "日本語", n: 5 } },
              { id: 901, endedAt: at },
            ])
          : gaugeJson("fuzzed", [{ at, value: 2.5, attributes: { service: "core" } }]);
      const hexed = JSON.parse(JSON.stringify(json), (key, value) =>
        key === "traceId" || key === "spanId" ? Buffer.from(value, "hex") : value,
      );
      const type = messages[signal].request;
      return { signal, bytes: Buffer.from(type.encode(type.fromObject(hexed)).finish()) };
    });
    const statuses = new Map<number, number>();
    const one = async () => {
      const { signal, bytes } = valid[pick(valid.length)]!;
      let mutated = Buffer.from(bytes);
      for (let i = pick(4); i >= 0; i--) {
        const where = pick(mutated.length);
        const kind = pick(4);
        if (kind === 0) mutated[where] = pick(256);
        else if (kind === 1) mutated[where] = mutated[where]! ^ (1 << pick(8));
        else if (kind === 2) mutated = mutated.subarray(0, where + 1);
        else mutated = Buffer.concat([mutated.subarray(0, where), mutated.subarray(pick(where + 1))]);
      }
      const response = await test.app.inject({
        method: "POST",
        url: `/otlp/v1/${signal}`,
        headers: { ...protobuf, "x-org": "fuzz" },
        payload: mutated,
      });
      statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
    };
    for (let i = 0; i < 2000; i += 50) await Promise.all(Array.from({ length: 50 }, one));
    await test.telemetry.flush();
    expect([...statuses.keys()].sort()).toEqual([200, 400]);
    expect(test.telemetry.status()).toMatchObject({
      segments: { waiting: 0, setAside: 0 },
      host: { restarts: 0 },
    });
  });
});
