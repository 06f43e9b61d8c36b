import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DesiredService } from "../model.ts";

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "toban-agent-"));
}

export const DIGEST = `sha256:${"0".repeat(64)}`;

/** A release whose main.js is `script`; `server` below is its usual beginning. Returns the directory. */
export function makeRelease(
  root: string,
  version: string,
  script: string,
  manifest: Record<string, unknown> = {},
): string {
  const directory = path.join(root, "releases", version);
  mkdirSync(directory, { recursive: true });
  const complete = {
    service: "shop",
    version,
    digest: DIGEST,
    command: ["node", "main.cjs"],
    healthPath: "/health/ready",
    ...manifest,
  };
  writeFileSync(path.join(directory, "release.json"), JSON.stringify(complete));
  writeFileSync(path.join(directory, "main.cjs"), script);
  return directory;
}

/** Answers its version and pid; finishes what is in flight on SIGTERM, as a well-behaved service does. */
export const serverScript = `
const { createServer } = require("node:http");
const server = createServer((req, res) => {
  if (req.url === "/crash") process.exit(7);
  if (req.url === "/hang") return;
  const wait = Number(new URL(req.url, "http://x").searchParams.get("wait") ?? 0);
  setTimeout(() => {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({ version: process.env.TOBAN_RELEASE, instance: process.env.TOBAN_INSTANCE, pid: process.pid }));
  }, req.url.startsWith("/health") ? 0 : wait);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

export function desiredService(changes: Partial<DesiredService> = {}): DesiredService {
  return {
    fence: 1,
    listener: { host: "127.0.0.1", port: 0, sticky: false },
    health: { path: "/health/ready", intervalMs: 200, timeoutMs: 2000 },
    drainMs: 3000,
    releases: {},
    weights: {},
    ...changes,
  };
}

/** Waits until `read` returns something truthy; fails with the last error or value. */
export async function until<T>(
  read: () => T | Promise<T>,
  what: string,
  timeoutMs = 25_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await read();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${String(last)}`);
}
