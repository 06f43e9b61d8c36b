import { randomBytes, randomInt } from "node:crypto";

export const resetToken = () => randomBytes(32).toString("base64url");
export const otp = () => String(randomInt(0, 1_000_000)).padStart(6, "0");
export const tokenRefreshDelayMs = () => 1000 + Math.random() * 250;
export const sample = <T>(items: T[]) => items[Math.floor(Math.random() * items.length)];
