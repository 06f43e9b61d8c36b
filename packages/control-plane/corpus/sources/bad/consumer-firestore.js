const { PubSub } = require("@google-cloud/pubsub");
const { Firestore, FieldValue } = require("@google-cloud/firestore");
const logger = require("./logger");

const firestore = new Firestore();
const subscription = new PubSub().subscription("orders-sub");

subscription.on("message", async (message) => {
  const order = JSON.parse(message.data.toString());
  await firestore.collection("sales").add({ orderId: order.id, total: order.total });
  await firestore.doc(`stats/${order.shop}`).update({ total: FieldValue.increment(order.total) });
  logger.info("sale recorded", { orderId: order.id });
  message.ack();
});
