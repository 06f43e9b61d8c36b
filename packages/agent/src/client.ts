import { request } from "node:http";
import { AgentError, type AgentErrorKind, bug, codeOf, messageOf, unavailable } from "./errors.ts";
import type {
  AgentHealth,
  AgentState,
  Command,
  CommandResult,
  DesiredService,
  ObservedService,
  TelemetryTarget,
} from "./model.ts";

/** Every call throws an `AgentError` with `{ kind, code, reason, remedy }`; `unavailable` when no agent answers. */
export type AgentClient = {
  /** Idempotent. `conflict` with code `fence_stale` for an old fence, `port_taken` for the listener. */
  putService(service: string, desired: DesiredService): Promise<ObservedService>;
  /** `not_found` when the agent does not know the service. */
  getService(service: string): Promise<ObservedService>;
  /** Drains all instances; resolves when they are gone. */
  deleteService(service: string): Promise<void>;
  state(): Promise<AgentState>;
  health(): Promise<AgentHealth>;
  putTelemetry(target: TelemetryTarget): Promise<void>;
  /** Runs a one-off command of a release; resolves when it has ended. */
  run(command: Command): Promise<CommandResult>;
  /** Drains everything and ends the agent; resolves when nothing runs any more. */
  stop(): Promise<void>;
};

const CALL_MS = 10_000;
/** Draining takes as long as the services' drain time allows. */
const DRAIN_MS = 2 * 3_600_000;

const kindOf: Record<number, AgentErrorKind> = {
  400: "invalid",
  404: "not_found",
  409: "conflict",
  503: "unavailable",
};

/** A client of the agent that listens on `socketPath`. It holds no connection; nothing is to be closed. */
export function connectAgent(socketPath: string): AgentClient {
  const call = <T>(method: string, path: string, body?: unknown, timeoutMs = CALL_MS) =>
    callAgent(socketPath, method, path, body, timeoutMs) as Promise<T>;
  const servicePath = (service: string) => `/v1/services/${encodeURIComponent(service)}`;
  return {
    putService: (service, desired) => call("PUT", servicePath(service), desired),
    getService: (service) => call("GET", servicePath(service)),
    deleteService: async (service) => void (await call("DELETE", servicePath(service), undefined, DRAIN_MS)),
    state: () => call("GET", "/v1/state"),
    health: () => call("GET", "/v1/health"),
    putTelemetry: async (target) => void (await call("PUT", "/v1/telemetry", target)),
    run: (command) => call("POST", "/v1/commands", command, command.timeoutMs + CALL_MS),
    stop: async () => void (await call("POST", "/v1/stop", undefined, DRAIN_MS)),
  };
}

function callAgent(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
    const req = request({ socketPath, method, path, headers, agent: false });
    const timer = setTimeout(() => req.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    req.on("close", () => clearTimeout(timer));
    req.on("error", (error) => reject(noAnswer(socketPath, error)));
    req.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", (error) => reject(noAnswer(socketPath, error)));
      response.on("end", () => {
        try {
          const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
          if (response.statusCode === 200) return resolve(value);
          const { error } = value as { error: { code: string; reason: string; remedy: string } };
          const { code, reason, remedy } = error;
          reject(new AgentError(kindOf[response.statusCode!] ?? "bug", { code, reason, remedy }));
        } catch (error) {
          reject(
            bug(
              "agent_answer_invalid",
              `${method} ${path}: ${messageOf(error)}`,
              "Use an agent of this version.",
              error,
            ),
          );
        }
      });
    });
    req.end(payload);
  });
}

function noAnswer(socketPath: string, error: unknown): AgentError {
  const isAbsent = ["ENOENT", "ECONNREFUSED"].includes(codeOf(error));
  return unavailable(
    "agent_unavailable",
    isAbsent ? `No agent listens on ${socketPath}.` : `The agent does not answer: ${messageOf(error)}`,
    isAbsent
      ? "Start the agent; running instances are not affected."
      : "Read the agent's log; the call may have taken effect.",
    error,
  );
}
