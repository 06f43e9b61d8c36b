import { randomUUID } from "node:crypto";

/** Where time comes from; tests give their own. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A new correlation id. */
export const systemId = (): string => randomUUID();
