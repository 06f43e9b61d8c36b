import { stripe } from "./stripe.js";
import { dueSubscriptions } from "./subscriptions.js";

async function bill() {
  for (const subscription of await dueSubscriptions()) {
    await stripe.charges.create({ amount: subscription.amount, currency: "jpy", customer: subscription.customer });
  }
}

export function startBilling() {
  setInterval(bill, 60 * 60 * 1000);
}
