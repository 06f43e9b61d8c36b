import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { notFound } from "../platform/errors.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));

type Goal = { text: string; met(value: number): boolean };
const atLeast = (goal: number): Goal => ({ text: `≥ ${goal}`, met: (value) => value >= goal });
const atMost = (goal: number): Goal => ({ text: `≤ ${goal}`, met: (value) => value <= goal });

/** Each program exports `bench(): Promise<Record<figure, number>>`; goals are those of the design. */
export const BENCHES: Record<string, { program: string; goals: Record<string, Goal> }> = {
  edge: {
    program: "packages/agent/dist/bench/edge.bench.js",
    goals: { edgeRatio: atLeast(0.3), edgeAddedP99Ms: atMost(3) },
  },
  runs: {
    program: "packages/control-plane/dist/runs/runs.bench.js",
    goals: { "runs.short": atLeast(150) },
  },
  rollback: {
    program: "packages/control-plane/dist/app/rollback.bench.js",
    goals: { rollbackSeconds: atMost(15) },
  },
  start: {
    program: "packages/control-plane/dist/app/start.bench.js",
    goals: { readySeconds: atMost(20), idleMegabytes: atMost(1536) },
  },
  audit: {
    program: "packages/control-plane/dist/audit/audit.bench.js",
    goals: {
      auditedRatio: atLeast(0.7),
      chainRatio: atLeast(10),
      verifyPerSecond: atLeast(60_000),
      searchP95Ms: atMost(20),
      killLost: atMost(0),
      killDoubled: atMost(0),
    },
  },
  gate: {
    program: "packages/control-plane/dist/gate/gate.bench.js",
    goals: {
      "gate.ratio": atMost(2),
      "gate.ringiflowSeconds": atMost(3),
      "gate.recall": atLeast(0.98),
      "gate.falsePositives": atMost(0.02),
    },
  },
  masking: {
    program: "packages/service-kit/dist/masking/masking.bench.js",
    goals: {
      "masking.recall": atLeast(0.99),
      "masking.falsePositives": atMost(1),
      "masking.lineMicroseconds": atMost(6),
      "masking.textMicroseconds": atMost(6),
      "masking.worstMs": atMost(50),
    },
  },
};

export type BenchResult = {
  bench: string;
  figures: { name: string; value: number; goal?: string; met?: boolean }[];
};

export async function runBench(names: string[], progress: (text: string) => void): Promise<BenchResult[]> {
  for (const name of names) {
    if (!(name in BENCHES)) {
      throw notFound(
        "bench_not_found",
        `There is no benchmark ${name}.`,
        `Choose from ${Object.keys(BENCHES).join(", ")}.`,
      );
    }
  }
  const results: BenchResult[] = [];
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    progress(`… ${name}`);
    const { program, goals } = BENCHES[name]!;
    const { bench } = await import(pathToFileURL(path.join(REPOSITORY, program)).href);
    const figures: Record<string, number> = await bench();
    results.push({
      bench: name,
      figures: Object.entries(figures).map(([figure, value]) => {
        const goal = goals[figure];
        return { name: figure, value, ...(goal ? { goal: goal.text, met: goal.met(value) } : {}) };
      }),
    });
  }
  return results;
}
