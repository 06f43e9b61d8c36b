import { createServer, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach } from "vitest";
import { createCounts } from "../edge/counts.ts";
import { type Limits, type Listener, openListener } from "../edge/listener.ts";
import { createRouter } from "../edge/router.ts";
import { keptByNobody } from "../keeper.ts";
import { systemClock } from "../platform/clock.ts";

export const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export async function origin(handler: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as { port: number }).port };
}

export type Route = { version: string; weight: number; port: number; id?: string };

export async function edge(routes: Route[], sticky = false, limits?: Limits) {
  const router = createRouter("shop", systemClock);
  const counts = createCounts();
  const setRoutes = (next: Route[]) => {
    let at = 0;
    const segments = next.map(({ version, weight }) => {
      at += weight;
      return { version, from: at - weight, to: at };
    });
    router.update(
      segments.filter(({ from, to }) => to > from),
      next.map(({ version, port, id }) => ({ id: id ?? `shop-${version}-0`, version, port, serves: true })),
    );
  };
  setRoutes(routes);
  const listener: Listener = await openListener({
    router,
    counts,
    clock: systemClock,
    host: "127.0.0.1",
    port: 0,
    sticky,
    kept: keptByNobody,
    ...(limits ? { limits } : {}),
  });
  closers.push(async () => {
    await listener.close(100);
    router.close();
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    counts,
    router,
    setRoutes,
    listener,
  };
}

export const named = (name: string) => origin((_req, res) => void res.end(name));
export const echoHeaders = () => origin((req, res) => void res.end(JSON.stringify(req.rawHeaders)));

export function headersOf(flat: string[], name: string): string[] {
  return flat.filter((_, i) => i % 2 === 1 && flat[i - 1]!.toLowerCase() === name);
}

export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

export const total = (rows: { histogram: { count: number } }[]) =>
  rows.reduce((sum, row) => sum + row.histogram.count, 0);
