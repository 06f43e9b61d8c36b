import { createHash } from "node:crypto";
import type { Finding } from "./finding.ts";

/** How findings are recognized again: by the line they are in, and by what its file is called in records. */
export type Recognition = { lineOf(finding: Finding): string; nameOf?(path: string): string };

/**
 * Names findings so that they are recognized after lines have moved: SHA-256 of code, path, the line's text without
 * its spaces, and the how-manieth such finding it is. 32 hexadecimal digits each.
 */
export function fingerprints(findings: readonly Finding[], recognition: Recognition): string[] {
  const { lineOf, nameOf = (path: string) => path } = recognition;
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const what = `${finding.code}\0${nameOf(finding.path)}\0${lineOf(finding).replace(/\s+/g, "")}`;
    const ordinal = (seen.get(what) ?? 0) + 1;
    seen.set(what, ordinal);
    return createHash("sha256").update(`${what}\0${ordinal}`).digest("hex").slice(0, 32);
  });
}
