import { createCtx } from "../../platform/ctx.ts";
import { createLogger } from "../../platform/log.ts";
import { verifyFully } from "../verification/full.ts";
import { plantTree, testKeys } from "../verification/testing/trees.ts";
import type { BenchServer } from "./server.ts";

const EVENTS = 300_000;
const RUNS = 5;

/** The median of full verifications of one tenant, threads and connections opened anew each time. */
export async function benchVerification(server: BenchServer): Promise<Record<string, number>> {
  await plantTree(server.superuser, { tenant: "verify", class: "operation", count: EVENTS });
  await server.superuser.query("VACUUM ANALYZE");
  const ctx = createCtx({
    tenant: "verify",
    actor: { kind: "task", id: "bench" },
    log: createLogger("bench", "silent"),
  });
  const deps = { db: server.db, databaseUrl: server.appUrl, keys: testKeys, sinks: [] };
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    const { done, failures } = await verifyFully(deps, ctx, () => {});
    if (done !== EVENTS || failures.length > 0) throw new Error("the planted record does not hold");
    rates.push(done / ((performance.now() - started) / 1000));
  }
  rates.sort((a, b) => a - b);
  return { verifyPerSecond: rates[Math.floor(RUNS / 2)]!, "verify.slowestPerSecond": rates[0]! };
}
