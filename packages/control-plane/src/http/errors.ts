import { maskText } from "@toban/service-kit/masking";
import type { FastifyInstance } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type ErrorKind, invalid, notFound, refusalOf, TobanError } from "../platform/errors.ts";

/** The one place where a kind of error becomes an HTTP status. */
export const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
};

export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const error = notFound(
      "route_not_found",
      `There is no ${request.method} ${readable(request.url)}.`,
      "See /v1/openapi.json.",
    );
    const { kind, ...refusal } = refusalOf(error);
    refusal.reason = maskText(refusal.reason);
    return reply.status(STATUS[kind]).send({ error: refusal });
  });

  app.setErrorHandler((thrown, request, reply) => {
    const error = asTobanError(thrown);
    const { kind, ...refusal } = refusalOf(error);
    if (kind === "bug") request.log.error({ error }, "request failed");
    if (kind === "unavailable") reply.header("retry-after", "1");
    // What went wrong inside is for the log, not for the client.
    if (kind === "bug") refusal.reason = "The control plane failed to answer this request.";
    // A reason may quote a value, a query or a connection string.
    refusal.reason = maskText(refusal.reason);
    // The one that the audit record has.
    const correlationId = request.ctx?.correlationId ?? request.id;
    return reply.status(STATUS[kind]).send({ error: { ...refusal, correlationId } });
  });
}

/** Masking reads plain text, so that what was sent encoded is found too. */
function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function asTobanError(thrown: unknown): unknown {
  if (thrown instanceof TobanError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const faults = thrown.validation
      .map((fault) => `${fault.instancePath || "/"}: ${fault.message}`)
      .join("; ");
    return invalid(
      "request_invalid",
      faults,
      "Correct the named fields; /v1/openapi.json describes them.",
      thrown,
    );
  }
  const { statusCode, message } = thrown as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return invalid("request_invalid", message ?? "The request is malformed.", "Correct the request.", thrown);
  }
  return thrown;
}
