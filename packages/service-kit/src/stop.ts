import type { FastifyInstance } from "fastify";
import type { Logger } from "./log.ts";

export type StopOptions = {
  app: FastifyInstance;
  log: Logger;
  /** How long requests in flight may go on. */
  drainMs: number;
  inFlight(): number;
  /** At once: readiness 503, streams closed. */
  onDrain(): void;
  /** After the last request, newest first. */
  stopWork: (() => Promise<void> | void)[];
  /** Last of all: telemetry and log. */
  finish(): Promise<void>;
};

/** Work of `onStop` that hangs must not keep a stopped service alive. */
const STOP_WORK_LIMIT_MS = 5000;

/** SIGTERM and SIGINT: not ready → no new connections → requests in flight end → own work → telemetry → exit 0. */
export function stopOnSignals(options: StopOptions): void {
  let stopping = false;
  // An answer that began before the signal would otherwise invite its client to keep the connection.
  options.app.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  for (const [signal, number] of [
    ["SIGTERM", 15],
    ["SIGINT", 2],
  ] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number);
      stopping = true;
      void stop(options, signal);
    });
  }
}

async function stop(options: StopOptions, signal: string): Promise<void> {
  const { app, log } = options;
  const started = performance.now();
  log.info({ signal, inFlight: options.inFlight() }, "service is stopping");
  options.onDrain();
  let cutOff = 0;
  const limit = setTimeout(() => {
    cutOff = options.inFlight();
    app.server.closeAllConnections();
  }, options.drainMs);
  // A connection whose answer was on its way at the signal becomes idle later.
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  try {
    await app.close();
  } catch (error) {
    log.error({ error }, "closing the server failed");
  }
  clearTimeout(limit);
  clearInterval(idle);
  if (cutOff > 0) log.warn({ cutOff, drainMs: options.drainMs }, "requests were cut off at the drain limit");
  for (const work of options.stopWork.toReversed()) await bounded(work, log);
  log.info({ durationMs: Math.round(performance.now() - started) }, "service stopped");
  await options.finish();
  process.exit(0);
}

async function bounded(work: () => Promise<void> | void, log: Logger): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      (async () => work())(),
      new Promise((_resolve, reject) => {
        limit = setTimeout(
          () => reject(new Error(`not done within ${STOP_WORK_LIMIT_MS} ms`)),
          STOP_WORK_LIMIT_MS,
        );
      }),
    ]);
  } catch (error) {
    log.error({ error }, "work of the stop failed");
  } finally {
    clearTimeout(limit);
  }
}
