// The part of a control plane that performs rollouts, in a process of its own that a test may kill. Settings come by IPC.
import { createCtx } from "../../platform/ctx.ts";
import { openDatabase } from "../../platform/database.ts";
import { createLogger } from "../../platform/log.ts";
import { startTasks } from "../../platform/tasks.ts";
import { createWorker } from "../../runs/index.ts";
import { endRollout, localDriver, type RolloutDeps, rolloutActions } from "../index.ts";
import { rolloutDefinition, type TestService } from "./definition.ts";
import { remoteCounts } from "./edge-reports.ts";

export type Settings = {
  appUrl: string;
  socketPath: string;
  releasesDir: string;
  reportsUrl: string;
  services: Record<string, TestService>;
};

process.on("disconnect", () => process.exit(0));
process.on("message", (settings: Settings) => {
  const log = createLogger("control-plane", "silent");
  const db = openDatabase({ url: settings.appUrl, connectTimeoutMs: 10_000 });
  const definition = rolloutDefinition(settings.services);
  const deps: RolloutDeps = {
    db,
    definition: () => definition,
    environment: "production",
    releasesDir: settings.releasesDir,
    driver: localDriver(settings.socketPath),
    counts: remoteCounts(settings.reportsUrl),
    secret: () => "secret-value",
  };
  const ctxFor = (tenant: string) => createCtx({ tenant, actor: { kind: "task", id: "runs" }, log });
  const worker = createWorker({
    db,
    ctxFor,
    actions: rolloutActions(deps),
    tenants: async () => ["acme"],
    leaseMs: 1_000,
    onRunEnded: (tx, ctx, run) => endRollout(deps, tx, ctx, run),
  });
  startTasks(worker.tasks, ctxFor("acme").clock, log);
});
