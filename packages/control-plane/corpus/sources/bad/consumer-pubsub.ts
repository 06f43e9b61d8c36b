import { PubSub } from "@google-cloud/pubsub";
import { knex } from "./knex.js";

const subscription = new PubSub().subscription("payments");
subscription.on("message", async (message) => {
  const payment = JSON.parse(message.data.toString());
  await knex("payments").insert({ order_id: payment.orderId, amount: payment.amount });
  message.ack();
});
