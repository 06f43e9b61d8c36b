import type { Service } from "@toban/service-kit";
import { expect, test } from "vitest";
import { queueMetrics } from "./metrics.ts";

type Labels = Record<string, string>;
type Point = { name: string; value: number; labels: Labels };

/** Writes down what is measured. */
function recordingMeter() {
  const counted: Point[] = [];
  const gauges = new Map<string, (result: { observe(value: number, labels: Labels): void }) => void>();
  const meter = {
    createCounter: (name: string) => ({
      add: (value: number, labels: Labels) => void counted.push({ name, value, labels }),
    }),
    createObservableGauge: (name: string) => ({
      addCallback: (callback: Parameters<typeof gauges.set>[1]) => void gauges.set(name, callback),
    }),
  } as unknown as Service["meter"];
  const observe = () => {
    const points: Point[] = [];
    for (const [name, callback] of gauges) {
      callback({ observe: (value, labels) => void points.push({ name, value, labels }) });
    }
    return points;
  };
  return { meter, counted, observe };
}

test("retries, duplicates and dead letters are counted exactly, with every label and no tenant's name", () => {
  const { meter, counted } = recordingMeter();
  queueMetrics(meter).consumed("aozora", { applied: 7, duplicates: 2, retries: 1, deadLettered: 3 });
  expect(Object.fromEntries(counted.map(({ name, value }) => [name, value]))).toEqual({
    "ringiflow.worker.applied": 7,
    "ringiflow.worker.duplicates": 2,
    "ringiflow.worker.retries": 1,
    "ringiflow.worker.dead_lettered": 3,
  });
  for (const { labels } of counted) {
    expect(Object.keys(labels).sort()).toEqual(["route", "status_class", "tenant"]);
    expect(labels.tenant).toMatch(/^t_[0-9a-f]{12}$/);
  }
});

test("nothing is counted for what did not happen", () => {
  const { meter, counted } = recordingMeter();
  queueMetrics(meter).consumed("aozora", { applied: 0, duplicates: 0, retries: 0, deadLettered: 0 });
  expect(counted).toEqual([]);
});

test("lag, backlog and dead letters are shown for each tenant as last measured", () => {
  const { meter, observe } = recordingMeter();
  const metrics = queueMetrics(meter);
  expect(observe()).toEqual([]);
  metrics.measured([
    { tenant: "aozora", backlog: 4, lagSeconds: 1.5, deadLetters: 1 },
    { tenant: "minato", backlog: 0, lagSeconds: 0, deadLetters: 0 },
  ]);
  const values = observe().map(({ name, value }) => `${name} ${value}`);
  expect(values.sort()).toEqual([
    "ringiflow.queue.backlog 0",
    "ringiflow.queue.backlog 4",
    "ringiflow.queue.dead_letters 0",
    "ringiflow.queue.dead_letters 1",
    "ringiflow.queue.lag 0",
    "ringiflow.queue.lag 1500",
  ]);
});
