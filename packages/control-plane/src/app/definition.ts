import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkOperations, digest, type Finding, type Operations, parseOperations } from "@toban/definition";
import { createJiti } from "jiti";
import { invalid } from "../platform/errors.ts";

/** A definition may live anywhere: the builders it imports are always those of this Toban. */
const loader = createJiti(import.meta.url, {
  fsCache: false,
  moduleCache: false,
  alias: { "@toban/definition": fileURLToPath(import.meta.resolve("@toban/definition")) },
});

export type LoadedDefinition = { operations: Operations; digest: string; findings: Finding[] };

/** Loads a TypeScript definition and checks it. Throws `definition_invalid` that lists every error. */
export async function loadDefinition(file: string): Promise<LoadedDefinition> {
  const { operations, findings } = await readDefinition(file);
  const errors = findings.filter((finding) => finding.severity === "error");
  if (!operations || errors.length > 0) {
    throw invalid(
      "definition_invalid",
      errors.map((finding) => `${finding.path}: ${finding.reason}`).join("\n"),
      `Run \`npx toban definition check ${file}\`; it names a remedy for each.`,
    );
  }
  return { operations, digest: digest(operations), findings };
}

/** The definition as it is, with all findings; `operations` is missing when its shape is wrong. */
export async function readDefinition(
  file: string,
): Promise<{ operations?: Operations; findings: Finding[] }> {
  if (!existsSync(file)) {
    throw invalid(
      "definition_missing",
      `${file} does not exist.`,
      "Name the definition with TOBAN_DEFINITION.",
    );
  }
  let exported: unknown;
  try {
    exported = await loader.import(file, { default: true });
  } catch (cause) {
    throw invalid(
      "definition_unreadable",
      `${file} cannot be loaded: ${(cause as Error).message}`,
      "Correct the TypeScript; the message names the line.",
      cause,
    );
  }
  const parsed = parseOperations(exported);
  if (!parsed.ok) return { findings: parsed.findings };
  return { operations: parsed.operations, findings: checkOperations(parsed.operations) };
}
