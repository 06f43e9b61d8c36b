import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { User } from "../../workloads/ringiflow/src/bff/api.ts";
import { cookieJar } from "../../workloads/ringiflow/src/traffic/cookies.ts";
import { type Chance, seededChance } from "../../workloads/ringiflow/src/traffic/random.ts";
import { newRequest } from "../../workloads/ringiflow/src/traffic/texts.ts";
import type { System } from "./system.ts";

/** One request of a user, times by `performance.now()`. Status 0: the connection broke; `body` says how. */
export type Seen = { what: string; startedAt: number; endedAt: number; status: number; body: string };
/** A request that a user submitted under one key until it was answered; `id` as in the answer. */
export type Submission = { tenant: string; key: string; id: string };

const PEOPLE = 6;
const PAUSE_MS = { min: 150, max: 550 };
const PATIENCE_MS = 20_000;

/**
 * Users who write down when each of their requests began, how and when it ended: so each failure can be held against what
 * was killed at that moment. A submission that failed is sent again under its key until it is answered.
 */
export async function startWitnesses(system: System, seed: number) {
  const seen: Seen[] = [];
  const submissions: Submission[] = [];
  const dispatcher = new Agent({ connections: PEOPLE, pipelining: 1 });
  let running = true;

  const { users } = (await (await fetch(`${system.edgeUrl}/api/users`)).json()) as { users: User[] };
  const people = users.filter((_user, i) => i % Math.ceil(users.length / PEOPLE) === 0).slice(0, PEOPLE);
  const working = people.map((user, i) => work(user, seededChance(seed * 100 + i)));

  async function work(user: User, chance: Chance): Promise<void> {
    const jar = cookieJar();
    let csrf = "";
    let keys = 0;
    const send = async (method: "GET" | "POST", path: string, body?: unknown, key?: string) => {
      const startedAt = performance.now();
      const note = (status: number, text: string) =>
        seen.push({
          what: `${method} ${path}`,
          startedAt,
          endedAt: performance.now(),
          status,
          body: text.slice(0, 300),
        });
      const cookie = jar.header();
      try {
        const response = await request(`${system.edgeUrl}${path}`, {
          method,
          dispatcher,
          headers: {
            origin: system.edgeUrl,
            ...(cookie ? { cookie } : {}),
            ...(key ? { "idempotency-key": key, "x-csrf-token": csrf } : {}),
            ...(body ? { "content-type": "application/json" } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          headersTimeout: PATIENCE_MS,
        });
        jar.store(response.headers["set-cookie"]);
        const text = await response.body.text();
        note(response.statusCode, text);
        return { status: response.statusCode, text };
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        note(0, `${code}: ${message}`);
        return { status: 0, text: "" };
      }
    };
    const newKey = () => `witness-${seed}-${user.id}-${++keys}`;
    const until = async (status: number, path: string, body: unknown) => {
      const key = newKey();
      // Also after the end: an answer is owed, and kills are over soon.
      for (let i = 0; i < 60; i++) {
        const answer = await send("POST", path, body, key);
        if (answer.status === status) return { key, answer: JSON.parse(answer.text) };
        await sleep(300);
      }
      throw new Error(`${user.id} never got an answer to POST ${path}`);
    };
    const { answer: session } = await until(201, "/api/session", { userId: user.id });
    csrf = session.csrfToken;
    while (running) {
      await sleep(chance.whole(PAUSE_MS.min, PAUSE_MS.max));
      const isSubmission = chance.happens(0.3);
      if (isSubmission) {
        const { key, answer } = await until(201, "/api/requests", newRequest(chance));
        submissions.push({ tenant: user.tenant, key, id: answer.id ?? answer.request.id });
      } else await send("GET", "/api/requests?view=mine&limit=20");
    }
  }

  return {
    seen,
    submissions,
    async stop() {
      running = false;
      await Promise.all(working);
      await dispatcher.close();
    },
  };
}

/** Sends numbered log lines as a service would; keeps the numbers that were acknowledged. */
export async function startTelemetryWitness(system: System, seed: number) {
  const acknowledged: string[] = [];
  const token = await system.secret("ingest-token");
  let running = true;
  let number = 0;
  const working = (async () => {
    while (running) {
      const name = `witness-${seed}-${String(++number).padStart(5, "0")}`;
      const nanos = BigInt(Math.round(performance.timeOrigin + performance.now())) * 1_000_000n;
      const log = { timeUnixNano: String(nanos), severityNumber: 9, body: { stringValue: name } };
      const resource = { attributes: [{ key: "service.name", value: { stringValue: "witness" } }] };
      await fetch(`${system.url}/otlp/v1/logs`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [log] }] }] }),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          if (response.status === 200) acknowledged.push(name);
        },
        // Not acknowledged, so nothing is promised about it.
        () => {},
      );
      await sleep(120);
    }
  })();
  return {
    acknowledged,
    async stop() {
      running = false;
      await working;
    },
  };
}
