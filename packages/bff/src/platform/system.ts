import { randomBytes } from "node:crypto";

export type Clock = { now(): Date };
/** Unpredictable bytes. */
export type Random = (bytes: number) => Uint8Array;

export const systemClock: Clock = { now: () => new Date() };
export const systemRandom: Random = randomBytes;
