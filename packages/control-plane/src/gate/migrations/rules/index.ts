import type { MigrationRule, Rule } from "../types.ts";

/** Every rule that looks at one statement: each file of this folder gives a list `xRules`. */
export const RULES: readonly Rule[] = [];

/** Every rule that looks at a whole migration: each file of this folder may give a list `xMigrationRules`. */
export const MIGRATION_RULES: readonly MigrationRule[] = [];
