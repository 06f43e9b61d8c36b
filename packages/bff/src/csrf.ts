import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import plugin from "fastify-plugin";
import { type Refusal, sendRefusal } from "./refusal.ts";
import { isSameToken } from "./session.ts";

export type CsrfOptions = {
  /** Origins the page may come from, e.g. `https://ringi.example.jp`. Default: the host the request was sent to. */
  origins?: readonly string[];
};

export const CSRF_HEADER = "x-csrf-token";
const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** The facts of one request that decide. */
export type CsrfFacts = {
  method: string;
  origin: string | undefined;
  referer: string | undefined;
  /** `Sec-Fetch-Site`, which browsers send and pages cannot set. */
  site: string | undefined;
  /** Hosts under which the browser may have reached us. */
  hosts: readonly string[];
  origins: readonly string[] | undefined;
  givenToken: string | undefined;
  /** Of the live session; null without one (a sign-in), when the origin alone decides. */
  sessionToken: string | null;
};

/** Why a state change is refused, or null. Pure. */
export function refuseForgery(facts: CsrfFacts): Refusal | null {
  if (!CHANGING.has(facts.method)) return null;
  const source = sourceOf(facts);
  if (source === null) {
    return {
      code: "csrf_origin_missing",
      reason: "A change needs an Origin or a Referer header, and this request has neither.",
      remedy: "Send it from the page of this site; a program sends the site's own address as Origin.",
    };
  }
  if (
    !isOurs(source, facts) ||
    (facts.site !== undefined && facts.site !== "same-origin" && facts.site !== "none")
  ) {
    return {
      code: "csrf_origin_foreign",
      reason: "This change was sent from another site.",
      remedy: "Open the page of this site and do it there.",
    };
  }
  if (facts.sessionToken === null) return null;
  if (!facts.givenToken) {
    return {
      code: "csrf_token_missing",
      reason: `A change needs the header ${CSRF_HEADER}, and this request has none.`,
      remedy: "Send the csrfToken that the sign-in answered.",
    };
  }
  if (!isSameToken(facts.givenToken, facts.sessionToken)) {
    return {
      code: "csrf_token_wrong",
      reason: `The header ${CSRF_HEADER} does not belong to this session.`,
      remedy: "Reload the page to get the token of the present session.",
    };
  }
  return null;
}

const csrfPlugin: FastifyPluginAsync<CsrfOptions> = async (app, options) => {
  app.addHook("onRequest", async (request, reply) => {
    if (!CHANGING.has(request.method)) return;
    const facts = factsOf(request, options.origins);
    // The origin first: a foreign page shall not even cause a look into the sessions.
    const foreign = refuseForgery({ ...facts, sessionToken: null });
    if (foreign) return sendRefusal(reply, 403, foreign);
    const session = await request.getSession();
    const refusal = refuseForgery({ ...facts, sessionToken: session?.csrfToken ?? null });
    if (refusal) return sendRefusal(reply, 403, refusal);
  });
};

/** `app.register(csrf)` after `sessions`: token of the session and origin on every POST, PUT, PATCH and DELETE. */
export const csrf = plugin(csrfPlugin, { name: "toban-csrf", dependencies: ["toban-sessions"] });

function factsOf(
  request: FastifyRequest,
  origins: readonly string[] | undefined,
): Omit<CsrfFacts, "sessionToken"> {
  const one = (name: string) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  // The edge replaces X-Forwarded-Host; a foreign page cannot set it without a preflight that we never grant.
  const hosts = [one("host"), one("x-forwarded-host")].filter((host) => host !== undefined);
  return {
    method: request.method,
    origin: one("origin"),
    referer: one("referer"),
    site: one("sec-fetch-site"),
    hosts,
    origins,
    givenToken: one(CSRF_HEADER),
  };
}

/** Origin, or the origin of the Referer; `null` (a sandboxed frame) is foreign to everyone. */
function sourceOf({ origin, referer }: CsrfFacts): URL | "opaque" | null {
  const text = origin ?? referer;
  if (text === undefined || text === "") return null;
  return URL.canParse(text) ? new URL(text) : "opaque";
}

function isOurs(source: URL | "opaque", { hosts, origins }: CsrfFacts): boolean {
  if (source === "opaque") return false;
  return origins ? origins.includes(source.origin) : hosts.includes(source.host);
}
