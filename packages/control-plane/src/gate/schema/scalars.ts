import { difference, type Places, where } from "./differences.ts";
import { compareFormats } from "./formats.ts";
import { comparePatterns } from "./patterns.ts";
import { matches } from "./regular.ts";
import { type Raw, type Shape, sameJson } from "./shape.ts";
import type { Difference } from "./types.ts";

/** Two shapes of null, boolean, number or string, or of anything that is enumerated. */
export function compareScalars(base: Shape, revision: Shape): Difference[] {
  const before = allowed(base);
  const after = allowed(revision);
  const places = placesOf(base, revision, "enum");
  if (before && after) return compareValues(base, revision, before, after);
  if (before) {
    // Enumerated values that the revision's constraints let through are not lost.
    const lost = before.filter((value) => !accepts(revision, value));
    const flags = { narrowing: lost.length > 0, widening: true };
    return [difference("enum-removed", places, flags, { value: shown(lost) })];
  }
  if (after) {
    const gained = after.filter((value) => !accepts(base, value));
    const flags = { narrowing: true, widening: gained.length > 0 };
    return [difference("enum-added", places, flags, { value: shown(after) })];
  }
  return [
    ...extensible(base, revision),
    ...(base.type === "string" ? compareStrings(base, revision) : []),
    ...(base.type === "number" ? compareNumbers(base, revision) : []),
  ];
}

/** The enumerated values that the other keywords let through. */
const allowed = (shape: Shape): unknown[] | null =>
  shape.values?.filter((value) => accepts(shape, value)) ?? null;

const shown = (values: unknown[]): string => values.map((value) => JSON.stringify(value)).join(", ");

function compareValues(base: Shape, revision: Shape, before: unknown[], after: unknown[]): Difference[] {
  const has = (values: unknown[], value: unknown) => values.some((one) => sameJson(one, value));
  const places = placesOf(base, revision, "enum");
  const lost = before.filter((value) => !has(after, value));
  const gained = after.filter((value) => !has(before, value));
  const found: Difference[] = [];
  if (lost.length > 0) {
    const flags = { narrowing: true, widening: false };
    found.push(difference("enum-value-removed", places, flags, { value: shown(lost) }));
  }
  if (gained.length > 0) {
    const flags = { narrowing: false, widening: true };
    found.push(difference("enum-value-added", places, flags, { value: shown(gained) }));
  }
  return found;
}

/** An open enumeration may grow; a value that is taken out of it may still be sent. */
function extensible(base: Shape, revision: Shape): Difference[] {
  const list = (shape: Shape) =>
    shape.raws.map(({ schema }) => schema["x-extensible-enum"]).find((values) => Array.isArray(values));
  const before = list(base) as unknown[] | undefined;
  const after = list(revision) as unknown[] | undefined;
  const lost = before?.filter((value) => !after?.some((one) => sameJson(one, value))) ?? [];
  if (!after || lost.length === 0) return [];
  const places = placesOf(base, revision, "x-extensible-enum");
  return [
    difference("enum-value-removed", places, { narrowing: true, widening: false }, { value: shown(lost) }),
  ];
}

function compareStrings(base: Shape, revision: Shape): Difference[] {
  return [
    ...compareLimit(base, revision, "minLength", "lower"),
    ...compareLimit(base, revision, "maxLength", "upper"),
    ...comparePatterns(base, revision),
    ...compareFormats(base, revision),
  ];
}

/** A counting keyword; a lower limit of 0 is none. */
export function compareLimit(
  base: Shape,
  revision: Shape,
  keyword: string,
  side: "lower" | "upper",
): Difference[] {
  const from = tightest(base.raws, keyword, side);
  const to = tightest(revision.raws, keyword, side);
  if (from === to) return [];
  const grows = side === "lower" ? to > from : to < from;
  return [limitDifference(placesOf(base, revision, keyword), keyword, from, to, grows)];
}

function limitDifference(places: Places, keyword: string, from: number, to: number, tightened: boolean) {
  const show = (limit: number) => (Number.isFinite(limit) ? limit : "–");
  return difference(
    tightened ? "bound-tightened" : "bound-relaxed",
    places,
    { narrowing: tightened, widening: !tightened },
    { keyword, from: show(from), to: show(to) },
  );
}

function tightest(raws: readonly Raw[], keyword: string, side: "lower" | "upper"): number {
  const limits = raws.map(({ schema }) => schema[keyword]).filter((one) => typeof one === "number");
  return side === "lower" ? Math.max(0, ...limits) : Math.min(Number.POSITIVE_INFINITY, ...limits);
}

type Bound = { value: number; exclusive: boolean; keyword: string };

