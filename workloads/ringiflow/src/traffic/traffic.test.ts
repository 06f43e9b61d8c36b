import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { User } from "../bff/api.ts";
import { until } from "../platform/testing-services.ts";
import { readArguments } from "./arguments.ts";
import { cookieJar } from "./cookies.ts";
import { seededChance } from "./random.ts";
import { createStatistics, type Report } from "./statistics.ts";
import { startTraffic, type Traffic } from "./traffic.ts";
import { choosePeople } from "./user.ts";

const clock = { now: () => new Date("2026-01-01T00:00:00.000Z") };
const people = (count: number, tenant: string): User[] =>
  Array.from({ length: count }, (_one, index) => ({
    id: `${tenant}-${index}`,
    name: "x",
    tenant,
    tenantName: tenant,
    department: "d",
    roles: index % 3 === 0 ? ["applicant", "manager"] : ["applicant"],
  }));

type Seen = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };
/** What this site answers instead of the usual; null leaves the usual. */
type Script = (seen: Seen, response: ServerResponse) => boolean;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work();
});

/** A site with the API's shape whose answers a test chooses: failures on demand, which the real one has not. */
async function startSite(script: Script = () => false, port = 0) {
  const seen: Seen[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = {
        method: request.method!,
        path: request.url!.split("?")[0]!,
        headers: request.headers,
        body,
      };
      seen.push(one);
      sockets.add(request.socket);
      if (script(one, response)) return;
      const send = (status: number, value: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(value));
      };
      if (one.path === "/api/users") return send(200, { users: [...people(6, "a"), ...people(6, "b")] });
      if (one.path === "/api/session") {
        const { userId } = JSON.parse(body);
        response.setHeader("set-cookie", [
          `session=s-${userId}; Path=/; HttpOnly`,
          `edge=e-${userId}; Path=/`,
        ]);
        return send(201, { user: {}, csrfToken: `t-${userId}` });
      }
      if (one.path === "/api/requests" && one.method === "GET")
        return send(200, { requests: [{ id: "r1" }] });
      if (one.method === "GET") return send(200, { request: { id: "r1", version: 3, allowed: ["approve"] } });
      return send(one.path === "/api/requests" ? 201 : 200, { request: {} });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  cleanUp.push(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, port: Number(new URL(url).port), seen, sockets, close };
}

function start(
  url: string,
  options: { rps?: number; users?: number } = {},
): Traffic & { stop(): Promise<Report> } {
  const abort = new AbortController();
  const traffic = startTraffic({
    url,
    rps: 200,
    users: 6,
    seed: 1,
    ...clock,
    signal: abort.signal,
    ...options,
  });
  const stop = async () => {
    abort.abort();
    await traffic.ended;
    return traffic.report();
  };
  cleanUp.push(stop);
  return { ...traffic, stop };
}

const fail = (response: ServerResponse, status: number, code = "x", headers: Record<string, string> = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error: { code } }));
  return true;
};

