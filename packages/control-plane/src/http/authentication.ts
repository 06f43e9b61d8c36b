import type { FastifyReply, FastifyRequest } from "fastify";
import { createSessionCookie, equalSecrets, readSessionCookie, signIn } from "../access/index.ts";
import { type Actor, createCtx } from "../platform/ctx.ts";
import { forbidden, unauthenticated } from "../platform/errors.ts";
import type { HttpOptions } from "./server.ts";

const COOKIE = "toban-session";
const CORRELATION_ID = /^[\w.:-]{8,128}$/;

/** Sets `request.ctx` from the bearer token of the CLI or from the session cookie of the console. */
export function authentication(options: HttpOptions) {
  return async (request: FastifyRequest): Promise<void> => {
    assertLocalHost(request);
    const actor = fromBearer(options, request) ?? fromCookie(options, request);
    if (!actor) {
      throw unauthenticated(
        "not_signed_in",
        "This request has no valid session or token.",
        "Open the link that `npm start` printed, or run `npx toban status` for a new one.",
      );
    }
    request.ctx = ctxOf(options, request, actor);
  };
}

/** `Authorization: Bearer` of senders of telemetry. */
export function ingestAuthentication(options: CtxOptions & Pick<HttpOptions, "ingestToken">) {
  return async (request: FastifyRequest): Promise<void> => {
    const token = bearer(request);
    if (token === undefined || !equalSecrets(token, options.ingestToken)) {
      throw unauthenticated(
        "ingest_token_invalid",
        "Telemetry needs the ingest token.",
        "Set OTEL_EXPORTER_OTLP_HEADERS to `authorization=Bearer <ingest token>`.",
      );
    }
    request.ctx = ctxOf(options, request, { kind: "token", id: "ingest" });
  };
}

/** `GET /?token=…` exchanges a one-time token for a session cookie and sends the browser to the console. */
export function signInHook(options: HttpOptions) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { token } = request.query as { token?: string };
    if (request.method !== "GET" || request.url.split("?")[0] !== "/" || !token) return;
    assertLocalHost(request);
    const ctx = ctxOf(options, request, { kind: "person", id: "anonymous" });
    const actorId = await options.db.tx(ctx, (tx) => signIn(tx, ctx, token));
    const cookie = createSessionCookie(options, options.cookieKey, actorId);
    reply.setCookie(COOKIE, cookie, { httpOnly: true, sameSite: "strict", path: "/" });
    return reply.redirect("/");
  };
}

type CtxOptions = Pick<HttpOptions, "tenant" | "log" | "clock" | "newId">;

function ctxOf(options: CtxOptions, request: FastifyRequest, actor: Actor) {
  const given = request.headers["x-request-id"];
  const correlationId = typeof given === "string" && CORRELATION_ID.test(given) ? given : request.id;
  return createCtx({
    tenant: options.tenant,
    actor,
    log: options.log,
    clock: options.clock,
    newId: options.newId,
    correlationId,
    sourceIp: request.ip,
  });
}

function fromBearer(options: HttpOptions, request: FastifyRequest): Actor | undefined {
  const token = bearer(request);
  if (token === undefined || !equalSecrets(token, options.cliToken)) return undefined;
  // Whoever can read the token's file is a person on this machine; the CLI says which one.
  const name = request.headers["x-toban-actor"];
  const id = typeof name === "string" && /^[\w.@-]{1,64}$/.test(name) ? name : "cli";
  return { kind: "person", id };
}

function fromCookie(options: HttpOptions, request: FastifyRequest): Actor | undefined {
  const cookie = request.cookies[COOKIE];
  const actorId = cookie && readSessionCookie(options, options.cookieKey, cookie);
  if (!actorId) return undefined;
  const { origin, host } = request.headers;
  if (request.method !== "GET" && origin !== `http://${host}`) {
    throw forbidden("origin_refused", "This request comes from another origin.", "Use the console itself.");
  }
  return { kind: "person", id: actorId };
}

function bearer(request: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
}

/** Another site whose name resolves to 127.0.0.1 must not reach the console (DNS rebinding). */
function assertLocalHost(request: FastifyRequest): void {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? "")) {
    throw forbidden(
      "host_refused",
      "The console answers on this machine's own name only.",
      "Use http://127.0.0.1.",
    );
  }
}
