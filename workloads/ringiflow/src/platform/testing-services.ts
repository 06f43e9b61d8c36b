import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type {
  ErrorAnswer,
  RequestAnswer,
  RequestList,
  Session as SessionAnswer,
  Summary,
} from "../bff/api.ts";

const BUILD = fileURLToPath(new URL("../../releases/build.mjs", import.meta.url));

export type Instance = {
  url: string;
  child: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  /** SIGTERM, or another signal; resolves with the exit code (null after a kill). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** All releases in a temporary folder, built as an operator builds them but for the web page. */
export async function buildTestReleases(only?: string): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "ringiflow-releases-"));
  const { code, output } = await run(
    process.execPath,
    [BUILD, "--out", folder, "--no-page", ...(only ? ["--only", only] : [])],
    {},
  );
  if (code !== 0) throw new Error(`the releases were not built: ${output}`);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...environment } });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** Starts a release as the agent does and waits until it is ready. */
export async function startRelease(
  folder: string,
  environment: Record<string, string>,
  options: { waitForReady?: boolean } = {},
): Promise<Instance> {
  const child = spawn(process.execPath, ["main.js"], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: "0", TOBAN_ENVIRONMENT: "test", ...environment },
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const url = await until(`the address of ${folder}`, () => {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}: ${output}`);
    return /"url":"(http:[^"]+)"/.exec(output)?.[1];
  });
  if (options.waitForReady ?? true) {
    await until(`readiness of ${folder}`, async () => (await fetch(`${url}/health/ready`)).ok || undefined);
  }
  return {
    url,
    child,
    output: () => output,
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Asks again until there is an answer; 20 s by default. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> {
  const started = performance.now();
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() - started > limitMs) throw new Error(`waited in vain for ${what}`, { cause: last });
    await sleep(50);
  }
}

/** Any answer of the API; a test looks at the part that it asked for. */
type Body = RequestAnswer & RequestList & SessionAnswer & Summary & ErrorAnswer;

let keys = 0;

/** A signed-in browser, without the browser. */
export async function signIn(url: string, userId: string) {
  const origin = new URL(url).origin;
  const answer = await fetch(`${url}/api/session`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ userId }),
  });
  if (answer.status !== 201) throw new Error(`${userId} could not sign in: ${await answer.text()}`);
  const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  return {
    cookie,
    csrfToken,
    async get(route: string, headers: Record<string, string> = {}) {
      const response = await fetch(`${url}${route}`, { headers: { cookie, ...headers } });
      return { status: response.status, body: (await response.json()) as Body };
    },
    async post(route: string, body: unknown, headers: Record<string, string> = {}) {
      keys++;
      const response = await fetch(`${url}${route}`, {
        method: "POST",
        headers: {
          cookie,
          origin,
          "x-csrf-token": csrfToken,
          "idempotency-key": `test-${userId}-${process.pid}-${keys}`,
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Body };
    },
  };
}
