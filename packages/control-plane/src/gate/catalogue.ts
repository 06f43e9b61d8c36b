import type { Check } from "./check.ts";
import { GATE_CHECKS } from "./checks.ts";
import type { Family } from "./family.ts";

/** Every room of the gate. */
export async function allFamilies(): Promise<Family[]> {
  const modules = await Promise.all([
    import("./migrations/index.ts").then((m) => m.migrationFamily),
    import("./sources/index.ts").then((m) => m.sourceFamily),
    import("./deployment/index.ts").then((m) => m.deploymentFamily),
    import("./contract/index.ts").then((m) => m.contractFamily),
    import("./events/index.ts").then((m) => m.eventFamily),
    import("./supply/index.ts").then((m) => m.supplyFamily),
    import("./configuration/index.ts").then((m) => m.configurationFamily),
  ]);
  return modules;
}

/** Every check there is, by code. */
export async function allChecks(): Promise<Check[]> {
  const families = await allFamilies();
  const { SHADOW_CHECKS } = await import("./migrations/shadow/checks.ts");
  const { DATABASE_CHECKS } = await import("./database/checks.ts");
  const found = families.flatMap((family) => Object.values(family.checks));
  return [
    ...Object.values(GATE_CHECKS),
    ...Object.values(SHADOW_CHECKS),
    ...Object.values(DATABASE_CHECKS),
    ...found,
  ].sort((a, b) => (a.code < b.code ? -1 : 1));
}
