import { backoffMs, RECOVERED_AFTER_MS } from "./backoff.ts";
import type { Exit } from "./model.ts";
import type { Instance } from "./reconcile.ts";

/** Health checks in a row that make an instance healthy, and unhealthy again. */
export const PASSES_NEEDED = 2;
export const FAILURES_NEEDED = 3;

/** After one health check. A draining instance stays draining whatever it answers. */
export function afterProbe(instance: Instance, passed: boolean, now: number): Instance {
  const passes = passed ? instance.passes + 1 : 0;
  const failures = passed ? 0 : instance.failures + 1;
  const next = { ...instance, passes, failures };
  if (instance.drain || instance.pid === null) return next;
  if (instance.state !== "healthy" && passes >= PASSES_NEEDED)
    return { ...next, state: "healthy", healthySince: now };
  if (instance.state === "healthy") {
    if (failures >= FAILURES_NEEDED) return { ...next, state: "unhealthy", healthySince: null };
    // One failed check interrupts what "healthy for 60 s" may count, though traffic goes on.
    if (!passed) return { ...next, healthySince: null };
    if (instance.healthySince === null) return { ...next, healthySince: now };
  }
  return next;
}

/** After its process ended. An exit that we asked for is no crash and waits for nothing. */
export function afterExit(instance: Instance, exit: Exit, now: number, random: number): Instance {
  const gone: Instance = {
    ...instance,
    pid: null,
    identity: null,
    port: null,
    rssBytes: null,
    passes: 0,
    failures: 0,
    healthySince: null,
    state: "backoff",
    lastExit: exit,
    drain: null,
  };
  if (instance.drain) return { ...gone, streak: 0, nextStartAt: now };
  const hasRecovered = instance.healthySince !== null && now - instance.healthySince >= RECOVERED_AFTER_MS;
  const streak = hasRecovered ? 1 : instance.streak + 1;
  return { ...gone, streak, nextStartAt: now + backoffMs(streak, random) };
}
