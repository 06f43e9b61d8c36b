import { readFileSync } from "node:fs";
import { createMasker } from "../masker.ts";
import type { Kind } from "../spans.ts";

type Example = { id: string; text: string; spans?: { kind: Kind; text: string; masked?: string }[] };
type ExpectedSpan = NonNullable<Example["spans"]>[number];
type Score = { spans: number; found: number; wrong: number };
export type Evaluation = {
  spans: number;
  negatives: number;
  recall: number;
  precision: number;
  /** Negatives that came out changed, per 400. */
  falsePositives: number;
  kinds: Record<string, Score & { recall: number; precision: number }>;
  /** What was missed or wrongly masked, to be read by a person. */
  faults: string[];
};

export const PARTS = ["development", "held-out"] as const;
export type Part = (typeof PARTS)[number];

export function examples(part: Part): Example[] {
  const file = new URL(`../../../evaluation/${part}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Example);
}

/** JSON by field, any other text as text: as a log does. */
export type Mask = (text: string) => { masked: string; kinds: Kind[] };

export const ordinaryMask: Mask = (text) => {
  const kinds: Kind[] = [];
  const masked = createMasker({ count: (kind) => kinds.push(kind) })
    .line(text)
    .line.slice(0, -1);
  return { masked, kinds };
};

/**
 * A span is found when nothing of it survives as it was (and what stands there is what was expected). What surrounds
 * the spans must survive; a negative must come out as it went in.
 */
export function evaluate(parts: readonly Part[], mask: Mask = ordinaryMask): Evaluation {
  const scores: Record<string, Score> = {};
  const of = (kind: string): Score => {
    scores[kind] ??= { spans: 0, found: 0, wrong: 0 };
    return scores[kind];
  };
  const faults: string[] = [];
  let changed = 0;
  let negatives = 0;
  for (const example of parts.flatMap(examples)) {
    const { masked, kinds } = mask(example.text);
    if (!example.spans) {
      negatives += 1;
      if (masked === example.text) continue;
      changed += 1;
      of(kinds[0] ?? "secret").wrong += 1;
      faults.push(`${example.id} changed: ${example.text} → ${masked}`);
      continue;
    }
    for (const span of example.spans) {
      const score = of(span.kind);
      score.spans += 1;
      if (isGone(masked, span, example.text)) score.found += 1;
      else faults.push(`${example.id} missed ${span.kind} ${span.text}: ${masked}`);
    }
    if (!surroundingsSurvive(example, masked)) {
      of(example.spans[0]!.kind).wrong += 1;
      faults.push(`${example.id} hides too much: ${example.text} → ${masked}`);
    }
  }
  return { ...summary(scores, changed, negatives), faults };
}

function isGone(masked: string, span: ExpectedSpan, text: string): boolean {
  if (span.masked !== undefined && !masked.includes(span.masked)) return false;
  // Of a family name alone the name stays, by the form `田中 *`.
  if (span.kind === "name" && masked.includes(`${span.text} *`)) return true;
  // A short one (a PIN) may stand elsewhere in the text too.
  const times = (where: string) => where.split(span.text).length - 1;
  return times(masked) < times(text) && (times(text) > 1 || times(masked) === 0);
}

function surroundingsSurvive({ text, spans }: Example, masked: string): boolean {
  let rest = text;
  let from = 0;
  for (const span of spans!) {
    const at = rest.indexOf(span.text);
    // A mark that opens or closes a value may go with it.
    const before = rest.slice(0, at).replace(/["'([]+$/, "");
    from = masked.indexOf(before, from);
    if (from === -1) return false;
    from += before.length;
    rest = rest.slice(at + span.text.length).replace(/^["')\]]+/, "");
  }
  return masked.indexOf(rest, from) !== -1;
}

function summary(scores: Record<string, Score>, changed: number, negatives: number) {
  const total = Object.values(scores).reduce(
    (sum, one) => ({
      spans: sum.spans + one.spans,
      found: sum.found + one.found,
      wrong: sum.wrong + one.wrong,
    }),
    { spans: 0, found: 0, wrong: 0 },
  );
  const rates = ({ spans, found, wrong }: Score) => ({
    recall: spans === 0 ? 1 : found / spans,
    precision: found + wrong === 0 ? 1 : found / (found + wrong),
  });
  return {
    spans: total.spans,
    negatives,
    ...rates(total),
    falsePositives: (changed / negatives) * 400,
    kinds: Object.fromEntries(
      Object.entries(scores).map(([kind, score]) => [kind, { ...score, ...rates(score) }]),
    ),
  };
}
