import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AgentClient, connectAgent } from "@toban/agent";
import type { Overview } from "../http/index.ts";
import { invalid, refusalOf, unavailable } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { assertPortFree, stablePorts } from "../platform/ports.ts";
import { openSecrets } from "../platform/secrets.ts";
import { apiClient } from "./api-client.ts";
import { type Config, SHIPPED } from "./config.ts";
import { type Databases, provisionWorkloads, startDatabases } from "./databases.ts";
import { loadDefinition } from "./definition.ts";
import { gateNewReleases } from "./gate.ts";
import { agentSocket } from "./home.ts";
import { type Supervised, supervise } from "./supervise.ts";

export type Up = {
  url: string;
  /** Opens the console once. */
  signInUrl: string;
  edgeUrl: string;
  /** Report of the synthetic users. */
  trafficReport: string;
  programs(): Record<string, number | undefined>;
  stop(): Promise<void>;
};

/**
 * Everything on one machine: database, agent with the edge, control plane, the workload's first
 * release and its synthetic users. What an earlier `up` left running is adopted.
 */
export async function up(config: Config, log: Logger, progress: (text: string) => void): Promise<Up> {
  await assertWritable(config.home);
  await claimHome(config.home);
  const definition = await loadDefinition(config.definition);
  const secrets = await openSecrets(config.home);
  await assertPortFree(config.port, "TOBAN_PORT");
  const logs = path.join(config.home, "logs");

  const agentRuns = await agentAnswers(config.home);
  if (!agentRuns) await assertPortFree(config.edgePort, "TOBAN_EDGE_PORT");
  const agent = connectAgent(agentSocket(config.home));
  const agentProgram = startAgent(config, log, agentRuns);
  const programs: Record<string, Supervised> = {};
  let databases: Databases | undefined;
  const stop = () => stopAll(programs, agent, agentProgram, databases, config.home);
  try {
    progress("starting PostgreSQL");
    databases = await startDatabases(config, secrets, log);
    await provisionWorkloads(definition.operations, databases.embedded, secrets);

    progress("starting the control plane");
    programs["control-plane"] = supervise(
      {
        name: "control-plane",
        args: [SHIPPED.cli, "serve"],
        environment: await serveEnvironment(config, databases, definition.operations.services),
        logFile: path.join(logs, "control-plane.log"),
      },
      log,
    );
    const api = apiClient(config.port, await secrets.ensure("cli-token"));
    await waitFor(() => api.get("/health/ready"), 60_000, path.join(logs, "control-plane.log"));
    await gateNewReleases(api, config, definition.operations, progress);
    progress("deploying what runs nothing yet");
    await deployMissing(api, definition.operations.services, config, progress);

    const edgeUrl = `http://127.0.0.1:${config.edgePort}`;
    const trafficReport = path.join(config.home, "traffic.json");
    if (config.trafficRps > 0) {
      programs.traffic = supervise(trafficProgram(config, edgeUrl, trafficReport), log);
    }
    const { token } = await api.post<{ token: string }>("/v1/sign-in-links", {});
    const url = `http://127.0.0.1:${config.port}`;
    return {
      url,
      signInUrl: `${url}/?token=${token}`,
      edgeUrl,
      trafficReport,
      programs: () => Object.fromEntries(Object.entries(programs).map(([name, p]) => [name, p.pid()])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops what an `up` that was killed left running on this home. */
export async function down(config: Config, log: Logger): Promise<string[]> {
  const stopped: string[] = [];
  if (await agentAnswers(config.home)) {
    await connectAgent(agentSocket(config.home)).stop();
    stopped.push("agent");
  }
  if (!config.databaseUrl) {
    const secrets = await openSecrets(config.home);
    if (secrets.get("postgres-password")) {
      const { embedded } = await startDatabases(config, secrets, log);
      await embedded?.stop();
      stopped.push("postgres");
    }
  }
  return stopped;
}

async function stopAll(
  programs: Record<string, Supervised>,
  agent: AgentClient,
  agentProgram: Supervised | undefined,
  databases: Databases | undefined,
  home: string,
): Promise<void> {
  await programs.traffic?.stop();
  await programs["control-plane"]?.stop();
  await agent.stop().catch(() => {});
  await agentProgram?.stop(20_000);
  await databases?.embedded?.stop();
  await rm(path.join(home, "up.pid"), { force: true });
}

async function assertWritable(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o755 });
    const probe = path.join(home, ".writable");
    await writeFile(probe, "");
    await rm(probe);
  } catch (cause) {
    throw invalid(
      "home_not_writable",
      `${home} cannot be written (${(cause as NodeJS.ErrnoException).code}).`,
      "Give this user the folder, or name another one with TOBAN_HOME.",
      cause,
    );
  }
}

async function claimHome(home: string): Promise<void> {
  const file = path.join(home, "up.pid");
  const pid = Number(await readFile(file, "utf8").catch(() => "0"));
  if (
    pid > 0 &&
    pid !== process.pid &&
    isToban(pid, await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""))
  ) {
    throw invalid(
      "already_running",
      `Toban already runs on ${home} (process ${pid}).`,
      "Use that one (`npx toban status`), or name another folder with TOBAN_HOME and another port with TOBAN_PORT.",
    );
  }
  await writeFile(file, String(process.pid));
}

