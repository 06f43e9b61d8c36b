import { pool } from "./db.js";
import { logger } from "./logger.js";

/** 対象日の集計を作り直す。日付で絞り、1 トランザクションで行う。 */
export async function rebuildDaily(day: string) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext('daily'))");
    await client.query("DELETE FROM daily_sales WHERE day = $1", [day]);
    await client.query("INSERT INTO daily_sales (day, shop, total) SELECT day, shop, sum(total) FROM sales WHERE day = $1 GROUP BY day, shop", [day]);
    await client.query("COMMIT");
    logger.info({ day }, "daily sales rebuilt");
  } catch (e) {
    await client.query("ROLLBACK");
    throw e;
  } finally {
    client.release();
  }
}
