import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Erasure, Erasures } from "./index.ts";

const ErasureView = z.object({
  id: z.string(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  completedAt: z.string().nullable(),
  removed: z.number().nullable(),
  state: z.enum(["done", "held", "pending"]),
});

const view = ({ requestedAt, completedAt, ...rest }: Erasure) => ({
  ...rest,
  requestedAt: requestedAt.toISOString(),
  completedAt: completedAt?.toISOString() ?? null,
});

export const erasureRoutes =
  (deps: { erasures: Erasures }): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/v1/erasures",
      {
        config: { operation: "erasure.request" },
        schema: {
          summary: "Erase what is known of a person; waits while a legal hold is open",
          // The name somebody signs in with.
          body: z.strictObject({ subject: z.string().min(1).max(200) }),
          response: { 200: ErasureView },
        },
      },
      async ({ ctx, body }) => view(await deps.erasures.request(ctx, body.subject)),
    );

    app.get(
      "/v1/erasures",
      {
        config: { operation: "erasure.request" },
        schema: {
          summary: "Erasure requests, newest first; whom they were about is not kept",
          response: { 200: z.object({ erasures: z.array(ErasureView) }) },
        },
      },
      async ({ ctx }) => ({ erasures: (await deps.erasures.list(ctx)).map(view) }),
    );
  };
