import mqtt from "mqtt";
import { env } from "./env.js";
import { pool } from "./db.js";
import { logger } from "./logger.js";

const client = mqtt.connect(env.MQTT_URL, { connectTimeout: 5000 });
client.subscribe("meters/+/reading", { qos: 1 });

client.on("message", async (topic, payload) => {
  const { meterId, kwh } = JSON.parse(payload.toString());
  await pool.query("UPDATE meters SET total_kwh = total_kwh + $1 WHERE id = $2", [kwh, meterId]);
  logger.info({ meterId, topic }, "reading added");
});
