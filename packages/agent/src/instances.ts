import { createHash } from "node:crypto";
import path from "node:path";
import type { Target } from "./edge/router.ts";
import { AgentError, refusalOf } from "./errors.ts";
import { freePort, launch, signalGroup } from "./launch.ts";
import type { Log } from "./log.ts";
import type { DesiredService, ObservedInstance } from "./model.ts";
import type { Clock } from "./platform/clock.ts";
import { probe } from "./probe.ts";
import { isSameProcess, processInfo } from "./process-info.ts";
import type { Action, Instance } from "./reconcile.ts";
import { rotate } from "./rotate.ts";
import { removeRecord, type SavedInstance, writeRecord } from "./state.ts";
import type { GaugeRow } from "./telemetry.ts";
import { afterExit, afterProbe } from "./transitions.ts";

export type InstancesOptions = {
  service: string;
  home: string;
  clock: Clock;
  log: Log;
  desired(): DesiredService | null;
  listenerPort(): number | null;
  onChange(): void;
  onHealthy(id: string): void;
};

export type Instances = ReturnType<typeof createInstances>;

/** While an instance starts it is asked more often than the definition's interval. */
const STARTING_PROBE_MS = 200;
/** Reading the process table costs microseconds on Linux and starts a program elsewhere. */
const LOOK_MS = process.platform === "linux" ? 1000 : 5000;
const ROTATE_MS = 5000;

