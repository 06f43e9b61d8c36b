import type { Check, Severity, Text } from "./check.ts";

export type { Severity } from "./check.ts";

/** `inconclusive`: something that had to be looked at was missing, stale or unreadable. It is never a pass. */
export type Verdict = "pass" | "fail" | "inconclusive";

/** Where a finding is. `line` and `column` count from 1; a column is in UTF-16 code units. */
export type Place = { path: string; line: number; column: number; endLine?: number; endColumn?: number };

export type Finding = Place & {
  code: string;
  severity: Severity;
  /** What is wrong with what stands there, and what to write instead. */
  reason: Text;
  remedy: Text;
  /** Ids of the commitments that this would break. */
  commitments: readonly string[];
  /** It could not be decided; its file is inconclusive unless something else blocks it. */
  undecided?: true;
};

/** A file's text as it was read; `path` is relative to the working directory, with `/`. */
export type SourceFile = { path: string; text: string };

/** What one family of checks has looked at and found. A file without findings passes. */
export type Outcome = { files: string[]; findings: Finding[] };

type Params = Record<string, string | number>;

/** A finding of `check` at `place`; `{name}` in its reason and remedy is replaced by `params.name`. */
export function raise(
  check: Check,
  place: Place,
  params: Params = {},
  options: { severity?: Severity; commitments?: readonly string[] } = {},
): Finding {
  return {
    code: check.code,
    severity: options.severity ?? check.severity,
    path: place.path,
    line: place.line,
    column: place.column,
    ...(place.endLine === undefined ? {} : { endLine: place.endLine }),
    ...(place.endColumn === undefined ? {} : { endColumn: place.endColumn }),
    reason: fill(check.reason, params),
    remedy: fill(check.remedy, params),
    commitments: options.commitments ?? check.commitments,
    ...(check.undecided ? { undecided: true as const } : {}),
  };
}

function fill(text: Text, params: Params): Text {
  // Another tool's message may be a whole sentence; ours ends with one full stop.
  const replace = (template: string) =>
    template.replace(/\{(\w+)\}([.。]?)/g, (whole, name: string, stop: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return stop === "" ? String(value) : String(value).replace(/[.。]$/, "") + stop;
    });
  return { en: replace(text.en), ja: replace(text.ja) };
}

/** A blocking finding fails a file; one that could not be decided leaves it inconclusive. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.severity === "block" && !finding.undecided)) return "fail";
  return findings.some((finding) => finding.undecided) ? "inconclusive" : "pass";
}

/** Line and column (from 1) of each offset in a text; offsets are UTF-16 code units. */
export function placesIn(file: SourceFile): (start: number, end?: number) => Place {
  const starts = [0];
  for (let at = file.text.indexOf("\n"); at >= 0; at = file.text.indexOf("\n", at + 1)) starts.push(at + 1);
  const locate = (offset: number) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
  return (start, end) => {
    const from = locate(start);
    if (end === undefined) return { path: file.path, ...from };
    const to = locate(end);
    return { path: file.path, ...from, endLine: to.line, endColumn: to.column };
  };
}
