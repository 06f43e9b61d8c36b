import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../platform/database.ts";
import { getIncident, listIncidents, resolve } from "./incidents.ts";

const text = z.object({ en: z.string(), ja: z.string() });

export const incidentSchema = z.object({
  id: z.string(),
  title: text,
  severity: z.enum(["critical", "high", "medium", "low"]),
  state: z.enum(["open", "resolved"]),
  openedAt: z.string(),
  resolvedAt: z.string().nullable(),
  service: z.string().nullable(),
  timeline: z.array(z.object({ at: z.string(), text })),
});

/** GET /v1/incidents, GET /v1/incidents/:id, POST /v1/incidents/:id/resolve. */
export const incidentRoutes =
  (deps: { db: Database }): FastifyPluginAsyncZod =>
  async (app) => {
    app.route({
      method: "GET",
      url: "/v1/incidents",
      config: { operation: "incident.read" },
      schema: {
        summary: "Incidents, open ones first",
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
        response: { 200: z.object({ incidents: z.array(incidentSchema) }) },
      },
      handler: async (request) => ({
        incidents: await deps.db.tx(request.ctx, (tx) => listIncidents(tx, request.query.limit)),
      }),
    });
    app.route({
      method: "GET",
      url: "/v1/incidents/:id",
      config: { operation: "incident.read" },
      schema: {
        summary: "One incident with its timeline",
        params: z.object({ id: z.string().min(1).max(64) }),
        response: { 200: incidentSchema },
      },
      handler: (request) => deps.db.tx(request.ctx, (tx) => getIncident(tx, request.params.id)),
    });
    app.route({
      method: "POST",
      url: "/v1/incidents/:id/resolve",
      config: { operation: "incident.write" },
      schema: {
        summary: "Resolve an incident by hand",
        params: z.object({ id: z.string().min(1).max(64) }),
        body: z.strictObject({ note: z.string().min(1).max(500) }),
        response: { 200: incidentSchema },
      },
      handler: (request) =>
        deps.db.tx(request.ctx, async (tx) => {
          await resolve(tx, request.ctx, request.params.id, request.body.note);
          return getIncident(tx, request.params.id);
        }),
    });
  };
