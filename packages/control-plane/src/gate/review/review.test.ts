import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { maskText } from "@toban/service-kit/masking";
import { afterEach, describe, expect, test } from "vitest";
import type { Finding } from "../finding.ts";
import { adviserOf } from "./advice.ts";
import { briefText, type ChangedFile, parseDiff, reviewChange } from "./index.ts";

const DIFF = `--- a/src/orders/routes.ts
+++ b/src/orders/routes.ts
@@ -10,3 +10,6 @@
 const app = express();
+app.post("/orders", async (req, res) => {
+  logger.info("order of taro@example.com token=hunter2hunter2 tel 090-1234-5678");
+  await db.query("insert into orders", [AKIAABCDEFGHIJKLMNOP]);
-  // on conflict do nothing
 end
 end2
--- a/migrations/0002_drop.sql
+++ b/migrations/0002_drop.sql
@@ -0,0 +1 @@
+ALTER TABLE orders DROP COLUMN note;
--- a/README.md
+++ b/README.md
@@ -1 +1 @@
-a
+console.log
`;
const files = parseDiff(DIFF)!;
const finding: Finding = {
  code: "sources/handler-not-idempotent",
  severity: "block",
  path: "src/orders/routes.ts",
  line: 11,
  column: 1,
  reason: { en: "POST /orders inserts.", ja: "POST /orders が登録する。" },
  remedy: { en: "Use a key.", ja: "キーを使う。" },
  commitments: ["INV-OPS-002"],
};
const review = (more: Partial<Parameters<typeof reviewChange>[0]> = {}) =>
  reviewChange({ files, findings: [finding], language: "en", mask: maskText, ...more });

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that keeps to the documented contract of chat completions, or to the answer that a test gives it. */
async function endpoint(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const seen: { url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      seen.push({ url: request.url ?? "", headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    adviser: { url: `${url}/v1/chat/completions`, model: "m-1", key: "k-secret", timeoutMs: 500 },
    seen,
    url,
  };
}

const completion = (response: ServerResponse, content: unknown, more: object = {}) => {
  response.setHeader("content-type", "application/json");
  const message = { role: "assistant", content, ...more };
  const choices = [{ index: 0, finish_reason: "stop", message }];
  response.end(JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m-1", choices }));
};

describe("a review brief", () => {
  test("names the invariants that a change threatens, where and why, and those it does not", async () => {
    const made = await review();
    expect(made.threats.map((threat) => threat.id)).toEqual(["INV-OPS-002", "INV-OPS-003", "INV-OPS-005"]);
    expect(made.untouched).toEqual(["INV-OPS-001", "INV-OPS-004"]);
    expect(made.threats[0]!.places.map(({ path, line }) => [path, line])).toContainEqual([
      "src/orders/routes.ts",
      11,
    ]);
    expect(made.threats[0]!.places.some((place) => /recognizes a repetition/.test(place.because.en))).toBe(
      true,
    );
    expect(made.threats[0]!.findings).toEqual([finding]);
    expect(made.threats.every((threat) => /^[0-9a-f]{64}$/.test(threat.contextHash))).toBe(true);
    expect(made.threats.every((threat) => threat.advice === null && threat.note === null)).toBe(true);
  });

  test("leaves out findings that lie elsewhere, and tests and documents", async () => {
    const made = await review({
      findings: [
        { ...finding, line: 400 },
        { ...finding, path: "src/other.ts" },
      ],
    });
    expect(made.threats.flatMap((threat) => threat.findings)).toEqual([]);
    expect(made.threats.flatMap((threat) => threat.places).some((place) => place.path === "README.md")).toBe(
      false,
    );
  });

  test("counts findings by the rows of an invariant too", async () => {
    const row = { ...finding, commitments: ["INV-016"], path: "migrations/0002_drop.sql", line: 1 };
    const made = await review({ findings: [row] });
    expect(made.threats.find((threat) => threat.id === "INV-OPS-003")!.findings).toEqual([row]);
  });

  test("is written in both languages with the check questions", async () => {
    const made = await review();
    expect(briefText(made, "en")).toMatch(/INV-OPS-002 [\s\S]*processed twice/);
    expect(briefText(made, "ja")).toMatch(/INV-OPS-003 必ず戻れる[\s\S]*戻す手順/);
    expect(briefText(await review({ files: [], findings: [] }), "ja")).toContain("見当たらない");
  });

  test("has a hash that the same change repeats and another one changes", async () => {
    const again = await review();
    expect(again.contextHash).toBe((await review()).contextHash);
    const other: ChangedFile[] = parseDiff(DIFF.replace("DROP COLUMN note", "DROP COLUMN memo"))!;
    expect((await review({ files: other })).contextHash).not.toBe(again.contextHash);
  });
});

describe("an adviser", () => {
  test("is asked once per threatened invariant; its answer stands beside the brief as advice", async () => {
    const { adviser, seen } = await endpoint((_, response) =>
      completion(response, "Line 11 \u001b[31minserts\u202e twice."),
    );
    const made = await review({ adviser });
    expect(seen).toHaveLength(3);
    expect(seen[0]).toMatchObject({
      url: "/v1/chat/completions",
      headers: { authorization: "Bearer k-secret" },
    });
    expect(JSON.parse(seen[0]!.body)).toMatchObject({
      model: "m-1",
      stream: false,
      messages: [{ role: "system" }, { role: "user" }],
    });
    expect(made.threats[0]!.advice).toEqual({ model: "m-1", text: "Line 11 [31minserts twice." });
    expect(made.threats[0]!.findings[0]!.severity).toBe("block");
    expect(briefText(made, "en")).toContain("Advice of m-1 (advice only, no verdict)");
    expect(made.threats.map((threat) => threat.contextHash)).toEqual(
      (await review()).threats.map((threat) => threat.contextHash),
    );
  });

  test("sees no secrets and no personal data", async () => {
    const { adviser, seen } = await endpoint((_, response) => completion(response, "ok"));
    await review({ adviser });
    const sent = seen.map(({ body }) => body).join("\n");
    for (const secret of ["taro@example.com", "hunter2", "090-1234-5678", "AKIAABCDEFGHIJKLMNOP"]) {
      expect(sent).not.toContain(secret);
    }
    expect(sent).toContain("/orders");
  });

  test("never sees the body of a private key", async () => {
    const { adviser, seen } = await endpoint((_, response) => completion(response, "ok"));
    const key = ["-----BEGIN PRIVATE KEY-----", "MIIabcdefghijkl", "-----END PRIVATE KEY-----"];
    const rows = [`console.log(\``, ...key, "`)"];
    const text = `--- a/a.ts\n+++ b/a.ts\n@@ -0,0 +1,${rows.length} @@\n${rows.map((row) => `+${row}`).join("\n")}\n`;
    await review({ adviser, files: parseDiff(text)!, findings: [] });
    expect(seen.map(({ body }) => body).join("")).not.toContain("MIIabc");
    expect(seen).not.toHaveLength(0);
  });

  const faults: [string, string, (request: IncomingMessage, response: ServerResponse) => void][] = [
    [
      "says 429",
      "review_adviser_busy",
      (_, response) => void response.writeHead(429, { "retry-after": "7" }).end("{}"),
    ],
    ["says 500", "review_adviser_failed", (_, response) => void response.writeHead(500).end("oops")],
    ["says 401", "review_adviser_forbidden", (_, response) => void response.writeHead(401).end()],
    ["answers garbage", "review_adviser_unreadable", (_, response) => void response.end("<html>")],
    ["answers null", "review_adviser_unreadable", (_, response) => void response.end("null")],
    ["answers without text", "review_adviser_unreadable", (_, response) => completion(response, null)],
    ["declines", "review_adviser_declined", (_, response) => completion(response, null, { refusal: "no" })],
    ["hangs", "review_adviser_timeout", () => {}],
    ["stops in the middle", "review_adviser_timeout", (_, response) => void response.write('{"choices":[')],
    ["hangs up", "review_adviser_unreachable", (request) => void request.socket.destroy()],
    [
      "sends without end",
      "review_adviser_unreachable",
      (_, response) => void response.end("x".repeat(2_000_000)),
    ],
    [
      "sends elsewhere",
      "review_adviser_unreachable",
      (_, response) => void response.writeHead(307, { location: "http://127.0.0.1:9/" }).end(),
    ],
  ];
  test.each(faults)("that %s leaves a note and the brief", async (_name, code, answer) => {
    const { adviser } = await endpoint(answer);
    const made = await review({ adviser });
    expect(made.threats.map((threat) => [threat.advice, threat.note?.code])).toEqual(
      made.threats.map(() => [null, code]),
    );
    expect(briefText(made, "en")).toContain(code);
  });

  test("is taken from the environment", () => {
    const of = (env: Record<string, string>) => adviserOf(env);
    expect(of({})).toBeUndefined();
    expect(of({ TOBAN_REVIEW_URL: "http://x" })).toHaveProperty("refusal");
    expect(of({ TOBAN_REVIEW_URL: "file:///x", TOBAN_REVIEW_MODEL: "m" })).toHaveProperty("refusal");
    for (const url of ["http://x", "http://x/", "http://x/v1", "http://x/v1/chat/completions"]) {
      expect(of({ TOBAN_REVIEW_URL: url, TOBAN_REVIEW_MODEL: "m" })).toMatchObject({
        url: "http://x/v1/chat/completions",
        timeoutMs: 30_000,
      });
    }
  });
});
