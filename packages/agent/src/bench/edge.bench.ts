import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, paced, quantile, saturate } from "./load.ts";

const CONNECTIONS = 50;
// Many short rounds: what else the machine does then hits neighbouring runs alike, and the median drops the rest.
const ROUNDS = 15;
const ROUND_S = 0.6;
const PACED_ROUNDS = 5;
const PACED_RPS = 500;
const PACED_S = 2;

/**
 * Requests per second through the edge against direct, and what the edge adds to p99 (in ms) at 500 requests per second.
 * Direct and edge runs alternate between the same processes.
 */
export async function bench(): Promise<Record<string, number>> {
  const children: ChildProcess[] = [];
  const start = async (file: string, parameters: string[]) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), parameters);
    children.push(child);
    return new Promise<number>((resolve, reject) => {
      child.once("message", (port) => resolve(Number(port)));
      child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
    });
  };
  try {
    const origin = await start("./origin-process.js", []);
    const edge = await start("./edge-process.js", [String(origin)]);
    for (const port of [origin, edge]) await saturate(port, CONNECTIONS, 1);
    const rounds: { direct: number; edge: number }[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({
        direct: await saturate(origin, CONNECTIONS, ROUND_S),
        edge: await saturate(edge, CONNECTIONS, ROUND_S),
      });
    const p99: { direct: number; edge: number }[] = [];
    for (let round = 0; round < PACED_ROUNDS; round++)
      p99.push({
        direct: quantile(await paced(origin, CONNECTIONS, PACED_RPS, PACED_S), 0.99),
        edge: quantile(await paced(edge, CONNECTIONS, PACED_RPS, PACED_S), 0.99),
      });
    return {
      directPerSecond: Math.round(median(rounds.map((round) => round.direct))),
      edgePerSecond: Math.round(median(rounds.map((round) => round.edge))),
      edgeRatio: round3(median(rounds.map((round) => round.edge / round.direct))),
      edgeAddedP99Ms: round3(median(p99.map((round) => round.edge - round.direct))),
    };
  } finally {
    for (const child of children) child.disconnect();
  }
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await bench();
  for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name}: ${value}\n`);
}
