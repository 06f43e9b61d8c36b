import type { Clock } from "./platform/clock.ts";

export type Log = {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
};

/** JSON lines on standard output. Facts never hold environment values, headers or bodies. */
export function createLog(clock: Clock, write = (line: string) => void process.stdout.write(line)): Log {
  const at = (level: string) => (message: string, facts?: Record<string, unknown>) =>
    write(
      `${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, service: "agent", message, ...facts })}\n`,
    );
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };
