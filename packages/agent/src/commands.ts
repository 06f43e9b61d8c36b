import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { invalid } from "./errors.ts";
import { signalGroup } from "./launch.ts";
import { maskSecrets } from "./mask.ts";
import type { Command, CommandResult } from "./model.ts";
import { minimalEnvironment, readRelease, resolveCommand } from "./release.ts";

const TAIL_BYTES = 8 * 1024;

/**
 * Runs a one-off command of a release ("migrate": the one that release.json names; a release without one needs none and
 * succeeds). It and all it started are killed after `timeoutMs`. Throws `invalid` when the program is missing.
 */
export async function runCommand(command: Command): Promise<CommandResult> {
  if (!statSync(command.directory, { throwIfNoEntry: false })?.isDirectory())
    throw invalid("directory_missing", `${command.directory} is no directory.`, "Build the release first.");
  const identity: Record<string, string> = {};
  let line: string[];
  if (command.command === "migrate") {
    const manifest = readRelease(command.directory);
    if (!manifest.migrate)
      return { exitCode: 0, output: "The release has no migrate command.", timedOut: false };
    line = manifest.migrate;
    identity.TOBAN_SERVICE = manifest.service;
    identity.TOBAN_RELEASE = manifest.version;
  } else line = command.command;

  const environment = { ...minimalEnvironment(command.directory), ...command.environment, ...identity };
  const [program, ...parameters] = line as [string, ...string[]];
  const file = resolveCommand(command.directory, program, environment.PATH ?? "");
  return new Promise((resolve, reject) => {
    const child = spawn(file, parameters, {
      cwd: command.directory,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Twice the tail, so that a secret cut in two by the limit is still seen whole when it is masked.
    let tail = Buffer.alloc(0);
    const keep = (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]);
      if (tail.length > 4 * TAIL_BYTES) tail = tail.subarray(-2 * TAIL_BYTES);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid) signalGroup(child.pid, "SIGKILL");
    }, command.timeoutMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(invalid("command_failed_to_start", error.message, "Correct the command.", error));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const masked = maskSecrets(tail.toString("utf8"), command.environment);
      const exitCode = timedOut ? 124 : (code ?? 128 + (signal ? constants.signals[signal] : 0));
      resolve({ exitCode, output: Buffer.from(masked).subarray(-TAIL_BYTES).toString("utf8"), timedOut });
    });
  });
}
