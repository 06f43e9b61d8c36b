import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { maskText } from "@toban/service-kit/masking";
import { unavailable } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import {
  type ErrorReply,
  type InsertCall,
  type InsertReply,
  KIND,
  readFrames,
  writeFrame,
} from "./protocol.ts";

/** A query waits this long for a host that starts; a start takes about a second. */
const READY_WAIT_MS = 2_500;
const START_TIMEOUT_MS = 60_000;
const INSERT_TIMEOUT_MS = 120_000;
const BACK_OFF_MS = { first: 100, most: 5_000, resetAfter: 10_000 };

/** The engine understood the call and refused it. `engineCode` is ClickHouse's error number. */
export class EngineError extends Error {
  readonly engineCode: number | null;
  constructor(reply: ErrorReply) {
    super(reply.message);
    this.name = "EngineError";
    this.engineCode = reply.engineCode;
  }
}

export type StoreHost = {
  /** Rows of a query. `timeoutMs` (default 10,000) also stops it in the engine. */
  query<Row>(sql: string, params: Record<string, unknown>, timeoutMs?: number): Promise<Row[]>;
  insert(call: InsertCall): Promise<InsertReply>;
  /** Resolves when the host answers, or refuses with `telemetry_store_down` after `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>;
  status(): { state: "starting" | "ready" | "back-off" | "stopped"; pid: number | null; restarts: number };
  /** Ends the host after the insert it is at. */
  stop(): Promise<void>;
};

type Waiting = { resolve(payload: Buffer): void; reject(error: Error): void };
type Connection = { socket: Socket; calls: Map<number, Waiting> };

const down = (cause?: unknown) =>
  unavailable(
    "telemetry_store_down",
    "The telemetry store is not running at the moment.",
    "It is started again by itself; what exporters send meanwhile is kept. Try again in a few seconds.",
    cause,
  );

/** `main.ts` as compiled: the host is always run from `dist`. */
function hostProgram(): string {
  return fileURLToPath(new URL("./main.js", import.meta.url)).replace(
    /([\\/])src([\\/]telemetry[\\/])/,
    "$1dist$2",
  );
}

/** Starts the store host and starts it again, with back-off, whenever it dies. */
export function superviseHost(options: { folder: string; socketPath: string; log: Logger }): StoreHost {
  const { log } = options;
  let state: ReturnType<StoreHost["status"]>["state"] = "starting";
  let child: ChildProcess | null = null;
  let connection: Connection | null = null;
  let restarts = -1;
  let stopping = false;
  let lastCall = 0;
  let waitingForReady: ((error?: Error) => void)[] = [];
  const stopSignal = new AbortController();

  const loop = (async () => {
    let backOff = BACK_OFF_MS.first;
    while (!stopping) {
      const startedAt = performance.now();
      restarts++;
      await live();
      if (stopping) break;
      if (performance.now() - startedAt > BACK_OFF_MS.resetAfter) backOff = BACK_OFF_MS.first;
      state = "back-off";
      log.warn({ backOffMs: backOff, restarts }, "telemetry store host ended; starting it again");
      await sleep(backOff, undefined, { signal: stopSignal.signal }).catch(() => {});
      backOff = Math.min(backOff * 2, BACK_OFF_MS.most);
    }
    state = "stopped";
  })();

  /** One life of the host, from start to exit. */
  async function live(): Promise<void> {
    state = "starting";
    const args = [
      "--max-old-space-size=256",
      hostProgram(),
      "--folder",
      options.folder,
      "--socket",
      options.socketPath,
    ];
    const started = spawn(process.execPath, args, {
      stdio: ["pipe", "ignore", "pipe"],
      env: { PATH: process.env.PATH, TZ: "UTC", UV_THREADPOOL_SIZE: "8" },
    });
    child = started;
    started.stdin?.on("error", () => {});
    createInterface({ input: started.stderr! }).on("line", (line) =>
      log.warn({ host: maskText(line.slice(0, 500)) }, "telemetry store host"),
    );
    let alive = true;
    const exited = new Promise<void>((resolve) => {
      started.on("exit", () => resolve());
      started.on("error", () => resolve());
    }).then(() => {
      alive = false;
    });
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (alive && !connection) {
      connection = await tryConnect(started.pid ?? 0);
      if (connection?.socket.destroyed) connection = null;
      if (connection) break;
      if (performance.now() > deadline) started.kill("SIGKILL");
      await Promise.race([sleep(30), exited]);
    }
    if (connection) {
      state = "ready";
      for (const settle of waitingForReady) settle();
      waitingForReady = [];
    }
    await exited;
    connection?.socket.destroy();
    connection = null;
    child = null;
  }

  /** Null unless it is this very host that answers: an orphan of an earlier parent may still be going. */
  function tryConnect(pid: number): Promise<Connection | null> {
    return new Promise((resolve) => {
      const socket = connect(options.socketPath);
      const calls = new Map<number, Waiting>();
      socket.once("error", () => resolve(null));
      socket.once("close", () => {
        resolve(null);
        for (const waiting of calls.values()) waiting.reject(down());
        calls.clear();
        if (connection?.socket !== socket) return;
        connection = null;
        state = "back-off";
        child?.kill("SIGKILL"); // A host that does not talk any more is of no use.
      });
      readFrames(socket, ({ call, kind, payload }) => {
        if (kind === KIND.hello) {
          if (Number(payload.toString()) === pid) resolve({ socket, calls });
          else socket.destroy();
          return;
        }
        const waiting = calls.get(call);
        calls.delete(call);
        if (kind === KIND.ok) waiting?.resolve(payload);
        else waiting?.reject(new EngineError(JSON.parse(payload.toString()) as ErrorReply));
      });
    });
  }

  function ready(timeoutMs: number): Promise<void> {
    if (connection) return Promise.resolve();
    if (stopping) return Promise.reject(down());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(down()), timeoutMs);
      waitingForReady.push((error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async function call(kind: number, body: object, timeoutMs: number, onTimeout: () => void): Promise<Buffer> {
    await ready(READY_WAIT_MS);
    const to = connection;
    if (!to) throw down();
    const id = ++lastCall % 2 ** 32;
    return await new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => {
        to.calls.delete(id);
        onTimeout();
        reject(down());
      }, timeoutMs);
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          done(value);
        };
      to.calls.set(id, { resolve: settle(resolve), reject: settle(reject) });
      writeFrame(to.socket, { call: id, kind, payload: Buffer.from(JSON.stringify(body)) });
    });
  }

  return {
    async query<Row>(sql: string, params: Record<string, unknown>, timeoutMs = 10_000) {
      const payload = await call(KIND.query, { sql, params, timeoutMs }, timeoutMs + 5_000, () => {});
      const content = payload.toString();
      return content === ""
        ? []
        : content
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as Row);
    },
    async insert(insert) {
      const kill = () => child?.kill("SIGKILL");
      return JSON.parse((await call(KIND.insert, insert, INSERT_TIMEOUT_MS, kill)).toString()) as InsertReply;
    },
    ready,
    status: () => ({ state, pid: child?.pid ?? null, restarts: Math.max(0, restarts) }),
    async stop() {
      const running = child;
      stopping = true;
      if (connection) await call(KIND.stop, {}, 10_000, () => {}).catch(() => {});
      stopSignal.abort();
      const timer = setTimeout(() => running?.kill("SIGKILL"), 3_000);
      if (!connection) running?.kill("SIGKILL");
      await loop;
      clearTimeout(timer);
      for (const settle of waitingForReady) settle(down());
      waitingForReady = [];
    },
  };
}
