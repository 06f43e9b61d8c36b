import { compareArrays } from "./arrays.ts";
import { compareConditions } from "./conditions.ts";
import { type Comparison, difference, type Places, where } from "./differences.ts";
import { compareObjects } from "./objects.ts";
import { compareScalars } from "./scalars.ts";
import { type Meaning, meaningOf, type Raw, type Shape, sameJson } from "./shape.ts";
import type { CompareOptions, Difference, Location, SchemaNode } from "./types.ts";
import { createUnchanged } from "./unchanged.ts";
import { matchShapes } from "./unions.ts";

/**
 * Everything in which `revision` accepts other values than `base`, or reads differently. Names of components,
 * order, descriptions and examples do not matter. References that lead nowhere give `unresolvable`, undecided.
 * A request may only widen, a response may only narrow, an event may do neither: callers read the flags.
 */
export function compareSchemas(
  base: SchemaNode,
  revision: SchemaNode,
  options: CompareOptions,
): Difference[] {
  return unique(createComparison(options).compare([base], [revision]));
}

/** A comparison that remembers, for many pairs of the same two documents. */
export function createComparison(options: CompareOptions): Comparison {
  const known = new Map<string, Difference[]>();
  const meanings = new Map<string, Meaning>();
  const isUnchanged = createUnchanged(options.base, options.revision);
  const postponed: [readonly SchemaNode[], readonly SchemaNode[]][] = [];
  let depth = 0;
  let count = 0;
  const comparison: Comparison = {
    ...options,
    guesses: 0,
    compare(base, revision) {
      const [one, other] = [base[0], revision[0]];
      if (one && other && base.length + revision.length === 2 && isUnchanged(one, other)) return [];
      const key = `${keyOf(base)} ${keyOf(revision)}`;
      const earlier = known.get(key);
      if (earlier) return earlier;
      if (depth >= DEEPEST) {
        // A long chain goes on later, for the stack's sake; a guess that went so deep is taken for right.
        if (comparison.guesses === 0) postponed.push([base, revision]);
        return [];
      }
      // Met again while it is compared, a cycle adds nothing of its own.
      known.set(key, []);
      depth++;
      const parts =
        count++ < MOST_COMPARISONS ? compareMeanings(comparison, base, revision) : [tooMany(base, revision)];
      depth--;
      for (let next = depth === 0 ? postponed.pop() : undefined; next; next = postponed.pop()) {
        parts.push(...comparison.compare(...next));
      }
      const differences = unique(parts);
      known.set(key, differences);
      return differences;
    },
    meaning(side, nodes, withTags = true) {
      const key = `${side} ${withTags} ${keyOf(nodes)}`;
      let meaning = meanings.get(key);
      if (!meaning) {
        meaning = meaningOf(nodes, options[side], withTags);
        meanings.set(key, meaning);
      }
      return meaning;
    },
  };
  return comparison;
}

const NOWHERE: Location = { path: "", pointer: "" };

/** How far references are followed at once; each step takes some ten calls. */
const DEEPEST = 150;
const MOST_COMPARISONS = 100_000;

const tooMany = (base: readonly SchemaNode[], revision: readonly SchemaNode[]): Difference =>
  difference(
    "too-complex",
    { base: base[0]?.at ?? NOWHERE, revision: revision[0]?.at ?? NOWHERE },
    { narrowing: true, widening: true, undecided: true },
    { name: MOST_COMPARISONS },
  );

const keyOf = (nodes: readonly SchemaNode[]): string =>
  nodes.map(({ at, schema }) => (schema === true ? "true" : `${at.path}#${at.pointer}`)).join("&");

function compareMeanings(
  comparison: Comparison,
  baseNodes: readonly SchemaNode[],
  revisionNodes: readonly SchemaNode[],
): Difference[] {
  let base = comparison.meaning("base", baseNodes);
  let revision = comparison.meaning("revision", revisionNodes);
  if (base.isTagged !== revision.isTagged) {
    base = comparison.meaning("base", baseNodes, false);
    revision = comparison.meaning("revision", revisionNodes, false);
  }
  const at = { base: baseNodes[0]?.at ?? NOWHERE, revision: revisionNodes[0]?.at ?? NOWHERE };
  const found: Difference[] = [];
  for (const [side, meaning] of Object.entries({ base, revision })) {
    for (const problem of meaning.problems) {
      const place = side === "base" ? { ...at, base: problem.at } : { ...at, revision: problem.at };
      const undecided = { narrowing: true, widening: true, undecided: true as const };
      found.push(difference(problem.kind, place, undecided, { name: problem.name, side }));
    }
  }
  if (found.length > 0) return found;
  found.push(...compareTypes(comparison, base.shapes, revision.shapes, at));
  for (const type of new Set(base.shapes.map((shape) => shape.type))) {
    const ofType = (shapes: Shape[]) => shapes.filter((shape) => shape.type === type);
    found.push(...matchShapes(comparison, ofType(base.shapes), ofType(revision.shapes), at, compareShapes));
  }
  if (!base.exclusive && base.anyOf && revision.exclusive && !revision.anyOf) {
    const place = { base: base.anyOf, revision: revision.exclusive };
    found.push(difference("one-of-stricter", place, { narrowing: true, widening: false }));
  }
  found.push(...compareAnnotations(base, revision, at));
  return found;
}

