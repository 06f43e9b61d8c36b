import type { FastifyPluginAsync } from "fastify";
import plugin from "fastify-plugin";

/** `style-src` allows inline styles because Mantine writes them; scripts never are inline. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Not `no-referrer`: the CSRF check falls back to the Referer of the same origin.
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
};

const securityHeadersPlugin: FastifyPluginAsync = async (app) => {
  // On the raw response too: requests that the router refuses never reach a hook.
  app.server.prependListener("request", (_request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
};

/** `app.register(securityHeaders)`: the same headers on every answer, errors, static files and streams included. */
export const securityHeaders = plugin(securityHeadersPlugin, { name: "toban-security-headers" });
