import { randomBytes } from "node:crypto";

/** Time and randomness of the three services come from here; tests bring their own clock. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** UUID version 7 (RFC 9562): ids sort by creation. */
export function newId(clock: Clock = systemClock): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(clock.now().getTime(), 0, 6);
  bytes.set(randomBytes(10), 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
