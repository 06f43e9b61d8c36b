import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { messageOf, unavailable } from "./errors.ts";
import { minimalEnvironment, readRelease, resolveCommand } from "./release.ts";

export type Launch = {
  id: string;
  service: string;
  version: string;
  directory: string;
  environment: Record<string, string>;
  port: number;
  logFile: string;
};

/**
 * Starts a release's process. It leads its own group and session and writes to its log file itself, so nothing ties
 * its life to the agent's. Throws `invalid` when the release is unusable, `unavailable` when the machine is.
 */
export function launch(launching: Launch): ChildProcess & { pid: number } {
  const { directory, logFile } = launching;
  const manifest = readRelease(directory);
  const environment: Record<string, string> = {
    ...minimalEnvironment(directory),
    ...launching.environment,
    PORT: String(launching.port),
    TOBAN_SERVICE: launching.service,
    TOBAN_RELEASE: launching.version,
    TOBAN_INSTANCE: launching.id,
  };
  const [program, ...parameters] = manifest.command as [string, ...string[]];
  const file = resolveCommand(directory, program, environment.PATH ?? "");

  let log: number;
  try {
    mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 });
    log = openSync(logFile, "a", 0o600);
  } catch (error) {
    throw unavailable(
      "log_not_writable",
      `The log ${logFile} cannot be opened: ${messageOf(error)}`,
      "Free disk space or correct the permissions of the agent's home.",
      error,
    );
  }
  try {
    const child = spawn(file, parameters, {
      cwd: directory,
      env: environment,
      detached: true,
      stdio: ["ignore", log, log],
    });
    child.on("error", () => {}); // Without a pid it is reported below.
    if (child.pid === undefined)
      throw unavailable(
        "process_not_started",
        `${file} could not be started.`,
        "Read the agent's log; check the limits on processes and memory.",
      );
    child.unref();
    return child as ChildProcess & { pid: number };
  } finally {
    closeSync(log);
  }
}

/** Signals a process and everything that it started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

/** A loopback port that is free now and not among `taken`. */
export function freePort(taken: ReadonlySet<number>): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => (taken.has(port) ? resolve(freePort(taken)) : resolve(port)));
    });
  });
}