function compareTypes(comparison: Comparison, base: Shape[], revision: Shape[], at: Places): Difference[] {
  const before = new Set<string>(base.map((shape) => shape.type));
  const after = new Set<string>(revision.map((shape) => shape.type));
  // As text, everything that is no object is a string.
  const free = (shapes: Shape[]) => comparison.textual === true && shapes.some(isFreeText);
  const lost = [...before].filter((type) => !after.has(type) && !(free(revision) && isPlain(type)));
  const gained = [...after].filter((type) => !before.has(type) && !(free(base) && isPlain(type)));
  const found: Difference[] = [];
  const place = { base: whereType(base, at.base), revision: whereType(revision, at.revision) };
  const onlyNull = (types: string[]) => types.length === 1 && types[0] === "null";
  if (onlyNull(lost)) found.push(difference("null-removed", place, { narrowing: true, widening: false }));
  if (onlyNull(gained)) found.push(difference("null-added", place, { narrowing: false, widening: true }));
  const narrowing = lost.length > 0 && !onlyNull(lost);
  const widening = gained.length > 0 && !onlyNull(gained);
  if (narrowing || widening) {
    found.push(
      difference(
        "type-changed",
        place,
        { narrowing, widening },
        { from: listed(base), to: listed(revision) },
      ),
    );
  }
  return found;
}

const isPlain = (type: string): boolean => type !== "object" && type !== "array";

function listed(shapes: Shape[]): string {
  const types = new Set(shapes.map((shape) => (shape.integer ? "integer" : shape.type)));
  return types.size >= 6 ? "any" : types.size === 0 ? "nothing" : [...types].sort().join(" | ");
}

function isFreeText(shape: Shape): boolean {
  if (shape.type !== "string" || shape.values) return false;
  return !shape.raws.some(({ schema }) =>
    ["pattern", "maxLength", "minLength", "format"].some((keyword) => schema[keyword] !== undefined),
  );
}

function whereType(shapes: Shape[], otherwise: Location): Location {
  const raws = shapes.flatMap((shape) => shape.raws);
  return where(raws, "type") ?? shapes[0]?.at ?? otherwise;
}

function compareShapes(comparison: Comparison, base: Shape, revision: Shape): Difference[] {
  const isEnumerated = base.values !== null || revision.values !== null;
  const own =
    isEnumerated || (base.type !== "object" && base.type !== "array")
      ? compareScalars(base, revision)
      : base.type === "object"
        ? compareObjects(comparison, base, revision)
        : compareArrays(comparison, base, revision);
  return [...own, ...compareConditions(comparison, base, revision)];
}

function compareAnnotations(base: Meaning, revision: Meaning, at: Places): Difference[] {
  const from = annotation(base.raws, "default");
  const to = annotation(revision.raws, "default");
  if (sameJson(from.value, to.value) && from.isSet === to.isSet) return [];
  const place = { base: from.at ?? at.base, revision: to.at ?? at.revision };
  const shown = (one: Annotation) => (one.isSet ? (JSON.stringify(one.value) ?? "") : "–");
  return [
    difference(
      "default-changed",
      place,
      { narrowing: false, widening: false },
      { from: shown(from), to: shown(to) },
    ),
  ];
}

type Annotation = { isSet: boolean; value: unknown; at: Location | null };

function annotation(raws: readonly Raw[], keyword: string): Annotation {
  const raw = raws.find(({ schema }) => Object.hasOwn(schema, keyword));
  return raw
    ? { isSet: true, value: raw.schema[keyword], at: where([raw], keyword) }
    : { isSet: false, value: undefined, at: null };
}

/** One thing that changed is one difference, however many ways lead to it; the shortest way is told. */
function unique(differences: readonly Difference[]): Difference[] {
  const seen = new Map<string, Difference>();
  for (const one of differences) {
    const { kind, base, revision, params, narrowing, widening } = one;
    const key = JSON.stringify([kind, base, revision, params, narrowing, widening]);
    const known = seen.get(key);
    if (!known || one.path.length < known.path.length) seen.set(key, one);
  }
  return [...seen.values()];
}
