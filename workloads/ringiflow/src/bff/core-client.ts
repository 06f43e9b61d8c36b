import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceFetch } from "@toban/service-kit";
import type { FastifyRequest } from "fastify";
import type { Person } from "../domain/directory.ts";
import { unavailable } from "../domain/refusals.ts";
import { asServiceError } from "../platform/answers.ts";
import { ACTOR_HEADER, TENANT_HEADER } from "../platform/headers.ts";

export type CoreAnswer = { status: number; body: unknown };

export type CoreClient = (
  request: FastifyRequest,
  who: { tenant: string; person: Person },
  question: { method: "GET" | "POST"; path: string; body?: unknown; idempotencyKey?: string },
) => Promise<CoreAnswer>;

const TIMEOUT_MS = 4_000;
const PAUSES_MS = [100, 300, 600];
const WORTH_A_RETRY = new Set([502, 503]);

/**
 * Asks core in the name of a signed-in person. A question that did not arrive is asked again: reads change
 * nothing, and a command carries its idempotency key, so it is carried out once however often it is sent.
 */
export function createCoreClient(deps: { fetch: ServiceFetch; url: string; token: string }): CoreClient {
  const base = deps.url.replace(/\/$/, "");
  return async (request, who, question) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${deps.token}`,
      [TENANT_HEADER]: who.tenant,
      [ACTOR_HEADER]: who.person.id,
    };
    const language = request.headers["accept-language"];
    if (language) headers["accept-language"] = language;
    if (question.body !== undefined) headers["content-type"] = "application/json";
    if (question.idempotencyKey) headers["idempotency-key"] = question.idempotencyKey;

    const ask = async (): Promise<CoreAnswer> => {
      const response = await deps.fetch(`${base}${question.path}`, {
        method: question.method,
        headers,
        ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
        timeoutMs: TIMEOUT_MS,
      });
      return { status: response.status, body: await response.json().catch(() => null) };
    };

    for (let attempt = 0; ; attempt++) {
      const pauseMs = PAUSES_MS[attempt];
      try {
        const answer = await ask();
        if (WORTH_A_RETRY.has(answer.status) && pauseMs !== undefined) {
          await sleep(pauseMs);
          continue;
        }
        if (isMeantForUsers(answer)) return answer;
        request.log.error({ status: answer.status }, "core refused its own front");
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 504 && pauseMs !== undefined) {
          await sleep(pauseMs);
          continue;
        }
        throw asServiceError(unavailable().refusal, request, error);
      }
      throw asServiceError(unavailable().refusal, request);
    }
  };
}

/** 401 and an unknown actor are trouble between the services; what has no body of ours is not an answer. */
function isMeantForUsers({ status, body }: CoreAnswer): boolean {
  if (status >= 500 || status === 401 || body === null || typeof body !== "object") return false;
  return (body as { error?: { code?: string } }).error?.code !== "actor_unknown";
}
