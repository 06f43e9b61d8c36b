import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { CORRELATION_HEADER, correlationOf } from "./correlation.ts";
import type { ServiceSettings } from "./environment.ts";
import { refuse } from "./errors.ts";
import type { ServiceTelemetry } from "./telemetry.ts";

export type ServiceFetchInit = RequestInit & {
  /** From the call to the last byte of the body. Default 5 000 ms; there is no way to have none. */
  timeoutMs?: number;
};
export type ServiceFetch = (url: string | URL, init?: ServiceFetchInit) => Promise<Response>;

export const FETCH_TIMEOUT_MS = 5000;

/**
 * `fetch` to another service: passes trace context and correlation id on, records a client span.
 * Throws `upstream_timeout` (504) or `upstream_unreachable` (502); an answer of any status is returned as it is.
 */
export function createFetch(settings: ServiceSettings, telemetry: ServiceTelemetry): ServiceFetch {
  return async (url, init = {}) => {
    const target = new URL(url);
    const { timeoutMs = FETCH_TIMEOUT_MS, signal: callerSignal, ...rest } = init;
    const method = (init.method ?? "GET").toUpperCase();
    const span = telemetry.tracer.startSpan(`${method} ${target.host}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        "http.request.method": method,
        "server.address": target.hostname,
        "server.port": Number(target.port || (target.protocol === "https:" ? 443 : 80)),
        "url.path": target.pathname,
        service: settings.service,
        env: settings.environment,
        release: settings.release,
      },
    });
    const current = trace.setSpan(context.active(), span);
    const headers = new Headers(rest.headers);
    const carrier: Record<string, string> = {};
    propagation.inject(current, carrier);
    for (const [name, value] of Object.entries(carrier)) headers.set(name, value);
    const correlationId = correlationOf();
    if (correlationId !== undefined) headers.set(CORRELATION_HEADER, correlationId);

    const limit = timeLimit(timeoutMs, callerSignal ?? null);
    try {
      const response = await context.with(current, () =>
        globalThis.fetch(target, { ...rest, headers, signal: limit.signal }),
      );
      span.setAttribute("http.response.status_code", response.status);
      if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return response;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
      if (callerSignal?.aborted) throw error;
      if (limit.expired()) {
        throw refuse(
          504,
          "upstream_timeout",
          `${target.host} did not answer within ${timeoutMs} ms.`,
          "Try again; if it stays, look at the health of that service.",
          error,
        );
      }
      throw refuse(
        502,
        "upstream_unreachable",
        `${target.host} could not be reached.`,
        "Try again; if it stays, look at the health of that service.",
        error,
      );
    } finally {
      span.end();
    }
  };
}

/** One signal out of a time limit and the caller's; `AbortSignal.any` loses time-outs to garbage collection on Node 20. */
function timeLimit(timeoutMs: number, caller: AbortSignal | null) {
  const abort = new AbortController();
  let expired = false;
  const onCaller = () => abort.abort(caller?.reason);
  const timer = setTimeout(() => {
    expired = true;
    caller?.removeEventListener("abort", onCaller);
    abort.abort(new DOMException("The time limit has passed.", "TimeoutError"));
  }, timeoutMs);
  // The limit also covers reading the body, so it stays armed; it must not keep a stopped process alive.
  timer.unref();
  if (caller?.aborted) onCaller();
  else caller?.addEventListener("abort", onCaller, { once: true });
  return { signal: abort.signal, expired: () => expired };
}
