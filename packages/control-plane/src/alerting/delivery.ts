/** What becomes of a page after one attempt. Pure; the task performs it. */
export type Attempt =
  | { kind: "delivered" }
  | { kind: "not-configured"; channel: string }
  | { kind: "refused"; status: number }
  | { kind: "unreachable"; cause: string };

export type Delivery =
  | { state: "delivered" }
  | { state: "queued"; inMs: number; error: string }
  | { state: "not-delivered"; error: string };

/** A page older than this is given up, and says so. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** `attempts` counts this one; `ageMs` is the time since the page was written. */
export function afterAttempt(attempt: Attempt, attempts: number, ageMs: number): Delivery {
  if (attempt.kind === "delivered") return { state: "delivered" };
  if (attempt.kind === "not-configured") {
    return { state: "not-delivered", error: `not delivered: channel ${attempt.channel} is not configured` };
  }
  const error =
    attempt.kind === "refused"
      ? `the channel answered ${attempt.status}`
      : `the channel is unreachable (${attempt.cause})`;
  if (ageMs >= GIVE_UP_AFTER_MS) return { state: "not-delivered", error: `gave up: ${error}` };
  return { state: "queued", inMs: Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)), error };
}
