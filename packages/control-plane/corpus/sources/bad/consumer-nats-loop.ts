import { connect, JSONCodec } from "nats";
import { env } from "./env.js";
import { pool } from "./db.js";
import { logger } from "./logger.js";

const nc = await connect({ servers: env.NATS_URL, timeout: 5000 });
const codec = JSONCodec<{ sku: string; qty: number }>();
const sub = nc.subscribe("stock.moved", { queue: "stock" });
for await (const m of sub) {
  const move = codec.decode(m.data);
  await pool.query("UPDATE stock SET qty = qty + $1 WHERE sku = $2", [move.qty, move.sku]);
  logger.info({ sku: move.sku }, "stock moved");
}
