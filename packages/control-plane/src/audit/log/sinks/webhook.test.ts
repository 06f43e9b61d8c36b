import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { webhookSink } from "./webhook.ts";

let server: Server;
let url: string;
let status = 200;
let received: { headers: IncomingHttpHeaders; body: string }[] = [];
beforeEach(async () => {
  status = 200;
  received = [];
  server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=very-secret`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const anchor = {
  tenant: "acme",
  class: "auth" as const,
  note: "a note\n",
  at: new Date("2026-02-03T04:05:06Z"),
};

describe("a webhook", () => {
  it("gets the anchor, signed with the secret and its time", async () => {
    await webhookSink(url, () => "shared").append(anchor);
    const [{ headers, body }] = received as [{ headers: IncomingHttpHeaders; body: string }];
    expect(JSON.parse(body)).toEqual({
      kind: "toban.audit.anchor/1",
      ...anchor,
      at: "2026-02-03T04:05:06.000Z",
    });
    const seconds = Date.parse("2026-02-03T04:05:06Z") / 1000;
    const expected = createHmac("sha256", "shared").update(`${seconds}.${body}`).digest("hex");
    expect(headers["toban-signature"]).toBe(`t=${seconds},v1=${expected}`);
    await webhookSink(url).append(anchor);
    expect(received[1]?.headers["toban-signature"]).toBeUndefined();
  });

  it("has acknowledged with 2xx only; a redirect is not followed", async () => {
    for (status of [199 + 1, 204]) await webhookSink(url).append(anchor);
    for (status of [302, 404, 500]) {
      const error = await webhookSink(url, () => "shared")
        .append(anchor)
        .catch((cause) => cause);
      expect(error).toMatchObject({
        code: "anchor_sink_refused",
        reason: expect.stringContaining(String(status)),
      });
      expect(`${JSON.stringify(error)}${error.stack}`).not.toMatch(/very-secret|shared/);
    }
    expect(received).toHaveLength(5);
  });

  it("that is not there is named without its address", async () => {
    const error = await webhookSink("http://127.0.0.1:1/?token=very-secret")
      .append(anchor)
      .catch((cause) => cause);
    expect(error).toMatchObject({ kind: "unavailable", code: "anchor_sink_unreachable" });
    expect(`${JSON.stringify(error)}${error.stack}`).not.toMatch(/very-secret/);
  });
});
