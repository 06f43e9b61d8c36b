import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CommitmentsView, ProofResult } from "../commitments/index.ts";
import type { Overview } from "../http/index.ts";
import type { Logger } from "../platform/log.ts";
import { freePort } from "../platform/ports.ts";
import { openSecrets } from "../platform/secrets.ts";
import { apiClient } from "./api-client.ts";
import type { Config } from "./config.ts";
import { followRollout } from "./follow-rollout.ts";
import { up } from "./up.ts";

type Api = ReturnType<typeof apiClient>;
type Rollout = Overview["rollouts"][number];

export type GamedayReport = {
  ok: boolean;
  /** What did not happen as promised. */
  faults: string[];
  environment: string;
  rollouts: {
    version: string;
    result: string | null;
    steps: {
      /** `bake`: at 100 %, before the old version drains. */
      phase: "step" | "bake";
      weight: number;
      observedSeconds: number;
      requests: number;
      verdict: string | null;
      reason: string | null;
    }[];
    rollbackSeconds: number | null;
  }[];
  alerts: { id: string; severity: string; state: string; since: string | null }[];
  incidents: { id: string; state: string; openedAt: string; resolvedAt: string | null; timeline: string[] }[];
  commitments: CommitmentsView["counts"];
  proven: { commitment: string; measured: string }[];
  requests: { total: number; failedByUsers: number };
};

/** The longest that the first bad answer may be ahead of weight 0. */
const ROLLBACK_SECONDS_MAX = 15;
/** Of the definition: users see requests fail. Others may fire on a slow machine and are reported too. */
const FAILURE_ALERT = "bff-5xx";
const SETTLE_MS = 180_000;
/** A control plane that is killed meanwhile is back within this. */
const PATIENCE_MS = 60_000;

/**
 * The whole story: a good release goes to 100 %, a bad one is caught at its first step and rolled
 * back, an alert and an incident open and close, and the proofs run. On the control plane that runs
 * on this home, else on one of its own that is thrown away.
 */
