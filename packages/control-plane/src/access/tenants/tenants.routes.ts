import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Ctx } from "../../platform/ctx.ts";
import { deleteTenant, type LifeDeps, resumeTenant, suspendTenant, undeleteTenant } from "./life.ts";
import { provisionTenant } from "./provision.ts";
import { selectTenants, type TenantRow } from "./store.ts";

const Tenant = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(["active", "suspended", "deleted", "purged"]),
  createdAt: z.string(),
  suspendedAt: z.string().nullable(),
  deletedAt: z.string().nullable(),
  purgedAt: z.string().nullable(),
});
const Id = z.object({ id: z.string().min(1).max(64) });
const Body = z.strictObject({
  id: z.string().min(1).max(63),
  name: z.string().min(1).max(200),
  administrator: z.strictObject({
    id: z.string().min(1).max(64),
    name: z.string().min(1).max(200),
    email: z.email().max(254).nullish(),
  }),
});

const text = (date: Date | null) => date?.toISOString() ?? null;
const view = (tenant: TenantRow) => ({
  id: tenant.id,
  name: tenant.name,
  state: tenant.state,
  createdAt: tenant.createdAt.toISOString(),
  suspendedAt: text(tenant.suspendedAt),
  deletedAt: text(tenant.deletedAt),
  purgedAt: text(tenant.purgedAt),
});

type Change = (deps: LifeDeps, ctx: Ctx, id: string) => Promise<TenantRow>;

/** The life of tenants. The permission table lets only the installation's own tenant do these. */
export const tenantRoutes =
  (deps: LifeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;
    app.get(
      "/v1/tenants",
      {
        config: { operation: "tenant.read" },
        schema: {
          summary: "Tenants of this installation",
          response: { 200: z.object({ tenants: z.array(Tenant) }) },
        },
      },
      async () => ({ tenants: (await selectTenants(db)).map(view) }),
    );
    app.post(
      "/v1/tenants",
      {
        config: { operation: "tenant.write" },
        schema: {
          summary: "A tenant with its first administrator; 200 when it is there already",
          body: Body,
          response: { 200: Tenant, 201: Tenant },
        },
      },
      async ({ ctx, body }, reply) => {
        const { tenant, created } = await provisionTenant(db, ctx, body);
        return reply.code(created ? 201 : 200).send(view(tenant));
      },
    );
    const change = (method: "POST" | "DELETE", suffix: string, summary: string, work: Change) =>
      app.route({
        method,
        url: `/v1/tenants/:id${suffix}`,
        config: { operation: "tenant.write" },
        schema: { summary, params: Id, response: { 200: Tenant } },
        handler: async ({ ctx, params }) => view(await work(deps, ctx, params.id)),
      });
    change("POST", "/suspend", "Stop a tenant: its people are refused, its tasks rest", suspendTenant);
    change("POST", "/resume", "End a suspension", resumeTenant);
    change("POST", "/undelete", "Bring a deleted tenant back, within 30 days", undeleteTenant);
    change("DELETE", "", "Delete a tenant; its rows go after 30 days", deleteTenant);
  };
