import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { promisify } from "node:util";

const PACKAGE = path.resolve(import.meta.dirname, "../..");
const SAMPLE = path.join(PACKAGE, "dist/testing/sample.js");

/** The sample runs from `dist`, as every service does. */
export async function buildSample(): Promise<void> {
  await promisify(execFile)(process.execPath, [
    path.resolve(PACKAGE, "../../node_modules/typescript/bin/tsc"),
    "-b",
    PACKAGE,
  ]);
}

export type Sample = {
  child: ChildProcess;
  url: string;
  /** Every line so far, parsed. */
  lines(): Record<string, unknown>[];
  output(): string;
  errors(): string;
  exited: Promise<{ code: number | null; signal: string | null }>;
  stop(): Promise<void>;
};

/** Starts the sample service; with `waits: false` it is not expected to listen. */
export async function startSample(
  variables: Record<string, string>,
  options: { waits?: boolean } = {},
): Promise<Sample> {
  const child = spawn(process.execPath, [SAMPLE], {
    env: { PATH: process.env.PATH ?? "", PORT: "0", SAMPLE_SECRET: "s3cr3t-canary-value", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const sample: Sample = {
    child,
    url: "",
    output: () => output,
    errors: () => errors,
    lines: () =>
      output
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
  if (options.waits ?? true) {
    const started = await until(() => {
      if (child.exitCode !== null) throw new Error(`the sample ended: ${output}${errors}`);
      return sample.lines().find((line) => line.message === "service started");
    });
    sample.url = String(started.url);
  }
  return sample;
}

/** Polls until `look` answers something; 20 s at most. */
export async function until<T>(
  look: () => T | undefined | null | false | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
