import type { Ctx } from "../../platform/ctx.ts";
import type { Task } from "../../platform/tasks.ts";
import { namesOf } from "../record/pseudonyms.ts";
import { type ErasureDeps, requestErasure } from "./erase.ts";
import { openLedger } from "./ledger.ts";
import { erasureTask, replayErasures } from "./replay.ts";
import { type ErasureRow, hasOpenHold, selectErasures } from "./store-erasure.ts";

export type Erasure = Omit<ErasureRow, "subjectDigest"> & { state: "done" | "held" | "pending" };

export type Erasures = {
  request(ctx: Ctx, subject: string): Promise<Erasure>;
  /** Newest first. */
  list(ctx: Ctx): Promise<Erasure[]>;
  /** Before anything is served. @throws when the ledger cannot be read. */
  replay(): Promise<void>;
  /** Why nothing may be served yet; null when the ledger was replayed. */
  problem(): string | null;
  task: Task;
};

/** @param deps.folder of the ledger, outside the database and not restored with it: `<home>/erasures`. */
export function createErasures(
  deps: Omit<ErasureDeps, "ledger"> & { folder: string; key: string },
): Erasures {
  const { folder, key, ...rest } = deps;
  const all: ErasureDeps = { ...rest, ledger: openLedger(folder, key) };
  let problem: string | null = "The erasure ledger has not been replayed yet.";
  const shown = async (ctx: Ctx, rows: ErasureRow[]): Promise<Erasure[]> =>
    deps.db.tx(ctx, async (tx) => {
      const isHeld = await hasOpenHold(tx);
      const named = await namesOf(
        tx,
        rows.map(({ requestedBy }) => requestedBy),
      );
      return rows.map(({ subjectDigest, ...row }) => {
        const state = row.completedAt !== null ? "done" : isHeld ? "held" : "pending";
        return { ...row, requestedBy: named(row.requestedBy), state };
      });
    });
  return {
    async request(ctx, subject) {
      const [erasure] = await shown(ctx, [await requestErasure(all, ctx, { subject })]);
      return erasure!;
    },
    list: async (ctx) => shown(ctx, await deps.db.tx(ctx, selectErasures)),
    async replay() {
      await replayErasures(all);
      problem = null;
    },
    problem: () => problem,
    task: erasureTask(all),
  };
}
