import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { connectAgent } from "@toban/agent";
import {
  listTenants,
  openTombstones,
  provisionOwnTenant,
  purgeTask,
  replayDeletions,
} from "../access/index.ts";
import { type AlertingDeps, alertTask, deliveryTask, lastEvaluation } from "../alerting/index.ts";
import { auditSignals } from "../audit/index.ts";
import { putDefinitionInForce } from "../commitments/index.ts";
import { assertTenantsAreApart } from "../gate/index.ts";
import { createHttpServer, ingestAuthentication } from "../http/index.ts";
import { followAlert, followRollout, quietTask } from "../incidents/index.ts";
import { type Actor, type Ctx, createCtx, systemClock, uuidv7 } from "../platform/ctx.ts";
import { openDatabase } from "../platform/database.ts";
import { invalid, refusalOf } from "../platform/errors.ts";
import { runtimeDir } from "../platform/home.ts";
import type { Logger } from "../platform/log.ts";
import { assertSchemaIsCurrent, migrate } from "../platform/migrations.ts";
import { stablePorts } from "../platform/ports.ts";
import { openSecrets } from "../platform/secrets.ts";
import { startTasks, type Task } from "../platform/tasks.ts";
import {
  endRollout,
  localDriver,
  type RolloutDeps,
  readRelease,
  restoreTask,
  rolloutActions,
} from "../rollout/index.ts";
import { createWorker } from "../runs/index.ts";
import { createOwnMetrics, openTelemetryStore, telemetryRoutes } from "../telemetry/index.ts";
import { causeOf } from "./alert-cause.ts";
import { openAudit } from "./audit.ts";
import { type Config, SHIPPED } from "./config.ts";
import { loadDefinition } from "./definition.ts";
import { agentSocket } from "./home.ts";
import { overviewSource } from "./overview.ts";
import { preserveAuditIn } from "./preserve-audit.ts";
import { proofsOf } from "./proofs.ts";
import { apiRoutes } from "./routes.ts";
import { ensureSharedSecrets, migrationEnvironment, telemetryEnvironment } from "./workload.ts";

export type App = { port: number; stop(): Promise<void> };

