import { randomFillSync } from "node:crypto";

/** Time and chance come in from outside, so that tests own both. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
};

export const systemClock: Clock = { now: () => Date.now(), random: () => Math.random() };

const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** Random lower-case hex of `bytes` bytes (at most 64). One system call serves many requests. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString("hex", used, used + bytes);
  used += bytes;
  return hex;
}