describe("synthetic users", () => {
  test("have a browser each: own session, own affinity cookie, the token of the session, kept connections", async () => {
    const site = await startSite();
    const traffic = start(site.url);
    await until("requests", () => (traffic.report().total > 150 ? true : undefined));
    await traffic.stop();
    const asked = site.seen.filter(({ path }) => path.startsWith("/api/requests"));
    const cookies = new Set(asked.map(({ headers }) => headers.cookie));
    expect(cookies.size).toBe(6);
    for (const cookie of cookies) expect(cookie).toMatch(/^session=s-(\w-\d); edge=e-\1$/);
    const changes = asked.filter(({ method }) => method === "POST");
    expect(changes.length).toBeGreaterThan(5);
    for (const { headers } of changes) {
      const user = /session=s-(\w-\d)/.exec(headers.cookie ?? "")?.[1];
      expect(headers).toMatchObject({ "x-csrf-token": `t-${user}`, origin: site.url });
    }
    const keys = changes.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[\w.:-]{8,128}$/);
    expect(site.sockets.size).toBeLessThanOrEqual(8);
    expect(new Set(site.seen.map(({ path }) => path.split("/").at(-1)))).toContain("approve");
  });

  test("count an answer of 5xx as a failure, and name the last one", async () => {
    let failures = 0;
    const site = await startSite(({ method, path }, response) => {
      if (method !== "GET" || path !== "/api/requests" || failures === 3) return false;
      failures += 1;
      return fail(response, 500, "internal_error", { "x-request-id": `c-${failures}` });
    });
    const traffic = start(site.url);
    await until("failures and more", () =>
      failures === 3 && traffic.report().total > 60 ? true : undefined,
    );
    const report = await traffic.stop();
    expect(report).toMatchObject({
      failedByUsers: 3,
      byStatus: { 500: 3 },
      lastError: { what: "500", request: "GET /api/requests", correlationId: "c-3" },
    });
  });

  test("count a connection that breaks before the answer as a failure", async () => {
    let broken = 0;
    const site = await startSite(({ path }, response) => {
      if (path !== "/api/requests" || broken === 2) return false;
      broken += 1;
      response.socket?.destroy();
      return true;
    });
    const traffic = start(site.url);
    await until("broken connections", () => (broken === 2 && traffic.report().total > 60 ? true : undefined));
    expect(await traffic.stop()).toMatchObject({ failedByUsers: 2, byStatus: { connection: 2 } });
  });

  test("read again and decide again after a conflict, which is no failure", async () => {
    let conflicts = 0;
    const site = await startSite(({ method, path }, response) => {
      if (method !== "POST" || !path.startsWith("/api/requests/r1/") || conflicts === 2) return false;
      conflicts += 1;
      return fail(response, 409, "version_conflict");
    });
    const traffic = start(site.url, { users: 1 });
    await until("a decision", () => (traffic.report().decided > 0 ? true : undefined));
    const report = await traffic.stop();
    expect(report).toMatchObject({ failedByUsers: 0, byStatus: { 409: 2 } });
    const methods = site.seen
      .filter(({ path }) => path.startsWith("/api/requests/r1"))
      .map(({ method }) => method);
    expect(methods.slice(methods.indexOf("POST"), methods.indexOf("POST") + 5)).toEqual([
      "POST",
      "GET",
      "POST",
      "GET",
      "POST",
    ]);
  });

  test("sign in again when their session has ended", async () => {
    let ended = false;
    const site = await startSite(({ path }, response) => {
      if (path !== "/api/requests" || ended) return false;
      ended = true;
      return fail(response, 401, "session_missing");
    });
    const traffic = start(site.url, { users: 1 });
    await until("requests", () => (traffic.report().total > 20 ? true : undefined));
    expect(await traffic.stop()).toMatchObject({ failedByUsers: 0, byStatus: { 401: 1 } });
    expect(site.seen.filter(({ path }) => path === "/api/session")).toHaveLength(2);
  });

  test("wait for a service that is not up yet, and count nothing until then", async () => {
    const early = await startSite();
    await early.close();
    const traffic = start(early.url);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(traffic.report()).toMatchObject({ total: 0, failedByUsers: 0, waiting: true });
    await startSite(undefined, early.port);
    await until("requests", () => (traffic.report().total > 20 ? true : undefined));
    expect(await traffic.stop()).toMatchObject({ failedByUsers: 0, waiting: false });
  });

  test("ease off while the service is away, and go on when it is back", async () => {
    const first = await startSite();
    const traffic = start(first.url);
    await until("requests", () => (traffic.report().total > 20 ? true : undefined));
    await first.close();
    await until("waiting", () => (traffic.report().waiting ? true : undefined));
    const failed = traffic.report().failedByUsers;
    expect(failed).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // At the full rate it would be 200 more.
    expect(traffic.report().failedByUsers - failed).toBeLessThan(15);
    await startSite(undefined, first.port);
    const total = traffic.report().total;
    await until("requests again", () => (traffic.report().total > total + 50 ? true : undefined));
    expect((await traffic.stop()).waiting).toBe(false);
  });

  test("send no more at once than there are users; what was due meanwhile is skipped", async () => {
    const held: ServerResponse[] = [];
    const site = await startSite(({ path }, response) => path !== "/api/users" && held.push(response) > 0);
    const traffic = start(site.url, { users: 3 });
    await until("skips", () => (traffic.report().skipped > 20 ? true : undefined));
    expect(held).toHaveLength(3);
    for (const response of held) fail(response, 503);
    expect((await traffic.stop()).failedByUsers).toBe(3);
  });
});

