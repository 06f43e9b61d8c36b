import { assign, type Segment, sharesOf } from "./edge/assign.ts";
import type { Counts } from "./edge/counts.ts";
import { type Listener, openListener } from "./edge/listener.ts";
import { createRouter } from "./edge/router.ts";
import { conflict, type Refusal, refusalOf } from "./errors.ts";
import { createInstances } from "./instances.ts";
import type { KeptSockets } from "./keeper.ts";
import type { Log } from "./log.ts";
import type { DesiredService, ObservedService } from "./model.ts";
import type { Clock } from "./platform/clock.ts";
import { plan } from "./reconcile.ts";
import type { SavedInstance, SavedService } from "./state.ts";
import type { GaugeRow } from "./telemetry.ts";

export type ServiceDeps = {
  home: string;
  clock: Clock;
  log: Log;
  counts: Counts;
  kept: KeptSockets;
  /** Writes the agent's state file. */
  save(): Promise<void>;
};

export type Service = {
  readonly name: string;
  /** Accepts a desired state as a whole or refuses it as a whole (`conflict`: fence, port taken). */
  apply(desired: DesiredService): Promise<void>;
  /** Starts the drain of everything; `isGone` tells when it is over. */
  remove(): void;
  isGone(): boolean;
  /** Goes on with the saved desired state: opens the listener and keeps the instances as desired. */
  resume(): Promise<void>;
  observe(): ObservedService;
  problem(): Refusal | null;
  gauges(): GaugeRow[];
  saved(): SavedService;
  /** Leaves the instances running for the next agent. */
  handOver(graceMs: number): Promise<void>;
};

const TICK_MS = 100;
const LISTENER_RETRY_MS = 1000;

/** One service: what is desired, its instances and its listener. `found` are processes of an earlier agent. */
export function createService(
  name: string,
  deps: ServiceDeps,
  saved: SavedService | null,
  found: readonly SavedInstance[],
): Service {
  const { clock, log } = deps;
  const router = createRouter(name, clock);
  let desired: DesiredService | null = saved?.desired ?? null;
  let segments: Segment[] = saved?.segments ?? [];
  let listenerPort =
    saved?.listenerPort ?? found.find((record) => record.listenerPort !== null)?.listenerPort ?? null;
  let listener: Listener | null = null;
  let listenerProblem: Refusal | null = null;
  let listenerRetryAt = 0;
  /** Until someone asks for it, nothing is started or stopped: an agent that lost its state must not guess. */
  let isActive = false;
  let isRemoved = false;
  let drainMs = desired?.drainMs ?? 10_000;
  let changing: Promise<unknown> = Promise.resolve();

  const instances = createInstances({
    service: name,
    home: deps.home,
    clock,
    log,
    desired: () => desired,
    listenerPort: () => listenerPort,
    onChange() {
      route();
      void deps.save().catch((error) => log.error("state not saved", { reason: refusalOf(error).reason }));
    },
    onHealthy: (id) => router.restore(id),
  });
  instances.adopt(found);
  route();

  function route(): void {
    router.update(segments, instances.targets());
  }

  function tick(): void {
    instances.look();
    if (!isActive && !isRemoved) return;
    const observed = {
      instances: instances.list(),
      inFlight: (id: string) => router.inFlight(id),
      fingerprint: (version: string) => instances.fingerprint(version),
      drainMs,
    };
    for (const action of plan(isRemoved ? null : desired, observed, clock.now())) instances.perform(action);
    if (listenerProblem && clock.now() >= listenerRetryAt && desired?.listener) {
      listenerRetryAt = clock.now() + LISTENER_RETRY_MS;
      void serialized(() => ensureListener(desired)).catch(() => {});
    }
  }
  const timer = setInterval(tick, TICK_MS);

  function serialized<T>(work: () => Promise<T>): Promise<T> {
    const result = changing.then(work);
    changing = result.catch(() => {});
    return result;
  }

  /** Opens, keeps or replaces the listener; the old one goes on until the new one is open. */
  async function ensureListener(wanted: DesiredService | null): Promise<void> {
    const target = isRemoved ? null : (wanted?.listener ?? null);
    const old = listener;
    if (target === null) {
      listener = null;
      void old?.close(drainMs);
      return;
    }
    const port = target.port === 0 ? (listenerPort ?? 0) : target.port;
    if (old && old.host === target.host && old.port === port) return old.setSticky(target.sticky);
    const { host, sticky } = target;
    const options = { router, counts: deps.counts, kept: deps.kept, clock, host, sticky };
    try {
      listener = await openListener({ ...options, port }).catch((error) => {
        // Somebody else has the port that was picked once; nobody asked for that very one.
        if (target.port !== 0 || port === 0 || refusalOf(error).code !== "port_taken") throw error;
        log.warn("picked port taken, another one is used", { toService: name, port });
        return openListener({ ...options, port: 0 });
      });
    } catch (error) {
      const { code, reason, remedy } = refusalOf(error);
      listenerProblem = { code, reason, remedy };
      throw error;
    }
    listenerProblem = null;
    listenerPort = listener.port;
    void old?.close(drainMs);
    log.info("listener opened", { toService: name, host: listener.host, port: listener.port });
  }

  return {
    name,
    apply: (next) =>
      serialized(async () => {
        if (isRemoved)
          throw conflict("service_stopping", `${name} is being removed.`, "Try again when it is gone.");
        if (desired && next.fence < desired.fence)
          throw conflict(
            "fence_stale",
            `Fence ${next.fence} is older than ${desired.fence}, which ${name} has accepted.`,
            "Another run has taken over; read the service's state before you decide again.",
          );
        await ensureListener(next).catch((error) => {
          if (!isActive || listener) listenerProblem = null;
          throw error;
        });
        desired = next;
        drainMs = next.drainMs;
        isActive = true;
        segments = assign(segments, next.weights);
        instances.retryFailed();
        route();
        tick();
        await deps.save();
      }),
    remove() {
      isRemoved = true;
      segments = [];
      route();
      tick();
      void serialized(() => ensureListener(null));
    },
    isGone: () => isRemoved && instances.list().length === 0,
    resume: () =>
      serialized(async () => {
        isActive = true;
        tick();
        await ensureListener(desired).catch((error) => {
          log.error("listener not opened", { toService: name, reason: refusalOf(error).reason });
        });
      }),
    observe() {
      const shares = sharesOf(segments);
      const weights: Record<string, number> = {};
      for (const version of Object.keys(desired?.releases ?? {})) weights[version] = 0;
      return {
        service: name,
        desired,
        listener: listener ? { host: listener.host, port: listener.port } : null,
        weights: { ...weights, ...shares },
        instances: instances.observe(),
      };
    },
    problem: () => listenerProblem,
    gauges: () => instances.gauges(),
    saved: () => ({ desired, listenerPort, segments, instances: instances.saved() }),
    async handOver(graceMs) {
      clearInterval(timer);
      instances.release();
      await listener?.close(graceMs);
      router.close();
    },
  };
}
