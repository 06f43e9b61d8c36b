import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliverPages } from "../alerting/index.ts";
import { insertPage } from "../alerting/store.ts";
import { alertingDefinition } from "../alerting/testing/definition.ts";
import { type AuditEvent, exportBundle, record } from "../audit/index.ts";
import { createScene, sealUp } from "../audit/log/testing/scene.ts";
import { getIncident, openOrAppend } from "../incidents/index.ts";
import { createLogger } from "../platform/log.ts";
import { createTestDatabase, TEST_POSTGRES, type TestDatabase } from "../platform/testing.ts";
import { startTelemetry, type TestTelemetry } from "../telemetry/testing.ts";
import { serveApi } from "./testing.ts";

/** Found in a text, each of these is a leak; all values are invented. */
const CANARIES = {
  "an e-mail address": ["taro.canary@example.jp", "taro.canary"],
  "a phone number": ["090-4821-7733", "4821-7733"],
  "a full-width phone number": ["０８０－４８２１－７７３４", "４８２１"],
  "a person's name": ["山田 太郎", "山田 太郎"],
  "a My Number": ["個人番号 123456789018", "123456789018"],
  "a card": ["カード 4111-1111-1111-1111", "4111-1111-1111"],
  "a bank account": ["口座番号 7654321", "7654321"],
  "a password": ["password=canary-pw-5d2", "canary-pw-5d2"],
  "a bearer token": ["Bearer canaryBearer91xyz", "canaryBearer91xyz"],
  "a connection string": ["postgres://app:canaryUrl33@db/x", "canaryUrl33"],
  "a signed token": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl", "eyJzdWIiOiJjYW5hcnkifQ"],
} as const;
/** No secret at all: it must be found in each place, or nobody has looked there. */
const MARKER = "marker-c0ffee";
const TEXT = `${Object.values(CANARIES)
  .map(([text]) => text)
  .join("; ")}; ${MARKER}`;

const leaks = (dump: string) =>
  Object.entries(CANARIES).flatMap(([name, [, trace]]) => (dump.includes(trace) ? [name] : []));

/** A dump may hold bytes as hex and addresses in percent signs. */
function readings(dump: string): string {
  const bytes = [...dump.matchAll(/\\x((?:[0-9a-f]{2})+)/g)].map(([, hex]) =>
    Buffer.from(hex!, "hex").toString(),
  );
  const plain = dump.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString(),
  );
  return [dump, plain, ...bytes].join("\n");
}

function expectMasked(dump: string): void {
  const read = readings(dump);
  expect({ leaks: leaks(read), looked: read.includes(MARKER) }).toEqual({ leaks: [], looked: true });
}

let t: TestDatabase;
let telemetry: TestTelemetry;
beforeAll(async () => {
  t = await createTestDatabase();
  telemetry = await startTelemetry();
}, 120_000);
afterAll(async () => {
  await telemetry.close();
  await t.close();
});

describe("the scan itself", () => {
  it("finds every canary in clear, in hex and in percent signs", () => {
    const all = Object.keys(CANARIES);
    expect(leaks(readings(TEXT))).toEqual(all);
    expect(leaks(readings(`\\x${Buffer.from(TEXT).toString("hex")}`))).toEqual(all);
    expect(leaks(readings(encodeURIComponent(TEXT)))).toEqual(all);
  });
});

