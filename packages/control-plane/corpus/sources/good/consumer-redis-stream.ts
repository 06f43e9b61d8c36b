import { createClient } from "redis";
import { env } from "./env.js";
import { db } from "./db.js";
import { logger } from "./logger.js";

const redis = createClient({ url: env.REDIS_URL });
await redis.connect();

export async function consume(signal: AbortSignal) {
  while (!signal.aborted) {
    const batches = await redis.xReadGroup("billing", "c1", { key: "usage", id: ">" }, { COUNT: 10, BLOCK: 5000 });
    for (const { id, message } of batches?.[0]?.messages ?? []) {
      await db.query(
        "INSERT INTO usage_records (message_id, tenant_id, units) VALUES ($1, $2, $3) ON CONFLICT (message_id) DO NOTHING",
        [id, message.tenant, message.units],
      );
      await redis.xAck("usage", "billing", id);
      logger.info({ id }, "usage recorded");
    }
  }
}