/** The processes of one service: performs what the plan says and keeps what is observed. */
export function createInstances(options: InstancesOptions) {
  const { service, home, clock, log } = options;
  const instances = new Map<string, Instance>();
  /** Processes that this agent started itself; it hears of their end at once. */
  const own = new Set<number>();
  const nextProbeAt = new Map<string, number>();
  const probing = new Set<string>();
  let lookedAt = 0;
  let rotatedAt = clock.now();
  let isReleased = false;

  const idOf = (version: string, slot: number) => `${service}-${version}-${slot}`;
  const logFile = (id: string) => path.join(home, "logs", service, `${id}.log`);

  function fingerprint(version: string): string {
    const release = options.desired()?.releases[version];
    if (!release) return "";
    const environment = Object.entries(release.environment).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256")
      .update(JSON.stringify([release.directory, environment]))
      .digest("hex");
  }

  function put(instance: Instance): void {
    instances.set(instance.id, instance);
    options.onChange();
  }

  function savedOf(instance: Instance): SavedInstance {
    const { version, slot, pid, identity, port, startedAt, restarts, drain } = instance;
    const isHealthy = instance.state === "healthy";
    const listenerPort = options.listenerPort();
    const print = instance.fingerprint;
    return {
      service,
      version,
      slot,
      fingerprint: print,
      pid,
      identity,
      port,
      startedAt,
      isHealthy,
      restarts,
      drain,
      listenerPort,
    };
  }

  async function start(version: string, slot: number): Promise<void> {
    const release = options.desired()?.releases[version];
    if (!release) return;
    const id = idOf(version, slot);
    const before = instances.get(id);
    const starting: Instance = {
      ...blank(id, version, slot),
      fingerprint: fingerprint(version),
      restarts: before ? before.restarts + (before.startedAt === null ? 0 : 1) : 0,
      streak: before?.streak ?? 0,
      lastExit: before?.lastExit ?? null,
      startedAt: before?.startedAt ?? null,
    };
    // In its place from now on: the slot is taken while a port is looked for.
    instances.set(id, starting);
    try {
      const taken = new Set([...instances.values()].map((instance) => instance.port ?? 0));
      const port = await freePort(taken);
      if (instances.get(id) !== starting || isReleased) return;
      const file = logFile(id);
      const { directory, environment } = release;
      const child = launch({ id, service, version, directory, environment, port, logFile: file });
      own.add(child.pid);
      child.on("exit", (code, signal) => {
        own.delete(child.pid);
        // What the release started itself must not outlive it and hold its port.
        signalGroup(child.pid, "SIGKILL");
        ended(id, child.pid, code, signal);
      });
      const identity = processInfo(child.pid)?.identity ?? null;
      const started = { ...starting, pid: child.pid, identity, port, startedAt: clock.now() };
      instances.set(id, started);
      writeRecord(home, id, savedOf(started));
      put(started);
      log.info("instance started", { toService: service, instance: id, pid: child.pid, port });
    } catch (error) {
      if (instances.get(id) !== starting) return;
      const { code, reason, remedy } = refusalOf(error);
      const isUnusable = error instanceof AgentError && error.kind === "invalid";
      const refusal = { code, reason, remedy };
      const exit = { code: null, signal: null, at: iso(clock.now()) };
      const failed = afterExit(starting, starting.lastExit ?? exit, clock.now(), clock.random());
      put({ ...failed, lastExit: starting.lastExit, refusal, state: isUnusable ? "failed" : "backoff" });
      log.error("instance not started", { toService: service, instance: id, code, reason });
    }
  }

  function ended(id: string, pid: number, code: number | null, signal: string | null): void {
    const instance = instances.get(id);
    if (instance?.pid !== pid || isReleased) return;
    const next = afterExit(instance, { code, signal, at: iso(clock.now()) }, clock.now(), clock.random());
    removeRecord(home, service, id);
    nextProbeAt.delete(id);
    put(next);
    const facts = { toService: service, instance: id, pid, exitCode: code, signal };
    if (instance.drain) log.info("instance stopped", facts);
    else log.warn("instance crashed", { ...facts, restartsInMs: (next.nextStartAt ?? 0) - clock.now() });
  }

  async function check(instance: Instance): Promise<void> {
    const { id, pid, port } = instance;
    const health = options.desired()?.health;
    if (!health || port === null) return;
    probing.add(id);
    const passed = await probe(port, health.path, health.timeoutMs);
    probing.delete(id);
    const current = instances.get(id);
    if (current?.pid !== pid || isReleased) return;
    const next = afterProbe(current, passed, clock.now());
    if (next.state === current.state) instances.set(id, next);
    else {
      put(next);
      log.info(`instance ${next.state}`, { toService: service, instance: id });
    }
    if (passed) options.onHealthy(id);
    const wait =
      next.state === "starting" ? Math.min(STARTING_PROBE_MS, health.intervalMs) : health.intervalMs;
    nextProbeAt.set(id, clock.now() + wait);
  }

  /** Whether a process is still the one that was started; an adopted one cannot tell its exit code. */
  function inspect(instance: Instance): void {
    const info = processInfo(instance.pid!);
    if (info && (instance.identity === null || info.identity === instance.identity))
      instances.set(instance.id, { ...instance, identity: info.identity, rssBytes: info.rssBytes });
    else if (!own.has(instance.pid!)) ended(instance.id, instance.pid!, null, null);
  }

  function signal(instance: Instance, name: NodeJS.Signals): void {
    const { pid, identity } = instance;
    // The pid of an adopted process may have been given to another one since it was last looked at.
    if (pid !== null && (own.has(pid) || (identity !== null && isSameProcess(pid, identity))))
      signalGroup(pid, name);
  }

  function stopping(id: string, change: (instance: Instance) => Instance): Instance | null {
    const instance = instances.get(id);
    if (!instance) return null;
    put(change(instance));
    return instance;
  }

  return {
    fingerprint,
    list: () => [...instances.values()],

    /** Takes over processes of an earlier agent that still are what they were. */
    adopt(records: readonly SavedInstance[]): void {
      for (const record of records) {
        const id = idOf(record.version, record.slot);
        const { version, slot, pid, identity, port, drain } = record;
        const base: Instance = {
          ...blank(id, version, slot),
          fingerprint: record.fingerprint,
          restarts: record.restarts,
          startedAt: record.startedAt,
        };
        const isAlive = pid !== null && identity !== null && isSameProcess(pid, identity);
        if (isAlive) {
          const state = drain ? "draining" : record.isHealthy ? "healthy" : "starting";
          // What happened in between was not observed, so health counts from now.
          const healthySince = state === "healthy" ? clock.now() : null;
          instances.set(id, { ...base, pid, identity, port, drain, state, healthySince });
          log.info("instance adopted", { toService: service, instance: id, pid });
        } else {
          removeRecord(home, service, id);
          const lastExit = pid === null ? null : { code: null, signal: null, at: iso(clock.now()) };
          instances.set(id, { ...base, state: "backoff", nextStartAt: 0, lastExit });
        }
      }
    },

    /** Health checks, liveness, memory and log sizes, each in its own period. */
    look(): void {
      const now = clock.now();
      const isLookDue = now - lookedAt >= LOOK_MS;
      if (isLookDue) lookedAt = now;
      const isRotationDue = now - rotatedAt >= ROTATE_MS;
      if (isRotationDue) rotatedAt = now;
      for (const { id } of [...instances.values()]) {
        const instance = instances.get(id);
        if (!instance || instance.pid === null) continue;
        if (isLookDue) inspect(instance);
        if (isRotationDue)
          rotate(logFile(id)).catch((error) =>
            log.warn("log not rotated", { instance: id, reason: refusalOf(error).reason }),
          );
        if (!probing.has(id) && now >= (nextProbeAt.get(id) ?? 0)) void check(instances.get(id)!);
      }
    },

    perform(action: Action): void {
      const now = clock.now();
      if (action.kind === "start") {
        void start(action.version, action.slot);
      } else if (action.kind === "drain") {
        const drain = { because: action.because, since: now, terminatedAt: null };
        stopping(action.id, (instance) => ({ ...instance, state: "draining", healthySince: null, drain }));
        log.info("instance draining", { toService: service, instance: action.id, because: action.because });
      } else if (action.kind === "undrain") {
        stopping(action.id, (instance) => ({ ...instance, state: "starting", passes: 1, drain: null }));
        nextProbeAt.set(action.id, 0);
      } else if (action.kind === "terminate") {
        const instance = stopping(action.id, (it) => ({ ...it, drain: { ...it.drain!, terminatedAt: now } }));
        if (instance) signal(instance, "SIGTERM");
      } else if (action.kind === "kill") {
        const instance = instances.get(action.id);
        if (instance) signal(instance, "SIGKILL");
      } else {
        instances.delete(action.id);
        nextProbeAt.delete(action.id);
        removeRecord(home, service, action.id);
        options.onChange();
      }
    },

    /** Someone asked again: what was unusable may have been repaired. */
    retryFailed(): void {
      for (const instance of instances.values())
        if (instance.state === "failed")
          instances.set(instance.id, { ...instance, state: "backoff", streak: 0, nextStartAt: 0 });
    },

    targets: (): Target[] =>
      [...instances.values()]
        .filter((instance) => instance.pid !== null && instance.port !== null)
        .map(({ id, version, port, state }) => ({ id, version, port: port!, serves: state === "healthy" })),

    observe: (): ObservedInstance[] =>
      [...instances.values()].map((instance) => ({
        id: instance.id,
        version: instance.version,
        pid: instance.pid,
        port: instance.port,
        state: instance.state,
        startedAt: instance.startedAt === null ? null : iso(instance.startedAt),
        healthySince: instance.healthySince === null ? null : iso(instance.healthySince),
        restarts: instance.restarts,
        rssBytes: instance.rssBytes,
        lastExit: instance.lastExit,
        refusal: instance.refusal,
      })),

    gauges: (): GaugeRow[] =>
      [...instances.values()]
        .filter((instance) => instance.rssBytes !== null)
        .map(({ id, version, rssBytes, restarts }) => ({
          service,
          release: version,
          instance: id,
          rssBytes: rssBytes!,
          restarts,
        })),

    saved: () => [...instances.values()].map(savedOf),

    /** From now on the processes are the next agent's. */
    release(): void {
      isReleased = true;
    },
  };
}

function blank(id: string, version: string, slot: number): Instance {
  return {
    id,
    version,
    slot,
    fingerprint: "",
    pid: null,
    identity: null,
    port: null,
    state: "starting",
    startedAt: null,
    healthySince: null,
    passes: 0,
    failures: 0,
    restarts: 0,
    streak: 0,
    // A slot that is being started waits for its start, not for the plan.
    nextStartAt: Number.POSITIVE_INFINITY,
    rssBytes: null,
    lastExit: null,
    drain: null,
    refusal: null,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
