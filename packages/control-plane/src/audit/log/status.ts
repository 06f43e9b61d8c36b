import type { Ctx } from "../../platform/ctx.ts";
import type { AuditClass } from "../record/event.ts";
import { queuedTenants, readHeads } from "./store.ts";
import { anchorStates } from "./store-anchors.ts";
import type { AuditLog } from "./types.ts";

export type TreeStatus = {
  class: AuditClass;
  size: number;
  /** Base64, as in the note. */
  root: string | null;
  sealedAt: string | null;
  note: string | null;
  anchors: { sink: string; size: number; at: string }[];
  /** Age of the oldest sealed event that fewer than two sinks have; null when there is none. */
  unanchoredMs: number | null;
  /** Why the tree is not signed any more; null in the ordinary case. */
  diverged: string | null;
};

export type LogStatus = {
  trees: TreeStatus[];
  /** Age of the oldest event that is not sealed; null when there is none. */
  lagMs: number | null;
  sinks: { name: string; lastAt: string | null; error: string | null }[];
};

/** How the logs of one tenant stand. */
export async function logStatus(log: AuditLog, ctx: Ctx): Promise<LogStatus> {
  const { heads, states, queued } = await log.db.tx(ctx, async (tx) => ({
    heads: await readHeads(tx),
    states: await anchorStates(
      tx,
      log.sinks.map((sink) => sink.name),
    ),
    queued: await queuedTenants(tx, [ctx.tenant]),
  }));
  const now = ctx.clock.now().getTime();
  const age = (micros: number | null | undefined) =>
    micros == null ? null : Math.max(0, Math.round(now - micros / 1000));
  const refusals = log.guard.refusals().filter((one) => one.tenant === ctx.tenant);
  const classes = new Set([...heads.map((head) => head.class), ...refusals.map((one) => one.class)]);
  return {
    trees: [...classes].sort().map((auditClass) => {
      const head = heads.find((one) => one.class === auditClass);
      const state = states.find((one) => one.class === auditClass);
      return {
        class: auditClass,
        size: head?.size ?? 0,
        root: head?.root.toString("base64") ?? null,
        sealedAt: head?.sealedAt.toISOString() ?? null,
        note: head?.note ?? null,
        anchors: (state?.sinks ?? []).map((one) => ({ ...one, at: one.at.toISOString() })),
        unanchoredMs: age(state?.oldestUs),
        diverged: refusals.find((one) => one.class === auditClass)?.reason ?? null,
      };
    }),
    lagMs: queued[0] ? (age(queued[0].oldestUs) ?? 0) : null,
    sinks: [...log.sinkStates].map(([name, { lastAt, error }]) => ({
      name,
      lastAt: lastAt?.toISOString() ?? null,
      error,
    })),
  };
}
