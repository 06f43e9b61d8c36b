import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AlertingDeps } from "./evaluate.task.ts";
import { listAlerts } from "./list.ts";
import { readPages, readTransitions } from "./store.ts";

const text = z.object({ en: z.string(), ja: z.string() });
const severity = z.enum(["critical", "high", "medium", "low"]);
const level = z.enum(["warning", "critical"]).nullable();
const pageState = z.enum(["queued", "delivered", "not-delivered"]);

export const alertSchema = z.object({
  id: z.string(),
  title: text,
  state: z.enum(["inactive", "pending", "firing", "resolved"]),
  level,
  severity,
  value: z.number().nullable(),
  threshold: z.number(),
  unit: z.string(),
  since: z.string(),
  firedAt: z.string().nullable(),
  resolvedAt: z.string().nullable(),
  noData: z.boolean(),
  impact: text,
  runbook: z.string(),
  service: z.string().nullable(),
  page: z
    .object({ kind: z.string(), channel: z.string(), state: pageState, error: z.string().nullable() })
    .nullable(),
});

const transitionSchema = z.object({
  id: z.string(),
  alertId: z.string(),
  from: z.string(),
  to: z.string(),
  fromLevel: z.string().nullable(),
  toLevel: z.string().nullable(),
  value: z.number().nullable(),
  reason: text,
  at: z.string(),
});

const pageSchema = z.object({
  id: z.string(),
  alertId: z.string(),
  kind: z.string(),
  channel: z.string(),
  state: pageState,
  attempts: z.number(),
  error: z.string().nullable(),
  createdAt: z.string(),
});

/** GET /v1/alerts: every alert, the transitions of the last 24 hours and the newest pages. */
export const alertingRoutes =
  (deps: Pick<AlertingDeps, "db" | "definition">): FastifyPluginAsyncZod =>
  async (app) => {
    app.route({
      method: "GET",
      url: "/v1/alerts",
      config: { operation: "alert.read" },
      schema: {
        summary: "Alerts, their newest transitions and pages",
        response: {
          200: z.object({
            alerts: z.array(alertSchema),
            transitions: z.array(transitionSchema),
            pages: z.array(pageSchema),
          }),
        },
      },
      handler: (request) =>
        deps.db.tx(request.ctx, async (tx) => {
          const from = new Date(request.ctx.clock.now().getTime() - 24 * 3_600_000);
          const alerts = await listAlerts(tx, deps.definition());
          const transitions = await readTransitions(tx, { from, limit: 200 });
          const pages = await readPages(tx, 100);
          return {
            alerts,
            transitions: transitions.map((row) => ({ ...row, at: row.at.toISOString() })),
            pages: pages.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
          };
        }),
    });
  };
