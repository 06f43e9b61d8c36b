import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createLineFilter, createMasker, type Kind } from "@toban/service-kit/masking";
import { Command } from "commander";
import { invalid } from "../platform/errors.ts";

export const maskCommand = () =>
  new Command("mask")
    .description(
      "standard input to standard output without secrets and personal data, for a log that must be pasted",
    )
    .option("--roster <file>", "names of people, one a line, that are masked wherever they stand")
    .option("--stats", "how many of each kind were masked, on standard error")
    .action(async (options: { roster?: string; stats?: boolean }) => {
      const roster = options.roster === undefined ? [] : await namesOf(options.roster);
      const counts = new Map<Kind, number>();
      const masker = createMasker({
        roster,
        count: (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1),
      });
      const filter = createLineFilter(masker);
      for await (const chunk of process.stdin) await write(filter.push(chunk as Buffer));
      await write(filter.end());
      if (options.stats) process.stderr.write(statsText(counts));
    });

async function namesOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      "roster_unreadable",
      `The roster ${file} cannot be read (${error.code}).`,
      "Name a file that has one name a line.",
      error,
    );
  });
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** A reader that is slower than we are makes us wait; nothing piles up in memory. */
async function write(bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !process.stdout.write(bytes)) await once(process.stdout, "drain");
}

function statsText(counts: Map<Kind, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`);
  return `masked ${total}${kinds.length > 0 ? `: ${kinds.join(", ")}` : ""}\n`;
}
