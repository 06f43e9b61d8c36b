import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { createSignInLink } from "../access/index.ts";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { type Overview, OverviewSchema } from "./overview-schema.ts";

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
