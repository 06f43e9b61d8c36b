import { z } from "zod";
import { invalid } from "../platform/errors.ts";
import type { Finding, SourceFile } from "./finding.ts";
import { fingerprints } from "./fingerprint.ts";

const baselineFile = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ fingerprint: z.string(), code: z.string(), path: z.string() })),
});

/** Fingerprints of the findings that were there when the gate was introduced. Throws `invalid`. */
export function parseBaseline(file: SourceFile): Set<string> {
  try {
    return new Set(baselineFile.parse(JSON.parse(file.text)).findings.map(({ fingerprint }) => fingerprint));
  } catch (cause) {
    throw invalid(
      "baseline_invalid",
      `${file.path} is not a baseline of this gate.`,
      "Write it again with `toban check --write-baseline`.",
      cause,
    );
  }
}

/** The text of a baseline that holds these findings; what could not be decided is never taken as known. */
export function baselineOf(findings: readonly Finding[], lineOf: (finding: Finding) => string): string {
  const prints = fingerprints(findings, lineOf);
  const entries = findings
    .map(({ code, path, undecided }, i) => ({ entry: { fingerprint: prints[i]!, code, path }, undecided }))
    .filter(({ undecided }) => !undecided)
    .map(({ entry }) => entry);
  return `${JSON.stringify({ version: 1, findings: entries }, null, 2)}\n`;
}

/** The findings that the baseline does not know. */
export function withoutKnown(
  findings: Finding[],
  known: Set<string>,
  lineOf: (finding: Finding) => string,
): Finding[] {
  const prints = fingerprints(findings, lineOf);
  return findings.filter((finding, i) => finding.undecided || !known.has(prints[i]!));
}
