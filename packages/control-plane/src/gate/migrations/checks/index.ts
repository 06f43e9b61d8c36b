import type { Check } from "../../check.ts";
import { ACCESS_CHECKS } from "./access.ts";
import { CONTRACT_CHECKS } from "./contract.ts";
import { CONTRADICTION_CHECKS } from "./contradictions.ts";
import { DATA_CHECKS } from "./data.ts";
import { DROP_CHECKS } from "./drops.ts";
import { DROP_OTHER_CHECKS } from "./drops-other.ts";
import { INTEGRITY_CHECKS } from "./integrity.ts";
import { COLUMN_CHECKS } from "./locking-columns.ts";
import { CONSTRAINT_CHECKS } from "./locking-constraints.ts";
import { INDEX_CHECKS } from "./locking-indexes.ts";
import { MAINTENANCE_CHECKS } from "./locking-maintenance.ts";
import { TIMEOUT_CHECKS } from "./locking-timeouts.ts";
import { OLD_WRITE_CHECKS } from "./old-writes.ts";
import { READING_CHECKS } from "./reading.ts";
import { RENAME_CHECKS } from "./renames.ts";
import { READING_SQL_CHECKS } from "./statements.ts";
import { TENANCY_CHECKS } from "./tenancy.ts";
import { TRANSACTION_CHECKS } from "./transaction.ts";
import { WAY_BACK_CHECKS } from "./way-back.ts";

const ROOMS: Record<string, Check>[] = [
  READING_CHECKS,
  READING_SQL_CHECKS,
  ACCESS_CHECKS,
  CONTRACT_CHECKS,
  CONTRADICTION_CHECKS,
  DATA_CHECKS,
  DROP_CHECKS,
  DROP_OTHER_CHECKS,
  INTEGRITY_CHECKS,
  COLUMN_CHECKS,
  CONSTRAINT_CHECKS,
  INDEX_CHECKS,
  MAINTENANCE_CHECKS,
  TIMEOUT_CHECKS,
  OLD_WRITE_CHECKS,
  RENAME_CHECKS,
  TENANCY_CHECKS,
  TRANSACTION_CHECKS,
  WAY_BACK_CHECKS,
];

/** The catalogue of the family `migration` by code: each file of this folder gives one object `X_CHECKS`. */
export const MIGRATION_CHECKS: Record<string, Check> = Object.fromEntries(
  ROOMS.flatMap((room) => Object.values(room)).map((check) => [check.code, check]),
);
