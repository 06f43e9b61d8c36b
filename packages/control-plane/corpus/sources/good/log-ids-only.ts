import { logger } from "./logger.js";

export function signedIn(user: { id: string; tenantId: string }, token: string | undefined, scopes: string[]) {
  logger.info({ userId: user.id, tenantId: user.tenantId, hasToken: Boolean(token), scopes: scopes.length }, "signed in");
  if (!token) logger.warn("no token was given for user %s", user.id);
  logger.debug(`token ${token ? "present" : "absent"}`);
}
