import { logger } from "./logger.js";
import { send } from "./send.js";

export async function notify(requestId: string, userId: string) {
  try {
    await send(userId);
  } catch (err) {
    logger.error({ err, requestId, userId }, "notification failed: password reset mail");
    throw err;
  }
}
