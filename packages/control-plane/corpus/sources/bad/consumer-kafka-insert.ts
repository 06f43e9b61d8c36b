import { Kafka } from "kafkajs";
import { prisma } from "./prisma.js";

const kafka = new Kafka({ clientId: "projector", brokers: ["b-1:9092"] });
const consumer = kafka.consumer({ groupId: "projector" });

export async function start() {
  await consumer.subscribe({ topic: "requests" });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      const payload = JSON.parse(message.value!.toString());
      await prisma.notification.create({ data: { userId: payload.userId, text: payload.text } });
    },
  });
}
