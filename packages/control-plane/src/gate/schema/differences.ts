import type { Meaning, Raw } from "./shape.ts";
import type { CompareOptions, Difference, DifferenceKind, Location, SchemaNode } from "./types.ts";

/** What the comparisons of parts share. */
export type Comparison = CompareOptions & {
  /** Above 0 while alternatives are tried out against each other, most of which do not belong together. */
  guesses: number;
  /** The differences of two conjunctions of schemas; paths count from them. */
  compare(base: readonly SchemaNode[], revision: readonly SchemaNode[]): Difference[];
  meaning(side: "base" | "revision", nodes: readonly SchemaNode[], withTags?: boolean): Meaning;
};

export type Places = { base: Location; revision: Location };

/** Where a keyword stands in the first of the schemas that has it. */
export function where(raws: readonly Raw[], keyword: string): Location | null {
  const raw = raws.find(({ schema }) => Object.hasOwn(schema, keyword));
  return raw ? { path: raw.at.path, pointer: `${raw.at.pointer}/${keyword}` } : null;
}

/** A difference of the value itself; `nested` puts it below. */
export function difference(
  kind: DifferenceKind,
  places: Places,
  flags: Pick<Difference, "narrowing" | "widening" | "inLetterOnly" | "undecided" | "content">,
  params: Record<string, string | number> = {},
): Difference {
  return { kind, path: "", base: places.base, revision: places.revision, ...flags, params };
}

/** The differences of a part, seen from the whole. */
export function nested(differences: readonly Difference[], step: string): Difference[] {
  return differences.map((one) => ({ ...one, path: `/${step}${one.path}` }));
}
