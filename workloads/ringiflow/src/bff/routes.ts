import type { Session } from "@toban/bff";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  commandBody,
  idempotencyKey,
  isCommand,
  listQuery,
  requestId,
  resubmitBody,
  submitBody,
} from "../domain/commands.ts";
import { DIRECTORIES, type Directory, findPerson, type Person } from "../domain/directory.ts";
import * as refusals from "../domain/refusals.ts";
import { parse, Refused, translateErrors } from "../platform/answers.ts";
import { release } from "../platform/release.ts";
import { largestAmount } from "./amount-statistics.ts";
import type { About, CommandAnswer, RequestSummary, Session as SessionAnswer, User } from "./api.ts";
import type { CoreAnswer, CoreClient } from "./core-client.ts";
import { translateRefusals } from "./translations.ts";

const signInBody = z.strictObject({ userId: z.string().max(100) });
const DECISIONS = new Set(["approve", "reject", "return"]);

/** Everything under /api. Who asks is what the session says, never what the browser says. */
export async function apiRoutes(app: FastifyInstance, core: CoreClient): Promise<void> {
  translateErrors(app);
  translateRefusals(app);
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });

  app.get("/api/about", async (): Promise<About> => {
    return { version: release.version, features: { summary: release.summary } };
  });

  app.get("/api/users", async () => ({ users: ALL_USERS }));

  app.post("/api/session", async (request, reply) => {
    const { userId } = parse(signInBody, request.body);
    const found = findPerson(userId);
    if (!found) throw new Refused(refusals.unknownUser().refusal);
    const session = await reply.signIn({ tenant: found.directory.tenant, userId });
    request.setTenant(session.tenant);
    return reply.code(201).send(sessionAnswer(session, found));
  });

  app.register(async (signedIn) => {
    signedIn.addHook("preHandler", app.requireSession);
    signedIn.addHook("preHandler", async (request) => {
      request.setTenant((await whoAsks(request)).session.tenant);
    });
    signedInRoutes(signedIn, core);
  });
}

function signedInRoutes(app: FastifyInstance, core: CoreClient): void {
  app.get("/api/session", async (request) => {
    const { session, ...found } = await whoAsks(request);
    return sessionAnswer(session, found);
  });

  app.delete("/api/session", async (_request, reply) => {
    await reply.signOut();
    return reply.code(204).send();
  });

  const ask = async (request: FastifyRequest, question: Parameters<CoreClient>[2]) => {
    const { directory, person } = await whoAsks(request);
    return core(request, { tenant: directory.tenant, person }, question);
  };

  app.get("/api/requests", async (request, reply) => {
    const { view, q, limit } = parse(listQuery, request.query);
    const query = new URLSearchParams({ view, q, limit: String(limit) });
    const answer = await ask(request, { method: "GET", path: `/v1/requests?${query}` });
    const { requests = [] } = answer.body as { requests?: RequestSummary[] };
    if (release.fault) request.log.debug({ largest: largestAmount(request.correlationId, requests) }, "list");
    return pass(reply, answer);
  });

  app.get<{ Params: { id: string } }>("/api/requests/:id", async (request, reply) => {
    const path = `/v1/requests/${idOf(request.params.id)}`;
    return pass(reply, await ask(request, { method: "GET", path }));
  });

  app.post("/api/requests", async (request, reply) => {
    const body = parse(submitBody, request.body);
    const question = { method: "POST" as const, path: "/v1/requests", body, idempotencyKey: keyOf(request) };
    return pass(reply, await ask(request, question));
  });

  app.post<{ Params: { id: string; command: string } }>(
    "/api/requests/:id/:command",
    async (request, reply) => {
      const { id, command } = request.params;
      if (!isCommand(command)) throw new Refused(refusals.notFound().refusal);
      const path = `/v1/requests/${idOf(id)}/${command}`;
      const body = parse(command === "resubmit" ? resubmitBody : commandBody, request.body);
      const answer = await ask(request, { method: "POST", path, body, idempotencyKey: keyOf(request) });
      if (release.fault && DECISIONS.has(command)) {
        const { request: decided } = answer.body as Partial<CommandAnswer>;
        const requests = decided ? [decided] : [];
        request.log.debug({ largest: largestAmount(request.correlationId, requests) }, "decided");
      }
      return pass(reply, answer);
    },
  );

  if (release.summary) {
    app.get("/api/summary", async (request, reply) =>
      pass(reply, await ask(request, { method: "GET", path: "/v1/summary" })),
    );
  }
}

const pass = (reply: FastifyReply, answer: CoreAnswer) => reply.code(answer.status).send(answer.body);

async function whoAsks(request: FastifyRequest) {
  const session = await request.getSession();
  const found = session ? findPerson(session.userId) : null;
  // A person who left the directory has no rights any more, however young the session is.
  if (!session || found?.directory.tenant !== session.tenant)
    throw new Refused(refusals.unknownUser().refusal);
  return { session, ...found };
}

function sessionAnswer(
  session: Session,
  { directory, person }: { directory: Directory; person: Person },
): SessionAnswer {
  return { user: userOf(directory, person), csrfToken: session.csrfToken };
}

function userOf(directory: Directory, person: Person): User {
  return {
    id: person.id,
    name: person.name,
    tenant: directory.tenant,
    tenantName: directory.tenantName,
    department: directory.departments.find(({ id }) => id === person.department)?.name ?? person.department,
    roles: ["applicant", ...person.roles],
  };
}

const ALL_USERS = DIRECTORIES.flatMap((directory) =>
  directory.people.map((person) => userOf(directory, person)),
);

function idOf(id: string): string {
  if (!requestId.safeParse(id).success) throw new Refused(refusals.notFound().refusal);
  return id;
}

function keyOf(request: FastifyRequest): string {
  const parsed = idempotencyKey.safeParse(request.headers["idempotency-key"]);
  if (!parsed.success) throw new Refused(refusals.keyMissing().refusal);
  return parsed.data;
}
