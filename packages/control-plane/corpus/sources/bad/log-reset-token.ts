import { createResetToken } from "./tokens";
import { sendMail } from "./mail";
import { logger } from "./logger";

export async function requestReset(userId: string, address: string) {
  const resetToken = await createResetToken(userId);
  await sendMail(address, `https://app.example.com/reset?token=${resetToken}`);
  logger.info({ userId, resetToken }, "password reset requested");
}
