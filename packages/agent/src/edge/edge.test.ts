import { createServer, type IncomingMessage, type RequestListener, request, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { keptByNobody } from "../keeper.ts";
import { systemClock } from "../platform/clock.ts";
import { until } from "../testing/fixtures.ts";
import { createCounts } from "./counts.ts";
import { type Listener, openListener } from "./listener.ts";
import { createRouter } from "./router.ts";

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function origin(handler: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as { port: number }).port };
}

type Route = { version: string; weight: number; port: number; id?: string };

async function edge(routes: Route[], sticky = false) {
  const router = createRouter("shop", systemClock);
  const counts = createCounts();
  const setRoutes = (next: Route[]) => {
    let at = 0;
    const segments = next.map(({ version, weight }) => {
      at += weight;
      return { version, from: at - weight, to: at };
    });
    router.update(
      segments.filter(({ from, to }) => to > from),
      next.map(({ version, port, id }) => ({ id: id ?? `shop-${version}-0`, version, port, serves: true })),
    );
  };
  setRoutes(routes);
  const listener: Listener = await openListener({
    router,
    counts,
    clock: systemClock,
    host: "127.0.0.1",
    port: 0,
    sticky,
    kept: keptByNobody,
  });
  closers.push(async () => {
    await listener.close(100);
    router.close();
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    counts,
    router,
    setRoutes,
    listener,
  };
}

const named = (name: string) => origin((_req, res) => void res.end(name));
const echoHeaders = () => origin((req, res) => void res.end(JSON.stringify(req.rawHeaders)));

function headersOf(flat: string[], name: string): string[] {
  return flat.filter((_, i) => i % 2 === 1 && flat[i - 1]!.toLowerCase() === name);
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

const total = (rows: { histogram: { count: number } }[]) =>
  rows.reduce((sum, row) => sum + row.histogram.count, 0);

test("weights are respected within binomial bounds, and every request is counted once with its release", async () => {
  const [stable, candidate] = [await named("1.0.0"), await named("2.0.0")];
  const { url, counts } = await edge([
    { version: "1.0.0", weight: 90, port: stable.port },
    { version: "2.0.0", weight: 10, port: candidate.port },
  ]);
  const seen: Record<string, number> = { "1.0.0": 0, "2.0.0": 0 };
  const requests = 1000;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let i = 0; i < requests / 20; i++) seen[await (await fetch(url)).text()]!++;
    }),
  );
  // Six standard deviations: sqrt(1000 × 0.1 × 0.9) = 9.5.
  expect(Math.abs(seen["2.0.0"]! - 100)).toBeLessThan(57);
  const counted = Object.fromEntries(counts.take().map((row) => [row.release, row.histogram.count]));
  expect(counted).toEqual(seen);
});

test("a user keeps a version by cookie or header, and a higher weight moves users only to the candidate", async () => {
  const [stable, candidate] = [await named("1.0.0"), await named("2.0.0")];
  const routes = (weight: number): Route[] => [
    { version: "1.0.0", weight: 100 - weight, port: stable.port },
    { version: "2.0.0", weight, port: candidate.port },
  ];
  const { url, setRoutes } = await edge(routes(30), true);
  const cookies: string[] = [];
  for (let i = 0; i < 60; i++) {
    const answer = await fetch(url);
    await answer.text();
    expect(answer.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Lax$/);
    cookies.push(answer.headers.get("set-cookie")!.split(";")[0]!);
  }
  const users = [
    ...cookies.map((cookie) => ({ cookie: `theme=dark; ${cookie}` })),
    ...Array.from({ length: 60 }, (_, i) => ({ "x-toban-user": `user-${i}` })),
  ];
  const look = async () =>
    Promise.all(
      users.map(async (headers) => {
        const answer = await fetch(url, { headers });
        expect(answer.headers.get("set-cookie")).toBeNull();
        return answer.text();
      }),
    );
  const first = await look();
  expect(new Set(first).size).toBe(2);
  expect(await look()).toEqual(first);
  setRoutes(routes(70));
  const second = await look();
  first.forEach((version, i) => {
    if (version === "2.0.0") expect(second[i]).toBe("2.0.0");
  });
  expect(second.filter((version) => version === "2.0.0").length).toBeGreaterThan(
    first.filter((version) => version === "2.0.0").length,
  );
});

