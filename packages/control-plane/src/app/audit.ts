import { rm } from "node:fs/promises";
import path from "node:path";
import type { Operations } from "@toban/definition";
import { erasePerson, listTenantsWithRecords } from "../access/index.ts";
import {
  anchorFolder,
  anchorSinks,
  anchorTask,
  continuousTask,
  createErasures,
  flushAccess,
  fullTask,
  openAuditKeys,
  openAuditLog,
  pruneTask,
  sealTask,
} from "../audit/index.ts";
import type { Clock, Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import type { Logger } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { Task } from "../platform/tasks.ts";
import type { Config } from "./config.ts";
import type { AuditRouteDeps } from "./routes.ts";

export type AuditApp = {
  erasures: ReturnType<typeof createErasures>;
  routes: AuditRouteDeps;
  tasks: Task[];
  /** Removes what is kept of a purged tenant in files. */
  forget(tenant: string): Promise<void>;
  /** Before the tasks are stopped: a full verification gives up. */
  interrupt(): void;
  /** Before the database is closed. */
  flush(): Promise<void>;
};

/** The audit log of this installation: sealed, anchored, verified and pruned in the background. */
export async function openAudit(deps: {
  config: Config;
  databaseUrl: string;
  db: Database;
  secrets: Secrets;
  definition(): Operations;
  ctxFor(tenant: string): Ctx;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
}): Promise<AuditApp> {
  const { config, db, secrets, ctxFor, metrics, clock, log, definition, databaseUrl } = deps;
  const { home } = config;
  const tenants = () => listTenantsWithRecords(db);
  const keys = await openAuditKeys(secrets, clock);
  const sinks = anchorSinks({
    home,
    ...config.anchors,
    secret: secrets.get,
    environment: process.env,
    clock,
  });
  const folder = anchorFolder(home);
  const archives = path.join(home, "archive");
  const ending = new AbortController();
  const common = { db, tenants, ctxFor, keys, sinks, metrics, signal: ending.signal };
  const auditLog = openAuditLog({ ...common, tenant: config.tenant, folder, log, clock });
  const verification = { ...common, databaseUrl };
  const erasures = createErasures({
    ...{ db, tenants, ctxFor, erasePerson },
    folder: path.join(home, "erasures"),
    key: await secrets.ensure("erasure-key"),
  });
  return {
    erasures,
    routes: { ...verification, log: auditLog, secrets, erasures },
    tasks: [
      sealTask(auditLog),
      anchorTask(auditLog),
      continuousTask(verification),
      fullTask(verification),
      pruneTask({ ...common, definition, folder: archives }),
      erasures.task,
    ],
    forget: (tenant: string) =>
      rm(path.join(archives, encodeURIComponent(tenant)), { recursive: true, force: true }),
    interrupt: () => ending.abort(),
    flush: () => flushAccess(db),
  };
}
