// Short runs a second: three steps that do nothing, two worker processes, PostgreSQL with durable settings.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createCtx } from "../platform/ctx.ts";
import { openDatabase } from "../platform/database.ts";
import { createLogger } from "../platform/log.ts";
import { migrate } from "../platform/migrations.ts";
import { startEmbeddedPostgres } from "../platform/postgres/embedded.ts";
import { provisionDatabase } from "../platform/postgres/provision.ts";
import { APP, OWNER } from "../platform/testing.ts";
import { listRuns, startRun } from "./index.ts";
import { planOf, step } from "./testing/harness.ts";
import { createOutside } from "./testing/outside.ts";
import { startWorkerProcess, type WorkerProcess } from "./testing/processes.ts";

const RUNS = 2_000;
const GOAL = 150;

/** `runs.started` and `runs.short` per second; `runs.short.ratio` is the latter over the goal of 150. */
export async function bench(): Promise<Record<string, number>> {
  const folder = await mkdtemp(path.join(tmpdir(), "toban-bench-"));
  const port = await freePort();
  const postgres = await startEmbeddedPostgres({ folder: path.join(folder, "pg"), port, password: "bench" });
  const workers: WorkerProcess[] = [];
  const roles = { database: "bench", owner: OWNER, app: APP };
  const { ownerUrl, appUrl } = await provisionDatabase(postgres.superuserUrl, roles);
  await migrate(ownerUrl);
  await createOutside(ownerUrl);
  const db = openDatabase({ url: appUrl, connectTimeoutMs: 10_000 });
  try {
    const log = createLogger("bench", "silent");
    const ctx = createCtx({ tenant: "bench", actor: { kind: "task", id: "bench" }, log });
    const plan = planOf(["a", "b", "c"].map((name) => step(name, { action: "noop" })));
    const startedAt = performance.now();
    for (let i = 0; i < RUNS; i += 20) {
      const start = () => db.tx(ctx, (tx) => startRun(tx, ctx, { plan }));
      await Promise.all(Array.from({ length: 20 }, start));
    }
    const started = RUNS / ((performance.now() - startedAt) / 1000);

    workers.push(await startWorkerProcess(), await startWorkerProcess());
    const performedAt = performance.now();
    for (const worker of workers) worker.order({ appUrl, tenants: ["bench"], leaseMs: 10_000 });
    const left = () => db.tx(ctx, (tx) => listRuns(tx, { unfinished: true, limit: 1 }));
    while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const short = RUNS / ((performance.now() - performedAt) / 1000);
    return { "runs.started": started, "runs.short": short, "runs.short.ratio": short / GOAL };
  } finally {
    for (const worker of workers) worker.kill();
    await db.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, value] of Object.entries(await bench())) console.log(`${name}\t${value.toFixed(1)}`);
}
