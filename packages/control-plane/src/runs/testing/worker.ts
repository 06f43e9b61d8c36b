// A worker in a process of its own, for tests that kill it and for the benchmark. Its parent speaks to it by IPC.
import { createCtx } from "../../platform/ctx.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { createLogger } from "../../platform/log.ts";
import { migrate } from "../../platform/migrations.ts";
import { startTasks } from "../../platform/tasks.ts";
import { createWorker } from "../index.ts";
import { done } from "./harness.ts";
import { openOutside, outsideActions } from "./outside.ts";

export type WorkerOrder = {
  appUrl: string;
  /** Applies the migrations first. */
  ownerUrl?: string;
  tenants: string[];
  leaseMs: number;
  concurrency?: number;
  /** SIGKILL itself at this transition, counted from 1. */
  killAt?: number;
  /** Name of a transition at which it waits for the message "go". */
  waitAt?: string;
};

export type WorkerReport =
  | { kind: "loaded" }
  /** After the message "stop". */
  | { kind: "stopped" }
  /** Migrated, connected, and has polled. */
  | { kind: "healthy" }
  | { kind: "at"; name: string; count: number }
  | { kind: "log"; message: string }
  | { kind: "failed"; reason: string };

const report = (message: WorkerReport) => process.send?.(message);
let go: () => void = () => {};
let stop: () => Promise<void> = async () => {};

process.on("disconnect", () => process.exit(0));
process.on("message", (message: "go" | "stop" | WorkerOrder) => {
  if (message === "go") return go();
  const work = message === "stop" ? stop().then(() => report({ kind: "stopped" })) : start(message);
  work.catch((error: Error) => report({ kind: "failed", reason: String(error.stack) }));
});
report({ kind: "loaded" });

async function start(order: WorkerOrder): Promise<void> {
  if (order.ownerUrl) await migrate(order.ownerUrl);
  let count = 0;
  const point = async (name: string) => {
    count++;
    if (count === order.killAt) process.kill(process.pid, "SIGKILL");
    report({ kind: "at", name, count });
    if (name === order.waitAt) {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
    }
  };
  const observed = order.killAt !== undefined || order.waitAt !== undefined;
  const database = openDatabase({ url: order.appUrl, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 });
  const db = observed ? watched(database, point) : database;
  const log = createLogger("worker", "silent");
  log.warn = (...args: unknown[]) => void report({ kind: "log", message: String(args[1]) });
  const ctxFor = (tenant: string) => createCtx({ tenant, actor: { kind: "task", id: "runs" }, log });
  const outside = openOutside(order.appUrl);
  const worker = createWorker({
    db,
    ctxFor,
    actions: {
      ...outsideActions(outside, String(process.pid), observed ? point : async () => {}),
      noop: async () => done(),
      slow: async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        return done();
      },
      die: async () => {
        process.kill(process.pid, "SIGKILL");
        return done();
      },
    },
    tenants: async () => order.tenants,
    leaseMs: order.leaseMs,
    ...(order.concurrency === undefined ? {} : { concurrency: order.concurrency }),
  });
  await worker.tasks[0]?.run();
  await db.ping();
  const tasks = startTasks(worker.tasks, ctxFor("x").clock, log);
  stop = async () => {
    await worker.stop();
    await tasks.stop();
    await outside.close();
    await database.close();
  };
  report({ kind: "healthy" });
}

/** Reports the moments before and after each transaction that writes a run. */
function watched(db: Database, point: (name: string) => Promise<void>): Database {
  return {
    ...db,
    async tx(ctx, work) {
      let writes = false;
      const result = await db.tx(ctx, async (tx) => {
        const inner = await work({
          query: (sql, parameters) => {
            writes ||= sql.startsWith("WITH run AS");
            return tx.query(sql, parameters);
          },
        });
        if (writes) await point("before commit");
        return inner;
      });
      if (writes) await point("after commit");
      return result;
    },
  };
}
