import type { Check } from "../../check.ts";
import { ACCESS_CHECKS } from "./access.ts";
import { CONTRACT_CHECKS } from "./contract.ts";
import { DATA_CHECKS } from "./data.ts";
import { DROP_CHECKS } from "./drops.ts";
import { DROP_OTHER_CHECKS } from "./drops-other.ts";
import { INTEGRITY_CHECKS } from "./integrity.ts";
import { OLD_WRITE_CHECKS } from "./old-writes.ts";
import { READING_CHECKS } from "./reading.ts";
import { RENAME_CHECKS } from "./renames.ts";
import { READING_SQL_CHECKS } from "./statements.ts";
import { TENANCY_CHECKS } from "./tenancy.ts";
import { WAY_BACK_CHECKS } from "./way-back.ts";

/** The catalogue of the family `migration`: each file of this folder gives one object `X_CHECKS`. */
export const MIGRATION_CHECKS: Record<string, Check> = {
  ...READING_CHECKS,
  ...ACCESS_CHECKS,
  ...CONTRACT_CHECKS,
  ...DATA_CHECKS,
  ...DROP_CHECKS,
  ...DROP_OTHER_CHECKS,
  ...INTEGRITY_CHECKS,
  ...OLD_WRITE_CHECKS,
  ...RENAME_CHECKS,
  ...TENANCY_CHECKS,
  ...WAY_BACK_CHECKS,
  ...READING_SQL_CHECKS,
};
