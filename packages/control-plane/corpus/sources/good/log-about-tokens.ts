import { createResetToken } from "./tokens";
import { sendMail } from "./mail";
import { logger } from "./logger";

export async function requestReset(userId: string, address: string) {
  const resetToken = await createResetToken(userId);
  await sendMail(address, `https://app.example.com/reset?token=${resetToken}`);
  logger.info({ userId }, "password reset token issued");
}

export function validate(password: string) {
  if (password.length < 12) {
    logger.warn({ length: password.length }, "password is too short");
    return false;
  }
  return true;
}

export function usage(tokenCount: number, emailsSent: number) {
  logger.info({ tokenCount, emailsSent }, "usage");
}
