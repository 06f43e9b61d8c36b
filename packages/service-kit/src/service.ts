import type { AddressInfo } from "node:net";
import type { Meter, Tracer } from "@opentelemetry/api";
import { type FastifyInstance, type FastifyReply, fastify, LogController } from "fastify";
import {
  checkEnvironment,
  EX_CONFIG,
  readSettings,
  type ServiceSettings,
  type Variables,
} from "./environment.ts";
import { answerOf, type Refusal } from "./errors.ts";
import { createFetch, type ServiceFetch } from "./fetch.ts";
import { type ReadinessCheck, serveHealth } from "./health.ts";
import { createLog, type Logger, type ServiceLog } from "./log.ts";
import { maskText } from "./masking/index.ts";
import { type Clock, systemClock, systemId } from "./platform/system.ts";
import { observeRequests, requestId, requestLogger } from "./request.ts";
import { type EventStream, eventStreams } from "./sse.ts";
import { stopOnSignals } from "./stop.ts";
import { createTelemetry, type ServiceTelemetry } from "./telemetry.ts";

export type Service<R extends string = string, O extends string = string> = {
  name: string;
  release: string;
  instance: string;
  /** The name of the environment, e.g. `production`. */
  environmentName: string;
  /** The variables that were asked for. */
  environment: Record<R, string> & Partial<Record<O, string>>;
  log: Logger;
  clock: Clock;
  newId(): string;
  tracer: Tracer;
  /** Measurements made with it carry `service` and `env`; add `route` (or operation), `status_class` and `tenant`. */
  meter: Meter;
  fetch: ServiceFetch;
  /** Not ready while `check` throws or takes longer than `timeoutMs` (default 2 000). */
  addReadinessCheck(name: string, check: ReadinessCheck, timeoutMs?: number): void;
  /** Answers a request with server-sent events; the stream ends when the service stops. */
  sse(reply: FastifyReply): EventStream;
  /** Runs at the stop, after the last request and before telemetry is flushed; the newest first. */
  onStop(work: () => Promise<void> | void): void;
  /** Aborted as soon as the service is told to stop: for loops and long polls. */
  stopping: AbortSignal;
};

export type ServiceOptions<R extends string, O extends string> = {
  /** Used where the agent gives no TOBAN_SERVICE. */
  name: string;
  environment?: { required: readonly R[]; optional?: readonly O[] };
  /** Routes and plugins. What it throws ends the process with exit code 1. */
  build(app: FastifyInstance, service: Service<R, O>): Promise<void> | void;
  onStop?(): Promise<void> | void;
};

/** What the process gives a service; tests give their own clock and ids. */
export type Runtime = { variables: Variables; clock: Clock; newId(): string };

export type RunningService = { url: string; app: FastifyInstance };

/**
 * Starts a service on 127.0.0.1:PORT and owns the process from then on: SIGTERM and SIGINT stop it gracefully (exit 0),
 * a second signal at once; a configuration error exits with 78, anything unforeseen with 1.
 */
export async function startService<const R extends string = never, const O extends string = never>(
  options: ServiceOptions<R, O>,
  runtime: Partial<Runtime> = {},
): Promise<RunningService> {
  const { variables, clock, newId }: Runtime = {
    variables: process.env,
    clock: systemClock,
    newId: systemId,
    ...runtime,
  };
  const asked: { required: readonly R[]; optional?: readonly O[] } = options.environment ?? { required: [] };
  const environment = checkEnvironment({ ...asked, required: ["PORT", ...asked.required] }, variables);
  if (!environment.ok) return refuseToStart(options.name, environment.refusal, clock);
  const read = readSettings(options.name, variables, process.pid);
  if (!read.ok) return refuseToStart(options.name, read.refusal, clock);
  const { settings } = read;

  const serviceLog = createLog(settings, clock);
  const { log } = serviceLog;
  const telemetry = createTelemetry(settings, (reachable) => tellReachability(log, reachable));
  serviceLog.attach(telemetry.logSink);
  exitOnUnforeseen(serviceLog, telemetry);

  const app = createServer(log, newId);
  const requests = observeRequests(app, settings, telemetry);
  const health = serveHealth(app);
  const streams = eventStreams();
  const stopping = new AbortController();
  const stopWork: (() => Promise<void> | void)[] = options.onStop ? [options.onStop] : [];

  const service: Service<R, O> = {
    name: settings.service,
    release: settings.release,
    instance: settings.instance,
    environmentName: settings.environment,
    environment: environment.values as Service<R, O>["environment"],
    log,
    clock,
    newId,
    tracer: telemetry.tracer,
    meter: telemetry.meter,
    fetch: createFetch(settings, telemetry),
    addReadinessCheck: health.add,
    sse: streams.open,
    onStop: (work) => void stopWork.push(work),
    stopping: stopping.signal,
  };

  stopOnSignals({
    app,
    log,
    drainMs: settings.drainMs,
    inFlight: requests.inFlight,
    onDrain() {
      health.drain();
      stopping.abort();
      streams.closeAll();
    },
    stopWork,
    async finish() {
      await telemetry.close(2000);
      await serviceLog.close();
    },
  });

  try {
    await options.build(app, service);
    answerUnknownRoutes(app);
    await app.listen({ host: "127.0.0.1", port: settings.port });
  } catch (error) {
    log.fatal({ error, ...startRefusal(error, settings) }, "service could not start");
    await telemetry.close(1000);
    await serviceLog.close();
    process.exit(1);
  }
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  log.info({ url }, "service started");
  return { url, app };
}

