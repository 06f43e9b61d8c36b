import { Router } from "express";
import { prisma } from "./prisma";
import { requireAuth } from "./auth";
import { logger } from "./logger";

export const router = Router();
router.use(requireAuth);

router.post("/orders", async (req, res, next) => {
  try {
    const existingUser = await prisma.user.findUnique({ where: { id: req.body.userId } });
    if (!existingUser) {
      return res.status(404).json({ error: "user not found" });
    }
    const order = await prisma.order.create({ data: { userId: existingUser.id, sku: req.body.sku } });
    logger.info({ orderId: order.id }, "order created");
    res.status(201).json(order);
  } catch (e) {
    next(e);
  }
});
