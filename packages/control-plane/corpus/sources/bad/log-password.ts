import { logger } from "./logger.js";
import { check } from "./accounts.js";

export async function signIn(loginId: string, password: string) {
  const account = await check(loginId, password);
  if (!account) logger.warn(`sign-in failed for ${loginId} with ${password}`);
  return account;
}
