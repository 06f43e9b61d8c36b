import type { FastifyInstance } from "fastify";
import { maskText } from "./masking/index.ts";

export type ReadinessCheck = (signal: AbortSignal) => Promise<void> | void;
export type CheckResult = { name: string; ok: boolean; reason?: string; durationMs: number };

export type Health = {
  /** `check` throws (or rejects) while its dependency is unusable. Each has `timeoutMs`, default 2 000. */
  add(name: string, check: ReadinessCheck, timeoutMs?: number): void;
  /** From now on not ready: the edge stops sending. */
  drain(): void;
};

/** `GET /health/live`: the process answers. `GET /health/ready`: 200, or 503 with the failing checks. */
export function serveHealth(app: FastifyInstance): Health {
  const checks = new Map<string, { check: ReadinessCheck; timeoutMs: number }>();
  let draining = false;
  const options = { logLevel: "silent" as const };

  app.get("/health/live", options, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { status: "live" };
  });
  app.get("/health/ready", options, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    if (draining) return reply.code(503).send({ status: "draining", checks: [] });
    const results = await Promise.all(
      [...checks].map(([name, { check, timeoutMs }]) => runCheck(name, check, timeoutMs)),
    );
    const ready = results.every((result) => result.ok);
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready", checks: results });
  });

  return {
    add(name, check, timeoutMs = 2000) {
      if (checks.has(name)) throw new Error(`there is already a readiness check named ${name}`);
      checks.set(name, { check, timeoutMs });
    },
    drain() {
      draining = true;
    },
  };
}

async function runCheck(name: string, check: ReadinessCheck, timeoutMs: number): Promise<CheckResult> {
  const started = performance.now();
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  const durationMs = () => Math.round(performance.now() - started);
  try {
    // The async wrapper turns a synchronous throw into a rejection.
    await Promise.race([(async () => check(abort.signal))(), late]);
    return { name, ok: true, durationMs: durationMs() };
  } catch (error) {
    const reason = maskText(error instanceof Error ? error.message : String(error));
    return { name, ok: false, reason, durationMs: durationMs() };
  } finally {
    clearTimeout(timer);
  }
}