function createServer(log: Logger, newId: () => string): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId(newId),
    childLoggerFactory: (logger, bindings, options) => requestLogger(logger, bindings, options ?? {}),
    // The edge on this machine says who the client is; X-Forwarded-* of anyone else is ignored.
    trustProxy: "loopback",
    // Requests that arrive on open connections while we stop are still answered; the edge may be mid-flight.
    return503OnClosing: false,
    // Longer than the edge keeps an idle connection, so that it is the edge that closes.
    keepAliveTimeout: 72_000,
    requestTimeout: 30_000,
  }) as unknown as FastifyInstance;
  app.setErrorHandler((error, request, reply) => {
    const answer = answerOf(error);
    if (answer.statusCode >= 500) request.log.error({ error, code: answer.error.code }, "request failed");
    else request.log.debug({ code: answer.error.code }, "request refused");
    return reply.code(answer.statusCode).send({ error: answer.error });
  });
  return app;
}

function answerUnknownRoutes(app: FastifyInstance): void {
  try {
    app.setNotFoundHandler((_request, reply) =>
      reply.code(404).send({
        error: {
          code: "not_found",
          reason: "There is nothing at this address.",
          remedy: "Check the path and the method.",
        },
      }),
    );
  } catch {
    // The service has its own.
  }
}

/** Before there is a logger: one line, names only. */
function refuseToStart(name: string, refusal: Refusal, clock: Clock): never {
  const line = {
    ts: clock.now().toISOString(),
    level: "fatal",
    service: name,
    ...refusal,
    message: "service could not start",
  };
  process.stdout.write(`${maskText(JSON.stringify(line))}\n`);
  process.exit(EX_CONFIG);
}

function startRefusal(error: unknown, settings: ServiceSettings): Refusal {
  const code = (error as { code?: unknown })?.code;
  if (code === "EADDRINUSE" || code === "EACCES") {
    return {
      code: "port_unavailable",
      reason: `Port ${settings.port} of 127.0.0.1 cannot be opened (${code}).`,
      remedy: "Stop what holds the port, or give the service another one.",
    };
  }
  return {
    code: "start_failed",
    reason: "The service failed while it was being built.",
    remedy: "Read the error in this line; start it again when its cause is gone.",
  };
}

function tellReachability(log: Logger, reachable: boolean): void {
  if (reachable) log.info({ code: "telemetry_reachable" }, "telemetry reaches its collector again");
  else {
    log.warn(
      {
        code: "telemetry_unreachable",
        reason: "The collector of OTEL_EXPORTER_OTLP_ENDPOINT does not take telemetry.",
        remedy: "Start the collector; requests are served meanwhile and newer telemetry is buffered.",
      },
      "telemetry is not delivered",
    );
  }
}

function exitOnUnforeseen({ log, close }: ServiceLog, telemetry: ServiceTelemetry): void {
  let dying = false;
  const die = (message: string) => (error: unknown) => {
    if (dying) return;
    dying = true;
    log.fatal({ error, code: "unforeseen_error" }, message);
    void Promise.all([telemetry.close(1000), close()]).finally(() => process.exit(1));
  };
  process.on("uncaughtException", die("uncaught exception"));
  process.on("unhandledRejection", die("unhandled rejection"));
}
