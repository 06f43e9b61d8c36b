import type { Check } from "../check.ts";
import { LICENCE_CHECKS } from "./checks/licences.ts";
import { SBOM_CHECKS } from "./checks/sbom.ts";
import { SCAN_CHECKS } from "./checks/scans.ts";
import { SECRET_CHECKS } from "./checks/secrets.ts";
import { SIGNATURE_CHECKS } from "./checks/signatures.ts";
import { VULNERABILITY_CHECKS } from "./checks/vulnerabilities.ts";

const named = (prefix: string, all: Record<string, Check>): Record<string, Check> =>
  Object.fromEntries(Object.entries(all).map(([name, check]) => [`${prefix}.${name}`, check]));

/** Every check of the family, by its group and name. */
export const SUPPLY_CHECKS: Record<string, Check> = {
  ...named("vulnerability", VULNERABILITY_CHECKS),
  ...named("scan", SCAN_CHECKS),
  ...named("sbom", SBOM_CHECKS),
  ...named("licence", LICENCE_CHECKS),
  ...named("secret", SECRET_CHECKS),
  ...named("signature", SIGNATURE_CHECKS),
};
