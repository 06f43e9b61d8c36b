import { difference, where } from "./differences.ts";
import { includes } from "./regular.ts";
import type { Shape } from "./shape.ts";
import type { Difference } from "./types.ts";

/** Patterns are regular languages: where both can be read as such, inclusion is decided, otherwise assumed to fail. */
export function comparePatterns(base: Shape, revision: Shape): Difference[] {
  const before = patternsOf(base);
  const after = patternsOf(revision);
  const removed = before.filter((pattern) => !after.includes(pattern));
  const added = after.filter((pattern) => !before.includes(pattern));
  if (removed.length === 0 && added.length === 0) return [];
  // One of a conjunction inside the other pattern is enough.
  const implied = (pattern: string, by: string[]) => {
    const answers = [includes(pattern, null), ...by.map((one) => includes(pattern, one))];
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  };
  const narrow = added.map((pattern) => implied(pattern, before));
  const widen = removed.map((pattern) => implied(pattern, after));
  const narrowing = narrow.some((answer) => answer !== true);
  const widening = widen.some((answer) => answer !== true);
  if (!narrowing && !widening) return [];
  const unknown = [...narrow, ...widen].includes(undefined) && narrowing && widening;
  const kind =
    removed.length === 0 ? "pattern-added" : added.length === 0 ? "pattern-removed" : "pattern-changed";
  return [
    difference(
      kind,
      {
        base: where(base.raws, "pattern") ?? base.at,
        revision: where(revision.raws, "pattern") ?? revision.at,
      },
      { narrowing, widening },
      {
        from: before.join(" & ") || "–",
        to: after.join(" & ") || "–",
        ...(unknown ? { unknown: 1 } : {}),
      },
    ),
  ];
}

/** `^.*$` is written where anything is meant. */
const patternsOf = (shape: Shape): string[] => {
  const patterns = shape.raws.flatMap(({ schema: { pattern } }) =>
    typeof pattern === "string" ? [pattern] : [],
  );
  return [...new Set(patterns)].filter((pattern) => pattern !== "^.*$");
};
