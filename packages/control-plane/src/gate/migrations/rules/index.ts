import type { MigrationRule, Rule } from "../types.ts";
import { accessRules } from "./access.ts";
import { contradictionRules } from "./contradictions.ts";
import { dataRules } from "./data.ts";
import { dropRules } from "./drops.ts";
import { functionRules } from "./functions.ts";
import { integrityRules } from "./integrity.ts";
import { lockingColumnRules } from "./locking-columns.ts";
import { lockingConstraintRules } from "./locking-constraints.ts";
import { lockingIndexRules } from "./locking-indexes.ts";
import { lockingMaintenanceRules } from "./locking-maintenance.ts";
import { lockingTimeoutRules } from "./locking-timeouts.ts";
import { oldWriteRules } from "./old-writes.ts";
import { renameRules } from "./renames.ts";
import { tenancyRules } from "./tenancy.ts";
import { transactionRules } from "./transaction.ts";
import { transactionWorkRules } from "./transaction-work.ts";
import { wayBackRules } from "./way-back.ts";
import { wayBackWriteRules } from "./way-back-writes.ts";

/** Every rule that looks at one statement: each file of this folder gives a list `xRules`. */
export const RULES: readonly Rule[] = [
  ...accessRules,
  ...contradictionRules,
  ...dataRules,
  ...dropRules,
  ...functionRules,
  ...integrityRules,
  ...lockingColumnRules,
  ...lockingConstraintRules,
  ...lockingIndexRules,
  ...lockingMaintenanceRules,
  ...lockingTimeoutRules,
  ...oldWriteRules,
  ...renameRules,
  ...transactionRules,
  ...transactionWorkRules,
];

/** Every rule that looks at a whole migration: each file of this folder may give a list `xMigrationRules`. */
export const MIGRATION_RULES: readonly MigrationRule[] = [
  ...tenancyRules,
  ...wayBackRules,
  ...wayBackWriteRules,
];
