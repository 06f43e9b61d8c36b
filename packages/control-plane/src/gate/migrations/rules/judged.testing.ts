import type { Example } from "../../check.ts";
import { analyseMigrations } from "../analyse.ts";
import { ACCESS_CHECKS } from "../checks/access.ts";
import { DATA_CHECKS } from "../checks/data.ts";
import { DROP_CHECKS } from "../checks/drops.ts";
import { DROP_OTHER_CHECKS } from "../checks/drops-other.ts";
import { INTEGRITY_CHECKS } from "../checks/integrity.ts";
import { OLD_WRITE_CHECKS } from "../checks/old-writes.ts";
import { READING_CHECKS } from "../checks/reading.ts";
import { RENAME_CHECKS } from "../checks/renames.ts";
import { TENANCY_CHECKS } from "../checks/tenancy.ts";
import { WAY_BACK_CHECKS } from "../checks/way-back.ts";
import { setsOfFiles } from "../read/sets.ts";
import { migrationSettings } from "../settings.ts";

/** The codes of compatibility, data loss, ways back and tenants; those of locks have tests of their own. */
export const MINE: ReadonlySet<string> = new Set(
  [
    ACCESS_CHECKS,
    DATA_CHECKS,
    DROP_CHECKS,
    DROP_OTHER_CHECKS,
    INTEGRITY_CHECKS,
    OLD_WRITE_CHECKS,
    READING_CHECKS,
    RENAME_CHECKS,
    TENANCY_CHECKS,
    WAY_BACK_CHECKS,
  ].flatMap((checks) => Object.values(checks).map((check) => check.code)),
);

/** The codes found in an example, of these severities; `undecided`: of what could not be decided. */
export async function codesOf(
  example: Example,
  ...severities: ("block" | "warn" | "info" | "undecided")[]
): Promise<string[]> {
  const files =
    typeof example === "string"
      ? [{ path: "migrations/0001_x.sql", text: example }]
      : Object.entries(example).map(([path, text]) => ({ path, text }));
  const { sets, findings } = setsOfFiles(files);
  const found = [...findings];
  for (const set of sets) {
    found.push(...set.findings, ...(await analyseMigrations(set, { settings: migrationSettings.parse({}) })));
  }
  return found
    .filter((finding) => severities.includes(finding.undecided ? "undecided" : finding.severity))
    .map((finding) => finding.code);
}
