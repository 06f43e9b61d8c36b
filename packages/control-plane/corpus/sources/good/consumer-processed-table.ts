import type { Consumer } from "kafkajs";
import { inTransaction } from "./db.js";

export async function run(consumer: Consumer) {
  await consumer.run({
    eachMessage: async ({ message }) => {
      const event = JSON.parse(message.value!.toString());
      await inTransaction(async (tx) => {
        const first = await tx.query(
          "INSERT INTO processed_events (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING event_id",
          [event.id],
        );
        if (first.rowCount === 0) return;
        await tx.query("UPDATE accounts SET balance = balance + $1 WHERE id = $2", [event.amount, event.account]);
      });
    },
  });
}
