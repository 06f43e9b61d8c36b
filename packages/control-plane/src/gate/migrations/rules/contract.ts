import type { Check } from "../../check.ts";
import { CONTRACT_CHECKS } from "../checks/contract.ts";
import type { EmitOptions, RuleContext } from "../types.ts";

const UNMET = {
  unknown: CONTRACT_CHECKS.withoutExpand,
  "rolling-out": CONTRACT_CHECKS.notLive,
  baking: CONTRACT_CHECKS.baking,
  "rollback-window": CONTRACT_CHECKS.rollbackWindow,
  "in-use": CONTRACT_CHECKS.inUse,
} as const;

/**
 * A step that takes something away from the running version. Nothing is said when the release ledger shows that no
 * version can need it any more; else what is missing for that. Without a ledger: `check`.
 */
export function contractStep(context: RuleContext, object: string, check: Check, options: EmitOptions) {
  const contraction = context.facts.contraction?.(object);
  if (contraction === "contracted") return;
  if (contraction === undefined) return context.emit(check, options);
  context.emit(UNMET[contraction], { ...options, params: { ...options.params, object } });
}
