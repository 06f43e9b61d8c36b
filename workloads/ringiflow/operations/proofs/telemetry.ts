// What the telemetry of RingiFlow holds, and what it does not.
import { days, proof } from "@toban/definition";
import { logs, metrics, secrets, telemetry } from "../index.ts";
import { maskingPolicy } from "../masking.ts";
import { front } from "./front.ts";

const expiresAfter = days(1);
const dependsOn = ["release:bff", "release:core", "release:worker"];

/** Requests that end in an error, with a text of somebody in each place where somebody can put one. */
const ways = [
  { method: "POST", path: "/api/requests", body: '{"title": "{canary}", "oops"' },
  { method: "POST", path: "/api/requests", body: '{"title": "{canary}", "{canary}": 1}' },
  { method: "POST", path: "/api/session", body: '{"userId": "{canary}"}' },
  { method: "GET", path: "/api/requests?limit=0&q={canary}" },
  {
    method: "GET",
    path: "/api/requests/none",
    headers: {
      authorization: "Bearer {canary}",
      "x-api-key": "{canary}",
      referer: "http://x.example/?t={canary}",
    },
  },
  {
    method: "POST",
    path: "/api/requests/none/approve",
    headers: { "idempotency-key": "{canary} {canary}" },
    body: '{"comment": "{canary}"}',
  },
];

export const telemetryProofs = [
  proof("telemetry.labels", {
    proves: metrics.labels,
    parameters: {
      withinMinutes: 5,
      tenant: "^(none|t_[0-9a-f]{12})$",
      metrics: ["http.server.request.duration", "ringiflow.queue.lag"],
      // The agent's, about instances and the edge, which know no tenant.
      except: ["toban.instance.", "toban.edge."],
    },
    expiresAfter,
    dependsOn,
  }),
  proof("telemetry.correlated", {
    proves: telemetry.collected,
    parameters: {
      front,
      path: "/api/requests?view=mine&limit=1",
      through: ["bff", "core"],
      metric: "http.server.request.duration",
    },
    expiresAfter,
    dependsOn,
  }),
  proof("telemetry.cross-reference", {
    proves: logs.structured,
    parameters: {
      // RingiFlow's record of who did what is its event store: nothing in it is ever changed.
      audit: {
        urlSecret: "ringiflow-database-url",
        settings: { "ringiflow.tenant": "hinode" },
        ...{ table: "ringiflow.events", column: "correlation_id", newest: "position" },
      },
      services: ["bff", "core"],
      share: 0.95,
    },
    expiresAfter,
    dependsOn,
  }),
  proof("telemetry.canary", {
    id: "telemetry.canary:secrets",
    proves: secrets.secretsNeverLogged,
    parameters: { front, ways, policy: maskingPolicy.version, canaries: maskingPolicy.secrets },
    expiresAfter,
    dependsOn,
  }),
  proof("telemetry.canary", {
    id: "telemetry.canary:personal",
    proves: logs.nothingPersonal,
    parameters: { front, ways, policy: maskingPolicy.version, canaries: maskingPolicy.personal },
    expiresAfter,
    dependsOn,
  }),
];
