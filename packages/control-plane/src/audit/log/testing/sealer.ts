// A process that records, seals and anchors in a loop until it is killed. Its parent speaks to it by IPC.
import { openDatabase } from "../../../platform/database.ts";
import { AUDIT_CLASSES } from "../../record/event.ts";
import { anchorAll } from "../anchor.ts";
import { sealAll } from "../seal.ts";
import { createScene, recordOne, taskCtx } from "./scene.ts";

export type SealerOrder = { appUrl: string; home: string; tenants: string[] };
/** `committed`: ids of events whose transaction was acknowledged. */
export type SealerReport = { kind: "loaded" } | { committed: string[] } | { failed: string };

const report = (message: SealerReport) => process.send?.(message);

process.on("disconnect", () => process.exit(0));
process.once("message", (order: SealerOrder) => {
  start(order).catch((error: Error) => report({ failed: String(error.stack) }));
});
report({ kind: "loaded" });

async function start({ appUrl, home, tenants }: SealerOrder): Promise<void> {
  const db = openDatabase({ url: appUrl, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 });
  const scene = await createScene(db, home);
  const log = await scene.open({ tenants });
  const forever = async (work: () => Promise<unknown>) => {
    for (;;) {
      await work();
      const refusal = log.guard.refusals()[0];
      if (refusal) throw new Error(refusal.reason);
    }
  };
  const business = async (tenant: string) => {
    const ctx = taskCtx(tenant);
    let number = 0;
    await forever(async () => {
      const ids: string[] = [];
      const noted = { ...ctx, newId: () => ids[ids.push(ctx.newId()) - 1]! };
      await db.tx(ctx, async (tx) => {
        for (let n = 0; n <= number % 5; n++) await recordOne(tx, noted, AUDIT_CLASSES[number % 4]);
      });
      number++;
      report({ committed: ids });
    });
  };
  await Promise.all([...tenants.map(business), forever(() => sealAll(log)), forever(() => anchorAll(log))]);
}