test("after a switch of weights the next request already sees the new table", async () => {
  const [a, b] = [await named("a"), await named("b")];
  const { url, setRoutes } = await edge([
    { version: "a", weight: 100, port: a.port },
    { version: "b", weight: 0, port: b.port },
  ]);
  for (let i = 0; i < 20; i++) {
    const toB = i % 2 === 0;
    setRoutes([
      { version: "a", weight: toB ? 0 : 100, port: a.port },
      { version: "b", weight: toB ? 100 : 0, port: b.port },
    ]);
    expect(await (await fetch(url)).text()).toBe(toB ? "b" : "a");
  }
});

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

test("a refused connection is tried elsewhere, even with a body", async () => {
  const good = await origin((req, res) => void req.pipe(res));
  const gone = await named("gone");
  await new Promise((resolve) => gone.server.close(resolve));
  const { url, counts } = await edge([
    { version: "1", weight: 100, port: gone.port, id: "shop-1-0" },
    { version: "1", weight: 0, port: good.port, id: "shop-1-1" },
  ]);
  for (let i = 0; i < 10; i++) {
    const answer = await fetch(url, { method: "POST", body: `body ${i}` });
    expect(await answer.text()).toBe(`body ${i}`);
  }
  expect(total(counts.take())).toBe(10);
});

test("a lost connection is tried again for a GET and is a 502 for a POST", async () => {
  const breaking = await origin((req) => req.socket.destroy());
  const good = await named("good");
  const { url, counts, router } = await edge([{ version: "1", weight: 100, port: breaking.port }]);
  const post = await fetch(url, { method: "POST", body: "pay" });
  expect(post.status).toBe(502);
  expect(await post.json()).toMatchObject({ error: { code: "instance_connection_lost" } });
  router.update(
    [{ version: "1", from: 0, to: 100 }],
    [breaking, good].map(({ port }, i) => ({ id: `shop-1-${i}`, version: "1", port, serves: true })),
  );
  for (let i = 0; i < 6; i++) expect(await (await fetch(url)).text()).toBe("good");
  expect(counts.take().map((row) => [row.statusClass, row.histogram.count])).toEqual([
    ["5xx", 1],
    ["2xx", 6],
  ]);
});

test("a response that breaks off is broken off for the client too and counts as an error", async () => {
  const { port } = await origin((_req, res) => {
    res.writeHead(200, { "content-length": 1000 });
    res.write("half");
    setTimeout(() => res.destroy(), 50);
  });
  const { url, counts } = await edge([{ version: "1", weight: 100, port }]);
  const answer = await fetch(url);
  await expect(answer.text()).rejects.toThrow();
  expect(counts.take().map((row) => row.statusClass)).toEqual(["5xx"]);
});

test("without weights the answer is a 503 that says what to do", async () => {
  const { url } = await edge([]);
  const answer = await fetch(url);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(Object.keys(((await answer.json()) as { error: object }).error)).toEqual([
    "code",
    "reason",
    "remedy",
  ]);
});

test("a request waits for an instance that comes back soon", async () => {
  const { port } = await named("back");
  const { url, setRoutes, router } = await edge([{ version: "1", weight: 100, port }]);
  router.update([{ version: "1", from: 0, to: 100 }], []);
  const call = fetch(url);
  await new Promise((resolve) => setTimeout(resolve, 200));
  setRoutes([{ version: "1", weight: 100, port }]);
  expect(await (await call).text()).toBe("back");
});

test("a closing listener finishes requests in flight and refuses new connections", async () => {
  let finish: () => void = () => {};
  const { port } = await origin((_req, res) => {
    finish = () => res.end("done");
  });
  const { url, listener, router } = await edge([{ version: "1", weight: 100, port }]);
  const call = fetch(url);
  await until(() => router.inFlight("shop-1-0") === 1, "the request to arrive");
  const closed = listener.close(10_000);
  await expect(fetch(url, { headers: { connection: "close" } })).rejects.toThrow();
  finish();
  const answer = await call;
  expect(answer.headers.get("connection")).toBe("close");
  expect(await answer.text()).toBe("done");
  await closed;
});
