import type { Request, Response, NextFunction } from "express";
import { Order } from "../models/order";
import { logger } from "../logger";

export async function createOrder(req: Request, res: Response, next: NextFunction) {
  try {
    const order = await Order.create({ userId: req.body.userId, items: req.body.items });
    logger.info("order created", { orderId: order.id });
    res.status(201).json(order);
  } catch (err) {
    next(err);
  }
}
