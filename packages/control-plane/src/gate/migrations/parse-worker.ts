import { parentPort } from "node:worker_threads";
import { type Answer, type Ask, loadLibrary, parserOf } from "./parse.ts";
import type { Answered, Done, Job } from "./parse-ahead.ts";

/** How many texts are sent at once: few at first, so that the other thread soon has work. */
const CHUNKS = { first: 3, most: 24 };

// The library's JSON goes to the other thread as it is: text is copied many times faster than a tree.
const parseJson = JSON.parse;
JSON.parse = (text: string) => text;

const library = loadLibrary();

async function read(text: string): Promise<Answered> {
  const ask = (await library) as (...asked: Parameters<Ask>) => Answer<string>;
  const answered: Answered = [];
  const parser = parserOf((question, asked) => {
    const answer = ask(question, asked);
    answered.push([question, asked, answer]);
    return "tree" in answer ? { tree: parseJson(answer.tree) } : answer;
  });
  // Only these lead to other texts: what is unfolded out of DO, and psql's commands taken out.
  if (!/\bdo\b|\\/i.test(text)) answered.push(["sql", text, ask("sql", text)]);
  else {
    const { unfold } = await import("./statements.ts");
    const script = { file: { path: "", text }, text, offset: 0, transaction: "unknown" as const };
    try {
      const parsed = parser.parse(text);
      if (parsed.ok) unfold(parser, script, parsed, () => undefined);
    } catch {
      // Nested too deeply: the other thread will say so.
    }
  }
  return answered;
}

parentPort?.on("message", async ({ job, texts }: Job) => {
  let size = CHUNKS.first;
  for (let from = 0; from < texts.length; ) {
    const answered: Answered[] = [];
    for (const text of texts.slice(from, from + size)) answered.push(await read(text));
    const done: Done = { job, from, answered };
    parentPort?.postMessage(done);
    from += size;
    size = Math.min(size * 2, CHUNKS.most);
  }
});
