import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import "./request.ts";
import { peopleRoutes } from "./people/people.routes.ts";
import type { LifeDeps } from "./tenants/life.ts";
import { tenantRoutes } from "./tenants/tenants.routes.ts";

/** Tenants, from the installation's own one, and the people of a tenant. */
export const accessRoutes =
  (deps: LifeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(tenantRoutes(deps));
    await app.register(peopleRoutes(deps));
  };
