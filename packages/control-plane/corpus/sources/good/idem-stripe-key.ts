import fastify from "fastify";
import { stripe } from "./stripe.js";

const app = fastify();
app.post<{ Body: { amount: number; orderId: string } }>("/checkout", async (request, reply) => {
  const { amount, orderId } = request.body;
  const intent = await stripe.paymentIntents.create(
    { amount, currency: "jpy", metadata: { orderId } },
    { idempotencyKey: `order-${orderId}` },
  );
  return reply.code(201).send({ id: intent.id });
});
export { app };
