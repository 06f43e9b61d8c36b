import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { closers, echoHeaders, edge, headersOf, origin, raw } from "../testing/edge.ts";
import { until } from "../testing/fixtures.ts";

test("what a client claims about itself is replaced, and trace headers are ensured", async () => {
  const { port } = await echoHeaders();
  const { url } = await edge([{ version: "1", weight: 100, port }]);
  const spoofed = {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    x_forwarded_for: "203.0.113.9",
    forwarded: "for=203.0.113.9",
    via: "1.1 liar",
    "x-real-ip": "203.0.113.9",
    "x-request-id": "not valid !",
    traceparent: "00-zz-1-01",
    tracestate: "a=b",
  };
  const flat = (await (await fetch(url, { headers: spoofed })).json()) as string[];
  expect(JSON.stringify(flat)).not.toContain("203.0.113.9");
  expect(headersOf(flat, "x-forwarded-for")).toEqual(["127.0.0.1"]);
  expect(headersOf(flat, "x-forwarded-proto")).toEqual(["http"]);
  expect(headersOf(flat, "via")).toEqual([]);
  expect(headersOf(flat, "tracestate")).toEqual([]);
  expect(headersOf(flat, "traceparent")[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(headersOf(flat, "x-request-id")[0]).toMatch(/^[0-9a-f]{32}$/);

  const good = { "x-request-id": "abc-123", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-00` };
  const answer = await fetch(url, { headers: good });
  const kept = (await answer.json()) as string[];
  expect(headersOf(kept, "x-request-id")).toEqual(["abc-123"]);
  expect(headersOf(kept, "traceparent")).toEqual([good.traceparent]);
  expect(answer.headers.get("x-request-id")).toBe("abc-123");
});

test("hop-by-hop headers end at the edge in both directions and the server is not named", async () => {
  let got: string[] = [];
  const { port } = await origin((req, res) => {
    got = req.rawHeaders;
    res.writeHead(200, [
      "Server",
      "acme/1",
      "X-Powered-By",
      "x",
      "Via",
      "1.1 a",
      "Connection",
      "x-hop",
      "X-Hop",
      "1",
    ]);
    res.end("ok");
  });
  const { port: edgePort } = await edge([{ version: "1", weight: 100, port }]);
  const answer = await raw(
    edgePort,
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: close, x-secret\r\nX-Secret: 1\r\nTE: trailers\r\nProxy-Authorization: Basic x\r\n\r\n",
  );
  for (const name of ["x-secret", "te", "proxy-authorization"]) expect(headersOf(got, name)).toEqual([]);
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
  expect(answer.toLowerCase()).not.toMatch(/\r\n(server|x-powered-by|via|x-hop):/);
});

test("requests that two servers could read differently are refused", async () => {
  let reached = 0;
  const { port } = await origin((_req, res) => {
    reached++;
    res.end();
  });
  const { port: edgePort } = await edge([{ version: "1", weight: 100, port }]);
  const bad = [
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nHost: other\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: h\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
  ];
  for (const text of bad)
    expect(await raw(edgePort, text), text.slice(0, 80)).toMatch(/^HTTP\/1\.1 4(00|31)/);
  expect(reached).toBe(0);
});

test("server-sent events pass one by one", async () => {
  let send: (text: string) => void = () => {};
  const { port } = await origin((_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.flushHeaders();
    send = (text) => void res.write(text);
  });
  const { url, router } = await edge([{ version: "1", weight: 100, port }]);
  const abort = new AbortController();
  const answer = await fetch(url, { signal: abort.signal });
  const reader = answer.body!.getReader();
  for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
    send(event);
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(event);
  }
  // A stream holds up no drain.
  expect(router.inFlight("shop-1-0")).toBe(0);
  abort.abort();
});

test("a WebSocket passes in both directions", async () => {
  const { server, port } = await origin((_req, res) => void res.end());
  server.on("upgrade", (req: IncomingMessage, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${req.headers["sec-websocket-key"]}\r\n\r\nhello`,
    );
    socket.on("data", (chunk: Buffer) => socket.write(Buffer.from(chunk).reverse()));
    socket.on("error", () => {});
  });
  const { port: edgePort, counts } = await edge([{ version: "1", weight: 100, port }], true);
  const received: Buffer[] = [];
  const socket = connect(edgePort, "127.0.0.1");
  closers.push(() => socket.destroy());
  socket.on("data", (chunk) => received.push(chunk));
  socket.write(
    "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: abc\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const text = () => Buffer.concat(received).toString("latin1");
  await until(() => text().endsWith("hello"), "the handshake");
  expect(text()).toMatch(/^HTTP\/1\.1 101 /);
  expect(text()).toContain("Sec-WebSocket-Accept: abc");
  socket.write("12345");
  await until(() => text().endsWith("54321"), "the echo");
  expect(counts.take().map((row) => row.statusClass)).toEqual(["1xx"]);
});

test("large bodies pass both ways whole, and a slow reader slows the instance down", async () => {
  const size = 48 * 1024 * 1024;
  let produced = 0;
  const { port } = await origin((req, res) => {
    if (req.method === "POST") {
      let length = 0;
      req.on("data", (chunk: Buffer) => {
        length += chunk.length;
      });
      req.on("end", () => res.end(String(length)));
      return;
    }
    res.writeHead(200, { "content-length": size });
    const piece = Buffer.alloc(64 * 1024, "y");
    const more = () => {
      while (produced < size) {
        produced += piece.length;
        if (!res.write(piece)) return void res.once("drain", more);
      }
      res.end();
    };
    more();
  });
  const { url, port: edgePort } = await edge([{ version: "1", weight: 100, port }]);
  const upload = await fetch(url, { method: "POST", body: Buffer.alloc(size, "z") });
  expect(await upload.text()).toBe(String(size));

  const response = await new Promise<IncomingMessage>((resolve) => {
    request({ port: edgePort, host: "127.0.0.1", agent: false }).on("response", resolve).end();
  });
  // Nobody reads: what fits into the buffers on the way arrives, and then the instance must wait.
  let last = -1;
  await until(async () => {
    const before = produced;
    await new Promise((resolve) => setTimeout(resolve, 150));
    last = produced;
    return before === produced && produced > 0;
  }, "the instance to stop producing");
  expect(last).toBeLessThan(size / 2);
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) length += chunk.length;
  expect(length).toBe(size);
});

