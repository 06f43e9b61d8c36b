import { setTimeout as sleep } from "node:timers/promises";
import { TransientError } from "./errors.js";

export async function withRetry<T>(work: () => Promise<T>, random: () => number): Promise<T> {
  let attempt = 0;
  while (true) {
    try {
      return await work();
    } catch (error) {
      attempt += 1;
      if (!(error instanceof TransientError) || attempt >= 3) throw error;
      await sleep(100 * 2 ** attempt * (0.5 + random()));
    }
  }
}
