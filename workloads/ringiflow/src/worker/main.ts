import { setTimeout as sleep } from "node:timers/promises";
import { type Service, startService } from "@toban/service-kit";
import { type Database, openDatabase } from "../platform/database.ts";
import { consumeAll, measureQueues } from "./consume.ts";
import { queueMetrics } from "./metrics.ts";

const IDLE_MS = 150;
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
      loop(service, "consume", IDLE_MS, () => consume(db, service, metrics)),
      loop(service, "measure", MEASURE_MS, async () => metrics.measured(await measureQueues(db))),
    ]);
    service.onStop(() => db.close());
    // A batch in hand is finished before the connections close.
    service.onStop(async () => void (await loops));
  },
});

async function consume(
  db: Database,
  service: Service<"DATABASE_URL">,
  metrics: ReturnType<typeof queueMetrics>,
) {
  await consumeAll(db, {
    stopping: () => service.stopping.aborted,
    onBatch(tenant, batch) {
      metrics.consumed(tenant, batch);
      if (batch.retries + batch.deadLettered > 0) {
        service.log.warn({ ...batch }, "some events could not be applied");
      }
    },
    onError: (_tenant, error) => service.log.error({ error }, "a tenant's events could not be consumed"),
  });
}

/** Runs work again and again with a pause, until the service stops. What it throws is logged, never fatal. */
async function loop(
  service: Service<"DATABASE_URL">,
  name: string,
  pauseMs: number,
  work: () => Promise<unknown>,
): Promise<void> {
  const { stopping } = service;
  while (!stopping.aborted) {
    let pause = pauseMs;
    try {
      await work();
    } catch (error) {
      pause = PAUSE_AFTER_ERROR_MS;
      service.log.error({ error, loop: name }, "background work failed");
    }
    await sleep(pause, undefined, { signal: stopping }).catch(() => {});
  }
}
