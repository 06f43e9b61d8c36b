import { describeError, maskLine } from "@toban/service-kit/masking";
import pino, { type Logger } from "pino";

export type { Logger } from "pino";

/** JSON lines on standard output, masked as a service's are. `level` defaults to `info`. */
export function createLogger(
  name: string,
  level = process.env.TOBAN_LOG_LEVEL ?? "info",
  output: { write(line: string): unknown } = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      name,
      level,
      base: { service: name },
      messageKey: "message",
      errorKey: "error",
      serializers: { error: describeError, err: describeError },
    },
    { write: (line: string) => output.write(maskLine(line).line) },
  );
}
