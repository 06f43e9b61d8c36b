import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import path from "node:path";
import type { Logger } from "../platform/log.ts";

export type Program = {
  name: string;
  args: string[];
  environment: Record<string, string | undefined>;
  /** Its output; appended. */
  logFile: string;
};

export type Supervised = {
  pid(): number | undefined;
  restarts(): number;
  /** SIGTERM, then SIGKILL after `graceMs` (default 10 s). Resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>;
};

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;
const STEADY_AFTER_MS = 30_000;

/** Keeps a Node program of ours running: restarts it with growing pauses until told to stop. */
export function supervise(program: Program, log: Logger): Supervised {
  let child: ChildProcess | undefined;
  let stopping = false;
  let restarts = 0;
  let delay = FIRST_DELAY_MS;
  let timer: NodeJS.Timeout | undefined;
  let exited: Promise<void> = Promise.resolve();

  const start = () => {
    mkdirSync(path.dirname(program.logFile), { recursive: true });
    const output = openSync(program.logFile, "a");
    const startedAt = performance.now();
    const started = spawn(process.execPath, program.args, {
      env: program.environment,
      // The channel closes when the supervisor is killed; the program then stops by itself.
      stdio: ["ignore", output, output, "ipc"],
      // Ctrl-C belongs to the supervisor, which stops its programs in the right order.
      detached: true,
    });
    child = started;
    exited = new Promise((resolve) => {
      started.on("exit", (code, signal) => {
        resolve();
        if (stopping) return;
        restarts++;
        delay =
          performance.now() - startedAt > STEADY_AFTER_MS
            ? FIRST_DELAY_MS
            : Math.min(delay * 2, LONGEST_DELAY_MS);
        log.warn({ program: program.name, code, signal, delay }, "program ended; starting it again");
        timer = setTimeout(start, delay);
      });
    });
  };
  start();

  return {
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    restarts: () => restarts,
    async stop(graceMs = 10_000) {
      stopping = true;
      clearTimeout(timer);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const force = setTimeout(() => child?.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(force);
    },
  };
}
