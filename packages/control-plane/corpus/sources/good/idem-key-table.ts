import express from "express";
import { inTransaction } from "./db.js";
import { requireUser } from "./auth.js";

const router = express.Router();
router.post("/orders", requireUser, async (req, res) => {
  const key = req.header("Idempotency-Key");
  if (!key) return void res.status(400).json({ error: "idempotency_key_required" });
  const order = await inTransaction(async (tx) => {
    const known = await tx.query("SELECT response FROM request_keys WHERE key = $1", [key]);
    if (known.rows[0]) return known.rows[0].response;
    const { rows } = await tx.query("INSERT INTO orders (total) VALUES ($1) RETURNING id", [req.body.total]);
    await tx.query("INSERT INTO request_keys (key, response) VALUES ($1, $2)", [key, rows[0]]);
    return rows[0];
  });
  res.status(201).json(order);
});
export default router;
