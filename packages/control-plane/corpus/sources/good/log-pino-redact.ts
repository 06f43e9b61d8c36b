import pino from "pino";

const logger = pino({ redact: ["req.headers.authorization", "*.password", "email"] });
export function created(email: string, id: string) {
  logger.info({ email, id }, "created");
}
