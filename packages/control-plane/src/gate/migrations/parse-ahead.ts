import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Answer, Ask, Question } from "./parse.ts";
import type { Script } from "./types.ts";

/** What a script and whatever is unfolded out of it made the thread ask the library; trees are JSON. */
export type Answered = [question: Question, text: string, answer: Answer<string>][];
/** To the thread: texts in the order in which they will be needed. */
export type Job = { job: number; texts: string[] };
/** From the thread: those of the texts from number `from` on. */
export type Done = { job: number; from: number; answered: Answered[] };

/** The answers of a thread that reads scripts while this one replays those before; undefined when it has failed. */
export type Ahead = (script: Script) => Promise<Answered | undefined>;

/** From so many characters on, a second thread is worth its start. */
const MANY = 200_000;

type Waiting = { resolve(answered: Answered | undefined): void };
type Thread = { worker: Worker; jobs: Waiting[][] };
let thread: Thread | "failed" | undefined;

/** Starts the thread, so that its parser is loaded when there is something to read. Does nothing from sources. */
export function startAhead(): void {
  const program = fileURLToPath(new URL("./parse-worker.js", import.meta.url));
  if (thread !== undefined || !existsSync(program)) return;
  const worker = new Worker(program);
  const jobs: Waiting[][] = [];
  thread = { worker, jobs };
  worker.on("message", ({ job, from, answered }: Done) => {
    for (const [at, one] of answered.entries()) jobs[job]?.[from + at]?.resolve(one);
  });
  worker.on("error", () => {
    for (const waiting of jobs.flat()) waiting.resolve(undefined);
    thread = "failed";
  });
  worker.unref();
}

/** Has scripts read in the other thread; undefined when they are few and no thread is there. */
export function readAhead(scripts: readonly Script[]): Ahead | undefined {
  const length = scripts.reduce((sum, { text }) => sum + text.length, 0);
  if (length >= MANY) startAhead();
  if (thread === undefined || thread === "failed") return undefined;
  const { worker, jobs } = thread;
  const answers = new Map<Script, Promise<Answered | undefined>>();
  const waiting = scripts.map((script): Waiting => {
    let resolve: Waiting["resolve"] = () => {};
    answers.set(script, new Promise((done) => (resolve = done)));
    return { resolve };
  });
  const job: Job = { job: jobs.push(waiting) - 1, texts: scripts.map(({ text }) => text) };
  worker.ref();
  worker.postMessage(job);
  return async (script) => {
    const answered = await answers.get(script);
    answers.delete(script);
    if (answers.size === 0) worker.unref();
    return answered;
  };
}

/** Answers out of what the thread has asked; `missed` is true when something else was asked for. */
export function answering(answered: Answered): { ask: Ask; missed(): boolean } {
  let missed = false;
  return {
    ask(question, text) {
      const found = answered.find((one) => one[0] === question && one[1] === text)?.[2];
      if (found === undefined) missed = true;
      if (found === undefined) return { message: "not read ahead", cursor: undefined };
      return "tree" in found ? { tree: JSON.parse(found.tree) } : found;
    },
    missed: () => missed,
  };
}
