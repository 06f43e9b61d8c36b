import type { Family } from "../family.ts";
import { analyseMigrations } from "./analyse.ts";
import { MIGRATION_CHECKS } from "./checks/index.ts";
import { contractionFrom, contractionLedger } from "./ledger.ts";
import { setsOfFiles } from "./read/sets.ts";
import { migrationSettings } from "./settings.ts";

export { type AnalyseOptions, analyseMigrations } from "./analyse.ts";
export { contractionFrom, contractionLedger } from "./ledger.ts";
export { recognizeMigrations } from "./read/recognise.ts";
export { readMigrationSets, setsOfFiles } from "./read/sets.ts";
export { type MigrationSettings, migrationSettings } from "./settings.ts";
export type { Migration, MigrationFacts, MigrationSet, Rule, Script, Statement } from "./types.ts";

/** What examples are run with: peak hours, so that every rule is on. */
const EXAMPLE_SETTINGS = migrationSettings.parse({
  peakHours: { zone: "Asia/Tokyo", windows: [{ from: "09:00", to: "18:00" }] },
});

/** When examples are judged: within their peak hours, and what a release ledger's instants are compared with. */
const EXAMPLE_TIME = new Date("2026-01-01T12:00:00+09:00");

export const migrationFamily: Family = {
  name: "migration",
  checks: MIGRATION_CHECKS,
  exampleFile: "migrations/0001_change.sql",
  async example(files) {
    const ledger = files.find((file) => file.path === "release-ledger.json");
    const entries = ledger && contractionLedger.parse(JSON.parse(ledger.text));
    const facts = {
      plannedAt: EXAMPLE_TIME,
      ...(entries && { contraction: contractionFrom(entries, EXAMPLE_TIME) }),
    };
    const { sets, findings } = setsOfFiles(files.filter((file) => file !== ledger));
    const found = [...findings];
    for (const set of sets) {
      found.push(...set.findings, ...(await analyseMigrations(set, { settings: EXAMPLE_SETTINGS, facts })));
    }
    return { files: files.map((file) => file.path), findings: found };
  },
};
