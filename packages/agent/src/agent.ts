import { accessSync, chmodSync, constants, mkdirSync } from "node:fs";
import path from "node:path";
import { serveApi } from "./api.ts";
import { runCommand } from "./commands.ts";
import { createCounts } from "./edge/counts.ts";
import { messageOf, notFound, type Refusal, unavailable } from "./errors.ts";
import { type KeptSockets, keptByNobody } from "./keeper.ts";
import { takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import type {
  AgentHealth,
  AgentState,
  Command,
  CommandResult,
  DesiredService,
  ObservedService,
  TelemetryTarget,
} from "./model.ts";
import { type Clock, randomHex } from "./platform/clock.ts";
import { startReporter } from "./report.ts";
import { createService, type Service } from "./service.ts";
import { createStateWriter, readRecords, readState, type SavedInstance, type SavedState } from "./state.ts";

export type AgentOptions = {
  /** Folder of the state file, locks and logs; made when missing, closed to other users. */
  home: string;
  socketPath: string;
  clock: Clock;
  log: Log;
  /** Where listening sockets outlive the agent; by default nowhere. */
  kept?: KeptSockets;
};

/** What the API offers; see `AgentClient` for the same from outside. */
export type AgentOperations = {
  apply(service: string, desired: DesiredService): Promise<ObservedService>;
  observe(service: string): ObservedService;
  remove(service: string): Promise<void>;
  state(): AgentState;
  health(): AgentHealth;
  setTelemetry(target: TelemetryTarget): Promise<void>;
  run(command: Command): Promise<CommandResult>;
  /** Drains everything; afterwards the agent ends. */
  stop(): Promise<void>;
};

export type Agent = AgentOperations & {
  /** Ends this agent and leaves the instances running for the next one. */
  handOver(): Promise<void>;
  /** Resolves when the agent has stopped or handed over. */
  ended: Promise<void>;
};

const HAND_OVER_MS = 3000;
const REPORT_MS = 1000;

/**
 * Starts an agent: takes over what an earlier one left, then opens its socket. Throws `conflict` when another agent runs on
 * the home, `unavailable` when home or socket cannot be used.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { home, clock, log } = options;
  prepareHome(home);
  const kept = options.kept ?? keptByNobody;
  const unlock = await takeLock(home, kept.keeperPid);
  const startedAt = new Date(clock.now()).toISOString();
  const problems: Refusal[] = [];
  const { state, problem } = readState(home);
  if (problem) {
    problems.push(problem);
    log.error("state file corrupt", { ...problem });
  }
  const edgeId = state?.edgeId ?? randomHex(8);
  const counts = createCounts();
  const services = new Map<string, Service>();
  const reporter = startReporter({
    edgeId,
    clock,
    counts,
    gauges: () => [...services.values()].flatMap((service) => service.gauges()),
  });
  if (state?.telemetry) reporter.setTarget(state.telemetry);
  let isStopped = false;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const write = createStateWriter(
    home,
    (): SavedState => ({
      version: 1,
      edgeId,
      stopped: isStopped,
      telemetry: reporter.target(),
      services: Object.fromEntries([...services.values()].map((service) => [service.name, service.saved()])),
    }),
  );
  const save = () =>
    write().catch((error) => {
      throw homeRefusal(home, error);
    });
  const deps = { home, clock, log, counts, save, kept };

  const found = mergeFound(state, readRecords(home));
  for (const name of new Set([...Object.keys(state?.services ?? {}), ...found.keys()]))
    services.set(name, createService(name, deps, state?.services[name] ?? null, found.get(name) ?? []));
  if (state && !state.stopped)
    await Promise.all(Object.keys(state.services).map((name) => services.get(name)?.resume()));

  function known(name: string): Service {
    const service = services.get(name);
    if (!service)
      throw notFound(
        "service_unknown",
        `The agent knows no service ${name}.`,
        "Deploy a release of it first.",
      );
    return service;
  }

  async function goneAll(leaving: readonly Service[]): Promise<void> {
    for (const service of leaving) service.remove();
    while (!leaving.every((service) => service.isGone()))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  let isFinished = false;
  async function finish(): Promise<void> {
    if (isFinished) return;
    isFinished = true;
    await reporter.close(REPORT_MS);
    await api.close();
    unlock();
    end();
  }

  const operations: AgentOperations = {
    async apply(name, desired) {
      if (ending) throw unavailable("agent_stopping", "The agent is stopping.", "Start it again first.");
      let service = services.get(name);
      if (!service) {
        service = createService(name, deps, null, []);
        services.set(name, service);
      }
      const isNew = service.observe().desired === null;
      try {
        await service.apply(desired);
      } catch (error) {
        // A service that was never accepted leaves no trace.
        if (isNew && service.observe().instances.length === 0) {
          services.delete(name);
          await service.handOver(0);
        }
        throw error;
      }
      return service.observe();
    },
    observe: (name) => known(name).observe(),
    async remove(name) {
      const service = known(name);
      await goneAll([service]);
      await service.handOver(0);
      services.delete(name);
      await save();
    },
    state: () => ({
      services: [...services.values()].map((service) => service.observe()),
      startedAt,
      pid: process.pid,
    }),
    health() {
      const current = [...services.values()].flatMap((service) => service.problem() ?? []);
      return {
        ok: problems.length + current.length === 0,
        pid: process.pid,
        startedAt,
        problems: [...problems, ...current],
        telemetry: reporter.status(),
      };
    },
    async setTelemetry(target) {
      reporter.setTarget(target);
      await save();
    },
    run: runCommand,
    stop() {
      ending ??= (async () => {
        // Written first: killed half-way, the next agent must not start everything again.
        isStopped = true;
        await save();
        await goneAll([...services.values()]);
        await save();
        await Promise.all([...services.values()].map((service) => service.handOver(0)));
        log.info("agent stopped");
      })();
      return ending;
    },
  };
  let ending: Promise<void> | null = null;

  const api = await serveApi(options.socketPath, operations, log, () => {
    void finish();
  }).catch((error) => {
    unlock();
    throw error;
  });
  await save();
  log.info("agent started", { home, pid: process.pid, services: services.size });

  return {
    ...operations,
    ended,
    async handOver() {
      ending ??= (async () => {
        await Promise.all([...services.values()].map((service) => service.handOver(HAND_OVER_MS)));
        await save().catch((error) => log.error("state not saved", { reason: messageOf(error) }));
        log.info("agent handed over");
      })();
      await ending;
      await finish();
    },
  };
}

function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    chmodSync(home, 0o700);
    mkdirSync(path.join(home, "logs"), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw homeRefusal(home, error);
  }
}

function homeRefusal(home: string, error: unknown) {
  return unavailable(
    "home_not_writable",
    `The agent's home ${home} cannot be written: ${messageOf(error)}`,
    "Give the agent a folder that it owns, on a disk with free space.",
    error,
  );
}

/** Processes by service: those of the state file and those started after it was last written. */
function mergeFound(
  state: SavedState | null,
  records: readonly SavedInstance[],
): Map<string, SavedInstance[]> {
  const newest = new Map<string, SavedInstance>();
  const saved = Object.values(state?.services ?? {}).flatMap((service) => service.instances);
  for (const instance of [...saved, ...records]) {
    const key = `${instance.service} ${instance.version} ${instance.slot}`;
    const other = newest.get(key);
    // Same process: the state file knows more of it (health, drain).
    if (!other || (other.pid !== instance.pid && (instance.startedAt ?? 0) >= (other.startedAt ?? 0)))
      newest.set(key, instance);
  }
  const byService = new Map<string, SavedInstance[]>();
  for (const instance of newest.values()) {
    const members = byService.get(instance.service);
    if (members) members.push(instance);
    else byService.set(instance.service, [instance]);
  }
  return byService;
}
