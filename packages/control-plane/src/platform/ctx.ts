import { randomBytes } from "node:crypto";
import type { Logger } from "pino";

export type Actor = { kind: "person" | "token" | "task"; id: string };

/** Time and randomness enter the program here and nowhere else; tests own both. */
export type Clock = {
  now(): Date;
  /** Microseconds since the epoch, for audit timestamps. */
  nowMicros(): bigint;
};

export type Ctx = {
  /** Every statement runs as exactly one tenant. */
  tenant: string;
  actor: Actor;
  log: Logger;
  clock: Clock;
  newId(): string;
  correlationId: string;
  sourceIp?: string;
};

export const systemClock: Clock = {
  now: () => new Date(),
  nowMicros: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)),
};

const POOL_BYTES = 4_096;
let pool: Uint8Array = Buffer.alloc(0);
/** From the same source as `randomBytes`, which costs as much for ten bytes as for thousands. No byte is given twice. */
function pooledBytes(count: number): Uint8Array {
  if (pool.length < count) pool = randomBytes(POOL_BYTES);
  const taken = pool.subarray(0, count);
  pool = pool.subarray(count);
  return taken;
}

/** UUID version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so ids sort by creation. */
export function uuidv7(clock: Clock, random: (bytes: number) => Uint8Array = pooledBytes): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(clock.now().getTime(), 0, 6);
  bytes.set(random(10), 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function createCtx(input: {
  tenant: string;
  actor: Actor;
  log: Logger;
  clock?: Clock;
  newId?: () => string;
  correlationId?: string;
  sourceIp?: string;
}): Ctx {
  const clock = input.clock ?? systemClock;
  const newId = input.newId ?? (() => uuidv7(clock));
  return {
    tenant: input.tenant,
    actor: input.actor,
    log: input.log,
    clock,
    newId,
    correlationId: input.correlationId ?? newId(),
    ...(input.sourceIp === undefined ? {} : { sourceIp: input.sourceIp }),
  };
}
