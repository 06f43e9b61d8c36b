import type { Consumer } from "kafkajs";
import { db } from "./db.js";

export const run = (consumer: Consumer) =>
  consumer.run({
    eachMessage: async ({ message }) => {
      const event = JSON.parse(String(message.value));
      try {
        await db.query("INSERT INTO ledger (event_id, amount) VALUES ($1, $2)", [event.id, event.amount]);
      } catch (error) {
        if ((error as { code?: string }).code === "23505") return;
        throw error;
      }
    },
  });
