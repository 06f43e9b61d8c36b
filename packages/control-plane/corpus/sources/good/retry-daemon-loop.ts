import { setTimeout as sleep } from "node:timers/promises";
import { handleNext } from "./queue.js";
import { logger } from "./logger.js";

export async function work(signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      const found = await handleNext();
      if (!found) await sleep(500, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      logger.error({ err: error }, "work failed");
      await sleep(5_000);
    }
  }
}
