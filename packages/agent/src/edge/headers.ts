import { randomHex } from "../platform/clock.ts";

/** Headers of one connection only (RFC 9110, 7.6.1), or of a hop that does not exist here. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
]);

/** Said by clients about themselves or their proxies; the edge says the truth instead. */
function isForwardedClaim(name: string): boolean {
  return name === "forwarded" || name === "via" || name === "x-real-ip" || name.startsWith("x-forwarded-");
}

export const AFFINITY_COOKIE = "toban-affinity";
const AFFINITY_MAX_AGE_S = 30 * 24 * 3600;

export type RequestHead = {
  /** Flat list of names and values for the instance. */
  headers: string[];
  requestId: string;
  hasBody: boolean;
  /** From `x-toban-user`, else from the affinity cookie; null for a user never seen. */
  user: string | null;
};

/** What makes a request unsafe to pass on, as a reason for the client. */
export type Unsafe = { unsafe: string };

const requestIdPattern = /^[A-Za-z0-9._:/+=-]{1,128}$/;
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const affinityPattern = /(?:^|;)\s*toban-affinity=([A-Za-z0-9_-]{16,64})\s*(?:;|$)/;

/** Headers for the instance from a client's. `peer` is the address of the client's socket, `proto` the true scheme. */
export function requestHead(raw: readonly string[], peer: string, proto = "http"): RequestHead | Unsafe {
  const headers: string[] = [];
  let requestId: string | null = null;
  let traceparent: string | null = null;
  let tracestate: string | null = null;
  let host: string | null = null;
  let user: string | null = null;
  let cookieUser: string | null = null;
  let hasBody = false;
  let listed: Set<string> | null = null;

  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = raw[i + 1]!;
    switch (name) {
      case "host":
        if (host !== null) return { unsafe: "The request has two Host headers." };
        host = value;
        headers.push("host", value);
        continue;
      case "connection":
        listed = connectionOptions(value, listed);
        continue;
      case "transfer-encoding":
        if (value.trim().toLowerCase() !== "chunked")
          return { unsafe: "Only the transfer encoding chunked is accepted." };
        hasBody = true;
        continue;
      case "content-length":
        if (!/^\d{1,15}$/.test(value)) return { unsafe: "The Content-Length is not a number." };
        if (value !== "0") hasBody = true;
        headers.push("content-length", value);
        continue;
      case "x-request-id":
        requestId = requestIdPattern.test(value) ? value : null;
        continue;
      case "traceparent":
        traceparent = traceparentPattern.test(value) ? value : null;
        continue;
      case "tracestate":
        tracestate = tracestate === null ? value : `${tracestate},${value}`;
        continue;
      case "x-toban-user":
        if (value.length > 0 && value.length <= 256) user = value;
        headers.push(name, value);
        continue;
      case "cookie":
        cookieUser ??= affinityPattern.exec(value)?.[1] ?? null;
        headers.push(name, value);
        continue;
      default: {
        if (hopByHop.has(name)) continue;
        // Some frameworks read X_Forwarded_For like X-Forwarded-For.
        const plain = name.includes("_") ? name.replaceAll("_", "-") : name;
        if (isForwardedClaim(plain)) continue;
        headers.push(raw[i]!, value);
      }
    }
  }
  if (listed !== null) dropListed(headers, listed);
  const address = peer.startsWith("::ffff:") ? peer.slice(7) : peer;
  requestId ??= randomHex(16);
  // A trace state without its valid parent belongs to no trace.
  if (traceparent === null) traceparent = `00-${randomHex(16)}-${randomHex(8)}-01`;
  else if (tracestate !== null) headers.push("tracestate", tracestate);
  const forwardedFor = address.includes(":") ? `"[${address}]"` : address;
  headers.push(
    "x-request-id",
    requestId,
    "traceparent",
    traceparent,
    "x-forwarded-for",
    address,
    "x-forwarded-proto",
    proto,
  );
  if (host === null) headers.push("forwarded", `for=${forwardedFor};proto=${proto}`);
  else {
    const quoted = /^[\w!#$%&'*+.^`|~-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`;
    headers.push("x-forwarded-host", host, "forwarded", `for=${forwardedFor};host=${quoted};proto=${proto}`);
  }
  return { headers, requestId, hasBody, user: user ?? cookieUser };
}

/** The names that a Connection header declares to be of this connection only. */
function connectionOptions(value: string, listed: Set<string> | null): Set<string> | null {
  if (value === "keep-alive" || value === "close") return listed;
  const options = listed ?? new Set<string>();
  for (const option of value.split(",")) options.add(option.trim().toLowerCase());
  return options;
}

/** A client cannot make the edge drop what the edge or the framing relies on. */
const kept = new Set(["host", "content-length", "cookie", "x-toban-user"]);

function dropListed(headers: string[], listed: ReadonlySet<string>): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const name = headers[i]!.toLowerCase();
    if (listed.has(name) && !kept.has(name)) headers.splice(i, 2);
  }
}

/** Names that would tell an attacker what runs here. */
const revealing = new Set(["server", "x-powered-by", "via"]);

export type ResponseHead = {
  headers: string[];
  /** Null when the instance did not say. */
  contentLength: number | null;
  isEventStream: boolean;
};

/** Headers for the client from an instance's (a flat list as received). */
export function responseHead(
  raw: readonly (Buffer | string)[],
  requestId: string,
  cookie: string | null,
): ResponseHead {
  const headers: string[] = [];
  let contentLength: number | null = null;
  let isEventStream = false;
  let hasRequestId = false;
  let listed: Set<string> | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const original = latin1(raw[i]!);
    const name = original.toLowerCase();
    const value = latin1(raw[i + 1]!);
    if (name === "connection") {
      listed = connectionOptions(value, listed);
      continue;
    }
    if (hopByHop.has(name) || revealing.has(name)) continue;
    if (name === "content-length") contentLength = Number(value);
    else if (name === "content-type") isEventStream = value.startsWith("text/event-stream");
    else if (name === "x-request-id") hasRequestId = true;
    headers.push(original, value);
  }
  if (listed !== null) dropListed(headers, listed);
  if (!hasRequestId) headers.push("x-request-id", requestId);
  if (cookie !== null) headers.push("set-cookie", affinityCookie(cookie));
  return { headers, contentLength, isEventStream };
}

function latin1(value: Buffer | string): string {
  return typeof value === "string" ? value : value.toString("latin1");
}

export function affinityCookie(id: string): string {
  return `${AFFINITY_COOKIE}=${id}; Path=/; Max-Age=${AFFINITY_MAX_AGE_S}; HttpOnly; SameSite=Lax`;
}
