import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { codeOf, conflict, messageOf, unavailable } from "../errors.ts";
import type { KeptSockets } from "../keeper.ts";
import type { Clock } from "../platform/clock.ts";
import type { Counts } from "./counts.ts";
import { type EdgeContext, handleRequest } from "./exchange.ts";
import { rawRefusal, refusals } from "./refuse.ts";
import type { Router } from "./router.ts";
import { handleUpgrade } from "./upgrade.ts";

export type Listener = {
  readonly host: string;
  readonly port: number;
  setSticky(sticky: boolean): void;
  /** Accepts nothing new and waits for requests in flight, at most `graceMs`; then cuts what is left. */
  close(graceMs: number): Promise<void>;
};

export type ListenerOptions = {
  router: Router;
  counts: Counts;
  clock: Clock;
  host: string;
  /** 0 picks a free one. */
  port: number;
  sticky: boolean;
  kept: KeptSockets;
  limits?: Limits;
};

export type Limits = {
  /** A client that takes longer to send its header is cut off (slow loris). */
  headersMs: number;
  /** No byte in either direction while a request arrives, or while a client does not read its response. */
  stalledMs: number;
  /** A kept connection without a request. */
  keepAliveMs: number;
};

const LIMITS: Limits = { headersMs: 10_000, stalledMs: 60_000, keepAliveMs: 65_000 };
const HEADER_BYTES_MAX = 16 * 1024;
/** Connections that wait while an agent restarts. */
const BACKLOG = 1024;

/** The newest response on a client's connection. */
const CURRENT = Symbol("current response");
type EdgeSocket = Socket & { [CURRENT]?: ServerResponse };

/** Opens a service's listener. Throws `conflict` when the port is taken, `unavailable` when it cannot be used. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  let isClosing = false;
  const limits = options.limits ?? LIMITS;
  const context: EdgeContext = {
    router: options.router,
    counts: options.counts,
    sticky: options.sticky,
    random: () => options.clock.random(),
    isClosing: () => isClosing,
  };
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: limits.headersMs,
    // Long uploads are fine as long as they move; idle ones are cut below.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(2000, limits.headersMs),
    requireHostHeader: true,
    insecureHTTPParser: false,
    noDelay: true,
    highWaterMark: 64 * 1024,
  });
  const upgraded = new Set<Duplex>();
  server.on("request", (req, res) => {
    (req.socket as EdgeSocket)[CURRENT] = res;
    handleRequest(context, req, res);
  });
  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    (socket as Socket).setTimeout(0);
    handleUpgrade(context, req, socket, head);
  });
  server.timeout = limits.stalledMs;
  server.on("timeout", (socket: EdgeSocket) => {
    // A quiet response (events, a long computation) is the instance's matter; all else that stands still is the client's.
    const res = socket[CURRENT];
    const isAnswering = res?.req.complete && !res.writableEnded && !res.writableNeedDrain;
    if (!isAnswering) socket.destroy();
  });
  server.on("clientError", answerMalformed);

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const opened = () => {
      server.off("error", reject);
      resolve();
    };
    const socket = options.kept.take(options.host, options.port);
    if (socket) server.listen(socket, BACKLOG, opened);
    else server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, opened);
  }).catch((error: unknown) => {
    throw listenRefusal(error, options.host, options.port);
  });
  server.on("error", () => {});
  const { port } = server.address() as { port: number };
  options.kept.keep(options.host, port, server);

  return {
    host: options.host,
    port,
    setSticky(sticky) {
      context.sticky = sticky;
    },
    close(graceMs) {
      isClosing = true;
      options.kept.drop(options.host, port);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of upgraded) socket.destroy();
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

function listenRefusal(error: unknown, host: string, port: number) {
  if (codeOf(error) === "EADDRINUSE")
    return conflict(
      "port_taken",
      `Port ${port} on ${host} is in use by another program.`,
      "Stop the program that listens there, or give the service's listener another port.",
      error,
    );
  return unavailable(
    "listener_failed",
    `Cannot listen on ${host}:${port}: ${messageOf(error)}`,
    "Give the listener an address of this machine and a port that its user may open.",
    error,
  );
}

function answerMalformed(error: Error, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const code = codeOf(error);
  const [status, reason] =
    code === "HPE_HEADER_OVERFLOW"
      ? [431, `The request's header is larger than ${HEADER_BYTES_MAX} bytes.`]
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "The request did not arrive in time."]
        : [400, "The request is not valid HTTP/1.1."];
  if (code === "ECONNRESET") return void socket.destroy();
  socket.end(
    rawRefusal(status as number, STATUS_CODES[status as number]!, refusals.unsafe(reason as string)),
  );
}
