import { trace } from "@opentelemetry/api";
import { type Logger, pino } from "pino";
import { correlationOf } from "./correlation.ts";
import type { ServiceSettings } from "./environment.ts";
import { describeError, maskLine } from "./masking/index.ts";
import type { Clock } from "./platform/system.ts";

export type { Logger } from "pino";

/** Receives every line that was written, already masked. */
export type LogSink = (record: Record<string, unknown>) => void;

export type ServiceLog = {
  log: Logger;
  /** Where lines go besides standard output, once there is a place. */
  attach(sink: LogSink): void;
  /** Waits, at most half a second, until standard output has everything. */
  close(): Promise<void>;
};

/** Ties a logger of one request, and its children, to ids that the async context may have lost. */
export const REQUEST_IDS: unique symbol = Symbol("request ids");
export type RequestIds = { correlationId: string; traceId?: string; spanId?: string };

/** At most this much waits in memory when nobody reads standard output; newer lines are dropped, never a request. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** JSON lines on standard output: ts, level, service, env, release, instance, correlationId, traceId, message. */
export function createLog(settings: ServiceSettings, clock: Clock): ServiceLog {
  // With a minLength of 0, its default, pino's `flush` waits for nothing: lines in flight were overtaken at the exit.
  const output = pino.destination({ fd: 1, sync: false, minLength: 1, maxLength: MAX_WAITING_BYTES });
  // The reader of our output may go away (a restarted supervisor); the service goes on without it.
  output.on("error", () => {});
  let sink: LogSink | undefined;
  const log = pino(
    {
      level: settings.logLevel,
      base: {
        service: settings.service,
        env: settings.environment,
        release: settings.release,
        instance: settings.instance,
      },
      messageKey: "message",
      errorKey: "error",
      timestamp: () => `,"ts":"${clock.now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError, err: describeError },
      mixin: (_fields, _level, logger) => ({ ...idsOf(logger) }),
    },
    {
      write(text: string) {
        const { line, record } = maskLine(text);
        output.write(line);
        if (record) sink?.(record);
      },
    },
  );
  return {
    log,
    attach(next) {
      sink = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, 500);
        output.flush(() => {
          clearTimeout(limit);
          resolve();
        });
      }),
  };
}

function idsOf(logger: object): Partial<RequestIds> {
  const bound = (logger as { [REQUEST_IDS]?: RequestIds })[REQUEST_IDS];
  if (bound) return bound;
  const span = trace.getActiveSpan()?.spanContext();
  const correlationId = correlationOf();
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
  };
}
