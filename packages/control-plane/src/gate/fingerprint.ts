import { createHash } from "node:crypto";
import type { Finding } from "./finding.ts";

/** How findings are recognized again: by the line they are in, and by what its file is called in records. */
export type Recognition = { lineOf(finding: Finding): string; nameOf?(path: string): string };

/**
 * Names findings so that they are recognized after lines have moved: SHA-256 of code, path, the line's text without
 * its spaces, and the how-manieth such finding it is. 32 hexadecimal digits each. What is said of a whole file (its
 * beginning, without an end) goes by its reason: the first line is not what it is about.
 */
export function fingerprints(findings: readonly Finding[], recognition: Recognition): string[] {
  const { lineOf, nameOf = (path: string) => path } = recognition;
  const textOf = (finding: Finding) => (isOfFile(finding) ? finding.reason.en : lineOf(finding));
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const what = `${finding.code}\0${nameOf(finding.path)}\0${textOf(finding).replace(/\s+/g, "")}`;
    const ordinal = (seen.get(what) ?? 0) + 1;
    seen.set(what, ordinal);
    return createHash("sha256").update(`${what}\0${ordinal}`).digest("hex").slice(0, 32);
  });
}

/** Said of a whole file: at its beginning, without an end. */
export const isOfFile = ({ line, column, endLine }: Finding) =>
  line === 1 && column === 1 && endLine === undefined;
