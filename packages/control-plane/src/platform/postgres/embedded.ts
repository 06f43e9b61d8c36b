import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, openSync } from "node:fs";
import { chown, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { unavailable } from "../errors.ts";
import { copyBinaries, findPostgresBinaries, reachableByOthers } from "./binaries.ts";

const run = promisify(execFile);
const NOBODY = 65534;

export type EmbeddedPostgres = {
  /** Superuser connection to the `postgres` database: only for creating roles and databases. */
  superuserUrl: string;
  pid: number;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Folder of this instance; created when missing. */
  folder: string;
  port: number;
  password: string;
  /** Tests trade durability for speed. Default true. */
  durable?: boolean;
};

/**
 * Starts PostgreSQL 18 on loopback, or adopts the one that an earlier Toban left running in this
 * folder. We supervise the server process itself: the binary package's own `stop()` hangs when
 * the server was killed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const asRoot = process.getuid?.() === 0;
  const place = await choosePlace(options.folder, asRoot);
  const data = path.join(place.folder, "data");
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const environment = { LC_ALL: "C.UTF-8", PATH: process.env.PATH ?? "" };
  const url = (port: number) =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;

  const running = await readPostmaster(data);
  if (running) {
    await waitUntilReady(
      url(running.port),
      () => isAlive(running.pid),
      path.join(place.folder, "postgres.log"),
    );
    return { superuserUrl: url(running.port), pid: running.pid, stop: () => stopProcess(running.pid) };
  }

  if (!(await stat(path.join(data, "PG_VERSION")).catch(() => undefined))) {
    await rm(data, { recursive: true, force: true });
    const passwordFile = path.join(place.folder, "password");
    await writeFile(passwordFile, options.password, { mode: 0o600 });
    if (asRoot) await chown(passwordFile, NOBODY, NOBODY);
    const args = ["-D", data, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    args.push("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync");
    await run(path.join(place.binaries, "bin", "initdb"), args, {
      env: environment,
      cwd: place.folder,
      ...identity,
    }).finally(() => rm(passwordFile, { force: true }));
  }

  const settings: Record<string, string> = {
    port: String(options.port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "64MB",
    jit: "off",
    ...(options.durable === false
      ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }
      : {}),
  };
  const args = ["-D", data, ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])];
  const logFile = path.join(place.folder, "postgres.log");
  appendFileSync(logFile, "");
  const output = openSync(logFile, "a");
  const child = spawn(path.join(place.binaries, "bin", "postgres"), args, {
    env: environment,
    cwd: place.folder,
    stdio: ["ignore", output, output],
    // Ctrl-C in the terminal must reach Toban first: the database stops last.
    detached: true,
    ...identity,
  });
  child.unref();
  await waitUntilReady(url(options.port), () => hasPid(child) && child.exitCode === null, logFile);
  return { superuserUrl: url(options.port), pid: child.pid!, stop: () => stopProcess(child.pid!) };
}

/** As root the data belongs to `nobody`, which may be unable to enter a private home folder. */
async function choosePlace(folder: string, asRoot: boolean) {
  const native = await findPostgresBinaries();
  await mkdir(folder, { recursive: true, mode: asRoot ? 0o755 : 0o700 });
  if (!asRoot) return { folder, binaries: native };
  const id = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const elsewhere = path.join(tmpdir(), `toban-postgres-${id}`);
  const reachable = await reachableByOthers(folder);
  const place = reachable ? folder : elsewhere;
  await mkdir(place, { recursive: true, mode: 0o755 });
  await chown(place, NOBODY, NOBODY);
  const binaries = (await reachableByOthers(native))
    ? native
    : await copyBinaries(native, path.join(tmpdir(), "toban-postgres-18.4"));
  return { folder: place, binaries };
}

async function readPostmaster(data: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(path.join(data, "postmaster.pid"), "utf8").catch(() => "");
  const [pid, dir, , port] = text.split("\n");
  if (!pid || !port || path.resolve(dir ?? "") !== path.resolve(data)) return undefined;
  return isAlive(Number(pid)) ? { pid: Number(pid), port: Number(port) } : undefined;
}

async function waitUntilReady(url: string, alive: () => boolean, logFile: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch (cause) {
      if (!alive() || performance.now() > deadline) {
        const tail = (await readFile(logFile, "utf8").catch(() => "")).split("\n").slice(-6).join("\n");
        throw unavailable(
          "postgres_start_failed",
          `The embedded PostgreSQL did not start. ${tail}`.trim(),
          `Read ${logFile}. A port that is taken is set with TOBAN_POSTGRES_PORT.`,
          cause,
        );
      }
    } finally {
      await client.end().catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const hasPid = (child: ChildProcess) => child.pid !== undefined;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function stopProcess(pid: number): Promise<void> {
  // SIGINT asks for a fast shutdown, SIGQUIT for an immediate one with recovery at the next start.
  for (const [signal, waitMs] of [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
  ] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const deadline = performance.now() + waitMs;
    while (isAlive(pid) && performance.now() < deadline) await new Promise((r) => setTimeout(r, 20));
  }
}
