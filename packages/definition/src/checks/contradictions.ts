import { allCommitments } from "../bindings.ts";
import { error, type Finding, warning } from "../findings.ts";
import { amountOf } from "../format.ts";
import type { Commitment, Comparator, Operations, Scalar, Value } from "../model.ts";
import { sameUnit, sizeOf } from "../sizes.ts";

/**
 * Commitments of one scope must not differ: two bounds on the same side are two promises, and bounds on opposite
 * sides must leave a value that satisfies both. `today` (YYYY-MM-DD) ends acceptances; without it none has ended.
 */
export function contradictions(operations: Operations, today?: string): Finding[] {
  const accepted = new Set(
    operations.acceptances
      .filter(({ until }) => today === undefined || today <= until)
      .map(({ commitment }) => commitment),
  );
  const documents = new Map(operations.registers.map(({ id, document }) => [id, document]));
  const source = (c: Commitment) => `${c.id}: ${documents.get(c.register) ?? c.register}, ${c.source}`;

  return pairsOfOneScope(operations).flatMap(([a, b]) => {
    if (accepted.has(a.id) || accepted.has(b.id)) return [];
    const path = `commitments.${b.id}`;
    if (!comparable(a.value, b.value))
      return a.value.kind === "statement" || b.value.kind === "statement"
        ? []
        : [
            warning(
              "scope-mixes-units",
              path,
              `${a.id} and ${b.id} share the scope “${a.scope}” but cannot be compared: ${phrase(a)}; ${phrase(b)}`,
              "Give them scopes of their own, or state them in one unit.",
            ),
          ];
    if (!contradict(a, b)) return [];
    return [
      error(
        "commitments-contradict",
        path,
        `${a.id} (${phrase(a)}) and ${b.id} (${phrase(b)}) contradict each other about “${a.scope}”`,
        "Agree on one value, give one of them a narrower scope, or accept one of them with a reason and an end date.",
        [source(a), source(b)],
      ),
    ];
  });
}

function pairsOfOneScope(operations: Operations): [Commitment, Commitment][] {
  return [...byScope(operations).values()].flatMap((members) =>
    members.flatMap((a, i) => members.slice(i + 1).map((b): [Commitment, Commitment] => [a, b])),
  );
}

function byScope(operations: Operations): Map<string, Commitment[]> {
  const scopes = new Map<string, Commitment[]>();
  for (const commitment of allCommitments(operations))
    scopes.set(commitment.scope, [...(scopes.get(commitment.scope) ?? []), commitment]);
  return scopes;
}

const phrase = ({ comparator, value }: Commitment) => `${comparator} ${amountOf(value)}`;

const SCALARS = new Set(["duration", "ratio", "count", "money", "rate", "size"]);
const isScalar = (value: Value): value is Scalar => SCALARS.has(value.kind);

function comparable(a: Value, b: Value): boolean {
  if (isScalar(a) && isScalar(b)) return sameUnit(a, b);
  if (a.kind === "thresholds" && b.kind === "thresholds")
    return sameUnit(a.warning, b.warning) && sameUnit(a.critical, b.critical);
  return a.kind === b.kind;
}

function contradict(a: Commitment, b: Commitment): boolean {
  if (!isScalar(a.value) || !isScalar(b.value)) return amountOf(a.value) !== amountOf(b.value);
  const [x, y] = [sizeOf(a.value), sizeOf(b.value)];
  if (sideOf(a.comparator) === sideOf(b.comparator)) return x !== y;
  const meet = (value: number) => satisfies(value, a.comparator, x) && satisfies(value, b.comparator, y);
  // Opposite sides leave room for both when the bounds or what lies between them satisfies both.
  return !meet(x) && !meet(y) && !meet((x + y) / 2);
}

function sideOf(comparator: Comparator): "upper" | "lower" | "exact" {
  if (comparator === "equals") return "exact";
  return comparator === "at-most" || comparator === "below" ? "upper" : "lower";
}

function satisfies(value: number, comparator: Comparator, bound: number): boolean {
  switch (comparator) {
    case "at-most":
      return value <= bound;
    case "below":
      return value < bound;
    case "at-least":
      return value >= bound;
    case "above":
      return value > bound;
    case "equals":
      return value === bound;
  }
}
