import express from "express";
import { db } from "./db.js";
import { logger } from "./logger.js";

const app = express();
app.post("/transfers", async (req, res) => {
  const key = req.header("Idempotency-Key");
  if (!key) {
    res.status(400).json({ error: "idempotency_key_required" });
    return;
  }
  logger.info({ key }, "transfer requested");
  await db.query("INSERT INTO transfers (source, target, amount) VALUES ($1, $2, $3)", [
    req.body.source,
    req.body.target,
    req.body.amount,
  ]);
  res.status(201).end();
});
export { app };
