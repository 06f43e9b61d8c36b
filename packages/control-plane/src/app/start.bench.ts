import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../platform/ports.ts";
import { SHIPPED } from "./config.ts";

const IDLE_AFTER_MS = 30_000;

/**
 * From nothing to ready on an empty home, and the memory of all processes together half a minute
 * later: resident set sizes summed, so pages that processes share count more than once.
 */
export async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(path.join(tmpdir(), "toban-bench-"));
  await chmod(home, 0o755);
  const environment = {
    ...process.env,
    TOBAN_HOME: home,
    TOBAN_PORT: String(await freePort()),
    TOBAN_EDGE_PORT: String(await freePort()),
  };
  const started = performance.now();
  const up = spawn(process.execPath, [SHIPPED.cli, "up"], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await readyLine(up);
    const readySeconds = (performance.now() - started) / 1000;
    await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
    return { readySeconds, idleMegabytes: memoryOf(up.pid!, home) };
  } finally {
    up.kill("SIGINT");
    await new Promise((resolve) => up.once("exit", resolve));
    await rm(home, { recursive: true, force: true });
  }
}

function readyLine(up: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    up.stdout?.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Ready after") || output.includes("準備ができました")) resolve();
    });
    up.once("exit", (code) => reject(new Error(`up ended with ${code}: ${output}`)));
  });
}

/** Sum over `up`, its descendants and everything that was started for this home. */
function memoryOf(pid: number, home: string): number {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,rss=,args="], { encoding: "utf8", maxBuffer: 2 ** 24 })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, id, parent, rss, args]) => ({
      id: Number(id),
      parent: Number(parent),
      rss: Number(rss),
      args: args!,
    }));
  const ours = new Set(
    lines.filter((line) => line.id === pid || line.args.includes(home)).map((line) => line.id),
  );
  for (let grew = true; grew; ) {
    const more = lines.filter((line) => ours.has(line.parent) && !ours.has(line.id));
    for (const line of more) ours.add(line.id);
    grew = more.length > 0;
  }
  const kilobytes = lines.filter((line) => ours.has(line.id)).reduce((sum, line) => sum + line.rss, 0);
  return kilobytes / 1024;
}
