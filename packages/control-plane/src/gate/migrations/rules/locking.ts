import type { Check } from "../../check.ts";
import { TIMEOUT_CHECKS } from "../checks/locking-timeouts.ts";
import { inPeakHours } from "../peak-hours.ts";
import type { EmitOptions, RuleContext } from "../types.ts";

/** Without `public.`, as people write it. */
export const shown = (name: string): string => (name.startsWith("public.") ? name.slice(7) : name);

/** A pattern of settings (`table` or `schema.table`, `*` for any part of a name) as a test of full names. */
function matches(pattern: string, name: string): boolean {
  const full = pattern.includes(".") ? pattern : `public.${pattern}`;
  if (!full.includes("*")) return full === name;
  const parts = full.split("*");
  const middle = name.slice(parts[0]!.length, name.length - parts.at(-1)!.length);
  if (!name.startsWith(parts[0]!) || !name.endsWith(parts.at(-1)!)) return false;
  if (name.length < parts[0]!.length + parts.at(-1)!.length) return false;
  let from = 0;
  for (const part of parts.slice(1, -1)) {
    const at = middle.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** Somebody may be waiting for it: it was there before this migration and is not known to be small. */
export function inUse(
  { before, settings }: Pick<RuleContext, "before" | "settings">,
  table: string,
): boolean {
  return !before.madeHere(table) && !settings.smallTables.some((pattern) => matches(pattern, table));
}

/** Work on it takes time: it has rows. */
export const hasRows = (context: Pick<RuleContext, "before" | "settings">, table: string): boolean =>
  inUse(context, table) || (context.before.madeHere(table) && !context.before.isNew(table));

/** Emits a lock that is held long: at peak hours it is refused for that as well (GL-074). */
export function emitLong(context: RuleContext, check: Check, options: EmitOptions) {
  context.emit(check, options);
  const { settings, facts } = context;
  if (facts.plannedAt === undefined || settings.peakHours === undefined) return;
  if (!inPeakHours(settings.peakHours, facts.plannedAt)) return;
  const at = options.at === undefined ? {} : { at: options.at };
  context.emit(TIMEOUT_CHECKS.peakHours, { ...at, params: { table: options.params?.table ?? "" } });
}

/** The severity of what only hurts inside a transaction: a mere guess that there is one warns. */
export const ifFirm = ({ session }: RuleContext): { severity?: "warn" } =>
  session.transaction?.by === "assumed" ? { severity: "warn" } : {};
