import { Router } from "express";
import { prisma } from "./prisma.js";

export const router = Router();
router.post("/orders", async (req, res) => {
  const existing = await prisma.order.findUnique({ where: { clientReference: req.body.clientReference } });
  if (existing) return void res.status(200).json(existing);
  const order = await prisma.order.create({ data: { clientReference: req.body.clientReference, total: req.body.total } });
  res.status(201).json(order);
});
