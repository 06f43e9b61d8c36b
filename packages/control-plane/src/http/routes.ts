import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { createSignInLink } from "../access/index.ts";
import { record, search } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { type Overview, OverviewSchema } from "./overview-schema.ts";

const AuditEvent = z.object({
  id: z.string(),
  class: z.enum(["auth", "operation", "admin", "access"]),
  ts: z.string(),
  tenantId: z.string(),
  actorId: z.string(),
  action: z.string(),
  resource: z.string(),
  result: z.enum(["success", "failure", "denied"]),
  correlationId: z.string(),
  sourceIp: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Routes that belong to no single module. */
export const commonRoutes =
  (deps: { db: Database; overview(ctx: Ctx): Promise<Overview> }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/v1/overview",
      {
        config: { operation: "overview.read" },
        schema: { summary: "Everything the first page shows", response: { 200: OverviewSchema } },
      },
      ({ ctx }) => deps.overview(ctx),
    );

    app.get(
      "/v1/audit",
      {
        config: { operation: "audit.read" },
        schema: {
          summary: "The audit record, newest first; reading it is audited too",
          querystring: z.object({
            actor: z.string().optional(),
            action: z.string().optional(),
            resource: z.string().optional(),
            result: z.enum(["success", "failure", "denied"]).optional(),
            correlationId: z.string().optional(),
            from: time.optional(),
            to: time.optional(),
            limit: z.coerce.number().int().min(1).max(1000).optional(),
          }),
          response: { 200: z.object({ events: z.array(AuditEvent) }) },
        },
      },
      ({ ctx, query }) =>
        deps.db.tx(ctx, async (tx) => {
          const events = await search(tx, query);
          await record(tx, ctx, {
            class: "access",
            action: "audit.search",
            resource: "audit",
            result: "success",
            details: { events: events.length },
          });
          return { events };
        }),
    );

    app.post(
      "/v1/sign-in-links",
      {
        config: { operation: "sign_in_link.create" },
        schema: {
          summary: "A token that opens the console once, as the caller",
          body: z.object({}),
          response: { 200: z.object({ token: z.string() }) },
        },
      },
      ({ ctx }) =>
        deps.db.tx(ctx, async (tx) => {
          const token = await createSignInLink(tx, ctx, ctx.actor.id);
          await record(tx, ctx, {
            class: "auth",
            action: "sign_in_link.create",
            resource: `person/${ctx.actor.id}`,
            result: "success",
          });
          return { token };
        }),
    );

    app.get("/v1/openapi.json", { config: { operation: "openapi.read" }, schema: { hide: true } }, () =>
      app.swagger(),
    );
  };
