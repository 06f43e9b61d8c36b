// What the page may claim about the state it shows. Pure: time comes in.
import type { Overview, Refusal } from "../api/types.ts";

/** Without news for this long the picture is no longer current. The server sends about one a second. */
export const STALE_AFTER_MS = 5_000;
/** Without news for this long the stream is taken for dead and opened again. */
export const REOPEN_AFTER_MS = 12_000;

export type Failure = { status: number; refusal: Refusal | null };

export type Connection = {
  /** `refused`: the server does not know us; only the one-time URL helps. */
  phase: "connecting" | "open" | "lost" | "refused";
  overview: Overview | null;
  /** Monotonic time at which the newest overview arrived; a repeated one is not news. */
  receivedMs: number | null;
  failure: Failure | null;
  /** Failed attempts in a row. */
  attempts: number;
};

export type ConnectionEvent =
  | { type: "overview"; overview: Overview; nowMs: number }
  | { type: "failed"; failure: Failure };

export const initialConnection: Connection = {
  phase: "connecting",
  overview: null,
  receivedMs: null,
  failure: null,
  attempts: 0,
};

export function reduceConnection(was: Connection, event: ConnectionEvent): Connection {
  switch (event.type) {
    case "overview": {
      const isNews = event.overview.at !== was.overview?.at;
      const receivedMs = isNews || was.receivedMs === null ? event.nowMs : was.receivedMs;
      return { phase: "open", overview: event.overview, receivedMs, failure: null, attempts: 0 };
    }
    case "failed":
      // Stays so until something arrives: trying again is not yet knowing.
      return {
        ...was,
        phase: event.failure.status === 401 ? "refused" : "lost",
        failure: event.failure,
        attempts: was.attempts + 1,
      };
  }
}

/** 1, 2, 4, then every 5 seconds; a refused page asks rarely, for the case that a cookie arrives in another tab. */
export function retryDelayMs(connection: Connection): number {
  if (connection.phase === "refused") return 10_000;
  return Math.min(5_000, 1_000 * 2 ** Math.max(0, connection.attempts - 1));
}

export type Freshness = {
  state: "connecting" | "live" | "stale" | "lost";
  /** Age of the newest overview, null when there is none. */
  ageMs: number | null;
};

export function freshness(connection: Connection, nowMs: number): Freshness {
  const ageMs = connection.receivedMs === null ? null : Math.max(0, nowMs - connection.receivedMs);
  if (connection.phase === "lost" || connection.phase === "refused") return { state: "lost", ageMs };
  if (ageMs === null) return { state: "connecting", ageMs };
  return { state: ageMs < STALE_AFTER_MS ? "live" : "stale", ageMs };
}

/** The server's time now, in epoch ms: ages must not depend on the clock of the reader's machine. */
export function serverNowMs(connection: Connection, nowMs: number): number | null {
  if (!connection.overview || connection.receivedMs === null) return null;
  return Date.parse(connection.overview.at) + (nowMs - connection.receivedMs);
}
