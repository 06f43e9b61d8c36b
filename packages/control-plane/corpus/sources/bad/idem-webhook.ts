import express from "express";
import Stripe from "stripe";
import { creditAccount } from "./accounts";
import { logger } from "./logger";

const stripe = new Stripe(process.env.STRIPE_SECRET!, { timeout: 5000 });
export const webhooks = express.Router();

webhooks.post("/stripe", express.raw({ type: "application/json" }), async (req, res) => {
  const event = stripe.webhooks.constructEvent(req.body, req.header("stripe-signature")!, process.env.WH_SECRET!);
  if (event.type === "invoice.paid") {
    const invoice = event.data.object as Stripe.Invoice;
    await creditAccount(invoice.customer as string, invoice.amount_paid);
    logger.info({ invoiceId: invoice.id }, "invoice paid");
  }
  res.json({ received: true });
});
