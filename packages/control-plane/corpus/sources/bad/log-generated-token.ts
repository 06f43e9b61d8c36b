import { generateResetToken } from "./tokens.js";
import { logger } from "./logger.js";

export function reset(userId: string) {
  logger.info(`reset link for ${userId}: https://app.example.com/reset?t=${generateResetToken(userId)}`);
}
