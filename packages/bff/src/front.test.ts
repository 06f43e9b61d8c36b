import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type FastifyInstance, fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveFront } from "./front.ts";
import { SECURITY_HEADERS, securityHeaders } from "./security-headers.ts";

let folder: string;
let root: string;
let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "toban-front-"));
  root = path.join(folder, "web");
  await mkdir(path.join(root, "assets"), { recursive: true });
  await writeFile(path.join(root, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(path.join(root, "assets", "index-BxYz1_34.js"), "export {};");
  await writeFile(path.join(root, "favicon.svg"), "<svg/>");
  await writeFile(path.join(folder, "secret.txt"), "secret");
  app = fastify();
  await app.register(securityHeaders);
  await app.register(serveFront, { root });
  app.get("/api/boom", async () => {
    throw new Error("boom");
  });
  app.get("/api/moved", async (_request, reply) => reply.redirect("/"));
  app.get("/api/stream", (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
    reply.raw.end("data: 1\n\n");
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = { accept: "text/html" }) =>
  fetch(`http://127.0.0.1:${port}${url}`, { headers, redirect: "manual" });

describe("the front", () => {
  test("is the page, never stored, for the root and for any other navigation", async () => {
    for (const url of [
      "/",
      "/index.html",
      "/requests/42",
      "/requests/42?tab=history",
      "/%E7%A8%9F%E8%AD%B0",
    ]) {
      const answer = await get(url);
      expect([url, answer.status]).toEqual([url, 200]);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.text()).toContain("<title>page</title>");
    }
  });

  test("is not the answer for a missing script, a program, or anything below the API", async () => {
    expect((await get("/assets/gone-12345678.js", { accept: "*/*" })).status).toBe(404);
    expect((await get("/requests/42", { accept: "application/json" })).status).toBe(404);
    for (const url of ["/api", "/api/nothing", "/v1/x", "/otlp/v1/y", "/health/z"]) {
      expect([url, (await get(url)).status]).toEqual([url, 404]);
    }
    expect((await get("/apiary")).status).toBe(200);
  });

  test("keeps hashed assets for ever and asks again for the others", async () => {
    const asset = await get("/assets/index-BxYz1_34.js", {});
    expect(asset.status).toBe(200);
    expect(asset.headers.get("content-type")).toContain("javascript");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const icon = await get("/favicon.svg", {});
    expect(icon.headers.get("cache-control")).toBe("no-cache");
    expect(icon.headers.get("etag")).toMatch(/\w/);
  });

  test("never leaves its folder", async () => {
    for (const url of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/assets/..%5c..%5csecret.txt",
    ]) {
      const text = await raw(`GET ${url} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(text).not.toContain("\r\n\r\nsecret");
      expect(text).toMatch(/^HTTP\/1\.1 40/);
    }
  });

  test("refuses to start without a page", async () => {
    const empty = fastify();
    await expect(empty.register(serveFront, { root: path.join(root, "assets") })).rejects.toThrow(
      /no index\.html: build the web page first/,
    );
  });
});

describe("security headers", () => {
  test.each([
    ["/", 200],
    ["/assets/index-BxYz1_34.js", 200],
    ["/requests/1", 200],
    ["/api/nothing", 404],
    ["/api/boom", 500],
    ["/api/moved", 302],
    ["/api/stream", 200],
    ["/%E0%A4%A", 400],
  ])("are on %s (%i)", async (url, status) => {
    const answer = await get(url);
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      expect(answer.headers.get(name)).toBe(value);
  });

  test("forbid frames and foreign scripts, and allow the inline styles of the page's components", async () => {
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    const directives = new Map(
      policy.split("; ").map((one) => [one.split(" ")[0], one.split(" ").slice(1).join(" ")]),
    );
    expect(directives.get("frame-ancestors")).toBe("'none'");
    expect(directives.get("default-src")).toBe("'self'");
    expect(directives.get("style-src")).toBe("'self' 'unsafe-inline'");
    expect(directives.has("script-src")).toBe(false);
  });
});

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}
