import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
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
};

const HEADER_BYTES_MAX = 16 * 1024;
/** A client that takes longer to send its header is cut off (slow loris). */
const HEADERS_MS = 10_000;
/** No byte in either direction while a request is arriving. */
const UPLOAD_IDLE_MS = 60_000;
/** Connections that wait while an agent restarts. */
const BACKLOG = 1024;
const KEEP_ALIVE_MS = 65_000;

/** The newest request on a client's connection. */
const CURRENT = Symbol("current request");
type EdgeSocket = Socket & { [CURRENT]?: IncomingMessage };

/** Opens a service's listener. Throws `conflict` when the port is taken, `unavailable` when it cannot be used. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  let isClosing = false;
  const context: EdgeContext = {
    router: options.router,
    counts: options.counts,
    sticky: options.sticky,
    random: () => options.clock.random(),
    isClosing: () => isClosing,
  };
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_MS,
    // Long uploads are fine as long as they move; idle ones are cut below.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 2000,
    requireHostHeader: true,
    insecureHTTPParser: false,
    noDelay: true,
    highWaterMark: 64 * 1024,
  });
  const upgraded = new Set<Duplex>();
  server.on("request", (req, res) => {
    (req.socket as EdgeSocket)[CURRENT] = req;
    handleRequest(context, req, res);
  });
  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    (socket as Socket).setTimeout(0);
    handleUpgrade(context, req, socket, head);
  });
  server.timeout = UPLOAD_IDLE_MS;
  server.on("timeout", (socket: EdgeSocket) => {
    // A quiet response (events, a long computation) is the instance's matter; a stuck request is the client's.
    if (socket[CURRENT]?.complete !== true) socket.destroy();
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
