/**
 * Limits of a session in milliseconds, as the operations definition hands them over; without it, 30 idle
 * minutes and 8 hours in all. Throws on a value that is not a number of milliseconds.
 */
export function sessionLimits(environment: { SESSION_IDLE_MS?: string; SESSION_ABSOLUTE_MS?: string }) {
  return {
    idleTimeoutMs: milliseconds("SESSION_IDLE_MS", environment.SESSION_IDLE_MS, 30 * 60_000),
    absoluteTimeoutMs: milliseconds("SESSION_ABSOLUTE_MS", environment.SESSION_ABSOLUTE_MS, 8 * 3_600_000),
  };
}

function milliseconds(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new Error(`${name} is not a number of milliseconds`);
  return value;
}
