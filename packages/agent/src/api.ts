import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import type { AgentOperations } from "./agent.ts";
import { codeOf, conflict, invalid, messageOf, notFound, refusalOf, unavailable } from "./errors.ts";
import type { Log } from "./log.ts";
import {
  commandSchema,
  desiredServiceSchema,
  parse,
  serviceNameSchema,
  telemetryTargetSchema,
} from "./model.ts";

const BODY_BYTES_MAX = 1024 * 1024;

type Call = { operations: AgentOperations; service: string; body(): Promise<unknown> };
type Endpoint = {
  method: string;
  path: RegExp;
  handle(call: Call): Promise<unknown> | unknown;
};

const SERVICE = /^\/v1\/services\/([^/]+)$/;

const endpoints: Endpoint[] = [
  {
    method: "PUT",
    path: SERVICE,
    handle: async ({ operations, service, body }) =>
      operations.apply(service, parse(desiredServiceSchema, await body(), "desired_service")),
  },
  { method: "GET", path: SERVICE, handle: ({ operations, service }) => operations.observe(service) },
  {
    method: "DELETE",
    path: SERVICE,
    handle: async ({ operations, service }) => {
      await operations.remove(service);
      return {};
    },
  },
  { method: "GET", path: /^\/v1\/state$/, handle: ({ operations }) => operations.state() },
  { method: "GET", path: /^\/v1\/health$/, handle: ({ operations }) => operations.health() },
  {
    method: "PUT",
    path: /^\/v1\/telemetry$/,
    handle: async ({ operations, body }) => {
      await operations.setTelemetry(parse(telemetryTargetSchema, await body(), "telemetry"));
      return {};
    },
  },
  {
    method: "POST",
    path: /^\/v1\/commands$/,
    handle: async ({ operations, body }) => operations.run(parse(commandSchema, await body(), "command")),
  },
];

/**
 * Serves the API on a Unix socket that only its owner may open. A socket without a listener is replaced; one with a listener
 * is refused (`conflict`). `onStopped` is called when a stop has been answered.
 */
export async function serveApi(
  socketPath: string,
  operations: AgentOperations,
  log: Log,
  onStopped: () => void,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((req, res) => {
    void answer(req, res).catch((error) => log.error("answer not sent", { reason: messageOf(error) }));
  });
  // Commands and stops take as long as they take; only the owner can call.
  server.requestTimeout = 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const url = (req.url ?? "/").split("?")[0]!;
      if (req.method === "POST" && url === "/v1/stop") {
        await operations.stop();
        res.once("close", onStopped);
        return send(res, 200, {});
      }
      for (const endpoint of endpoints) {
        const match = endpoint.path.exec(url);
        if (!match || endpoint.method !== req.method) continue;
        const service = match[1] ? parse(serviceNameSchema, match[1], "service") : "";
        return send(res, 200, await endpoint.handle({ operations, service, body: () => readJson(req) }));
      }
      throw notFound(
        "endpoint_unknown",
        `There is no ${req.method} ${url}.`,
        "Use the client of @toban/agent.",
      );
    } catch (error) {
      const { status, code, reason, remedy, kind } = refusalOf(error);
      if (kind === "bug") log.error("request failed", { reason, stack: (error as Error)?.stack });
      send(res, status, { error: { code, reason, remedy } });
    }
  }

  await claim(socketPath);
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socketPath, () => {
        server.off("error", reject);
        resolve();
      });
    });
    chmodSync(socketPath, 0o600);
  } catch (error) {
    throw socketRefusal(socketPath, error);
  } finally {
    process.umask(mask);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Makes the folder and removes a socket that nobody listens on. */
async function claim(socketPath: string): Promise<void> {
  try {
    mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
    if (await isAnswering(socketPath))
      throw conflict(
        "socket_in_use",
        `Another program listens on ${socketPath}.`,
        "Use that agent, or give this one another socket.",
      );
    rmSync(socketPath, { force: true });
  } catch (error) {
    if (refusalOf(error).kind !== "bug") throw error;
    throw socketRefusal(socketPath, error);
  }
}

function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function socketRefusal(socketPath: string, error: unknown) {
  const isLong = codeOf(error) === "EINVAL" || Buffer.byteLength(socketPath) > 103;
  return unavailable(
    "socket_not_usable",
    `The socket ${socketPath} cannot be opened: ${messageOf(error)}`,
    isLong ? "Choose a path of at most 103 bytes." : "Give the agent a folder that it may write.",
    error,
  );
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX)
      throw invalid("body_too_large", `The body is over ${BODY_BYTES_MAX} bytes.`, "Send a smaller one.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw invalid("body_not_json", messageOf(error), "Send a JSON body.", error);
  }
}

function send(res: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  res.end(body);
}