test("a client that goes away ends the instance's work and does not count against the release", async () => {
  let isClosed = false;
  const { port } = await origin((_req, res) => {
    res.on("close", () => {
      isClosed = true;
    });
  });
  const { url, counts, router } = await edge([{ version: "1", weight: 100, port }]);
  const abort = new AbortController();
  const call = fetch(url, { signal: abort.signal }).catch(() => "aborted");
  await until(() => router.inFlight("shop-1-0") === 1, "the request to arrive");
  abort.abort();
  expect(await call).toBe("aborted");
  await until(() => isClosed, "the instance to notice");
  expect(router.inFlight("shop-1-0")).toBe(0);
  expect(counts.take().map((row) => row.statusClass)).toEqual(["4xx"]);
});

test("a client that stands still is cut off, a response that is quiet is not", async () => {
  const { port } = await origin((req, res) => {
    if (req.method === "POST") return void req.resume().on("end", () => res.end("whole"));
    if (req.url !== "/quiet") return void res.end("ok");
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.flushHeaders();
    setTimeout(() => res.end("data: late\n\n"), 1500);
  });
  const limits = { headersMs: 300, stalledMs: 400, keepAliveMs: 300 };
  const { port: edgePort } = await edge([{ version: "1", weight: 100, port }], false, limits);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
  const [slow, stuck, idle, quiet] = await Promise.all([
    raw(edgePort, "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: "),
    raw(edgePort, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"),
    raw(edgePort, get("/")),
    raw(edgePort, get("/quiet")),
  ]);
  expect(slow).toMatch(/^(HTTP\/1\.1 408|$)/);
  expect(stuck).not.toMatch(/^HTTP\/1\.1 2/);
  expect(idle).toMatch(/^HTTP\/1\.1 200/);
  expect(quiet).toContain("data: late");
});

test("responses without a body, absolute targets and early answers keep their meaning", async () => {
  const { port } = await origin((req, res) => {
    if (req.method === "HEAD") return void res.writeHead(200, { "content-length": 1234 }).end();
    if (req.url === "/204") return void res.writeHead(204).end();
    if (req.url === "/304") return void res.writeHead(304, { etag: "x" }).end();
    if (req.method === "POST") return void res.writeHead(413, { "content-length": 3 }).end("big");
    res.end(req.url);
  });
  const { url, port: edgePort, counts } = await edge([{ version: "1", weight: 100, port }]);
  const head = await fetch(url, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("1234");
  expect((await fetch(`${url}/204`)).status).toBe(204);
  expect((await fetch(`${url}/304`)).status).toBe(304);
  const end = "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  expect(await raw(edgePort, `GET http://h/a?b=1 ${end}`)).toMatch(/\/a\?b=1$/);
  expect(await raw(edgePort, `OPTIONS * ${end}`)).toMatch(/^HTTP\/1\.1 400/);
  expect(counts.take().map((row) => [row.statusClass, row.histogram.count])).toEqual([
    ["2xx", 3],
    ["3xx", 1],
    ["4xx", 1],
  ]);
  const early = await raw(edgePort, `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc`);
  expect(early).toMatch(/^HTTP\/1\.1 413[\s\S]*big$/);
});