/** Constructs everything, in order of dependency, and starts it. The only file that knows all modules. */
export async function startApp(config: Config, log: Logger): Promise<App> {
  await mkdir(config.home, { recursive: true });
  const clock = systemClock;
  const newId = () => uuidv7(clock);
  const { tenant, environment } = config;
  const actor: Actor = { kind: "task", id: "control-plane" };
  const ctxFor = (name: string): Ctx => createCtx({ tenant: name, actor, log, clock, newId });

  const { operations, digest } = await loadDefinition(config.definition);
  if (!operations.environments[environment]) {
    throw invalid(
      "environment_unknown",
      `The definition has no environment ${environment}.`,
      `Set TOBAN_ENVIRONMENT to one of: ${Object.keys(operations.environments).join(", ")}.`,
    );
  }
  const secrets = await openSecrets(config.home);
  const [cliToken, ingestToken, cookieKey] = [
    await secrets.ensure("cli-token"),
    await secrets.ensure("ingest-token"),
    await secrets.ensure("cookie-key"),
  ];
  await ensureSharedSecrets(operations, secrets);

  if (!config.databaseUrl) {
    throw invalid("database_missing", "DATABASE_URL is not set.", "Set it, or start with `toban up`.");
  }
  if (config.databaseOwnerUrl) await migrate(config.databaseOwnerUrl);
  await assertSchemaIsCurrent(config.databaseUrl);
  await assertTenantsAreApart(config.databaseUrl, log);
  const db = openDatabase({ url: config.databaseUrl });
  const tenants = () => listTenants(db);
  const own = ctxFor(tenant);
  await provisionOwnTenant(db, own, operations.title.en);
  const tombstones = openTombstones(path.join(config.home, "deleted-tenants.json"));
  await replayDeletions(db, own, tombstones);
  await db.tx(own, (tx) => putDefinitionInForce(tx, own, environment, digest));

  const telemetry = await openTelemetryStore({
    folder: path.join(config.home, "telemetry"),
    socketPath: path.join(runtimeDir(config.home), "telemetry.sock"),
    log,
    clock,
  });
  const definition = () => operations;
  const metrics = createOwnMetrics({ ingest: telemetry.ingest, ctx: own, environment });
  const signals = auditSignals({
    db,
    tenants,
    ctxFor,
    metrics,
    watched: () => telemetry.status().healthy,
    watchedUntil: () => db.tx(own, lastEvaluation),
  });
  const audit = await openAudit({
    ...{ config, databaseUrl: config.databaseUrl, db, secrets, definition, ctxFor, metrics, clock, log },
  });
  await audit.erasures.replay();
  const agent = connectAgent(agentSocket(config.home));
  const ports = await stablePorts(config.home, Object.keys(operations.services));

  const rollout: RolloutDeps = {
    db,
    definition,
    environment,
    releasesDir: config.releases,
    driver: localDriver(agentSocket(config.home)),
    counts: telemetry.edgeCounts,
    secret: secrets.get,
    listeners: Object.fromEntries(
      Object.entries(operations.services).map(([name, service]) => [
        name,
        { host: "127.0.0.1", port: service.exposure === "public" ? config.edgePort : ports[name]! },
      ]),
    ),
    instanceEnvironment: () => telemetryEnvironment(config.port, ingestToken),
    migrationEnvironment: (service) => migrationEnvironment(operations, secrets, service),
    onEvent: followRollout,
  };
  const worker = createWorker({
    db,
    ctxFor,
    tenants,
    actions: rolloutActions(rollout),
    onRunEnded: (tx, ctx, run) => endRollout(rollout, tx, ctx, run),
    onAttention: async (_tx, ctx, run, reason) =>
      ctx.log.error({ run: run.id, reason }, "a run needs a person"),
  });
  const preserveAudit = preserveAuditIn({ db, tenants });
  const alerting: AlertingDeps = {
    db,
    definition,
    environment,
    sample: telemetry.sample,
    cause: causeOf(signals),
    onTransition: (tx, ctx, transition) => followAlert(tx, ctx, transition, preserveAudit),
    secret: secrets.get,
  };
  const proofs = proofsOf({ config, operations, db, telemetry, agent, secrets, rollout, log });
  const overview = overviewSource({ config, operations, digest, db, telemetry, agent, clock, log, proofs });

  let problems = "";
  const agentTask: Task = {
    name: "agent.telemetry",
    periodMs: 5_000,
    // The agent may have been restarted since; telling it again changes nothing.
    async run() {
      await agent.putTelemetry({
        endpoint: `http://127.0.0.1:${config.port}/otlp`,
        headers: { authorization: `Bearer ${ingestToken}` },
        environment,
      });
      const health = await agent.health();
      const now = JSON.stringify(health.problems);
      if (now !== problems && !health.ok) log.error({ problems: health.problems }, "the agent has problems");
      problems = now;
    },
  };
  const tasks = startTasks(
    [
      ...worker.tasks,
      // The definition's alerts are about this installation: only its own tenant is paged.
      alertTask(alerting, async () => [tenant], ctxFor),
      deliveryTask(alerting, tenants, ctxFor),
      quietTask(db, tenants, ctxFor),
      ...proofs.tasks(ctxFor(tenant)),
      purgeTask({ db, own: ctxFor(tenant), forget: audit.forget }),
      agentTask,
      restoreTask(rollout, ctxFor(tenant)),
      metrics.task,
      signals.task,
      ...audit.tasks,
    ],
    clock,
    log,
  );

  const readiness = async () => {
    const check = async (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error) => refusalOf(error).reason,
      );
    const [database, store, local] = await Promise.all([
      check(db.ping()),
      check(telemetry.ready(300)),
      check(agent.health()),
    ]);
    return { database, telemetry: store, agent: local, erasures: audit.erasures.problem() };
  };
  const http = { db, log, clock, newId, tenant, cliToken, ingestToken, cookieKey };
  const server = await createHttpServer({
    ...http,
    consoleRoot: SHIPPED.console,
    readiness,
    routes: apiRoutes({
      db,
      audit: audit.routes,
      tombstones,
      overview,
      rollout,
      digestOf: async (service, version) => (await readRelease(config.releases, service, version)).digest,
      alerting,
      proofs,
    }),
    ingest: (app) => telemetryRoutes(app, { telemetry, preHandler: ingestAuthentication(http) }),
  });
  await server.listen({ host: "127.0.0.1", port: config.port });
  const address = path.join(config.home, "control-plane.json");
  await writeFile(address, `${JSON.stringify({ port: config.port, pid: process.pid, environment })}\n`);
  log.info({ port: config.port, environment, digest }, "control plane is ready");

  return {
    port: config.port,
    async stop() {
      await rm(address, { force: true });
      await server.close();
      await worker.stop();
      audit.interrupt();
      await tasks.stop();
      await telemetry.close();
      await audit.flush();
      await db.close();
    },
  };
}
