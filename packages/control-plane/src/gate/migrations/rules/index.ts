import type { MigrationRule, Rule } from "../types.ts";
import { accessRules } from "./access.ts";
import { dataRules } from "./data.ts";
import { dropRules } from "./drops.ts";
import { integrityRules } from "./integrity.ts";
import { oldWriteRules } from "./old-writes.ts";
import { renameRules } from "./renames.ts";
import { tenancyRules } from "./tenancy.ts";
import { wayBackRules } from "./way-back.ts";

/** Every rule that looks at one statement: each file of this folder gives a list `xRules`. */
export const RULES: readonly Rule[] = [
  ...accessRules,
  ...dataRules,
  ...dropRules,
  ...integrityRules,
  ...oldWriteRules,
  ...renameRules,
];

/** Every rule that looks at a whole migration: each file of this folder may give a list `xMigrationRules`. */
export const MIGRATION_RULES: readonly MigrationRule[] = [...tenancyRules, ...wayBackRules];