export async function gameday(
  config: Config,
  log: Logger,
  print: (line: string) => void,
  language: "en" | "ja",
  interrupted: Promise<never>,
): Promise<GamedayReport> {
  const running = await runningApi(config);
  if (running) {
    print(`on the control plane that runs at port ${config.port}`);
    return story(running, path.join(config.home, "traffic.json"), print, language);
  }
  const home = await mkdtemp(path.join(tmpdir(), "toban-gameday-"));
  // The database runs as another user when we are root, and has to reach its folder in here.
  await chmod(home, 0o755);
  const own: Config = {
    ...config,
    home,
    port: await freePort(),
    edgePort: await freePort(),
    environment: "gameday",
    trafficRps: 30,
  };
  print("starting RingiFlow in an environment of its own");
  const system = await up(own, log, (text) => print(`… ${text}`));
  try {
    const token = await (await openSecrets(home)).ensure("cli-token");
    const told = story(
      apiClient(own.port, token, { patienceMs: PATIENCE_MS }),
      system.trafficReport,
      print,
      language,
    );
    told.catch(() => {});
    return await Promise.race([told, interrupted]);
  } finally {
    await system.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function runningApi(config: Config): Promise<Api | undefined> {
  const token = (await openSecrets(config.home)).get("cli-token");
  if (!token) return undefined;
  return apiClient(config.port, token)
    .get("/v1/overview")
    .then(
      () => apiClient(config.port, token, { patienceMs: PATIENCE_MS }),
      () => undefined,
    );
}

async function story(
  client: Api,
  trafficReport: string,
  print: (line: string) => void,
  language: "en" | "ja",
): Promise<GamedayReport> {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const before = await traffic(trafficReport);
  const { environment, environmentNotes, at: startedAt } = await client.get<Overview>("/v1/overview");
  for (const note of environmentNotes) print(note[language]);

  const good = await rollOut(client, "1.1.0", print, language);
  expect(good.result === "succeeded", `1.1.0 ended as ${good.result}, not as succeeded`);
  expect(weights(good) === "10,50,100", `1.1.0 went through ${weights(good)}, not through 10,50,100`);

  const bad = await rollOut(client, "1.2.0", print, language);
  expect(bad.result === "rolled-back", `1.2.0 ended as ${bad.result}, not as rolled-back`);
  expect(
    bad.steps[0]?.verdict === "fail",
    `1.2.0 was judged ${bad.steps[0]?.verdict} at its first step, not fail`,
  );
  expect(
    bad.rollbackSeconds !== null && bad.rollbackSeconds <= ROLLBACK_SECONDS_MAX,
    `rollback took ${bad.rollbackSeconds} s, more than ${ROLLBACK_SECONDS_MAX} s`,
  );

  print("waiting until the alert has resolved and the incident is closed");
  const { alerts, incidents } = await settled(client, startedAt);
  expect(alerts.length > 0, "no alert fired");
  expect(
    alerts.every((a) => a.state === "resolved"),
    "an alert has not resolved",
  );
  expect(incidents.length > 0, "no incident tells of it");
  expect(
    incidents.every((i) => i.state === "resolved"),
    "an incident is still open",
  );

  print("proving commitments on the running system");
  const { results } = await client.post<{ results: ProofResult[] }>("/v1/proofs", { ids: [] });
  for (const result of results.filter((r) => r.verdict !== "pass")) {
    faults.push(`${result.commitment}: ${result.verdict}: ${result.reason.en}`);
  }
  const view = await client.get<CommitmentsView>("/v1/commitments");
  const after = await traffic(trafficReport);
  return {
    ok: faults.length === 0,
    faults,
    environment,
    rollouts: [good, bad].map((rollout) => ({
      version: rollout.version,
      result: rollout.result,
      steps: rollout.steps.map((step) => ({ ...step, reason: step.reason?.[language] ?? null })),
      rollbackSeconds: rollout.rollbackSeconds,
    })),
    alerts: alerts.map(({ id, severity, state, since }) => ({ id, severity, state, since })),
    incidents: incidents.map((i) => ({
      id: i.id,
      state: i.state,
      openedAt: i.openedAt,
      resolvedAt: i.resolvedAt,
      timeline: i.timeline.map((entry) => `${entry.at} ${entry.text[language]}`),
    })),
    commitments: view.counts,
    proven: view.commitments
      .filter((row) => row.state === "proven")
      .map((row) => ({ commitment: row.id, measured: row.evidence?.measured ?? "" })),
    requests: {
      total: after.total - before.total,
      failedByUsers: after.failedByUsers - before.failedByUsers,
    },
  };
}

async function rollOut(client: Api, version: string, print: (line: string) => void, language: "en" | "ja") {
  print(`deploying bff ${version}`);
  const runId = await client.deploy("bff", version);
  if (runId !== undefined) return followRollout(client, runId, language, print);
  // Live already, so there is nothing to see: go back first.
  print(`bff ${version} is live already; going back first`);
  const back = await client.post<{ runId: string }>("/v1/rollouts/bff/rollback", {
    reason: "gameday starts over",
  });
  await followRollout(client, back.runId, language, print);
  return rollOut(client, version, print, language);
}

const weights = (rollout: Rollout) =>
  rollout.steps
    .filter((step) => step.phase === "step" && step.verdict === "pass")
    .map((step) => step.weight)
    .join(",");

/** Alerts and incidents since the start, once all of them have resolved or the time is up. */
async function settled(client: Api, startedAt: string) {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const overview = await client.get<Overview>("/v1/overview");
    const alerts = overview.alerts.filter(
      (alert) =>
        alert.since !== null && alert.since >= startedAt && ["firing", "resolved"].includes(alert.state),
    );
    // What happens to a service joins the incident that is open for it already.
    const incidents = overview.incidents.filter((i) => i.timeline.some(({ at }) => at >= startedAt));
    const done =
      alerts.some((alert) => alert.id === FAILURE_ALERT) &&
      alerts.every((alert) => alert.state === "resolved") &&
      incidents.length > 0 &&
      incidents.every((i) => i.state === "resolved");
    if (done || performance.now() > deadline) return { alerts, incidents };
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function traffic(file: string): Promise<{ total: number; failedByUsers: number }> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return { total: 0, failedByUsers: 0 };
  }
}
