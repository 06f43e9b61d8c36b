import type { Load } from "./document.ts";
import type { Declaration } from "./settings.ts";

export type Declared = Declaration & {
  /** What is missing of what RF-141 wants; nothing when the declaration counts. */
  missing: string[];
};

/** Looks whether declarations are whole: every artefact linked, files there, the compatibility period not over. */
export function readDeclarations(declarations: readonly Declaration[], now: Date, load: Load): Declared[] {
  return declarations.map((declaration) => {
    const missing: string[] = [];
    for (const key of ["migrationNotes", "stagedRelease", "rollback"] as const) {
      const link = declaration[key]?.trim();
      const isAddress = link !== undefined && /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(link);
      if (!link || !(isAddress || load(link.replace(/#.*$/, "")) !== null)) missing.push(key);
    }
    const until = Date.parse(declaration.compatibleUntil ?? "");
    if (Number.isNaN(until) || until <= now.getTime()) missing.push("compatibleUntil");
    return { ...declaration, missing };
  });
}

/** The declaration that speaks of a finding; of several the most complete. */
export function declarationOf(
  declared: readonly Declared[],
  code: string,
  operations: ReadonlySet<string>,
): Declared | undefined {
  return declared
    .filter((one) => one.changes.includes(code))
    .filter(
      (one) =>
        !one.operations ||
        (operations.size > 0 && [...operations].every((name) => one.operations?.includes(name))),
    )
    .sort((one, other) => one.missing.length - other.missing.length)[0];
}
