// What the BFF answers to browsers and to those that pretend to be one.
import { days, proof } from "@toban/definition";
import { application, frontend } from "../index.ts";
import { answers, changingRoutes, front, inputlessRoutes, inputRoutes } from "./front.ts";

const expiresAfter = days(1);
const dependsOn = ["services.bff", "release:bff"];
const store = { urlSecret: "ringiflow-database-url", table: "ringiflow.bff_sessions" };

export const securityProofs = [
  proof("http.headers", {
    id: "http.headers:security",
    proves: frontend.securityHeaders,
    parameters: {
      front,
      requests: answers,
      headers: {
        "strict-transport-security": "max-age=[1-9]\\d{6,}",
        "content-security-policy": "default-src",
        "x-content-type-options": "^nosniff$",
        "referrer-policy": "^(no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin)$",
        "permissions-policy": "\\w+=\\(",
      },
    },
    expiresAfter,
    dependsOn,
  }),
  proof("http.headers", {
    id: "http.headers:framing",
    proves: frontend.noFraming,
    parameters: {
      front,
      requests: answers,
      headers: {
        "content-security-policy": "frame-ancestors '(none|self)'",
        "x-frame-options": "^(deny|sameorigin)$",
      },
    },
    expiresAfter,
    dependsOn,
  }),
  proof("http.cors", {
    proves: application.corsAllowList,
    parameters: { front, paths: ["/", "/api/users", "/api/session", "/api/requests", "/api/none"] },
    expiresAfter,
    dependsOn,
  }),
  proof("http.csrf", {
    proves: [application.csrfProtected, frontend.csrfTokenOnChanges],
    parameters: { front, routes: changingRoutes },
    expiresAfter,
    dependsOn,
  }),
  proof("http.inputs", {
    proves: application.inputValidated,
    parameters: {
      front,
      routes: inputRoutes,
      inputless: inputlessRoutes,
      search: "/api/requests?view=all&q={mark}",
      list: "requests",
    },
    expiresAfter,
    dependsOn,
  }),
  proof("http.isolation", {
    proves: [application.coreNotExposed, frontend.oneOrigin],
    parameters: {
      front,
      inner: "core",
      innerHarmless: "/health/live",
      paths: ["/v1/requests", "/v1/requests/00000000-0000-4000-8000-000000000000", "/v1/summary"],
    },
    expiresAfter,
    dependsOn: [...dependsOn, "services.core", "release:core"],
  }),
  proof("session.limit", {
    proves: application.idleTimeout,
    parameters: { front, store, limit: "idle" },
    expiresAfter,
    dependsOn: [...dependsOn, "sessions"],
  }),
  proof("session.limit", {
    proves: application.absoluteTimeout,
    parameters: { front, store, limit: "absolute" },
    expiresAfter,
    dependsOn: [...dependsOn, "sessions"],
  }),
  proof("session.server-side", {
    proves: application.serverSideSessions,
    parameters: { front, store },
    expiresAfter,
    dependsOn,
  }),
  proof("session.cookie", {
    proves: frontend.cookieSecure,
    parameters: { front, attributes: ["secure", "httponly"] },
    expiresAfter,
    dependsOn,
  }),
  proof("session.cookie", {
    proves: frontend.cookieHostPrefix,
    parameters: { front, prefix: "__Host-", attributes: ["secure", "path=/"], forbidden: ["domain"] },
    expiresAfter,
    dependsOn,
  }),
];
