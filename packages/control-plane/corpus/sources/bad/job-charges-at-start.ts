import { subscriptions } from "./subscriptions";
import { stripe } from "./stripe";
import { logger } from "./logger";

export async function runMonthlyBilling() {
  for (const s of await subscriptions.active()) {
    await stripe.charges.create({ customer: s.customerId, amount: s.amount, currency: "jpy" });
    logger.info({ subscriptionId: s.id }, "charged");
  }
}

runMonthlyBilling().catch((e) => {
  logger.error({ err: e }, "billing failed");
  process.exitCode = 1;
});