describe("the program", () => {
  async function run(
    ...words: string[]
  ): Promise<{ child: ChildProcess; output(): string; code: Promise<number> }> {
    const main = path.resolve(import.meta.dirname, "../../dist/src/traffic/main.js");
    const child = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const code = once(child, "close").then(([exit]) => exit as number);
    cleanUp.push(async () => {
      if (child.exitCode === null) child.kill("SIGKILL");
      await code;
    });
    return { child, output: () => output, code };
  }

  test("writes whole reports while it runs, and a last one at SIGTERM", async () => {
    const site = await startSite();
    const folder = await mkdtemp(path.join(tmpdir(), "traffic-"));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, "report.json");
    const program = await run(
      "--url",
      site.url,
      "--rps",
      "50",
      "--users",
      "4",
      "--seed",
      "3",
      "--report",
      file,
    );
    const read = async (): Promise<Report | undefined> => {
      try {
        return JSON.parse(await readFile(file, "utf8"));
      } catch (error) {
        if ((error as { code?: string }).code === "ENOENT") return undefined;
        throw error;
      }
    };
    await until("a report with traffic", async () => ((await read())?.total ?? 0) > 0 || undefined);
    program.child.kill("SIGTERM");
    expect(await program.code).toBe(0);
    const last = await read();
    expect(last).toEqual({ ...JSON.parse(program.output()), at: last?.at });
    expect(last?.total).toBe(site.seen.length - 1);
    expect(last?.latencyMs.p50).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual(["report.json"]);
  });

  test("ends by itself after the given seconds", async () => {
    const site = await startSite();
    const program = await run("--url", site.url, "--seconds", "1");
    expect(await program.code).toBe(0);
    expect(JSON.parse(program.output())).toMatchObject({ failedByUsers: 0 });
  });

  test("says what is wrong with its options and exits with 2", async () => {
    const program = await run("--url", "nowhere");
    expect(await program.code).toBe(2);
    expect(program.output()).toContain("--url needs an http address");
  });
});

describe("the parts", () => {
  test("options have defaults and limits", () => {
    expect(readArguments(["--url", "http://127.0.0.1:7180"])).toEqual({
      ok: true,
      options: { url: "http://127.0.0.1:7180", rps: 5, seconds: null, users: 24, report: null, seed: 1 },
    });
    for (const words of [
      ["--rps", "0"],
      ["--rps", "x"],
      ["--seconds", ""],
      ["--users", "0"],
      ["--wrong", "1"],
    ]) {
      expect([words, readArguments(["--url", "http://a", ...words]).ok]).toEqual([words, false]);
    }
  });

  test("the same seed gives the same chance, another seed another", () => {
    const take = (seed: number) => {
      const chance = seededChance(seed);
      return [
        chance.whole(0, 1000),
        chance.pick("abcdef".split("")),
        ...chance.shuffled([1, 2, 3, 4, 5, 6, 7]),
      ];
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    const chance = seededChance(5);
    const share = Array.from({ length: 10_000 }, () => chance.happens(0.3)).filter(Boolean).length / 10_000;
    expect(share).toBeGreaterThan(0.28);
    expect(share).toBeLessThan(0.32);
  });

  test("people come from every tenant, approvers and applicants in turn", () => {
    const chosen = choosePeople(
      [...people(9, "a"), ...people(9, "b"), ...people(9, "c")],
      12,
      seededChance(1),
    );
    expect(new Set(chosen.map(({ id }) => id)).size).toBe(12);
    for (const tenant of ["a", "b", "c"]) {
      const own = chosen.filter((person) => person.tenant === tenant);
      expect([tenant, own.length, own.filter(({ roles }) => roles.length > 1).length]).toEqual([
        tenant,
        4,
        2,
      ]);
    }
    const twice = choosePeople(people(2, "a"), 5, seededChance(1)).map(({ id }) => id);
    expect(twice).toEqual([twice[0], twice[1], twice[0], twice[1], twice[0]]);
    expect(choosePeople([], 5, seededChance(1))).toEqual([]);
  });

  test("a cookie is kept, replaced and deleted as the server says", () => {
    const jar = cookieJar();
    expect(jar.header()).toBeUndefined();
    jar.store([
      "session=a=b; Path=/; HttpOnly; Expires=Fri, 01 Jan 2027 00:00:00 GMT",
      "edge=1; Max-Age=600",
    ]);
    expect(jar.header()).toBe("session=a=b; edge=1");
    jar.store("session=c; Path=/");
    expect(jar.header()).toBe("session=c; edge=1");
    jar.store(["session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "edge=; Max-Age=0"]);
    expect(jar.header()).toBeUndefined();
  });

  test("quantiles are within 5 %", () => {
    const statistics = createStatistics(clock.now);
    expect(statistics.report(false).latencyMs).toEqual({ p50: null, p99: null });
    for (let ms = 1; ms <= 1000; ms++) statistics.answered(200, ms);
    const { p50, p99 } = statistics.report(false).latencyMs;
    expect(Math.abs(p50! / 500 - 1)).toBeLessThan(0.051);
    expect(Math.abs(p99! / 990 - 1)).toBeLessThan(0.051);
    statistics.answered(200, 1e9);
    expect(statistics.report(false).byStatus).toEqual({ 200: 1001 });
  });
});
