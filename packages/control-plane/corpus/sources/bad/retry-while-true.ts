import { publish } from "./broker.js";

export async function publishReliably(event: unknown) {
  while (true) {
    try {
      await publish(event);
      break;
    } catch (error) {
      console.warn("publish failed, again");
      await new Promise((r) => setTimeout(r, 1000));
    }
  }
}