function isToban(pid: number, commandLine: string): boolean {
  try {
    process.kill(pid, 0);
    // Where there is no /proc the number alone has to do.
    return commandLine === "" || commandLine.includes("toban");
  } catch {
    return false;
  }
}

async function agentAnswers(home: string): Promise<boolean> {
  try {
    await connectAgent(agentSocket(home)).health();
    return true;
  } catch {
    return false;
  }
}

function startAgent(config: Config, log: Logger, agentRuns: boolean): Supervised | undefined {
  if (agentRuns) return undefined;
  return supervise(
    {
      name: "agent",
      args: [SHIPPED.agent, "--home", path.join(config.home, "agent"), "--socket", agentSocket(config.home)],
      environment: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: process.env.LANG },
      logFile: path.join(config.home, "logs", "agent.log"),
    },
    log,
  );
}

async function serveEnvironment(config: Config, databases: Databases, services: Record<string, unknown>) {
  await stablePorts(config.home, Object.keys(services));
  return {
    ...process.env,
    TOBAN_HOME: config.home,
    TOBAN_PORT: String(config.port),
    TOBAN_EDGE_PORT: String(config.edgePort),
    TOBAN_ENVIRONMENT: config.environment,
    DATABASE_URL: databases.appUrl,
    DATABASE_OWNER_URL: databases.ownerUrl,
  };
}

function trafficProgram(config: Config, edgeUrl: string, report: string) {
  return {
    name: "traffic",
    args: [
      SHIPPED.traffic,
      "--url",
      edgeUrl,
      "--rps",
      String(config.trafficRps),
      // Traffic is sticky by user: a tenth of it is a tenth of them, so there must be some.
      "--users",
      "400",
      "--seconds",
      "forever",
      "--report",
      report,
    ],
    environment: { PATH: process.env.PATH },
    logFile: path.join(config.home, "logs", "traffic.log"),
  };
}

async function waitFor(probe: () => Promise<unknown>, timeoutMs: number, logFile: string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await probe();
      return;
    } catch (cause) {
      if (performance.now() > deadline) {
        throw unavailable(
          "control_plane_not_ready",
          `The control plane is not ready after ${timeoutMs / 1000} s: ${refusalOf(cause).reason}`,
          `Read ${logFile}.`,
          cause,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

type Api = ReturnType<typeof apiClient>;
type Release = { service: string; version: string; result: string | null };

/**
 * Services without a running instance get the version that the ledger says is live, or the first
 * one. In the order of dependencies; services that wait for nothing start together.
 */
async function deployMissing(
  api: Api,
  services: Record<string, { dependsOn: string[] }>,
  config: Config,
  progress: (text: string) => void,
): Promise<void> {
  const { releases } = await api.get<{ releases: Release[] }>("/v1/releases?limit=1000");
  const overview = await api.get<Overview>("/v1/overview");
  const runs = new Set(overview.services.filter((s) => s.versions.length > 0).map((s) => s.name));
  const waiting = new Set(Object.keys(services).filter((name) => !runs.has(name)));
  while (waiting.size > 0) {
    const ready = [...waiting].filter((name) =>
      services[name]!.dependsOn.every((other) => !waiting.has(other)),
    );
    await Promise.all(
      ready.map(async (service) => {
        const live = releases.find((r) => r.service === service && r.result === "succeeded");
        const version = live?.version ?? config.initialVersion;
        progress(`deploying ${service} ${version}`);
        const run = await api.deployAndWait(service, version, 60_000).catch((error) => {
          // What the target had forgotten may be started again already.
          if (refusalOf(error).code === "rollout_running") return undefined;
          throw error;
        });
        if (run && run.state !== "succeeded") {
          progress(
            `${service} ${version} did not start (${run.state}): see \`npx toban releases ${service}\``,
          );
        }
      }),
    );
    for (const service of ready) waiting.delete(service);
  }
}
