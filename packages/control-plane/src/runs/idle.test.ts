import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { listRuns, startRun } from "./index.ts";
import { eventually, planOf, runWorker, step } from "./testing/harness.ts";

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
  const commits = async () => {
    const sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
    return Number((await client.query(sql)).rows[0].xact_commit);
  };
  // Other sessions report their counts with up to a second's delay.
  await sleep(1_500);
  const before = await commits();
  const from = performance.now();
  await sleep(4_000);
  const rate = ((await commits()) - before) / ((performance.now() - from) / 1000);
  expect(rate).toBeGreaterThan(0);
  expect(rate).toBeLessThan(20);
  await client.end();
  for (const worker of workers) await worker.stop();

  await t.db.tx(t.ctx, async (tx) => {
    const sql =
      "SELECT id FROM toban.runs WHERE due_at <= now() ORDER BY due_at LIMIT 16 FOR UPDATE SKIP LOCKED";
    const plan = JSON.stringify(await tx.query(`EXPLAIN ${sql}`));
    expect(plan).toContain("runs_due");
    expect(plan).not.toContain("Seq Scan");
  });
});
