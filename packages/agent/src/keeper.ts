import { type ChildProcess, fork } from "node:child_process";
import type { Server } from "node:net";
import { performance } from "node:perf_hooks";

/**
 * The agent's parent: a process that does nothing but restart the agent and hold its listening sockets open meanwhile. So when
 * the agent dies, users' new connections wait in the kernel's queue until the next agent accepts them, instead of
 * being refused.
 */

/** A socket handle of Node; it is passed on unopened, because a `net.Server` would begin to accept here. */
type Handle = { close(): void };
type FromAgent =
  | { kind: "ready" }
  | { kind: "started" }
  | { kind: "keep"; key: string }
  | { kind: "drop"; key: string };
type ToAgent = { kind: "kept"; key: string } | { kind: "all-kept" };

const RESTART_FIRST_MS = 50;
const RESTART_LONGEST_MS = 5000;
const STABLE_AFTER_MS = 10_000;

/** Runs `program` until it ends by itself; a failure before its first start ends the keeper with the same code. */
export function keep(program: string, parameters: string[]): void {
  const handles = new Map<string, Handle>();
  let hasStarted = false;
  let isEnding = false;
  let wait = RESTART_FIRST_MS;
  let agent: ChildProcess | null = null;

  function start(): void {
    const startedAt = performance.now();
    const child = fork(program, parameters);
    agent = child;
    child.on("message", (message: FromAgent, handle?: unknown) => {
      if (message.kind === "started") hasStarted = true;
      else if (message.kind === "keep" && handle) handles.set(message.key, handle as Handle);
      else if (message.kind === "drop") {
        handles.get(message.key)?.close();
        handles.delete(message.key);
      } else if (message.kind === "ready") {
        for (const [key, kept] of handles) tell(child, { kind: "kept", key }, kept);
        tell(child, { kind: "all-kept" });
      }
    });
    child.on("error", () => {});
    child.on("exit", (code) => {
      agent = null;
      if (code === 0 || isEnding || !hasStarted) process.exit(code ?? 1);
      if (performance.now() - startedAt >= STABLE_AFTER_MS) wait = RESTART_FIRST_MS;
      setTimeout(() => (isEnding ? process.exit(0) : start()), wait);
      wait = Math.min(RESTART_LONGEST_MS, wait * 2);
    });
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      isEnding = true;
      agent?.kill(signal);
    });
  start();
}

function tell(child: ChildProcess, message: ToAgent, handle?: Handle): void {
  // The type knows sockets and servers only; Node passes bare handles too (its cluster module relies on it).
  child.send(message, handle as unknown as Server, () => {});
}

/** The agent's side: where a listener's socket goes and comes from. Without a parent it does nothing. */
export type KeptSockets = {
  keeperPid: number | null;
  /** A socket that an earlier agent listened on; at most once. */
  take(host: string, port: number): object | null;
  keep(host: string, port: number, server: Server): void;
  drop(host: string, port: number): void;
  started(): void;
};

export const keptByNobody: KeptSockets = {
  keeperPid: null,
  take: () => null,
  keep() {},
  drop() {},
  started() {},
};

const ANSWER_MS = 2000;

export async function keptByParent(): Promise<KeptSockets> {
  if (!process.send) return keptByNobody;
  const handles = new Map<string, object>();
  const keyOf = (host: string, port: number) => `${host} ${port}`;
  const send = (message: FromAgent, handle?: unknown) => {
    // The keeper may be gone; then there is nobody to keep anything.
    if (process.connected) process.send!(message, handle as Server, undefined, () => {});
  };
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ANSWER_MS);
    process.on("message", (message: ToAgent, handle?: unknown) => {
      if (message.kind === "kept" && handle) handles.set(message.key, handle as object);
      if (message.kind !== "all-kept") return;
      clearTimeout(timer);
      resolve();
    });
    send({ kind: "ready" });
  });
  return {
    keeperPid: process.ppid,
    take(host, port) {
      const key = keyOf(host, port);
      const handle = handles.get(key) ?? null;
      handles.delete(key);
      return handle;
    },
    keep(host, port, server) {
      const { _handle: handle } = server as Server & { _handle?: unknown };
      if (handle) send({ kind: "keep", key: keyOf(host, port) }, handle);
    },
    drop: (host, port) => send({ kind: "drop", key: keyOf(host, port) }),
    started: () => send({ kind: "started" }),
  };
}
