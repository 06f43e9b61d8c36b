import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { SealerOrder, SealerReport } from "./sealer.ts";

const FOLDER = fileURLToPath(new URL("../../../../", import.meta.url));
const PROGRAM = path.join(FOLDER, "dist/audit/log/testing/sealer.js");

/** Child processes run what was built, so it has to be built from these sources. */
export function assertBuilt(): void {
  // The compiler leaves an output alone that would stay the same; when it ran last is in its own file.
  const built = statSync(path.join(FOLDER, "tsconfig.tsbuildinfo"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  for (const folder of ["audit/log", "audit/log/sinks", "audit/log/testing", "audit/record"]) {
    const names = readdirSync(path.join(FOLDER, "src", folder)).filter((name) => /(?<!test)\.ts$/.test(name));
    for (const name of names) {
      const output = path.join(FOLDER, "dist", folder, name.replace(/\.ts$/, ".js"));
      if (!existsSync(output) || built < statSync(path.join(FOLDER, "src", folder, name)).mtimeMs) {
        throw new Error(
          `dist/${folder} is missing or older than ${name}: run "npx tsc -b packages/control-plane"`,
        );
      }
    }
  }
}

type Sealer = { child: ChildProcess; committed: string[]; failures: string[]; loaded: Promise<void> };

function spawn(): Sealer {
  const child = fork(PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const committed: string[] = [];
  const failures: string[] = [];
  const loaded = new Promise<void>((resolve, reject) => {
    child.on("message", (message: SealerReport) => {
      if ("committed" in message) committed.push(...message.committed);
      else if ("failed" in message) failures.push(message.failed);
      else resolve();
    });
    child.once("exit", () => reject(new Error("the sealer ended before it had loaded")));
  });
  loaded.catch(() => {});
  return { child, committed, failures, loaded };
}

/**
 * Lets a process work for a moment, kills it, and lets the next one take over, so many times. Returns the ids of all
 * events whose commit was acknowledged. Processes are loaded ahead: loading is what takes time.
 */
export async function killInRounds(
  order: SealerOrder,
  rounds: number,
  random: () => number,
): Promise<{ committed: string[]; failures: string[] }> {
  const committed: string[] = [];
  const failures: string[] = [];
  const ready = [spawn(), spawn()];
  for (let round = 0; round < rounds; round++) {
    const sealer = ready.shift()!;
    if (round + 2 < rounds) ready.push(spawn());
    await sealer.loaded;
    sealer.child.send(order);
    // The first commit shows that it is at work; then any moment will do.
    for (let waited = 0; sealer.committed.length === 0 && sealer.failures.length === 0; waited++) {
      if (waited > 10_000) throw new Error("the sealer does nothing");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 100));
    const exited = once(sealer.child, "exit");
    sealer.child.kill("SIGKILL");
    await exited;
    committed.push(...sealer.committed);
    failures.push(...sealer.failures);
  }
  for (const { child } of ready) child.kill("SIGKILL");
  return { committed, failures };
}

/** Numbers from 0 to 1 that are the same at each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
