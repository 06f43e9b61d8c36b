import { z } from "zod";

const instant = z.iso.datetime({ offset: true });

/** What the release ledger says of the releases that stopped using an object of the schema. */
export const contractionLedger = z.array(
  z.strictObject({
    /** `table`, `table.column`, or either with a schema before it. */
    object: z.string().min(1),
    /** The version that no longer uses it. */
    expandedBy: z.string().min(1),
    /** Since when that version serves all of the traffic; absent while it does not. */
    liveAt100Since: instant.optional(),
    bakeOver: z.boolean(),
    rollbackWindowEndsAt: instant.optional(),
    /** Versions that are live (or may come back by rollback) and still refer to it. */
    liveVersionsReferencing: z.array(z.string()),
  }),
);
export type ContractionLedger = z.infer<typeof contractionLedger>;

/** How far taking an object away has come; everything but `contracted` names what is still missing. */
export type Contraction = "contracted" | "unknown" | "rolling-out" | "baking" | "rollback-window" | "in-use";

/** Reads a ledger as `MigrationFacts.contraction`. Of several entries for one object the last counts. */
export function contractionFrom(ledger: ContractionLedger, now: Date): (object: string) => Contraction {
  const entries = new Map(ledger.map((entry) => [entry.object.toLowerCase(), entry]));
  return (object) => {
    const name = object.toLowerCase();
    // `public.` is what an unqualified name means; another schema must be written out.
    const entry = entries.get(name) ?? (name.startsWith("public.") ? entries.get(name.slice(7)) : undefined);
    if (entry === undefined) return "unknown";
    if (entry.liveVersionsReferencing.length > 0) return "in-use";
    const since = Date.parse(entry.liveAt100Since ?? "");
    if (!(since <= now.getTime())) return "rolling-out";
    if (!entry.bakeOver) return "baking";
    const end = Date.parse(entry.rollbackWindowEndsAt ?? "");
    return end <= now.getTime() ? "contracted" : "rollback-window";
  };
}
