export const MASK = "[masked]";

export type Kind =
  | "email"
  | "phone"
  | "name"
  | "my-number"
  | "postal-code"
  | "bank-account"
  | "card"
  | "secret";

/** What stands from `start` to `end` and the text that stands there afterwards. */
export type Span = { start: number; end: number; kind: Kind; text: string };

/** The text as it is, and with full-width forms made plain; both of one length, so positions mean the same. */
export type Scan = { text: string; folded: string; found: Span[] };

export function add(scan: Scan, kind: Kind, start: number, end: number, text: string): void {
  scan.found.push({ start, end, kind, text });
}

/** Spans of the earlier detectors win; of two that cross, nothing of either is left. */
export function applySpans(text: string, found: Span[], count?: (kind: Kind) => void): string {
  const spans = found.length === 1 ? found : settle(found);
  let masked = "";
  let from = 0;
  for (const { start, end, kind, text: replacement } of spans) {
    if (count && text.slice(start, end) !== replacement) count(kind);
    masked += text.slice(from, start) + replacement;
    from = end;
  }
  return masked + text.slice(from);
}

function settle(found: Span[]): Span[] {
  const ordered = found
    .map((span, rank) => ({ ...span, rank }))
    .sort((a, b) => a.start - b.start || b.end - a.end || a.rank - b.rank);
  const settled: (Span & { rank: number })[] = [];
  for (const span of ordered) {
    const last = settled.at(-1);
    if (!last || span.start >= last.end) settled.push(span);
    else settled[settled.length - 1] = together(last, span);
  }
  return settled;
}

/** Two spans that share a part. What only looks like an e-mail address gives way to the password inside of it. */
function together<S extends Span & { rank: number }>(one: S, other: S): S {
  const [winner, loser] = one.rank <= other.rank ? [one, other] : [other, one];
  const contained = loser.start >= winner.start && loser.end <= winner.end;
  if (contained || loser.kind === "email") return winner;
  return {
    ...winner,
    start: Math.min(one.start, other.start),
    end: Math.max(one.end, other.end),
    text: MASK,
  };
}
