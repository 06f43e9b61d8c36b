import pino, { type Logger } from "pino";

export type { Logger } from "pino";

/** JSON lines on standard output. `level` defaults to `info`. */
export function createLogger(name: string, level = process.env.TOBAN_LOG_LEVEL ?? "info"): Logger {
  return pino({ name, level, base: { service: name }, messageKey: "message", errorKey: "error" });
}
