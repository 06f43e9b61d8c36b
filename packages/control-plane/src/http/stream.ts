import type { FastifyPluginAsync, FastifyReply } from "fastify";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";

/**
 * `GET /v1/stream`: server-sent events. `overview` once a second, made once for all listeners, and
 * `problem` with `{ code, reason, remedy }` when it cannot be made: the console never shows old data as new.
 */
export function streamRoute(overview: (ctx: Ctx) => Promise<unknown>, periodMs = 1_000): FastifyPluginAsync {
  return async (app) => {
    const listeners = new Map<FastifyReply, Ctx>();
    let timer: NodeJS.Timeout | undefined;

    const event = async (ctx: Ctx): Promise<string> => {
      try {
        return `event: overview\ndata: ${JSON.stringify(await overview(ctx))}\n\n`;
      } catch (error) {
        return `event: problem\ndata: ${JSON.stringify(refusalOf(error))}\n\n`;
      }
    };
    const tick = async () => {
      const [first] = listeners.values();
      if (!first) return;
      const text = await event(first);
      for (const reply of listeners.keys()) reply.raw.write(text);
      if (listeners.size > 0) timer = setTimeout(tick, periodMs);
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
        listeners.set(reply, request.ctx);
        request.raw.on("close", () => listeners.delete(reply));
        if (listeners.size === 1) {
          clearTimeout(timer);
          timer = setTimeout(tick, periodMs);
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
