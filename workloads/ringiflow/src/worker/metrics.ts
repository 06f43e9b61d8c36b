import { anonymisedTenant, type Service } from "@toban/service-kit";
import type { Consumed, TenantQueue } from "./consume.ts";

const ROUTE = "outbox";

/** Counters and gauges of the event queue, each with the labels every metric has. */
export function queueMetrics(meter: Service["meter"]) {
  const counter = (name: string, description: string) => {
    const instrument = meter.createCounter(name, { description });
    return (tenant: string, count: number, statusClass: string) => {
      if (count > 0) instrument.add(count, labels(tenant, statusClass));
    };
  };
  const applied = counter("ringiflow.worker.applied", "Events applied to the read models");
  const duplicates = counter(
    "ringiflow.worker.duplicates",
    "Deliveries dropped because they were applied before",
  );
  const retries = counter("ringiflow.worker.retries", "Deliveries put back for another try");
  const deadLettered = counter("ringiflow.worker.dead_lettered", "Events given up and put aside");

  let queues: TenantQueue[] = [];
  const gauge = (name: string, unit: string, description: string, value: (queue: TenantQueue) => number) =>
    meter.createObservableGauge(name, { unit, description }).addCallback((result) => {
      for (const queue of queues) result.observe(value(queue), labels(queue.tenant, "2xx"));
    });
  // In milliseconds, the unit of every latency threshold.
  gauge(
    "ringiflow.queue.lag",
    "ms",
    "Age of the oldest delivery that waits",
    (queue) => queue.lagSeconds * 1000,
  );
  gauge("ringiflow.queue.backlog", "{delivery}", "Deliveries that wait", (queue) => queue.backlog);
  gauge(
    "ringiflow.queue.dead_letters",
    "{event}",
    "Events in the dead letters",
    (queue) => queue.deadLetters,
  );

  return {
    consumed(tenant: string, batch: Consumed) {
      applied(tenant, batch.applied, "2xx");
      duplicates(tenant, batch.duplicates, "2xx");
      retries(tenant, batch.retries, "5xx");
      deadLettered(tenant, batch.deadLettered, "5xx");
    },
    measured(now: TenantQueue[]) {
      queues = now;
    },
  };
}

function labels(tenant: string, statusClass: string) {
  return { route: ROUTE, status_class: statusClass, tenant: anonymisedTenant(tenant) };
}
