import { parseArgs } from "node:util";

export type TrafficArguments = {
  url: string;
  rps: number;
  /** Null: until a signal. */
  seconds: number | null;
  users: number;
  report: string | null;
  seed: number;
};

export const USAGE = `usage: node main.js --url URL [--rps 5] [--seconds N|forever] [--users 24] [--report FILE] [--seed 1]
  Synthetic users of RingiFlow: sign in, submit, read, comment, decide. SIGTERM ends with a last report.`;

/** Reads the command line; the reason names the first option that is unusable. */
export function readArguments(
  words: string[],
): { ok: true; options: TrafficArguments } | { ok: false; reason: string } {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        url: { type: "string" },
        rps: { type: "string", default: "5" },
        seconds: { type: "string", default: "forever" },
        users: { type: "string", default: "24" },
        report: { type: "string" },
        seed: { type: "string", default: "1" },
      },
    });
    if (!values.url || !URL.canParse(values.url) || !/^https?:$/.test(new URL(values.url).protocol)) {
      throw new Error("--url needs an http address, e.g. http://127.0.0.1:7180");
    }
    return {
      ok: true,
      options: {
        url: values.url,
        rps: number("--rps", values.rps, 0.01, 10_000),
        seconds: values.seconds === "forever" ? null : number("--seconds", values.seconds, 0.1, 1e7),
        users: Math.trunc(number("--users", values.users, 1, 1000)),
        report: values.report ?? null,
        seed: Math.trunc(number("--seed", values.seed, 0, 2 ** 32 - 1)),
      },
    };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= min && value <= max)) {
    throw new Error(`${name} needs a number from ${min} to ${max}`);
  }
  return value;
}
