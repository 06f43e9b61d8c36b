import { type Operations, sizeOf } from "@toban/definition";
import { ACTIONS, openHold, pruneTask, retentionRules } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";
import { pass } from "../proof-kind.ts";
import { countKept, insertAnchoredTile } from "./store-audit.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

type Left = { events: number; leaves: number; receipt: boolean };
type Retention = {
  /** What the pruning task takes from the definition in force; null when the class is kept for ever. */
  keepMs: number | null;
  /** A tile that was anchored a minute less than the period ago, a minute more, and the same under a legal hold. */
  younger: Left;
  older: Left;
  held: Left;
  /** Events that the commitment names and the catalogue does not have in this class. */
  unknown: string[];
};

const MINUTE_MS = 60_000;
const TILE = 256;

/**
 * The boundary of a class's retention: the pruning task itself, with the definition in force and in the running
 * database, on a tile of a tenant that exists only inside a transaction which is taken back.
 * `parameters`: `class` of the audit log, and the `actions` that the commitment names.
 */
export const auditRetention: Kind<Retention> = {
  kind: "audit.retention",
  async measure(system, ctx, parameters) {
    const name = String(parameters.class);
    const keepMs = retentionRules(system.operations).find((rule) => rule.class === name)?.keepMs ?? null;
    const catalogue: Record<string, { class: string }> = ACTIONS;
    const left = (ageMs: number, isHeld = false) => pruned(system, ctx, { name, ageMs, isHeld });
    return {
      keepMs,
      younger: await left((keepMs ?? 0) - MINUTE_MS),
      older: await left((keepMs ?? 0) + MINUTE_MS),
      held: await left((keepMs ?? 0) + MINUTE_MS, true),
      unknown: (parameters.actions as string[]).filter((action) => catalogue[action]?.class !== name),
    };
  },
  judge({ keepMs, younger, older, held, unknown }, { value }) {
    const due = value.kind === "duration" ? sizeOf(value) : Number.NaN;
    const isWhole = ({ events, leaves }: Left) => events === TILE && leaves === TILE;
    const faults = [
      ...(keepMs === due ? [] : [`kept for ${daysOf(keepMs)}, not ${daysOf(due)}`]),
      ...(isWhole(younger) ? [] : [`a minute before its time only ${younger.events} of ${TILE} are left`]),
      ...(older.events + older.leaves === 0 ? [] : [`a minute after its time ${older.events} are left`]),
      ...(older.receipt ? [] : ["what was removed has no receipt"]),
      ...(isWhole(held) ? [] : [`under a legal hold only ${held.events} of ${TILE} are left`]),
      ...unknown.map((action) => `${action} is not recorded in this class`),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${daysOf(keepMs)}: of ${TILE} events ${younger.events} are left a minute before, ${older.events} a minute after with a receipt, ${held.events} under a legal hold`,
          text("Kept for exactly this long.", "この期間ちょうど保持されます。"),
        ),
      "retention_wrong",
      `${faults.length} faults`,
      text("Correct `retention` in the definition.", "定義の `retention` を直してください。"),
    );
  },
  mutants({ value }) {
    const keepMs = value.kind === "duration" ? sizeOf(value) : 0;
    const all: Left = { events: TILE, leaves: TILE, receipt: false };
    const none: Left = { events: 0, leaves: 0, receipt: true };
    const good: Retention = { keepMs, younger: all, older: none, held: all, unknown: [] };
    return {
      "a day too short": { ...good, keepMs: keepMs - 86_400_000 },
      "a day too long": { ...good, keepMs: keepMs + 86_400_000 },
      "kept for ever": { ...good, keepMs: null, older: all },
      "removed too early": { ...good, younger: none },
      "never removed": { ...good, older: { ...all, receipt: true } },
      "leaves stay when events go": { ...good, older: { ...none, leaves: TILE } },
      "removed without a receipt": { ...good, older: { ...none, receipt: false } },
      "removed under a hold": { ...good, held: none },
      "an event has another class": { ...good, unknown: ["password.change"] },
    };
  },
};

class TakenBack extends Error {}

/** What a run of the task leaves of a tile anchored so long ago. Nothing of it stays. */
async function pruned(
  system: ProofSystem,
  ctx: Ctx,
  { name, ageMs, isHeld }: { name: string; ageMs: number; isHeld: boolean },
): Promise<Left> {
  const tenant = `proof-retention-${ctx.newId().slice(-12)}`;
  const own: Ctx = { ...ctx, tenant, actor: { kind: "task", id: "proof" } };
  const anchoredAt = new Date(ctx.clock.now().getTime() - ageMs);
  let left: Left | undefined;
  try {
    await system.db.tx(own, async (tx) => {
      await insertAnchoredTile(tx, tenant, { class: name, action: "proof.run", anchoredAt });
      if (isHeld) await openHold(tx, own, { reason: "proof" });
      await pruneTask({
        db: inside(tx),
        // Neither is asked for: what is measured is the removal from the log, not the archive before it.
        ...{ keys: undefined as never, folder: "" },
        tenants: async () => [tenant],
        ctxFor: () => own,
        definition: () => withoutArchives(system.operations),
      }).run();
      left = await countKept(tx, name);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return left!;
}

/** Nobody can archive a tile that was never sealed. */
const withoutArchives = (operations: Operations): Operations => ({
  ...operations,
  retention: Object.fromEntries(
    Object.entries(operations.retention).filter(([name]) => !name.endsWith("-archive")),
  ),
});

/** Every transaction of the task is part of the one that is taken back. */
const inside = (tx: Tx): Database => ({
  tx: (_ctx, work) => work(tx),
  ping: async () => {},
  close: async () => {},
});

const daysOf = (ms: number | null) => (ms === null ? "for ever" : `${ms / 86_400_000} d`);
