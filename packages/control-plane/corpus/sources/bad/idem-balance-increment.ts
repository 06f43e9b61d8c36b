import express from "express";
import { db } from "./db.js";

export const wallet = express.Router();
wallet.patch("/wallets/:id/top-up", async (req, res) => {
  await db.query("UPDATE wallets SET balance = balance + $1 WHERE id = $2", [req.body.amount, req.params.id]);
  res.sendStatus(204);
});
