import type { Consumer } from "kafkajs";
import { apply } from "./projection.js";

const processedIds = new Set<string>();
export const run = (consumer: Consumer) =>
  consumer.run({
    eachMessage: async ({ message }) => {
      const id = message.headers?.id?.toString() ?? "";
      if (processedIds.has(id)) return;
      await apply(message.value);
      processedIds.add(id);
    },
  });
