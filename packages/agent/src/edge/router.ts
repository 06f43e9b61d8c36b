import { Pool } from "undici";
import type { Clock } from "../platform/clock.ts";
import { type Segment, versionAt } from "./assign.ts";

/** One process that may answer requests. */
export type Backend = {
  id: string;
  version: string;
  port: number;
  pool: Pool;
  /** Only healthy instances that are not draining serve; the others finish what they have. */
  serves: boolean;
  /** Requests in flight, without those in `streams`. */
  inFlight: number;
  /** Server-sent events and WebSockets. */
  streams: number;
  /** No traffic until then, after connection errors. */
  ejectedUntil: number;
  strikes: number;
};

export type Router = {
  readonly service: string;
  /** Replaces weights and instances at once: each request sees the old table or the new. */
  update(segments: readonly Segment[], instances: readonly Target[]): void;
  /** A backend for a user's position, not among `tried`; null when none serves. */
  pick(position: number, tried: readonly Backend[] | null): Backend | null;
  /** The version that a position belongs to, whether or not it serves; "none" without weights. */
  versionFor(position: number): string;
  /** No connection: out of rotation for a moment, longer each time. */
  eject(backend: Backend): void;
  /** A passed health check ends an ejection. */
  restore(id: string): void;
  inFlight(id: string): number;
  /**
   * Calls `attempt` whenever the table changes until it returns true; gives up (calls `expired`) when nothing has served for
   * HOLD_MS. Returns false, calling neither, when waiting is pointless or too many wait. Call `cancel` to stop.
   */
  hold(waiter: Waiter): boolean;
  cancel(waiter: Waiter): void;
  close(): void;
};

export type Target = { id: string; version: string; port: number; serves: boolean };
export type Waiter = { attempt(): boolean; expired(): void };

/** A fresh outage (a crash with one instance, a restart of the agent) is bridged this long, then refused at once. */
const HOLD_MS = 10_000;
const WAITERS_MAX = 1000;
const EJECT_FIRST_MS = 250;
const EJECT_LONGEST_MS = 5000;

export function createRouter(service: string, clock: Clock): Router {
  let segments: readonly Segment[] = [];
  let versions: string[] = [];
  const backends = new Map<string, Backend>();
  let byVersion = new Map<string, Backend[]>();
  const waiters = new Set<Waiter>();
  let servedAt = clock.now();
  let rotation = 0;

  function least(version: string, tried: readonly Backend[] | null): Backend | null {
    const members = byVersion.get(version);
    if (!members) return null;
    let best: Backend | null = null;
    rotation++;
    for (let i = 0; i < members.length; i++) {
      const backend = members[(i + rotation) % members.length]!;
      if (backend.ejectedUntil > 0 && backend.ejectedUntil > clock.now()) continue;
      if (tried?.includes(backend)) continue;
      if (best === null || backend.inFlight < best.inFlight) best = backend;
    }
    return best;
  }

  function wake(): void {
    for (const waiter of waiters) if (waiter.attempt()) waiters.delete(waiter);
  }

  // An ejection may end, and an outage get old, without any change of the table.
  const timer = setInterval(() => {
    if (waiters.size === 0) return;
    wake();
    if (clock.now() - servedAt < HOLD_MS) return;
    for (const waiter of [...waiters]) {
      waiters.delete(waiter);
      waiter.expired();
    }
  }, 50);
  timer.unref();

  return {
    service,
    update(newSegments, targets) {
      const present = new Set<string>();
      const table = new Map<string, Backend[]>();
      for (const target of targets) {
        const key = `${target.id}:${target.port}`;
        present.add(key);
        let backend = backends.get(key);
        if (!backend) {
          backend = openBackend(target);
          backends.set(key, backend);
        }
        backend.serves = target.serves;
        if (!target.serves) continue;
        const members = table.get(target.version);
        if (members) members.push(backend);
        else table.set(target.version, [backend]);
      }
      for (const [key, backend] of backends) {
        if (present.has(key)) continue;
        backends.delete(key);
        backend.serves = false;
        // Its process has ended: what is still in flight fails as a lost connection.
        backend.pool.destroy().catch(() => {});
      }
      segments = newSegments;
      versions = [...new Set(newSegments.map((segment) => segment.version))];
      byVersion = table;
      wake();
    },
    pick(position, tried) {
      const version = versionAt(segments, position);
      if (version === null) return null;
      let backend = least(version, tried);
      // A user's own version comes first, but an answer of the other beats none.
      for (let i = 0; backend === null && i < versions.length; i++) backend = least(versions[i]!, tried);
      if (backend !== null) servedAt = clock.now();
      return backend;
    },
    versionFor: (position) => versionAt(segments, position) ?? "none",
    eject(backend) {
      backend.strikes = Math.min(backend.strikes + 1, 10);
      backend.ejectedUntil =
        clock.now() + Math.min(EJECT_LONGEST_MS, EJECT_FIRST_MS * 2 ** (backend.strikes - 1));
    },
    restore(id) {
      for (const backend of backends.values())
        if (backend.id === id) {
          backend.strikes = 0;
          backend.ejectedUntil = 0;
        }
    },
    inFlight(id) {
      let count = 0;
      for (const backend of backends.values()) if (backend.id === id) count += backend.inFlight;
      return count;
    },
    hold(waiter) {
      if (segments.length === 0 || waiters.size >= WAITERS_MAX) return false;
      if (clock.now() - servedAt >= HOLD_MS) return false;
      waiters.add(waiter);
      return true;
    },
    cancel(waiter) {
      waiters.delete(waiter);
    },
    close() {
      clearInterval(timer);
      for (const waiter of waiters) waiter.expired();
      waiters.clear();
      for (const backend of backends.values()) backend.pool.destroy().catch(() => {});
      backends.clear();
      byVersion = new Map();
      segments = [];
    },
  };
}

function openBackend(target: Target): Backend {
  return {
    id: target.id,
    version: target.version,
    port: target.port,
    serves: target.serves,
    inFlight: 0,
    streams: 0,
    ejectedUntil: 0,
    strikes: 0,
    pool: new Pool(`http://127.0.0.1:${target.port}`, {
      connections: 256,
      // One request at a time on a connection: a lost connection costs one request and no order is imposed.
      pipelining: 1,
      connect: { timeout: 2000 },
      // Below the 5 s after which Node's servers close idle connections, so that none is used as it closes.
      keepAliveTimeout: 4000,
      headersTimeout: 60_000,
      bodyTimeout: 0,
      maxHeaderSize: 32 * 1024,
    }),
  };
}
