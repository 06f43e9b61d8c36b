import type { Check } from "../../check.ts";

/** The catalogue of the family `migration`: each file of this folder gives one object `X_CHECKS`. */
export const MIGRATION_CHECKS: Record<string, Check> = {};
