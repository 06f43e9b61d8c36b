import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../packages/control-plane/src/platform/ports.ts";

const root = path.resolve(import.meta.dirname, "../..");
const cli = path.join(root, "packages/control-plane/bin/toban.js");

export type Answer = { code: number; stdout: string; stderr: string };

/** A whole Toban of its own: `toban up` on free ports in a folder that is thrown away. */
export type System = {
  home: string;
  url: string;
  edgeUrl: string;
  environment: NodeJS.ProcessEnv;
  /** What `up` printed. */
  output(): string;
  /** Runs a `toban` command against this system. */
  toban(...args: string[]): Promise<Answer>;
  /** Calls the API as the CLI does. */
  api<T>(
    method: string,
    route: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: T }>;
  secret(name: string): Promise<string>;
  process: ChildProcess;
  /** Ctrl-C; resolves with what is left running of it. */
  stop(): Promise<void>;
};

export async function startSystem(settings: Record<string, string> = {}): Promise<System> {
  const home = await mkdtemp(path.join(tmpdir(), "toban-system-"));
  await chmod(home, 0o755);
  const [port, edgePort] = [await freePort(), await freePort()];
  const environment = {
    ...process.env,
    TOBAN_HOME: home,
    TOBAN_PORT: String(port),
    TOBAN_EDGE_PORT: String(edgePort),
    TOBAN_ENVIRONMENT: "gameday",
    TOBAN_TRAFFIC_RPS: "30",
    LANG: "C.UTF-8",
    LC_ALL: "",
    ...settings,
  };
  const child = spawn(process.execPath, [cli, "up"], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await new Promise<void>((resolve, reject) => {
    const timer = setInterval(() => {
      if (output.includes("Ready after")) resolve();
      else if (child.exitCode !== null) reject(new Error(`up ended with ${child.exitCode}:\n${output}`));
      else return;
      clearInterval(timer);
    }, 50);
  });
  const secret = async (name: string) =>
    JSON.parse(await readFile(path.join(home, "secrets.json"), "utf8"))[name];
  const url = `http://127.0.0.1:${port}`;
  return {
    home,
    url,
    edgeUrl: `http://127.0.0.1:${edgePort}`,
    environment,
    output: () => output,
    toban: (...args) => run(args, environment),
    async api<T>(method: string, route: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(url + route, {
        method,
        headers: {
          authorization: `Bearer ${await secret("cli-token")}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    secret,
    process: child,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGINT");
        await new Promise((resolve) => child.once("exit", resolve));
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}

export const run = (args: string[], environment: NodeJS.ProcessEnv): Promise<Answer> =>
  execute([cli, ...args], environment);

/** Runs a Node program to its end. */
export function execute(args: string[], environment: NodeJS.ProcessEnv): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: environment, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

/** Polls until `probe` gives something; fails with the last error after `timeoutMs`. */
export async function eventually<T>(probe: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown = new Error("the condition never came to hold");
  while (performance.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw last;
}

/** Process ids whose command line mentions this home. */
export async function processesOf(home: string): Promise<string[]> {
  const lines = await new Promise<string>((resolve) => {
    execFile("ps", ["-eo", "pid=,args="], { maxBuffer: 2 ** 24 }, (_error, stdout) => resolve(stdout));
  });
  return lines.split("\n").filter((line) => line.includes(home) && !line.includes("ps -eo"));
}
