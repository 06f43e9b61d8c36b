import express from "express";
import Stripe from "stripe";
import { requireUser } from "./auth";
import { limiter } from "./limiter";
import { logger } from "./logger";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!, { timeout: 10_000, maxNetworkRetries: 2 });
export const router = express.Router();

router.post("/payments", requireUser, limiter, async (req, res, next) => {
  const key = req.header("Idempotency-Key");
  if (!key) return res.status(400).json({ error: "Idempotency-Key is required" });
  try {
    const intent = await stripe.paymentIntents.create(
      { amount: req.body.amount, currency: "jpy", payment_method: req.body.paymentMethod, confirm: true },
      { idempotencyKey: key },
    );
    logger.info({ intentId: intent.id }, "payment charged");
    res.status(201).json({ id: intent.id });
  } catch (err) {
    next(err);
  }
});