function compareNumbers(base: Shape, revision: Shape): Difference[] {
  const found: Difference[] = [];
  for (const side of ["lower", "upper"] as const) {
    const from = boundOf(base, side);
    const to = boundOf(revision, side);
    const sign = side === "lower" ? 1 : -1;
    const tighter = (one: Bound, other: Bound) =>
      one.value === other.value ? one.exclusive && !other.exclusive : sign * (one.value - other.value) > 0;
    const places = {
      base: where(base.raws, from.keyword) ?? base.at,
      revision: where(revision.raws, to.keyword) ?? revision.at,
    };
    const keyword = Number.isFinite(to.value) ? to.keyword : from.keyword;
    if (tighter(to, from)) found.push(limitDifference(places, keyword, from.value, to.value, true));
    else if (tighter(from, to)) found.push(limitDifference(places, keyword, from.value, to.value, false));
  }
  return [...found, ...compareMultiples(base, revision), ...compareFormats(base, revision)];
}

/** The tightest bound; of integers always inclusive. `exclusiveMinimum` is a number or, in OpenAPI 3.0, a flag. */
function boundOf(shape: Shape, side: "lower" | "upper"): Bound {
  const [plain, strict] =
    side === "lower"
      ? (["minimum", "exclusiveMinimum"] as const)
      : (["maximum", "exclusiveMaximum"] as const);
  const sign = side === "lower" ? 1 : -1;
  let best: Bound = { value: -sign * Number.POSITIVE_INFINITY, exclusive: false, keyword: plain };
  const offer = (bound: Bound) => {
    const difference = sign * (bound.value - best.value);
    if (difference > 0 || (difference === 0 && bound.exclusive)) best = bound;
  };
  for (const { schema } of shape.raws) {
    const [limit, flag] = [schema[plain], schema[strict]];
    if (typeof limit === "number") offer({ value: limit, exclusive: flag === true, keyword: plain });
    if (typeof flag === "number") offer({ value: flag, exclusive: true, keyword: strict });
  }
  if (!shape.integer || !Number.isFinite(best.value)) return best;
  const whole = side === "lower" ? Math.ceil(best.value) : Math.floor(best.value);
  const value = best.exclusive && whole === best.value ? whole + sign : whole;
  return { ...best, value, exclusive: false };
}

function compareMultiples(base: Shape, revision: Shape): Difference[] {
  const list = (shape: Shape) => [
    ...new Set([
      ...(shape.integer ? [1] : []),
      ...shape.raws
        .map(({ schema }) => schema.multipleOf)
        .filter((one): one is number => typeof one === "number" && one > 0),
    ]),
  ];
  const before = list(base);
  const after = list(revision);
  const implied = (step: number, steps: number[]) =>
    steps.some((one) => Number.isInteger(Number((one / step).toFixed(9))));
  const narrowing = after.some((step) => !implied(step, before));
  const widening = before.some((step) => !implied(step, after));
  const written = [...base.raws, ...revision.raws].some(({ schema }) => schema.multipleOf !== undefined);
  if (!written) {
    if (base.integer === revision.integer) return [];
    const places = placesOf(base, revision, "type");
    const types = { from: base.integer ? "integer" : "number", to: revision.integer ? "integer" : "number" };
    return [difference("type-changed", places, { narrowing, widening }, types)];
  }
  if (!narrowing && !widening) return [];
  const params = { keyword: "multipleOf", from: before.join(", ") || "–", to: after.join(", ") || "–" };
  const kind = narrowing ? "bound-tightened" : "bound-relaxed";
  return [difference(kind, placesOf(base, revision, "multipleOf"), { narrowing, widening }, params)];
}

export function placesOf(base: Shape, revision: Shape, keyword: string): Places {
  const find = (shape: Shape) =>
    where(shape.raws, keyword) ?? (keyword === "enum" ? where(shape.raws, "const") : null) ?? shape.at;
  return { base: find(base), revision: find(revision) };
}

/** Whether the keywords of a shape let one value through, its enumeration apart. */
function accepts(shape: Shape, value: unknown): boolean {
  if (typeof value === "string") {
    const length = [...value].length;
    return (
      length >= tightest(shape.raws, "minLength", "lower") &&
      length <= tightest(shape.raws, "maxLength", "upper") &&
      shape.raws.every(({ schema }) =>
        typeof schema.pattern === "string" ? matches(schema.pattern, value) !== false : true,
      )
    );
  }
  if (typeof value !== "number") return true;
  const [low, high] = [boundOf(shape, "lower"), boundOf(shape, "upper")];
  if (shape.integer && !Number.isInteger(value)) return false;
  if (low.exclusive ? value <= low.value : value < low.value) return false;
  if (high.exclusive ? value >= high.value : value > high.value) return false;
  return isMultiple(shape, value);
}

const isMultiple = (shape: Shape, value: number): boolean =>
  shape.raws.every(
    ({ schema: { multipleOf } }) =>
      typeof multipleOf !== "number" ||
      multipleOf <= 0 ||
      Number.isInteger(Number((value / multipleOf).toFixed(9))),
  );
