import type { IncomingMessage } from "node:http";
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { CORRELATION_HEADER, chooseCorrelationId, withCorrelation } from "./correlation.ts";
import type { ServiceSettings } from "./environment.ts";
import { REQUEST_IDS, type RequestIds } from "./log.ts";
import { anonymisedTenant, type ServiceTelemetry } from "./telemetry.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The caller's `X-Request-Id` when valid, else a new id; the answer carries it too. */
    correlationId: string;
    /** Labels this request's span, metrics and log line with the tenant, anonymised. Any later call wins. */
    setTenant(tenantId: string): void;
    /** Runs work that left the async context (an event handler, a queue) as part of this request. */
    inContext<T>(work: () => T): T;
  }
}

type Observation = { context: Context; tenant: string; complete(statusCode: number, aborted: boolean): void };

const OBSERVATION: unique symbol = Symbol("observation");
type Observed = FastifyRequest & { [OBSERVATION]?: Observation };

/** Requests of a supervisor, not of users: out of traffic metrics, traces and logs. */
export const HEALTH_ROUTES = ["/health/live", "/health/ready"];
/** Metrics need a value for every label; this one says that no tenant is known. */
export const NO_TENANT = "none";
/** Seconds; the boundaries of the HTTP semantic conventions, with more of them where the objectives are. */
const BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10,
];
/** The client went away before an answer; by nginx's convention. */
const CLIENT_CLOSED = 499;

/** `child` logger factory for Fastify: the ids are found without the async context. */
export function requestLogger(
  logger: FastifyBaseLogger,
  bindings: object,
  options: object,
): FastifyBaseLogger {
  const { reqId } = bindings as { reqId?: string };
  const child = logger.child({}, options);
  const ids: RequestIds = { correlationId: reqId ?? "" };
  Object.defineProperty(child, REQUEST_IDS, { value: ids });
  return child;
}

export function requestId(newId: () => string) {
  return (raw: Pick<IncomingMessage, "headers">) =>
    chooseCorrelationId(raw.headers[CORRELATION_HEADER], newId);
}

/** Correlation, server span, duration metric and completion log of every request; returns the number in flight. */
export function observeRequests(
  app: FastifyInstance,
  settings: ServiceSettings,
  telemetry: ServiceTelemetry,
): { inFlight(): number } {
  let inFlight = 0;
  const duration = telemetry.meter.createHistogram("http.server.request.duration", {
    description: "Time from the arrival of a request to the end of its answer",
    unit: "s",
    advice: { explicitBucketBoundaries: BUCKETS_SECONDS },
  });

  app.decorateRequest("correlationId", "");
  app.decorateRequest("setTenant", function setTenant(this: FastifyRequest, tenantId: string) {
    const observation = (this as Observed)[OBSERVATION];
    if (observation) observation.tenant = anonymisedTenant(tenantId);
  });
  app.decorateRequest("inContext", function inContext<T>(this: FastifyRequest, work: () => T): T {
    return context.with((this as Observed)[OBSERVATION]?.context ?? ROOT_CONTEXT, work);
  });

  const observe = (request: FastifyRequest, reply: FastifyReply): Observation => {
    const started = performance.now();
    const route = request.routeOptions.url ?? "unmatched";
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = telemetry.tracer.startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": request.method,
          "http.route": route,
          "url.path": pathOf(request.url),
          correlationId: request.id,
          service: settings.service,
          env: settings.environment,
          release: settings.release,
        },
      },
      parent,
    );
    const { traceId, spanId } = span.spanContext();
    const ids = (request.log as { [REQUEST_IDS]?: RequestIds })[REQUEST_IDS];
    if (ids) Object.assign(ids, { correlationId: request.id, traceId, spanId });
    let completed = false;
    inFlight += 1;
    reply.raw.once("close", () => {
      inFlight -= 1;
    });
    const observation: Observation = {
      context: withCorrelation(request.id, trace.setSpan(parent, span)),
      tenant: NO_TENANT,
      complete(statusCode, aborted) {
        if (completed) return;
        completed = true;
        const seconds = (performance.now() - started) / 1000;
        const status = aborted ? CLIENT_CLOSED : statusCode;
        const statusClass = `${Math.floor(status / 100)}xx`;
        const { tenant } = observation;
        span.setAttributes({ "http.response.status_code": status, status_class: statusClass, tenant });
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        duration.record(seconds, {
          route,
          status_class: statusClass,
          tenant,
          "http.request.method": request.method,
        });
        request.log.info(
          {
            method: request.method,
            route,
            path: pathOf(request.url),
            status,
            tenant,
            durationMs: Math.round(seconds * 1e6) / 1000,
          },
          aborted ? "request aborted by the client" : "request completed",
        );
      },
    };
    return observation;
  };

  app.addHook("onRequest", (request, reply, done) => {
    request.correlationId = request.id;
    reply.header(CORRELATION_HEADER, request.id);
    if (HEALTH_ROUTES.includes(request.routeOptions.url ?? "")) return done();
    const observation = observe(request, reply);
    (request as Observed)[OBSERVATION] = observation;
    reply.raw.once("close", () => observation.complete(reply.raw.statusCode, !reply.raw.writableFinished));
    // Fastify carries the async context over the reading of the body.
    context.with(observation.context, done);
  });

  return { inFlight: () => inFlight };
}

/** A stream lasts as long as its reader: what counts as its duration ends when it opens. */
export function completeStream(request: FastifyRequest, statusCode: number): void {
  (request as Observed)[OBSERVATION]?.complete(statusCode, false);
}

/** Queries may hold personal data and are never logged. */
function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}
