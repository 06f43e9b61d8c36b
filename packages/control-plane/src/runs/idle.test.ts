import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { listRuns, startRun } from "./index.ts";
import { eventually, planOf, runWorker, step } from "./testing/harness.ts";

vi.setConfig({ testTimeout: 240_000 });
let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t?.close());

it("2,000 waiting runs and two workers cost fewer than 20 commits a second, and no scan of the runs", async () => {
  const waits = [
    { kind: "timer", ms: 3_600_000 },
    { kind: "approval", approvers: 1 },
    { kind: "signal", name: "go" },
    { kind: "signal", name: "go", timeoutMs: 3_600_000 },
  ] as const;
  const startMany = (count: number) =>
    t.db.tx(t.ctx, async (tx) => {
      for (let i = 0; i < count; i++) {
        await startRun(tx, t.ctx, { plan: planOf([step("a", { wait: waits[i % waits.length]! })]) });
      }
    });
  await Promise.all([1, 2, 3, 4].map(() => startMany(500)));
  const workers = [runWorker(t, { leaseMs: 10_000 }), runWorker(t, { leaseMs: 10_000 })];
  const pending = () => t.db.tx(t.ctx, (tx) => listRuns(tx, { states: ["pending", "running"], limit: 1 }));
  await eventually("all wait", async () => (await pending()).length === 0);

  const client = new pg.Client({ connectionString: t.ownerUrl });
  await client.connect();
  const counters = async () => {
    const sql = `SELECT xact_commit::int AS commits, seq_scan::int AS scans, idx_scan::int AS looks
      FROM pg_stat_database, pg_stat_user_tables WHERE datname = current_database() AND relname = 'runs'`;
    return (await client.query<{ commits: number; scans: number; looks: number }>(sql)).rows[0]!;
  };
  // A session that idles reports its counts with up to ten seconds' delay, and those of the start are not ours.
  await sleep(11_000);
  const before = await counters();
  const from = performance.now();
  await sleep(4_000);
  const after = await counters();
  const seconds = (performance.now() - from) / 1000;
  await client.end();
  for (const worker of workers) await worker.stop();
  expect(after.looks).toBeGreaterThan(before.looks);
  expect(after.scans - before.scans).toBe(0);
  expect((after.commits - before.commits) / seconds).toBeLessThan(20);
});
