import { killInRounds, seeded } from "../log/testing/kill.ts";
import { createScene, sealUp, taskCtx } from "../log/testing/scene.ts";
import type { BenchServer } from "./server.ts";

const ROUNDS = 200;
const TENANTS = ["kill-a", "kill-b"];

const REST_MS = 30_000;

/** The server may still be ending the last killed process's transaction, which keeps others from sealing. */
async function sealRest(server: BenchServer, log: Parameters<typeof sealUp>[0], tenant: string) {
  const deadline = performance.now() + REST_MS;
  for (;;) {
    await sealUp(log, taskCtx(tenant));
    const waiting = await server.db.tx({ tenant }, (tx) => tx.query("SELECT FROM toban.audit_queue LIMIT 1"));
    if (waiting.length === 0 || performance.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Processes that record, seal and anchor are killed at any moment; everything acknowledged is sealed once. */
export async function benchKill(server: BenchServer): Promise<Record<string, number>> {
  const scene = await createScene(server.db);
  try {
    const order = { appUrl: server.appUrl, home: scene.home, tenants: TENANTS };
    const log = await scene.open({ tenants: TENANTS });
    const { committed, failures } = await killInRounds(order, ROUNDS, seeded(4));
    if (failures.length > 0) throw new Error(failures[0]);
    const sealed = new Map<string, number>();
    for (const tenant of TENANTS) {
      await sealRest(server, log, tenant);
      const rows = await server.db.tx({ tenant }, (tx) =>
        tx.query<{ id: string }>("SELECT event_id AS id FROM toban.audit_leaves"),
      );
      for (const { id } of rows) sealed.set(id, (sealed.get(id) ?? 0) + 1);
    }
    return {
      "kill.rounds": ROUNDS,
      "kill.acknowledged": committed.length,
      killLost: committed.filter((id) => !sealed.has(id)).length,
      killDoubled: [...sealed.values()].filter((times) => times > 1).length,
    };
  } finally {
    await scene.close();
  }
}
