import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "../domain/decide.ts";
import { findPerson } from "../domain/directory.ts";
import type { Contents } from "../domain/model.ts";
import { execute } from "../events/execute.ts";
import type { Database } from "./database.ts";

export const contents: Contents = {
  title: "会議室の椅子",
  body: "10脚を購入します。",
  category: "purchase",
  amountYen: 80_000,
  attachments: [],
};

export const submit: Command = { name: "submit", contents };

/** Executes commands as people do, each with a key of its own unless one is given. */
export function commander(db: Database) {
  const deps = { db, clock: { now: () => new Date() }, newId: () => randomUUID() };
  return (
    actorId: string,
    command: Command,
    input: { id?: string; expectedVersion?: number; key?: string } = {},
  ) => {
    const { directory, person } = findPerson(actorId)!;
    return execute(deps, {
      directory,
      actor: person,
      command,
      streamId: input.id ?? randomUUID(),
      expectedVersion: input.expectedVersion ?? 0,
      idempotencyKey: input.key ?? randomBytes(12).toString("hex"),
      correlationId: "test",
    });
  };
}
