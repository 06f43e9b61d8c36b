import cron from "node-cron";
import { pool } from "./db";
import { logger } from "./logger";

// 一時データの掃除
cron.schedule("0 4 * * *", async () => {
  await pool.query("DELETE FROM carts");
  logger.info("carts cleaned");
});
