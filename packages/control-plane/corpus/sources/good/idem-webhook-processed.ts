import express from "express";
import Stripe from "stripe";
import { db } from "./db";
import { creditAccount } from "./accounts";
import { logger } from "./logger";

const stripe = new Stripe(process.env.STRIPE_SECRET!, { timeout: 5000 });
export const webhooks = express.Router();

webhooks.post("/stripe", express.raw({ type: "application/json" }), async (req, res, next) => {
  try {
    const event = stripe.webhooks.constructEvent(req.body, req.header("stripe-signature")!, process.env.WH_SECRET!);
    await db.transaction(async (tx) => {
      const fresh = await tx("processed_events").insert({ event_id: event.id }).onConflict("event_id").ignore();
      if (!fresh.length) return;
      if (event.type === "invoice.paid") {
        const invoice = event.data.object as Stripe.Invoice;
        await creditAccount(tx, invoice.customer as string, invoice.amount_paid);
        logger.info({ invoiceId: invoice.id }, "invoice paid");
      }
    });
    res.json({ received: true });
  } catch (err) {
    next(err);
  }
});
