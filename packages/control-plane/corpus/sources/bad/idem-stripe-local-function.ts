import fastify from "fastify";
import Stripe from "stripe";
import { config } from "./config.js";

const stripe = new Stripe(config.stripeKey);
const app = fastify();

async function settle(amount: number, customer: string) {
  const intent = await stripe.paymentIntents.create({ amount, currency: "jpy", customer, confirm: true });
  return intent.id;
}

app.post<{ Body: { amount: number; customer: string } }>("/checkout", async (request, reply) => {
  const id = await settle(request.body.amount, request.body.customer);
  return reply.code(201).send({ id });
});
