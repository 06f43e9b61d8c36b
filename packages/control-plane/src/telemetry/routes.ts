import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from "fastify";
import { type ErrorKind, refusalOf } from "../platform/errors.ts";
import "../platform/request.ts";
import { LIMITS, tooLarge } from "./decode.ts";
import { messages, rejectedField, type Signal } from "./descriptor.ts";
import type { Telemetry } from "./telemetry.ts";

export type TelemetryRoutesOptions = {
  telemetry: Pick<Telemetry, "ingest">;
  /** Must set `request.ctx` or refuse. */
  preHandler: preHandlerHookHandler;
  /** Largest body as sent. Default 4 MiB. */
  bodyLimit?: number;
};

const SIGNALS: Signal[] = ["traces", "metrics", "logs"];
const RETRY_AFTER_SECONDS = 5;

const STATUS_OF_CODE: Record<string, number> = {
  telemetry_too_large: 413,
  telemetry_content_type: 415,
  telemetry_content_encoding: 415,
  telemetry_full: 429,
};
const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
};
/** google.rpc.Code of an HTTP status. */
const RPC_CODE: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  413: 11,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};

/** POST /otlp/v1/{traces,metrics,logs}. The parsers and the error handler stay inside this plugin. */
export async function telemetryRoutes(app: FastifyInstance, options: TelemetryRoutesOptions): Promise<void> {
  const bodyLimit = options.bodyLimit ?? LIMITS.compressedBytes;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, bodyLimit));
  for (const signal of SIGNALS) {
    app.post(`/otlp/v1/${signal}`, { preHandler: options.preHandler, bodyLimit }, async (request, reply) => {
      const result = await options.telemetry.ingest(request.ctx, {
        signal,
        contentType: request.headers["content-type"],
        contentEncoding: request.headers["content-encoding"],
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      const partialSuccess =
        result.rejected > 0
          ? { partialSuccess: { [rejectedField[signal]]: result.rejected, errorMessage: result.reason } }
          : {};
      if (wantsProtobuf(request)) {
        reply.type("application/x-protobuf");
        return Buffer.from(messages[signal].response.encode(partialSuccess).finish());
      }
      return reply.send(partialSuccess);
    });
  }
}

function wantsProtobuf(request: FastifyRequest): boolean {
  return request.headers["content-type"]?.toLowerCase().startsWith("application/x-protobuf") ?? false;
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  bodyLimit: number,
): FastifyReply {
  const fastifyStatus = (error as { statusCode?: number }).statusCode;
  const { kind, code, reason, remedy } =
    fastifyStatus === 413
      ? refusalOf(tooLarge(bodyLimit))
      : fastifyStatus !== undefined && fastifyStatus < 500
        ? {
            kind: "invalid" as const,
            code: "telemetry_malformed",
            reason: "The request is malformed.",
            remedy: "Check the exporter.",
          }
        : refusalOf(error);
  const status = STATUS_OF_CODE[code] ?? STATUS_OF_KIND[kind];
  if (status >= 500) request.log.error({ error }, "telemetry request failed");
  if (status === 429 || status === 503) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  reply.code(status);
  if (wantsProtobuf(request)) {
    const message = `${code}: ${reason} ${remedy}`;
    reply.type("application/x-protobuf");
    return reply.send(Buffer.from(messages.status.encode({ code: RPC_CODE[status] ?? 2, message }).finish()));
  }
  return reply.send({ error: { code, reason, remedy } });
}
