import { expect, test } from "vitest";
import { edge, named, origin, type Route, total } from "../testing/edge.ts";
import { until } from "../testing/fixtures.ts";

test("weights are respected within binomial bounds, and every request is counted once with its release", async () => {
  const [stable, candidate] = [await named("1.0.0"), await named("2.0.0")];
  const { url, counts } = await edge([
    { version: "1.0.0", weight: 80, port: stable.port },
    { version: "2.0.0", weight: 20, port: candidate.port },
  ]);
  const seen: Record<string, number> = { "1.0.0": 0, "2.0.0": 0 };
  const requests = 400;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let i = 0; i < requests / 20; i++) seen[await (await fetch(url)).text()]!++;
    }),
  );
  // Six standard deviations: sqrt(400 × 0.2 × 0.8) = 8.
  expect(Math.abs(seen["2.0.0"]! - 80)).toBeLessThan(48);
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
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(counts.take()).toEqual([]);
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
