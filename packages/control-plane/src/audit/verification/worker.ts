// Runs in a thread of its own, with a connection of its own: reading, re-deriving and hashing are what takes time.
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "../../platform/database.ts";
import { refusalOf, type TobanError } from "../../platform/errors.ts";
import type { Chunk } from "./chunk.ts";
import { checkPart, type Part } from "./part.ts";

export type Order = { id: number; part: Part };
export type Answer =
  | { id: number; chunk: Chunk }
  | { id: number; refusal: Pick<TobanError, "kind" | "code" | "reason" | "remedy"> };

const { url } = workerData as { url: string };
const db = openDatabase({
  url,
  maxConnections: 2,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
});

parentPort!.on("message", (order: Order | "end") => {
  if (order === "end") db.close().then(() => parentPort!.close());
  else perform(order).then((answer) => parentPort!.postMessage(answer));
});

async function perform({ id, part }: Order): Promise<Answer> {
  try {
    return { id, chunk: await checkPart(db, part) };
  } catch (error) {
    return { id, refusal: refusalOf(error) };
  }
}
