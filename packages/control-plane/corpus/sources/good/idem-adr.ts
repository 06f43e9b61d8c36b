import express from "express";
import { mailer } from "./mailer.js";

export const router = express.Router();
// Not idempotent on purpose; clients must not retry. Reason and strategy: docs/adr/0012-support-mail.md
router.post("/support", async (req, res) => {
  await mailer.send({ to: "support", text: req.body.text });
  res.sendStatus(202);
});
