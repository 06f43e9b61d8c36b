import { createHash } from "node:crypto";
import { logger } from "./logger.js";
import { maskEmail, redact } from "./mask.js";

const hash = (value: string) => createHash("sha256").update(value).digest("hex").slice(0, 12);

export function registered(user: { id: string; email: string }, body: Record<string, unknown>) {
  logger.info({ userId: user.id, email: maskEmail(user.email), emailHash: hash(user.email) }, "registered");
  logger.debug(redact(body), "body");
}
