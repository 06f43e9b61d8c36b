import type { Clock } from "@toban/service-kit";
import { type Command, decide } from "../domain/decide.ts";
import type { Directory, Person } from "../domain/directory.ts";
import { currentApprover, evolve, fold } from "../domain/evolve.ts";
import type { PersonRef, RequestState } from "../domain/model.ts";
import * as refusals from "../domain/refusals.ts";

import { Refused } from "../platform/answers.ts";
import { type Database, isUniqueViolation, type Tx } from "../platform/database.ts";
import { digestOf } from "../platform/digest.ts";
import { appendEvents, claimCommand, readCommand, readStream, storeResponse } from "./store.ts";

/** A request as lists and answers show it. */
export type RequestLine = {
  id: string;
  title: string;
  category: RequestState["contents"]["category"];
  amountYen: number;
  status: RequestState["status"];
  applicant: PersonRef;
  currentApprover: PersonRef | null;
  version: number;
  updatedAt: string;
};

export type Execution = {
  directory: Directory;
  actor: Person;
  idempotencyKey: string;
  correlationId: string;
  /** Of the request; a new one for `submit`. */
  streamId: string;
  /** 0 for `submit`. */
  expectedVersion: number;
  command: Command;
};

/**
 * Carries a command out exactly once for its idempotency key: events, deliveries and the stored answer
 * commit together. The same key gets the same answer; with another body it is refused.
 */
export async function execute(
  deps: { db: Database; clock: Clock; newId(): string },
  input: Execution,
): Promise<{ line: RequestLine; replayed: boolean }> {
  const { actor, idempotencyKey: key, command } = input;
  const at = deps.clock.now();
  // A new request has a fresh id at each attempt: it is not part of what the caller asked for.
  const target = command.name === "submit" ? null : input.streamId;
  const digest = digestOf({ target, expectedVersion: input.expectedVersion, command });
  try {
    return await deps.db.tx(input.directory.tenant, async (tx) => {
      if (!(await claimCommand(tx, { actorId: actor.id, key, digest, at }))) {
        return { line: await storedAnswer(tx, actor.id, key, digest), replayed: true };
      }
      const { streamId, expectedVersion } = input;
      const past = await readStream(tx, streamId);
      if (past.length === 0 && command.name !== "submit") throw new Refused(refusals.notFound().refusal);
      if (past.length !== expectedVersion) throw new Refused(refusals.versionConflict().refusal);
      const state = fold(past.map(({ event }) => event));
      const outcome = decide(state, command, input);
      if (!outcome.ok) throw new Refused(outcome.refusal);
      const next = outcome.events.reduce<RequestState | null>(evolve, state)!;
      const version = expectedVersion + outcome.events.length;
      const line = requestLine({ id: streamId, state: next, version, updatedAt: at });
      await storeResponse(tx, { actorId: actor.id, key, response: line, digest: digestOf(line) });
      await appendEvents(tx, {
        streamId,
        expectedVersion,
        events: outcome.events.map((event) => ({ id: deps.newId(), event })),
        actor: { id: actor.id, name: actor.name },
        correlationId: input.correlationId,
        at,
      });
      return { line, replayed: false };
    });
  } catch (error) {
    if (isUniqueViolation(error, "events_pkey")) throw new Refused(refusals.versionConflict().refusal);
    throw error;
  }
}

async function storedAnswer(tx: Tx, actorId: string, key: string, digest: string): Promise<RequestLine> {
  const stored = await readCommand(tx, { actorId, key });
  if (!stored || stored.digest !== digest) throw new Refused(refusals.keyReused().refusal);
  return stored.response as RequestLine;
}

export function requestLine(input: {
  id: string;
  state: RequestState;
  version: number;
  updatedAt: Date;
}): RequestLine {
  const { state } = input;
  return {
    id: input.id,
    title: state.contents.title,
    category: state.contents.category,
    amountYen: state.contents.amountYen,
    status: state.status,
    applicant: state.applicant,
    currentApprover: currentApprover(state),
    version: input.version,
    updatedAt: input.updatedAt.toISOString(),
  };
}
