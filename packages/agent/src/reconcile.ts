import type { Refusal } from "./errors.ts";
import type { DesiredService, Exit, InstanceState } from "./model.ts";

/** One slot of a release and the process in it, if any. Times in ms since the epoch. */
export type Instance = {
  /** `<service>-<version>-<slot>`; it stays when the process is replaced. */
  id: string;
  version: string;
  slot: number;
  /** Of directory and environment: a running process with another one is replaced. */
  fingerprint: string;
  pid: number | null;
  identity: string | null;
  port: number | null;
  state: InstanceState;
  startedAt: number | null;
  healthySince: number | null;
  /** Health checks passed and failed in a row. */
  passes: number;
  failures: number;
  restarts: number;
  /** Crashes in a row, for the back-off. */
  streak: number;
  nextStartAt: number | null;
  rssBytes: number | null;
  lastExit: Exit | null;
  drain: Drain | null;
  refusal: Refusal | null;
};

export type Drain = { because: "removed" | "changed" | "memory"; since: number; terminatedAt: number | null };

export type Action =
  /** Runs the release in a slot that has no process. */
  | { kind: "start"; version: string; slot: number }
  /** Takes the instance out of rotation; its requests in flight go on. */
  | { kind: "drain"; id: string; because: Drain["because"] }
  /** Puts a draining instance that was not signalled yet back into rotation. */
  | { kind: "undrain"; id: string }
  | { kind: "terminate"; id: string }
  | { kind: "kill"; id: string }
  | { kind: "forget"; id: string };

export type Observed = {
  instances: readonly Instance[];
  /** Short requests in flight to an instance (streams and WebSockets do not hold up its stop). */
  inFlight(id: string): number;
  fingerprint(version: string): string;
  drainMs: number;
};

/** What to do now to come from `observed` to `desired` (null: nothing may remain). */
export function plan(desired: DesiredService | null, observed: Observed, now: number): Action[] {
  const actions: Action[] = [];
  const wanted = (instance: Instance) =>
    instance.slot < (desired?.releases[instance.version]?.instances ?? 0);

  for (const instance of observed.instances) {
    if (instance.pid === null) {
      if (!wanted(instance)) actions.push({ kind: "forget", id: instance.id });
      else if (instance.state !== "failed" && now >= (instance.nextStartAt ?? 0))
        actions.push({ kind: "start", version: instance.version, slot: instance.slot });
    } else if (instance.drain) {
      const action = stopFurther(instance, instance.drain, wanted(instance), observed, now);
      if (action) actions.push(action);
    } else if (!wanted(instance)) {
      actions.push({ kind: "drain", id: instance.id, because: "removed" });
    }
  }
  if (!desired) return actions;

  for (const [version, release] of Object.entries(desired.releases)) {
    const members = observed.instances.filter((instance) => instance.version === version);
    for (let slot = 0; slot < release.instances; slot++)
      if (!members.some((instance) => instance.slot === slot)) actions.push({ kind: "start", version, slot });
    const replacement = replaceOne(desired, members.filter(wanted), observed.fingerprint(version));
    if (replacement) actions.push(replacement);
  }
  return actions;
}

function stopFurther(
  instance: Instance,
  drain: Drain,
  isWanted: boolean,
  observed: Observed,
  now: number,
): Action | null {
  if (drain.terminatedAt === null) {
    if (isWanted && drain.because === "removed") return { kind: "undrain", id: instance.id };
    const isIdle = observed.inFlight(instance.id) === 0;
    return isIdle || now - drain.since >= observed.drainMs ? { kind: "terminate", id: instance.id } : null;
  }
  return now - drain.terminatedAt >= observed.drainMs ? { kind: "kill", id: instance.id } : null;
}

/** At most one instance of a version is replaced at a time, and never the last one that serves while another is down. */
function replaceOne(desired: DesiredService, members: Instance[], fingerprint: string): Action | null {
  if (members.some((instance) => instance.drain)) return null;
  const limit = desired.memoryLimitBytes ?? Number.POSITIVE_INFINITY;
  for (const instance of members) {
    if (instance.pid === null) continue;
    const others = members.filter((other) => other !== instance);
    const isSafe = instance.state !== "healthy" || others.every((other) => other.state === "healthy");
    if (instance.fingerprint !== fingerprint && isSafe)
      return { kind: "drain", id: instance.id, because: "changed" };
    // Far over the limit it endangers the machine, so it no longer waits for its neighbours.
    const rss = instance.rssBytes ?? 0;
    if (rss > limit && (isSafe || rss > limit * 1.5))
      return { kind: "drain", id: instance.id, because: "memory" };
  }
  return null;
}
