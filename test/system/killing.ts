import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type AgentClient, connectAgent, type ObservedInstance } from "@toban/agent";
import { runtimeDir } from "../../packages/control-plane/src/platform/home.ts";
import type { Chance } from "../../workloads/ringiflow/src/traffic/random.ts";
import { eventually, type System } from "./system.ts";

export type Victim = "control-plane" | "agent" | "worker" | "telemetry" | "instance";
export type Kill = { victim: Victim; what: string; pid: number; at: number };
/** What is killed, and how long after the kill before, in ms. */
export type PlannedKill = { victim: Victim; afterMs: number };

const EACH_TWICE: Victim[] = ["control-plane", "agent", "worker", "telemetry"];

/** Ten kills in an order and at moments of the seed's: four kinds twice, an instance once, and one more of any kind. */
export function planKills(chance: Chance, gapMs: { min: number; max: number }): PlannedKill[] {
  const victims = [...EACH_TWICE, ...EACH_TWICE, "instance" as const, chance.pick(EACH_TWICE)];
  return chance.shuffled(victims).map((victim) => ({ victim, afterMs: chance.whole(gapMs.min, gapMs.max) }));
}

export const agentOf = (system: System): AgentClient =>
  connectAgent(path.join(runtimeDir(system.home), "agent.sock"));

/** Kills with SIGKILL; each process is first recognised as this home's own. */
export function killer(system: System, chance: Chance) {
  const agent = agentOf(system);
  const killed = new Set<number>();
  const kills: Kill[] = [];

  async function find(victim: Victim): Promise<{ pid: number; what: string; isOurs: boolean }> {
    if (victim === "control-plane") {
      const pid = await controlPlanePid(system.home);
      return { pid, what: victim, isOurs: (await factsOf(pid)).includes(`TOBAN_HOME=${system.home}\0`) };
    }
    if (victim === "telemetry") {
      const folder = `--folder ${path.join(system.home, "telemetry")} `;
      const line = (await processTable()).find(({ command }) => command.includes(folder));
      if (!line) throw new Error("the telemetry host does not run");
      return { pid: line.pid, what: victim, isOurs: line.parent === (await controlPlanePid(system.home)) };
    }
    const { services, pid } = await agent.state();
    if (victim === "agent") {
      return { pid, what: victim, isOurs: (await factsOf(pid)).includes(`${system.home}/agent\0`) };
    }
    const wanted = victim === "worker" ? ["worker"] : ["bff", "core"];
    const running = services
      .filter(({ service }) => wanted.includes(service))
      .flatMap(({ instances }) => instances)
      .filter(
        (one): one is ObservedInstance & { pid: number } => one.pid !== null && one.state === "healthy",
      );
    if (running.length === 0) throw new Error(`nothing of ${wanted.join(" and ")} is healthy`);
    const one = chance.pick(running);
    return {
      pid: one.pid,
      what: one.id,
      isOurs: (await factsOf(one.pid)).includes(`TOBAN_INSTANCE=${one.id}\0`),
    };
  }

  return {
    kills,
    /** Waits until there is one to kill that was not killed before. */
    async kill(victim: Victim): Promise<Kill> {
      const { pid, what } = await eventually(async () => {
        const found = await find(victim);
        return found.isOurs && !killed.has(found.pid) ? found : undefined;
      }, 60_000);
      killed.add(pid);
      const kill = { victim, what, pid, at: performance.now() };
      process.kill(pid, "SIGKILL");
      kills.push(kill);
      return kill;
    },
  };
}

async function controlPlanePid(home: string): Promise<number> {
  return JSON.parse(await readFile(path.join(home, "control-plane.json"), "utf8")).pid;
}

/** Command line and environment of a process, each word ended by NUL. */
async function factsOf(pid: number): Promise<string> {
  return `${await readFile(`/proc/${pid}/cmdline`, "utf8")}${await readFile(`/proc/${pid}/environ`, "utf8")}`;
}

export async function processTable(): Promise<{ pid: number; parent: number; command: string }[]> {
  const text = await new Promise<string>((resolve) => {
    execFile("ps", ["-eo", "pid=,ppid=,args="], { maxBuffer: 2 ** 24 }, (_error, stdout) => resolve(stdout));
  });
  return text
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      command: command ?? "",
    }));
}
