import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { TobanError, unavailable } from "../../platform/errors.ts";
import type { Chunk } from "./chunk.ts";
import type { Part } from "./part.ts";
import type { Answer, Order } from "./worker.ts";

/** Threads run what was built, also when this file itself is run from its source. */
const PROGRAM = fileURLToPath(new URL("./worker.js", import.meta.url)).replace(
  /([/\\])src([/\\]audit[/\\])/,
  "$1dist$2",
);
const MOST_THREADS = 4;
/** While one part is hashed the next one is read. */
const PARTS_AT_ONCE = 2;

export type Pool = {
  /** How many parts can be under way at once. */
  width: number;
  check(part: Part): Promise<Chunk>;
  close(): Promise<void>;
};

export function openPool(url: string): Pool {
  const threads = Array.from({ length: Math.min(MOST_THREADS, Math.max(2, availableParallelism())) }, () =>
    openThread(url),
  );
  return {
    width: threads.length * PARTS_AT_ONCE,
    check: (part) => threads.reduce((a, b) => (b.load() < a.load() ? b : a)).check(part),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

type Waiting = { resolve(chunk: Chunk): void; reject(error: unknown): void };

function openThread(url: string) {
  const worker = new Worker(PROGRAM, { workerData: { url }, execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let dead: Error | undefined;
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const fail = (cause?: unknown) => {
    dead = unavailable(
      "verification_thread_ended",
      "A thread of the verification ended.",
      "Start the verification again; the control plane's log has the cause.",
      cause,
    );
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const { resolve, reject } = waiting.get(answer.id)!;
    waiting.delete(answer.id);
    if ("refusal" in answer) reject(new TobanError(answer.refusal.kind, answer.refusal));
    else resolve(withBuffers(answer.chunk));
  });
  worker.on("error", fail);
  worker.once("exit", () => fail());
  return {
    load: () => waiting.size,
    check: (part: Part) =>
      new Promise<Chunk>((resolve, reject) => {
        if (dead) return reject(dead);
        const order: Order = { id: next++, part };
        waiting.set(order.id, { resolve, reject });
        worker.postMessage(order);
      }),
    async close() {
      if (!dead) worker.postMessage("end");
      await exited;
    },
  };
}

/** Buffers cross a thread's border as plain byte arrays. */
function withBuffers(chunk: Chunk): Chunk {
  const buffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return { ...chunk, hashes: buffer(chunk.hashes), roots: buffer(chunk.roots) };
}
