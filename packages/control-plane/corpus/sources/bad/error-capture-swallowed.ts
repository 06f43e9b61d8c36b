import { gateway } from "./gateway";
import { db } from "./db";

export async function capture(paymentId: string) {
  try {
    await gateway.capture(paymentId, { idempotencyKey: paymentId });
    await db.payments.markCaptured(paymentId);
  } catch {
    // 何もしない
  }
}
