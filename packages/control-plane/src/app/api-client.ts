import { userInfo } from "node:os";
import { type ErrorKind, TobanError, unavailable } from "../platform/errors.ts";

const KINDS: Record<number, ErrorKind> = {
  400: "invalid",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  503: "unavailable",
};

const BUSY_MS = 5_000;
const DOWNLOAD_MS = 3_600_000;
/** Who follows something that goes on by itself waits this long for a control plane that is being restarted. */
export const FOLLOW_MS = 60_000;

type Deployed = { rollout?: { runId: string } };
export type RunView = { id: string; state: string; reason?: string | null };

/** The control plane's API for the CLI. A refusal of the server is thrown as it is. */
export function apiClient(
  port: number,
  token: string,
  options: { actor?: string | undefined; tenant?: string | undefined; patienceMs?: number } = {},
) {
  const { actor = userInfo().username, tenant, patienceMs = 0 } = options;
  /** What `read` makes of a good answer. An answer that breaks off is none; only a refusal may come without a body of ours. */
  const send = async <T>(
    method: string,
    path: string,
    body: unknown,
    read: (response: Response) => Promise<T>,
    timeoutMs = 120_000,
  ): Promise<T> => {
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          "x-toban-actor": actor,
          ...(tenant === undefined ? {} : { "x-tenant-id": tenant }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      answer = response.ok ? await read(response) : await response.json().catch(() => ({}));
    } catch (cause) {
      // What the reader itself refuses, or cannot write to its file, is not the control plane's.
      if (cause instanceof TobanError || (cause as NodeJS.ErrnoException).path !== undefined) throw cause;
      throw unavailable(
        "control_plane_unreachable",
        `Nothing answers on http://127.0.0.1:${port}.`,
        "Start it with `npm start`, or name its port with TOBAN_PORT.",
        cause,
      );
    }
    if (response.ok) return answer as T;
    const refusal = (answer as { error?: { code: string; reason: string; remedy: string } }).error;
    throw new TobanError(
      KINDS[response.status] ?? "bug",
      refusal ?? {
        code: `http_${response.status}`,
        reason: response.statusText,
        remedy: "Read the control plane's log.",
      },
    );
  };
  const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    send(method, path, body, (response) => response.json() as Promise<T>);
  /** Reading changes nothing, so it is tried again while the control plane is busy or being restarted. */
  const get = async <T>(path: string, goneMs = patienceMs): Promise<T> => {
    const started = performance.now();
    for (;;) {
      try {
        return await call<T>("GET", path);
      } catch (error) {
        const isGone = error instanceof TobanError && error.code === "control_plane_unreachable";
        const isBusy = error instanceof TobanError && error.kind === "unavailable";
        const patience = isGone ? goneMs : Math.max(goneMs, BUSY_MS);
        if (!isBusy || performance.now() - started > patience) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };
  return {
    get,
    post: <T>(path: string, body: unknown) => call<T>("POST", path, body),
    patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, body),
    delete: <T>(path: string) => call<T>("DELETE", path),
    /** For answers that are too large to be held: `read` takes the bytes as they come. */
    download: <T>(path: string, read: (response: Response) => Promise<T>) =>
      send("GET", path, undefined, read, DOWNLOAD_MS),
    /** Starts a rollout; `approve`: the person who deploys stands for it. The id of its run, or undefined when the version is live already. */
    async deploy(
      service: string,
      version: string,
      options: { approve?: boolean; overrideGate?: string | undefined } = {},
    ): Promise<string | undefined> {
      const body = { service, version, approve: true, ...options };
      return (await call<Deployed>("POST", "/v1/rollouts", body)).rollout?.runId;
    },
    /** Starts a rollback, or takes a running rollout back. The id of the run, or undefined when there is nothing to do. */
    async rollback(service: string, reason: string): Promise<string | undefined> {
      return (
        await call<Deployed>("POST", `/v1/rollouts/${encodeURIComponent(service)}/rollback`, { reason })
      ).rollout?.runId;
    },
    /** Starts a rollout and waits for its end. Returns the run, or undefined when the version was live. */
    async deployAndWait(service: string, version: string, timeoutMs: number): Promise<RunView | undefined> {
      const runId = await this.deploy(service, version);
      if (runId === undefined) return undefined;
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const run = await get<RunView>(`/v1/runs/${runId}`);
        if (ENDED.has(run.state)) return run;
        if (performance.now() > deadline) {
          throw unavailable(
            "rollout_slow",
            `${service} ${version} is still ${run.state}.`,
            "See `npx toban runs`.",
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  };
}

export const ENDED = new Set([
  "succeeded",
  "failed",
  "compensated",
  "compensation_failed",
  "cancelled",
  "parked",
]);
