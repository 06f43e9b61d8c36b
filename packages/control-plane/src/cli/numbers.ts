import path from "node:path";
import type { GateNumbers } from "../gate/index.ts";

/** The numbers that an operations definition has promised. Throws `invalid` for a definition with errors. */
export async function readNumbers(file: string): Promise<GateNumbers | undefined> {
  const { loadDefinition } = await import("../app/definition.ts");
  const { operations } = await loadDefinition(path.resolve(file));
  const promised = operations.gate;
  if (!promised) return undefined;
  const { critical, high } = promised.vulnerabilities;
  const days = (duration: { ms: number }) => duration.ms / 86_400_000;
  return {
    criticalDays: days(critical),
    highDays: days(high),
    lineCoverage: promised.lineCoverage.ratio * 100,
  };
}
