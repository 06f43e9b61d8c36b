import { logger } from "./logger.js";

export function checked(hasPassword: boolean, user: { id: string; emailVerified: boolean }, tokenType: string, tokenCount: number) {
  logger.info({ hasPassword, emailVerified: user.emailVerified, userId: user.id, tokenType, tokenCount }, "password changed");
  logger.warn("invalid token");
  console.info(`password reset requested for user ${user.id}`);
}
