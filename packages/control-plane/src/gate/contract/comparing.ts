import type { Severity } from "../check.ts";
import { type Comparison, createComparison, type Location } from "../schema/index.ts";
import type { CONTRACT_CHECKS } from "./checks.ts";
import type { Contract } from "./document.ts";
import type { ContractSettings } from "./settings.ts";

export type CheckName = keyof typeof CONTRACT_CHECKS;

/** Something found, before it becomes a finding: the same change met in several operations is one. */
export type Note = {
  check: CheckName;
  side: "base" | "revision";
  at: Location;
  params: Record<string, string | number>;
  severity?: Severity;
  /** Operations, such as `GET /orders`, in which it was met; empty for the whole contract. */
  operations: Set<string>;
  /** Where it was met first. */
  where: string;
};

/** Where in the contract we are: the operation, and the steps from it. */
export type Where = { operation: string; steps: readonly string[] };

/** What the parts of one comparison share. */
export type Comparing = {
  base: Contract;
  revision: Contract;
  settings: ContractSettings;
  now: Date;
  notes: Map<string, Note>;
  schemas(http: "request" | "response", textual: boolean): Comparison;
};

export function createComparing(
  base: Contract,
  revision: Contract,
  settings: ContractSettings,
  now: Date,
): Comparing {
  const known = new Map<string, Comparison>();
  return {
    base,
    revision,
    settings,
    now,
    notes: new Map(),
    schemas(http, textual) {
      const key = `${http} ${textual}`;
      let comparison = known.get(key);
      if (!comparison) {
        comparison = createComparison({ direction: http, base, revision, textual });
        known.set(key, comparison);
      }
      return comparison;
    },
  };
}

/** Notes a change at a place of one side. */
export function note(
  comparing: Comparing,
  check: CheckName,
  [side, at]: readonly ["base" | "revision", Location],
  where: Where,
  params: Record<string, string | number> = {},
  severity?: Severity,
): void {
  const key = JSON.stringify([check, side, at, params, severity ?? null]);
  const known = comparing.notes.get(key);
  if (known) {
    if (where.operation) known.operations.add(where.operation);
    return;
  }
  comparing.notes.set(key, {
    check,
    side,
    at,
    params,
    ...(severity ? { severity } : {}),
    operations: new Set(where.operation ? [where.operation] : []),
    where: [where.operation, ...where.steps].filter(Boolean).join(" → "),
  });
}

export const inside = (where: Where, ...steps: string[]): Where => ({
  operation: where.operation,
  steps: [...where.steps, ...steps],
});

/** The end of a deprecated part's time: null when none is written, NaN when it is no date. */
export function sunsetOf(value: Record<string, unknown>): number | null {
  for (const [key, date] of Object.entries(value)) {
    if (!/^(x-)?sunset(-date)?$/i.test(key)) continue;
    return typeof date === "string" ? Date.parse(date) : Number.NaN;
  }
  return null;
}

/** May be taken away: was deprecated, and the date that was promised has come. */
export function isPastSunset(value: Record<string, unknown>, now: Date): boolean {
  const sunset = sunsetOf(value);
  return value.deprecated === true && sunset !== null && sunset <= now.getTime();
}
