import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";

const TICKS_BETWEEN_CHECKS = 5;

/**
 * `GET /v1/stream`: server-sent events. `overview` once a second, made once for all listeners (all are in the
 * installation's own tenant), and `problem` with `{ code, reason, remedy }` when it cannot be made: the console never
 * shows old data as new.
 */
export function streamRoute(overview: (ctx: Ctx) => Promise<unknown>, periodMs = 1_000): FastifyPluginAsync {
  return async (app) => {
    const listeners = new Map<FastifyReply, FastifyRequest>();
    let timer: NodeJS.Timeout | undefined;

    const event = async (ctx: Ctx): Promise<string> => {
      try {
        return `event: overview\ndata: ${JSON.stringify(await overview(ctx))}\n\n`;
      } catch (error) {
        return `event: problem\ndata: ${JSON.stringify(refusalOf(error))}\n\n`;
      }
    };
    /** Who was removed, or may no longer see it, does not listen on. */
    const endRefused = async () => {
      for (const [reply, request] of listeners) {
        const isRefused = await request.authorizeAgain().then(
          () => false,
          (error) => refusalOf(error).kind === "forbidden",
        );
        if (!isRefused) continue;
        listeners.delete(reply);
        reply.raw.end();
      }
    };
    const tick = async (number: number) => {
      if (number % TICKS_BETWEEN_CHECKS === 0) await endRefused();
      const [first] = listeners.values();
      if (!first) return;
      const text = await event(first.ctx);
      for (const reply of listeners.keys()) reply.raw.write(text);
      if (listeners.size > 0) timer = setTimeout(() => tick(number + 1), periodMs);
    };

    app.get(
      "/v1/stream",
      { exposeHeadRoute: false, config: { operation: "overview.read" }, schema: { hide: true } },
      async (request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, {
          "content-type": "text/event-stream",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
        });
        reply.raw.write(`retry: 1000\n\n${await event(request.ctx)}`);
        listeners.set(reply, request);
        request.raw.on("close", () => listeners.delete(reply));
        if (listeners.size === 1) {
          clearTimeout(timer);
          timer = setTimeout(() => tick(1), periodMs);
        }
      },
    );
    app.addHook("preClose", async () => {
      clearTimeout(timer);
      for (const reply of listeners.keys()) reply.raw.end();
      listeners.clear();
    });
  };
}
