import type { Finding } from "../finding.ts";
import type { MigrationSettings } from "./settings.ts";
import type { MigrationFacts, MigrationSet } from "./types.ts";

/** What `analyseMigrations` needs beside the set. */
export type AnalyseOptions = {
  settings: MigrationSettings;
  facts?: MigrationFacts;
  /** Which files are reported; those before are replayed only. Default: all. */
  reported?: (path: string) => boolean;
};

/** Replays a set and runs every rule over the reported ones of its migrations. Findings in the order of the history. */
export async function analyseMigrations(_set: MigrationSet, _options: AnalyseOptions): Promise<Finding[]> {
  return [];
}
