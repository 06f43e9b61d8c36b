import { expect, test } from "vitest";
import { type Instance, type Observed, plan } from "./reconcile.ts";
import { desiredService } from "./testing/fixtures.ts";
import { afterExit, afterProbe } from "./transitions.ts";

const instance = (changes: Partial<Instance> = {}): Instance => ({
  id: "shop-1-0",
  version: "1",
  slot: 0,
  fingerprint: "f",
  pid: 100,
  identity: "x",
  port: 9000,
  state: "healthy",
  startedAt: 0,
  healthySince: 0,
  passes: 0,
  failures: 0,
  restarts: 0,
  streak: 0,
  nextStartAt: null,
  rssBytes: 50,
  lastExit: null,
  drain: null,
  refusal: null,
  ...changes,
});

const observed = (instances: Instance[], inFlight = 0): Observed => ({
  instances,
  inFlight: () => inFlight,
  fingerprint: () => "f",
  drainMs: 1000,
});

const want = (instances: number, changes = {}) =>
  desiredService({ releases: { 1: { directory: "/r", instances, environment: {} } }, ...changes });

test("a missing slot is started and a present one is left alone", () => {
  expect(plan(want(2), observed([instance()]), 0)).toEqual([{ kind: "start", version: "1", slot: 1 }]);
});

test("a slot that is being started is not started twice", () => {
  const starting = instance({ pid: null, state: "starting", nextStartAt: Number.POSITIVE_INFINITY });
  expect(plan(want(1), observed([starting]), 1e15)).toEqual([]);
});

test("a crashed instance waits for its back-off", () => {
  const crashed = instance({ pid: null, state: "backoff", nextStartAt: 500 });
  expect(plan(want(1), observed([crashed]), 499)).toEqual([]);
  expect(plan(want(1), observed([crashed]), 500)).toEqual([{ kind: "start", version: "1", slot: 0 }]);
});

test("an unusable release is not tried again by itself", () => {
  expect(plan(want(1), observed([instance({ pid: null, state: "failed", nextStartAt: 0 })]), 1e9)).toEqual(
    [],
  );
});

test("stopping goes from draining over SIGTERM to SIGKILL, each in its time", () => {
  expect(plan(want(0), observed([instance()]), 0)).toEqual([
    { kind: "drain", id: "shop-1-0", because: "removed" },
  ]);
  const draining = instance({
    state: "draining",
    drain: { because: "removed", since: 0, terminatedAt: null },
  });
  expect(plan(want(0), observed([draining], 1), 999)).toEqual([]);
  expect(plan(want(0), observed([draining], 0), 1)).toEqual([{ kind: "terminate", id: "shop-1-0" }]);
  expect(plan(want(0), observed([draining], 1), 1000)).toEqual([{ kind: "terminate", id: "shop-1-0" }]);
  const terminated = instance({ drain: { because: "removed", since: 0, terminatedAt: 1000 } });
  expect(plan(want(0), observed([terminated]), 1999)).toEqual([]);
  expect(plan(want(0), observed([terminated]), 2000)).toEqual([{ kind: "kill", id: "shop-1-0" }]);
  expect(plan(want(0), observed([instance({ pid: null })]), 0)).toEqual([{ kind: "forget", id: "shop-1-0" }]);
});

test("an instance that is wanted again before it was signalled goes back into rotation", () => {
  const drain = { because: "removed" as const, since: 0, terminatedAt: null };
  expect(plan(want(1), observed([instance({ drain })]), 5)).toEqual([{ kind: "undrain", id: "shop-1-0" }]);
});

test("instances over the memory limit are replaced one after the other", () => {
  const two = [instance({ rssBytes: 120 }), instance({ id: "shop-1-1", slot: 1, rssBytes: 120 })];
  const limited = want(2, { memoryLimitBytes: 100 });
  expect(plan(limited, observed(two), 0)).toEqual([{ kind: "drain", id: "shop-1-0", because: "memory" }]);
  two[0] = { ...two[0]!, drain: { because: "memory", since: 0, terminatedAt: null } };
  expect(plan(limited, observed(two, 1), 0)).toEqual([]);
  expect(
    plan(want(2, { memoryLimitBytes: 121 }), observed([instance({ rssBytes: 120 }), two[1]!]), 0),
  ).toEqual([]);
});

test("a changed environment replaces a healthy instance only while its neighbours are healthy", () => {
  const old = instance({ fingerprint: "old" });
  const neighbour = instance({ id: "shop-1-1", slot: 1, state: "unhealthy" });
  expect(plan(want(2), observed([old, neighbour]), 0)).toEqual([]);
  expect(plan(want(2), observed([old, { ...neighbour, state: "healthy" }]), 0)).toEqual([
    { kind: "drain", id: "shop-1-0", because: "changed" },
  ]);
});

test("health needs two passes in a row and is lost after three failures in a row", () => {
  let it = instance({ state: "starting", healthySince: null });
  const seen: string[] = [];
  for (const passed of [true, false, true, true, false, false, true, false, false, false]) {
    it = afterProbe(it, passed, 10);
    seen.push(it.state);
  }
  expect(seen).toEqual([
    ...["starting", "starting", "starting", "healthy"],
    ...["healthy", "healthy", "healthy", "healthy", "healthy", "unhealthy"],
  ]);
});

test("one failed check restarts the clock of healthySince", () => {
  const failed = afterProbe(instance({ healthySince: 5 }), false, 10);
  expect(failed.healthySince).toBeNull();
  expect(afterProbe(failed, true, 20).healthySince).toBe(20);
});

test("the back-off doubles with jitter up to a bound and starts anew after recovery", () => {
  const exit = { code: 1, signal: null, at: "" };
  const waits = [0, 1, 2, 20].map(
    (streak) => afterExit(instance({ streak, healthySince: null }), exit, 0, 0.5).nextStartAt,
  );
  expect(waits).toEqual([250, 500, 1000, 30_000]);
  expect(afterExit(instance({ streak: 0 }), exit, 1, 0).nextStartAt).toBe(126);
  expect(afterExit(instance({ streak: 9, healthySince: 0 }), exit, 60_000, 0.5).streak).toBe(1);
  const asked = instance({ streak: 4, drain: { because: "memory", since: 0, terminatedAt: 0 } });
  expect(afterExit(asked, exit, 7, 0.5)).toMatchObject({ streak: 0, nextStartAt: 7 });
});
