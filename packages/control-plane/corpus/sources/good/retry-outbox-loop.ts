import { setTimeout as sleep } from "node:timers/promises";
import { claimNext, complete, fail } from "./outbox.js";
import { deliver } from "./deliver.js";
import { logger } from "./logger.js";

/** アウトボックスの配信ループ。SIGTERM で止まり、失敗は件ごとに回数を数えて諦める。 */
export async function run(signal: AbortSignal) {
  while (!signal.aborted) {
    const item = await claimNext();
    if (!item) {
      await sleep(500, undefined, { signal }).catch(() => undefined);
      continue;
    }
    try {
      await deliver(item, AbortSignal.timeout(5000));
      await complete(item.id);
    } catch (err) {
      logger.error({ err, itemId: item.id, attempts: item.attempts }, "delivery failed");
      await fail(item.id);
    }
  }
}