describe("planted secrets and personal data are found nowhere", () => {
  it("in a log line: message, field, error and its causes", () => {
    const lines: string[] = [];
    const log = createLogger("canary", "info", { write: (line) => lines.push(line) });
    const cause = new AggregateError([new Error(TEXT)], TEXT, { cause: new Error(TEXT) });
    log.info({ note: TEXT, nested: [{ [TEXT]: TEXT }] }, TEXT);
    log.error({ error: Object.assign(new Error(TEXT, { cause }), { detail: TEXT }) }, "failed");
    expect(lines).toHaveLength(2);
    for (const line of lines) expectMasked(line);
  });

  it("in the answer to a request that fails: path, query, header, body", async () => {
    const api = await serveApi(t);
    try {
      const headers = { ...api.as("tester"), "x-note": encodeURIComponent(TEXT) };
      const missing = await api.ask(
        "GET",
        `/v1/none/${encodeURIComponent(TEXT)}?q=${encodeURIComponent(TEXT)}`,
        headers,
      );
      expect(missing.status).toBe(404);
      expectMasked(missing.text);
      const wrong = await api.ask("POST", "/v1/erasures", headers, { [TEXT]: TEXT });
      expect(wrong.status).toBeGreaterThanOrEqual(400);
      expect(leaks(readings(wrong.text))).toEqual([]);
    } finally {
      await api.server.close();
    }
  });

  it("in the telemetry store: name, attribute, event and status of a span, log, label of a metric", async () => {
    const now = String(BigInt(Date.now()) * 1_000_000n);
    const attributes = [{ key: "note", value: { stringValue: TEXT } }];
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "canary" } }] };
    await post("traces", {
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              spans: [
                {
                  ...{ traceId: "a".repeat(32), spanId: "b".repeat(16), name: TEXT, kind: 2 },
                  ...{ startTimeUnixNano: now, endTimeUnixNano: now, attributes },
                  events: [{ timeUnixNano: now, name: "exception", attributes }],
                  status: { code: 2, message: TEXT },
                },
              ],
            },
          ],
        },
      ],
    });
    await post("logs", {
      resourceLogs: [
        {
          resource,
          scopeLogs: [
            {
              logRecords: [
                { timeUnixNano: now, severityNumber: 17, body: { stringValue: TEXT }, attributes },
              ],
            },
          ],
        },
      ],
    });
    await post("metrics", {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [
            {
              metrics: [
                { name: "canary", gauge: { dataPoints: [{ timeUnixNano: now, asDouble: 1, attributes }] } },
              ],
            },
          ],
        },
      ],
    });
    await telemetry.telemetry.flush();
    const evidence = telemetry.telemetry.evidence(telemetry.ctx);
    const from = new Date(Date.now() - 60_000);
    expect(await evidence.mentions({ text: MARKER, from })).toEqual({ logs: 1, spans: 1, points: 1 });
    for (const [, trace] of Object.values(CANARIES)) {
      expect([trace, await evidence.mentions({ text: trace, from })]).toEqual([
        trace,
        { logs: 0, spans: 0, points: 0 },
      ]);
    }
  });

  it("in a notification, whatever its receiver", async () => {
    const bodies: string[] = [];
    const hook = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        bodies.push(body);
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(hook, "listening");
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const at = t.ctx.clock.now();
    const page = { alertId: "canary", episode: t.ctx.newId(), kind: "fire" as const, channel: "hook", at };
    const payload = { title: { en: TEXT, ja: TEXT }, details: [TEXT] };
    await t.db.tx(t.ctx, (tx) => insertPage(tx, t.ctx, { ...page, id: t.ctx.newId(), payload }));
    await deliverPages(
      { db: t.db, definition: () => alertingDefinition(url), secret: () => undefined },
      t.ctx,
    );
    hook.close();
    expect(bodies).toHaveLength(1);
    expectMasked(bodies[0]!);
  });

  it("in the report of an incident", async () => {
    const text = { en: TEXT, ja: TEXT };
    const event = { key: "canary", text };
    const incident = { key: "service/canary", title: text, severity: "high" as const, service: null, event };
    const id = await t.db.tx(t.ctx, (tx) => openOrAppend(tx, t.ctx, incident));
    expectMasked(JSON.stringify(await t.db.tx(t.ctx, (tx) => getIncident(tx, id))));
  });

  it("in what the command line says when it fails", () => {
    const toban = path.resolve(import.meta.dirname, "../../bin/toban.js");
    const { stderr, status } = spawnSync(process.execPath, [toban, "mask", "--roster", TEXT], {
      input: "",
      encoding: "utf8",
    });
    expect(status).toBe(65);
    expectMasked(stderr);
  });

  it("in a dump of the database, but for the table whose purpose it is to hold what may be erased", async () => {
    await t.db.tx(t.ctx, (tx) => record(tx, t.ctx, resolved(TEXT)));
    const dump = await dumpOf(t.ownerUrl);
    expect([...dump.keys()]).toEqual(
      expect.arrayContaining(["audit_events", "alert_outbox", "incident_timeline"]),
    );
    for (const table of ["audit_events", "audit_queue", "alert_outbox", "incidents", "incident_timeline"]) {
      expect([table, readings(dump.get(table) ?? "").includes(MARKER)]).toEqual([table, true]);
    }
    expectMasked([...dump.values()].join("\n"));
  });

  it("in an export of the audit record, with its personal values or without", async () => {
    const scene = await createScene(t.db);
    try {
      const log = await scene.open();
      await t.db.tx(t.ctx, (tx) => record(tx, t.ctx, resolved(TEXT)));
      await sealUp(log, t.ctx);
      const exported = async (request: Parameters<typeof exportBundle>[2]) => {
        const { chunks } = await exportBundle({ db: t.db, keys: log.keys, sealingMs: 0 }, t.ctx, request);
        let text = "";
        for await (const chunk of chunks) text += chunk.toString();
        return text;
      };
      expectMasked(await exported({}));
      expectMasked(await exported({ reveal: true }));
      // And it is found there when it is written past the masking.
      await t.db.tx(t.ctx, (tx) =>
        tx.query(
          `WITH event AS (
             INSERT INTO toban.audit_events (tenant_id, id, class, ts_us, actor_id, action, resource, result,
                                             correlation_id, details)
             SELECT tenant_id, 'past-masking', class, ts_us, actor_id, action, resource, result, correlation_id, $1
             FROM toban.audit_events WHERE action = 'incident.resolve' LIMIT 1 RETURNING *)
           INSERT INTO toban.audit_queue (tenant_id, event_id) SELECT tenant_id, id FROM event`,
          [JSON.stringify({ key: "canary", reason: TEXT })],
        ),
      );
      await sealUp(log, t.ctx);
      expect(leaks(readings(await exported({})))).toEqual(Object.keys(CANARIES));
    } finally {
      await scene.close();
    }
  });

  it("in the dump is a canary that was written past the masking", async () => {
    await t.db.tx(t.ctx, (tx) =>
      tx.query("UPDATE toban.incidents SET title = $1", [JSON.stringify({ en: TEXT, ja: TEXT })]),
    );
    expect(leaks([...(await dumpOf(t.ownerUrl)).values()].join("\n"))).toEqual(Object.keys(CANARIES));
  });
});

const resolved = (reason: string): AuditEvent => ({
  class: "operation",
  action: "incident.resolve",
  resource: "incident/canary",
  result: "success",
  details: { key: "canary", reason },
});

async function post(signal: string, body: unknown): Promise<void> {
  const response = await fetch(`${telemetry.url}/otlp/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** Every row of every table as text, as the superuser sees it. `audit_personal` holds personal values until erasure. */
async function dumpOf(ownerUrl: string): Promise<Map<string, string>> {
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(ownerUrl).pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'toban' AND tablename <> 'audit_personal' ORDER BY 1",
    );
    const dump = new Map<string, string>();
    for (const { name } of rows) {
      const found = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM toban.${client.escapeIdentifier(name)} t`,
      );
      dump.set(name, found.rows.map(({ row }) => row).join("\n"));
    }
    return dump;
  } finally {
    await client.end();
  }
}
