import type { Check } from "../../check.ts";
import { READING_CHECKS } from "./reading.ts";
import { READING_SQL_CHECKS } from "./statements.ts";

/** The catalogue of the family `migration`: each file of this folder gives one object `X_CHECKS`. */
export const MIGRATION_CHECKS: Record<string, Check> = {
  ...READING_CHECKS,
  ...READING_SQL_CHECKS,
};
