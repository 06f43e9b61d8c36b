import { createHash, timingSafeEqual } from "node:crypto";
import { type Clock, refuse } from "@toban/service-kit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  commandBody,
  idempotencyKey,
  isCommand,
  listQuery,
  requestId,
  resubmitBody,
  submitBody,
} from "../domain/commands.ts";
import type { Command, Deciding } from "../domain/decide.ts";
import { findPerson } from "../domain/directory.ts";
import * as refusals from "../domain/refusals.ts";
import { type Execution, execute } from "../events/execute.ts";
import { readStream } from "../events/store.ts";
import { parse, Refused, translateErrors } from "../platform/answers.ts";
import type { Database } from "../platform/database.ts";
import { ACTOR_HEADER, TENANT_HEADER } from "../platform/headers.ts";
import { listRequests, readSummary } from "../readmodel/store.ts";
import { requestAnswer } from "./answers.ts";

export type CoreDeps = { db: Database; clock: Clock; newId(): string; token: string };

/** The internal API. Only the BFF holds the token; tenant and actor are what the BFF says. */
export async function coreRoutes(app: FastifyInstance, deps: CoreDeps): Promise<void> {
  const { db } = deps;
  translateErrors(app);

  app.addHook("onRequest", async (request) => {
    if (!isAuthorised(request.headers.authorization, deps.token)) {
      throw refuse(
        401,
        "core_token_wrong",
        "The caller is not a service of RingiFlow.",
        "Call the public API; core answers services with CORE_TOKEN only.",
      );
    }
    request.setTenant(readerOf(request).directory.tenant);
  });

  app.get("/v1/requests", async (request) => {
    const { directory, actor } = readerOf(request);
    const query = parse(listQuery, request.query);
    return { requests: await db.tx(directory.tenant, (tx) => listRequests(tx, actor.id, query)) };
  });

  app.get<{ Params: { id: string } }>("/v1/requests/:id", async (request) => {
    const reader = readerOf(request);
    const id = streamIdOf(request.params.id);
    const events = await db.tx(reader.directory.tenant, (tx) => readStream(tx, id));
    const answer = requestAnswer(events, reader);
    if (!answer) throw new Refused(refusals.notFound().refusal);
    return answer;
  });

  app.get("/v1/summary", async (request) => db.tx(readerOf(request).directory.tenant, readSummary));

  const carryOut = async (
    request: FastifyRequest,
    input: Pick<Execution, "streamId" | "expectedVersion" | "command">,
  ) => {
    const { line } = await execute(deps, {
      ...readerOf(request),
      ...input,
      idempotencyKey: keyOf(request),
      correlationId: request.correlationId,
    });
    return { request: line };
  };

  app.post("/v1/requests", async (request, reply) => {
    const contents = parse(submitBody, request.body);
    const answer = await carryOut(request, {
      streamId: deps.newId(),
      expectedVersion: 0,
      command: { name: "submit", contents },
    });
    return reply.code(201).send(answer);
  });

  app.post<{ Params: { id: string; command: string } }>("/v1/requests/:id/:command", async (request) => {
    const { id, command: name } = request.params;
    if (!isCommand(name)) throw new Refused(refusals.notFound().refusal);
    const streamId = streamIdOf(id);
    if (name === "resubmit") {
      const { expectedVersion, comment, ...given } = parse(resubmitBody, request.body);
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const command: Command = { name, comment: comment || null, changes };
      return carryOut(request, { streamId, expectedVersion, command });
    }
    const { expectedVersion, comment } = parse(commandBody, request.body);
    return carryOut(request, { streamId, expectedVersion, command: { name, comment: comment || null } });
  });
}

function isAuthorised(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}

/** The person in whose name the BFF asks; a tenant that is not the person's is refused. */
function readerOf(request: FastifyRequest): Deciding {
  const tenant = request.headers[TENANT_HEADER];
  const actor = request.headers[ACTOR_HEADER];
  const found = typeof actor === "string" ? findPerson(actor) : null;
  if (!found || found.directory.tenant !== tenant) {
    throw refuse(
      403,
      "actor_unknown",
      "The actor is not a person of this tenant.",
      "Send the tenant and the person of the session.",
    );
  }
  return { directory: found.directory, actor: found.person };
}

/** An id that cannot exist is answered like one that does not. */
function streamIdOf(id: string): string {
  const parsed = requestId.safeParse(id);
  if (!parsed.success) throw new Refused(refusals.notFound().refusal);
  return parsed.data.toLowerCase();
}

function keyOf(request: FastifyRequest): string {
  const parsed = idempotencyKey.safeParse(request.headers["idempotency-key"]);
  if (!parsed.success) throw new Refused(refusals.keyMissing().refusal);
  return parsed.data;
}
