export { type AnalyseOptions, analyseMigrations } from "./analyse.ts";
export { type MigrationSettings, migrationSettings } from "./settings.ts";
export type { Migration, MigrationFacts, MigrationSet, Rule, Script, Statement } from "./types.ts";
