import { setTimeout as sleep } from "node:timers/promises";
import { type Service, startService } from "@toban/service-kit";
import { type Database, openDatabase } from "../platform/database.ts";
import { consumeAll, measureQueues } from "./consume.ts";
import { queueMetrics } from "./metrics.ts";

/** Pause between looks into the queue: short while there is work, longer and longer while there is none. */
const BUSY_MS = 20;
const IDLE_MS = 400;
const MEASURE_MS = 1_000;
const PAUSE_AFTER_ERROR_MS = 1_000;

await startService({
  name: "worker",
  environment: { required: ["DATABASE_URL"] },
  build(_app, service) {
    const db = openDatabase({
      url: service.environment.DATABASE_URL,
      name: "ringiflow-worker",
      maxConnections: 3,
    });
    service.addReadinessCheck("database", () => db.check());
    const metrics = queueMetrics(service.meter);
    const loops = Promise.all([
      loop(service, "consume", () => consume(db, service, metrics)),
      loop(service, "measure", async () => {
        metrics.measured(await measureQueues(db));
        return MEASURE_MS;
      }),
    ]);
    service.onStop(() => db.close());
    // A batch in hand is finished before the connections close.
    service.onStop(async () => void (await loops));
  },
});

let pauseMs = BUSY_MS;

async function consume(
  db: Database,
  service: Service<"DATABASE_URL">,
  metrics: ReturnType<typeof queueMetrics>,
): Promise<number> {
  const moved = await consumeAll(db, {
    stopping: () => service.stopping.aborted,
    onBatch(tenant, batch) {
      metrics.consumed(tenant, batch);
      if (batch.retries + batch.deadLettered > 0) {
        service.log.warn({ ...batch }, "some events could not be applied");
      }
    },
    onError: (_tenant, error) => service.log.error({ error }, "a tenant's events could not be consumed"),
  });
  pauseMs = moved > 0 ? BUSY_MS : Math.min(pauseMs * 1.5, IDLE_MS);
  return pauseMs;
}

/** Runs work again and again until the service stops, with the pause in milliseconds that it answers. */
async function loop(
  service: Service<"DATABASE_URL">,
  name: string,
  work: () => Promise<number>,
): Promise<void> {
  const { stopping } = service;
  while (!stopping.aborted) {
    // What goes wrong is logged and tried again; a worker does not die of a database that is away.
    const pause = await work().catch((error) => {
      service.log.error({ error, loop: name }, "background work failed");
      return PAUSE_AFTER_ERROR_MS;
    });
    await sleep(pause, undefined, { signal: stopping }).catch(() => {});
  }
}
