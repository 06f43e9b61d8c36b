import { z } from "zod";
import { invalid } from "../platform/errors.ts";
import type { Finding, SourceFile } from "./finding.ts";
import { fingerprints, type Recognition } from "./fingerprint.ts";

const entry = z.strictObject({ fingerprint: z.string(), code: z.string(), path: z.string() });
const baselineFile = z.strictObject({ version: z.literal(1), findings: z.array(entry) });

export type Baseline = z.infer<typeof entry>[];

/** The findings that were there when the gate was introduced. Throws `invalid` for a text that is no baseline. */
export function parseBaseline(file: SourceFile): Baseline {
  try {
    return baselineFile.parse(JSON.parse(file.text)).findings;
  } catch (cause) {
    throw invalid(
      "baseline_invalid",
      `${file.path} is not a baseline of this gate.`,
      "Write it again with `toban check --write-baseline`.",
      cause,
    );
  }
}

/** Vulnerabilities run by the clocks of their ledger; a baseline would let them stay for ever. */
const hasClock = (code: string): boolean => code.startsWith("supply/vulnerability-");

const mayBeKnown = ({ undecided, code }: Finding): boolean => !undecided && !hasClock(code);

/**
 * The text of a baseline that holds these findings. What could not be decided is never taken as known, nor what has a
 * clock of its own.
 * @param earlier entries that are kept beside them
 */
export function baselineOf(
  findings: readonly Finding[],
  recognition: Recognition,
  earlier: Baseline = [],
): string {
  const { nameOf = (path: string) => path } = recognition;
  const prints = fingerprints(findings, recognition);
  const entries = findings.flatMap((finding, i) =>
    mayBeKnown(finding) ? [{ fingerprint: prints[i]!, code: finding.code, path: nameOf(finding.path) }] : [],
  );
  const own = new Set(entries.map(({ fingerprint }) => fingerprint));
  const kept = earlier.filter(({ fingerprint }) => !own.has(fingerprint));
  const all = [...entries, ...kept].sort((a, b) => order(a.path, b.path) || order(a.code, b.code));
  return `${JSON.stringify({ version: 1, findings: all }, null, 2)}\n`;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The findings that the baseline does not know. */
export function withoutKnown(findings: Finding[], baseline: Baseline, recognition: Recognition): Finding[] {
  const known = new Set(baseline.map(({ fingerprint }) => fingerprint));
  const prints = fingerprints(findings, recognition);
  return findings.filter((finding, i) => !mayBeKnown(finding) || !known.has(prints[i]!));
}
