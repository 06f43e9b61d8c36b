import type { Value } from "./model/values.ts";
import type { Operations } from "./model.ts";

export type Located = { path: string; value: Value };

const KINDS = new Set([
  "duration",
  "ratio",
  "count",
  "money",
  "rate",
  "size",
  "steps",
  "choice",
  "statement",
  "thresholds",
]);

/** Indicators and channels have a `kind` of their own, so the kind decides, not the presence of the key. */
function isValue(thing: object): thing is Value {
  return "kind" in thing && typeof thing.kind === "string" && KINDS.has(thing.kind);
}

/** Every value below `thing`, outermost first; the bounds inside thresholds are not visited. */
export function valuesIn(thing: unknown, path = ""): Located[] {
  if (thing === null || typeof thing !== "object") return [];
  if (isValue(thing)) return [{ path, value: thing }];
  return partsOf(thing, path).flatMap(([at, part]) => valuesIn(part, at));
}

/** The parts of a thing with their paths; elements of lists are named by their id where they have one. */
export function partsOf(thing: object, path: string): [path: string, part: unknown][] {
  return Object.entries(thing).map(([key, part]) => {
    const name = Array.isArray(thing) ? (idOf(part) ?? key) : key;
    return [path === "" ? name : `${path}.${name}`, part];
  });
}

const idOf = (thing: unknown): string | null =>
  thing !== null && typeof thing === "object" && "id" in thing && typeof thing.id === "string"
    ? thing.id
    : null;

/** "registers.RF.commitments.RF-001.value" is known to readers as "commitments.RF-001.value". */
export const shortPath = (path: string): string =>
  path.replace(/^registers\.[^.]+\.commitments\./, "commitments.");

/** What states or proves commitments rather than keeping them. */
const NOT_MECHANISMS = new Set(["registers", "proofs", "acceptances"]);

/** Every value that a mechanism of the definition reads, with its path. */
export function mechanismValues(operations: Operations): Located[] {
  return Object.entries(operations).flatMap(([noun, part]) =>
    NOT_MECHANISMS.has(noun) ? [] : valuesIn(part, noun),
  );
}
