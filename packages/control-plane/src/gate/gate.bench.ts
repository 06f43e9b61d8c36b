import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { cases } from "./migrations/cases/corpus.ts";
import { generateMigrations } from "./migrations/cases/generate.ts";
import { type Judged, judge, judgeBySquawk, score } from "./migrations/cases/grade.ts";

const TOBAN = fileURLToPath(new URL("../../bin/toban.js", import.meta.url));
const RINGIFLOW = fileURLToPath(new URL("../../../../workloads/ringiflow", import.meta.url));
const SQUAWK = path.join(
  path.dirname(createRequire(import.meta.url).resolve("squawk-cli/package.json")),
  "js/bin/squawk",
);
const ROUNDS = 5;

/**
 * Wall time of 1,000 migrations (10,000 statements) by `toban check migrations` and by squawk, taken in turns; of a
 * check of RingiFlow; and what both find in the corpus (squawk with its defaults, and without its rules of style).
 */
export async function bench(): Promise<Record<string, number>> {
  const home = mkdtempSync(path.join(tmpdir(), "toban-gate-"));
  try {
    const files = generateMigrations(1000, 10);
    mkdirSync(path.join(home, "migrations"));
    for (const file of files) writeFileSync(path.join(home, "migrations", file.path), file.text);
    const names = files.map((file) => path.join("migrations", file.path));
    const toban = () => timed(home, [TOBAN, "check", "migrations", "--json", "migrations"]);
    const squawk = () => timed(home, [SQUAWK, "--reporter", "json", "--pg-version", "18", ...names]);
    assertLooked(home, files.length);

    const times = { toban: [] as number[], squawk: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.toban.push(toban());
      times.squawk.push(squawk());
    }
    const ringiflow = Array.from({ length: ROUNDS }, () => timed(RINGIFLOW, [TOBAN, "check", "--json"]));
    return {
      "gate.ratio": median(times.toban) / median(times.squawk),
      "gate.tobanSeconds": median(times.toban),
      "gate.squawkSeconds": median(times.squawk),
      "gate.ringiflowSeconds": median(ringiflow),
      ...(await detection()),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A run that looked at nothing would be fast. */
function assertLooked(home: string, count: number): void {
  const args = [TOBAN, "check", "migrations", "--json", "migrations"];
  const { stdout, status } = spawnSync(process.execPath, args, {
    cwd: home,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const { files } = JSON.parse(stdout) as { files: unknown[] };
  if (files.length !== count || status === 2) {
    throw new Error(`toban check looked at ${files.length} of ${count} files and exited with ${status}`);
  }
}

/** Seconds of one process; 0 and 1 are verdicts, everything else is a failure of the run. */
function timed(cwd: string, args: string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  const seconds = (performance.now() - started) / 1000;
  if (status === 0 || status === 1) return seconds;
  throw new Error(`${path.basename(args[0]!)} ended with ${status}: ${stderr}`);
}

async function detection(): Promise<Record<string, number>> {
  const all = cases();
  const judged: Judged[] = [];
  for (const one of all) judged.push(await judge(one));
  const byToban = score(judged, true);
  const byDefault = score(await judgeBySquawk(all, "default"), false);
  const byHazards = score(await judgeBySquawk(all, "hazards"), false);
  return {
    "gate.recall": byToban.recall,
    "gate.falsePositives": byToban.falsePositives,
    "gate.squawkRecall": byDefault.recall,
    "gate.squawkFalsePositives": byDefault.falsePositives,
    "gate.squawkHazardsRecall": byHazards.recall,
    "gate.squawkHazardsFalsePositives": byHazards.falsePositives,
  };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
