import { type Comparison, difference, type Places } from "./differences.ts";
import { constantsOf, type Shape } from "./shape.ts";
import type { Difference } from "./types.ts";

type Compare = (comparison: Comparison, base: Shape, revision: Shape) => Difference[];

/**
 * Compares the alternatives that both sides have for one JSON type. Each alternative of the base must be covered by
 * one of the revision and the other way round; what is not covered is explained by its counterpart, or is gone or new.
 */
export function matchShapes(
  comparison: Comparison,
  base: Shape[],
  revision: Shape[],
  at: Places,
  compare: Compare,
): Difference[] {
  if (base.length === 0 || revision.length === 0) return [];
  if (base.length === 1 && revision.length === 1) return compare(comparison, base[0]!, revision[0]!);
  const pairs = tryOut(comparison, base, revision, compare);
  const { partners, meant } = pairUp(base, revision, pairs);
  // What belongs together by tag or name is compared with nothing else.
  const isExplained = (one: number) => meant.has(one);
  const found: Difference[] = [];
  for (const [index, shape] of base.entries()) {
    const partner = partners.get(index);
    const differences = partner === undefined ? undefined : pairs(index, partner);
    const isCovered = (other: number) => !pairs(index, other).some((one) => one.narrowing);
    const covered = isExplained(index) ? false : [...revision.keys()].some(isCovered);
    found.push(...(differences ?? []).filter((one) => (one.narrowing ? !covered : !one.widening)));
    if (!differences && (!covered || isNamedApart(shape, revision))) {
      const place = { base: shape.at, revision: at.revision };
      const params = { name: name(shape) };
      found.push(difference("branch-removed", place, { narrowing: true, widening: false }, params));
    }
  }
  const partnerOf = new Map([...partners].map(([from, to]) => [to, from]));
  for (const [index, shape] of revision.entries()) {
    const partner = partnerOf.get(index);
    const differences = partner === undefined ? undefined : pairs(partner, index);
    const isCovered = (other: number) => !pairs(other, index).some((one) => one.widening);
    const covered = partner !== undefined && isExplained(partner) ? false : [...base.keys()].some(isCovered);
    found.push(...(differences ?? []).filter((one) => one.widening && !covered));
    if (!differences && (!covered || isNamedApart(shape, base))) {
      const place = { base: at.base, revision: shape.at };
      const params = { name: name(shape) };
      found.push(difference("branch-added", place, { narrowing: false, widening: true }, params));
    }
  }
  return found;
}

type Pairs = (one: number, other: number) => Difference[];

/** The differences of any two alternatives, found when they are asked for. */
function tryOut(comparison: Comparison, base: Shape[], revision: Shape[], compare: Compare): Pairs {
  const known = new Map<string, Difference[]>();
  return (one, other) => {
    const key = `${one} ${other}`;
    let differences = known.get(key);
    if (!differences) {
      comparison.guesses++;
      differences = compare(comparison, base[one]!, revision[other]!);
      comparison.guesses--;
      known.set(key, differences);
    }
    return differences;
  };
}

/** A component of its own that the other side, all of components too, does not have: it means something else. */
function isNamedApart(shape: Shape, others: Shape[]): boolean {
  if (shape.type !== "object" || shape.labels.length === 0) return false;
  return others.every((one) => one.labels.length > 0 && !one.labels.some(isNamed(shape)));
}

/** The counterpart of each alternative: by tag, by name, equal ones, and what is left by likeness. */
function pairUp(base: Shape[], revision: Shape[], pairs: Pairs) {
  const partners = new Map<number, number>();
  const taken = new Set<number>();
  const pass = (fits: (one: number, other: number) => boolean) => {
    for (const one of base.keys()) {
      if (partners.has(one)) continue;
      const candidates = [...revision.keys()].filter((other) => !taken.has(other) && fits(one, other));
      const best = candidates.length > 1 ? nearest(one, candidates, pairs) : candidates[0];
      if (best === undefined) continue;
      partners.set(one, best);
      taken.add(best);
    }
  };
  const constants = { base: base.map(tags), revision: revision.map(tags) };
  const agree = (one: number, other: number) => agreement(constants.base[one]!, constants.revision[other]!);
  pass((one, other) => agree(one, other) === "same");
  pass((one, other) => agree(one, other) !== "other" && base[one]!.labels.some(isNamed(revision[other]!)));
  const meant = new Set(partners.keys());
  pass((one, other) => pairs(one, other).length === 0);
  pass((one, other) => agree(one, other) !== "other" && looksAlike(base[one]!, revision[other]!));
  return { partners, meant };
}

function nearest(one: number, candidates: number[], pairs: Pairs): number | undefined {
  return candidates.sort((a, b) => pairs(one, a).length - pairs(one, b).length)[0];
}

const isNamed = (shape: Shape) => (label: string) => shape.labels.includes(label);

/** Constants of the required tags that tell branches apart. */
const tags = (shape: Shape): Map<string, string[]> => constantsOf(shape.raws);

function agreement(one: Map<string, string[]>, other: Map<string, string[]>): "same" | "other" | "unknown" {
  let result: "same" | "unknown" = "unknown";
  for (const [key, values] of one) {
    const others = other.get(key);
    if (!others || (values.length > 1 && others.length > 1)) continue;
    if (!values.some((value) => others.includes(value))) return "other";
    result = "same";
  }
  return result;
}

function looksAlike(one: Shape, other: Shape): boolean {
  if (one.type !== "object") return true;
  const names = (shape: Shape) =>
    shape.raws.flatMap(({ schema }) => Object.keys((schema.properties as object | undefined) ?? {}));
  const known = new Set(names(one));
  return known.size === 0 || names(other).some((key) => known.has(key));
}

function name(shape: Shape): string {
  const label = shape.labels[0] ?? shape.type;
  return label.slice(label.lastIndexOf("/") + 1);
}
