import type { FastifyReply, FastifyRequest } from "fastify";
import {
  assertMayDo,
  authorize,
  type Credential,
  createSessionCookie,
  equalSecrets,
  isForgedCookie,
  isPersonId,
  type Operation,
  type RefusedSignIns,
  readSessionCookie,
  recordDenial,
  signIn,
} from "../access/index.ts";
import { type Actor, type Ctx, createCtx } from "../platform/ctx.ts";
import { forbidden, refusalOf, TobanError, unauthenticated } from "../platform/errors.ts";
import type { HttpOptions } from "./server.ts";

const COOKIE = "toban-session";
const CORRELATION_ID = /^[\w.:-]{8,128}$/;

const ANONYMOUS: Actor = { kind: "person", id: "anonymous" };

type Caller = { actor: Actor; credential: Credential };

/**
 * Sets `request.ctx` and `request.access`: who asks, by the bearer token of the CLI or the session cookie of the console,
 * in which tenant, and whether they may do what the route is for. The rules are in access/authorize.ts.
 */
export function authentication(options: HttpOptions, refused: RefusedSignIns) {
  return async (request: FastifyRequest): Promise<void> => {
    assertLocalHost(request);
    const caller = fromBearer(options, request) ?? fromCookie(options, request);
    if (!caller) {
      const method = forgedCredential(options, request);
      if (method) refused.note(ctxOf(options, request, ANONYMOUS), { method, code: "not_signed_in" });
      throw unauthenticated(
        "not_signed_in",
        "This request has no valid session or token.",
        "Open the link that `npm start` printed, or run `npx toban status` for a new one.",
      );
    }
    const named = request.headers["x-tenant-id"];
    const tenant = typeof named === "string" && named !== "" ? named : options.tenant;
    const operation = request.routeOptions.config.operation!;
    const own = ctxOf(options, request, caller.actor);
    const asked = { ownTenant: options.tenant, tenant, credential: caller.credential, operation };
    // A refusal answers with this one's correlation id.
    request.ctx = own;
    request.authorizeAgain = () => audited(options, own, asked, () => authorize(options.db, own, asked));
    request.access = await request.authorizeAgain();
    request.ctx = { ...own, tenant };
  };
}

/** A route whose body can ask for more than the route itself. */
export function checkBody(options: HttpOptions) {
  return async (request: FastifyRequest): Promise<void> => {
    const operation = request.routeOptions.config.alsoNeeds?.(request.body);
    if (!operation) return;
    const { ctx, access } = request;
    const asked = { tenant: ctx.tenant, operation };
    await audited(options, ctx, asked, async () =>
      assertMayDo(access, operation, ctx.tenant === options.tenant),
    );
  };
}

/** Recorded where the person may ask; in the own tenant when they are no member of the one that they named. */
async function audited<T>(
  options: HttpOptions,
  ctx: Ctx,
  asked: { tenant: string; operation: Operation },
  decide: () => Promise<T>,
): Promise<T> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof TobanError && error.kind === "forbidden") {
      const where = ["operation_denied", "tenant_suspended"].includes(error.code)
        ? { ...ctx, tenant: asked.tenant }
        : ctx;
      await options.db.tx(where, (tx) => recordDenial(tx, where, { ...asked, code: error.code }));
    }
    throw error;
  }
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
export function signInHook(options: HttpOptions, refused: RefusedSignIns) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { token } = request.query as { token?: string };
    if (request.method !== "GET" || request.url.split("?")[0] !== "/" || !token) return;
    assertLocalHost(request);
    const ctx = ctxOf(options, request, ANONYMOUS);
    const session = await options.db
      .tx(ctx, (tx) => signIn(tx, ctx, token))
      .catch((error) => {
        const { kind, code } = refusalOf(error);
        if (kind === "unauthenticated") refused.note(ctx, { method: "link", code });
        throw error;
      });
    const cookie = createSessionCookie(options, options.cookieKey, session);
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

function fromBearer(options: HttpOptions, request: FastifyRequest): Caller | undefined {
  const token = bearer(request);
  if (token === undefined || !equalSecrets(token, options.cliToken)) return undefined;
  // Whoever can read the token's file is a person on this machine; the CLI says which one.
  const name = request.headers["x-toban-actor"];
  const id = typeof name === "string" && isPersonId(name) ? name : "cli";
  return { actor: { kind: "person", id }, credential: "cli-token" };
}

function fromCookie(options: HttpOptions, request: FastifyRequest): Caller | undefined {
  const cookie = request.cookies[COOKIE];
  const session = cookie && readSessionCookie(options, options.cookieKey, cookie);
  if (!session) return undefined;
  const { origin, host } = request.headers;
  if (request.method !== "GET" && origin !== `http://${host}`) {
    throw forbidden("origin_refused", "This request comes from another origin.", "Use the console itself.");
  }
  const credential = session.isMachine ? "machine-session" : "session";
  return { actor: { kind: "person", id: session.actorId }, credential };
}

/** What only somebody who guesses or forges presents; a session that has ended is none. */
function forgedCredential(options: HttpOptions, request: FastifyRequest): "token" | "session" | undefined {
  if (bearer(request) !== undefined) return "token";
  const cookie = request.cookies[COOKIE];
  return cookie && isForgedCookie(options.cookieKey, cookie) ? "session" : undefined;
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
