import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../platform/testing.ts";
import { assertBuilt, killInRounds, seeded } from "./testing/kill.ts";
import { auditTheLog, createScene, type Scene, sealUp, taskCtx } from "./testing/scene.ts";

vi.setConfig({ testTimeout: 240_000 });

/** The suite kills often enough to notice; the whole count is for those who ask for it. */
const ROUNDS = Number(process.env.TOBAN_AUDIT_KILLS ?? 24);
const SEED = Number(process.env.TOBAN_AUDIT_SEED ?? 4);
const TENANTS = ["kill-a", "kill-b"];

let t: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  assertBuilt();
  t = await createTestDatabase();
  scene = await createScene(t.db);
  // The keys of the home, which all processes share.
  await scene.open();
});
afterAll(async () => {
  await t?.close();
  await scene?.close();
});

describe("a process that is killed while it records, seals and anchors", () => {
  it("loses no event that was acknowledged, seals none twice, and never looks like a rewritten log", async () => {
    const order = { appUrl: t.appUrl, home: scene.home, tenants: TENANTS };
    const { committed, failures } = await killInRounds(order, ROUNDS, seeded(SEED));
    expect(failures).toEqual([]);
    const log = await scene.open({ tenants: TENANTS });
    const sealed = new Set<string>();
    let unsealed = 0;
    for (const tenant of TENANTS) {
      const ctx = taskCtx(tenant);
      unsealed += await sealUp(log, ctx);
      expect(await auditTheLog(log, ctx)).toMatchObject({ queued: 0 });
      const rows = await t.db.tx(ctx, (tx) =>
        tx.query<{ id: string }>("SELECT event_id AS id FROM toban.audit_leaves"),
      );
      for (const row of rows) sealed.add(row.id);
    }
    expect(log.guard.refusals()).toEqual([]);
    expect(committed.filter((id) => !sealed.has(id))).toEqual([]);
    expect(committed.length).toBeGreaterThan(ROUNDS);
    process.stdout.write(
      `${ROUNDS} kills: ${committed.length} events acknowledged, ${sealed.size} sealed, ${unsealed} of them after the last\n`,
    );
  });
});
