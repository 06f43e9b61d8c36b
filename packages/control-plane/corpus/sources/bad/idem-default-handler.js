// pages/api/donate.js の処理本体
import Stripe from "stripe";
const stripe = new Stripe(process.env.STRIPE_KEY, { timeout: 5000 });

export default async function handler(req, res) {
  if (req.method !== "POST") return res.status(405).end();
  const charge = await stripe.charges.create({ amount: req.body.amount, currency: "jpy", source: req.body.token });
  res.status(200).json({ id: charge.id });
}
