import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** One signed-in browser. `data` is JSON of the application. */
export type SessionRecord = {
  /** SHA-256 of the id, hex: whoever reads the store cannot sign in with it. */
  idHash: string;
  tenant: string;
  userId: string;
  data: unknown;
  createdAt: Date;
  lastSeenAt: Date;
};

export type SessionLimits = { idleTimeoutMs: number; absoluteTimeoutMs: number };

/** A session must be newer than both to be alive: exactly at its limit it has ended. */
export type Cutoffs = { lastSeenAfter: Date; createdAfter: Date };

export function cutoffs(now: Date, limits: SessionLimits): Cutoffs {
  return {
    lastSeenAfter: new Date(now.getTime() - limits.idleTimeoutMs),
    createdAfter: new Date(now.getTime() - limits.absoluteTimeoutMs),
  };
}

export function hashOfSessionId(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** Derived from the id that only the browser has: bound to the session, and nothing of it is stored. */
export function csrfTokenOf(id: string): string {
  return createHmac("sha256", id).update("csrf").digest("base64url");
}

/** In constant time; a length that differs says nothing secret. */
export function isSameToken(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
