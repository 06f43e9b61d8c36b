import type { Session } from "@toban/bff";
import type { ServiceFetch } from "@toban/service-kit";
import fastify from "fastify";
import { describe, expect, test } from "vitest";
import { createCoreClient } from "../bff/core-client.ts";
import { apiRoutes } from "../bff/routes.ts";
import { COMMANDS } from "../domain/commands.ts";
import { decide } from "../domain/decide.ts";
import { DIRECTORIES, findPerson } from "../domain/directory.ts";
import { fold } from "../domain/evolve.ts";
import type { RequestEvent } from "../domain/model.ts";
import type { StoredEvent } from "../events/store.ts";
import { requestAnswer } from "./answers.ts";
import { answers, coreContract } from "./contract.ts";

type Parameter = { name: string; in: string; required?: boolean };
type Operation = { parameters?: Parameter[]; requestBody?: object };
type Contract = { paths: Record<string, { parameters: Parameter[] } & Record<string, Operation>> };

const ID = "018f2f6e-7c1a-7d3e-9b7a-2f6e7c1a7d3e";
const submission = { title: "PC", body: "", category: "purchase", amountYen: 150_000 } as const;
const directory = DIRECTORIES[0]!;
const applicant = findPerson("aozora-01")!.person;

describe("the contract between the BFF and core", () => {
  // `npx vitest run -u workloads/ringiflow/src/core/contract.test.ts` writes it anew.
  test("is what the repository holds", async () => {
    const text = `${JSON.stringify(coreContract(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../contracts/core.openapi.json");
  });

  test("is kept by core's answers, with nothing that it does not name", () => {
    const contents = { ...submission, attachments: [{ name: "a.pdf", size: 1, type: "application/pdf" }] };
    const events: RequestEvent[] = [];
    const outcome = decide(fold(events), { name: "submit", contents }, { directory, actor: applicant });
    if (!outcome.ok) throw new Error(outcome.refusal.code);
    const stored = outcome.events.map(
      (event, index) =>
        ({
          eventId: ID,
          streamId: ID,
          position: index + 1,
          version: index + 1,
          at: new Date("2026-01-01T00:00:00Z"),
          actor: { id: applicant.id, name: applicant.name },
          event,
        }) as unknown as StoredEvent,
    );
    const answer = requestAnswer(stored, { directory, actor: applicant });
    expect(answers.RequestAnswer.parse(answer)).toEqual(answer);
  });

  test("names everything that the BFF asks, and demands nothing that it does not send", async () => {
    const asked: { method: string; url: URL; headers: Record<string, string>; body: unknown }[] = [];
    const fetch = (async (
      address: string,
      init: { method: string; headers: Record<string, string>; body?: string },
    ) => {
      asked.push({ ...init, url: new URL(address), body: init.body });
      return new Response("{}", { headers: { "content-type": "application/json" } });
    }) as unknown as ServiceFetch;
    const app = fastify();
    const session = { tenant: directory.tenant, userId: applicant.id, csrfToken: "t" } as Session;
    app.decorate("requireSession", async () => {});
    app.decorateRequest("getSession", async () => session);
    app.decorateRequest("setTenant", () => {});
    await apiRoutes(app, createCoreClient({ fetch, url: "http://core", token: "t" }));
    const headers = { "idempotency-key": "key-12345678", "accept-language": "ja" };
    const ask = (method: "GET" | "POST", url: string, payload?: object) =>
      app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    await ask("GET", "/api/requests?view=mine&q=PC&limit=10");
    await ask("GET", `/api/requests/${ID}`);
    await ask("POST", "/api/requests", submission);
    for (const command of COMMANDS) {
      await ask("POST", `/api/requests/${ID}/${command}`, { expectedVersion: 1, comment: "理由" });
    }
    await app.close();

    expect(asked).toHaveLength(3 + COMMANDS.length);
    const { paths } = coreContract() as Contract;
    for (const { method, url, headers: sent, body } of asked) {
      const item = paths[url.pathname.replace(ID, "{id}")];
      const operation = item?.[method.toLowerCase()];
      expect({ path: url.pathname, isNamed: operation !== undefined }).toEqual({
        path: url.pathname,
        isNamed: true,
      });
      const parameters = [...item!.parameters, ...(operation!.parameters ?? [])];
      for (const { name, in: place, required } of parameters) {
        if (place === "header" && required) expect(Object.keys(sent)).toContain(name);
      }
      const names = parameters.filter((one) => one.in === "query").map((one) => one.name);
      expect(names).toEqual(expect.arrayContaining([...url.searchParams.keys()]));
      expect(body !== undefined).toBe(operation!.requestBody !== undefined);
      expect(sent.authorization).toMatch(/^Bearer /);
    }
  });
});
