/** A file of a contract and a JSON pointer into it (`""` is the whole file). */
export type Location = { path: string; pointer: string };

/** A schema where it stands; `schema` is an object, `true` or `false` in a valid document. */
export type SchemaNode = { schema: unknown; at: Location };

/**
 * `openapi-3.0`: `nullable` counts and what stands beside a `$ref` does not. `draft-07` (and older): neither counts.
 * `2020-12` (and 2019-09, OpenAPI 3.1, AsyncAPI 3): keywords beside a `$ref` count.
 */
export type Dialect = "openapi-3.0" | "draft-07" | "2020-12";

/** One side of a comparison. `load` gives the parsed root of a file by its path, undefined when there is none. */
export type SchemaSource = { dialect: Dialect; load(path: string): unknown };

/** The way a value goes decides which of `readOnly` and `writeOnly` hide a property; `both` hides neither. */
export type Direction = "request" | "response" | "both";

export type DifferenceKind =
  | "type-changed"
  | "null-added"
  | "null-removed"
  | "enum-value-added"
  | "enum-value-removed"
  | "enum-added"
  | "enum-removed"
  | "bound-tightened"
  | "bound-relaxed"
  | "pattern-added"
  | "pattern-removed"
  | "pattern-changed"
  | "format-added"
  | "format-removed"
  | "format-changed"
  | "property-added"
  | "property-removed"
  | "property-became-read-only"
  | "property-became-write-only"
  | "property-deprecated"
  | "required-added"
  | "required-removed"
  | "additional-narrowed"
  | "additional-widened"
  | "items-narrowed"
  | "items-widened"
  | "branch-added"
  | "branch-removed"
  | "one-of-stricter"
  | "discriminator-changed"
  | "discriminator-value-added"
  | "discriminator-value-removed"
  | "condition-added"
  | "condition-removed"
  | "condition-changed"
  | "default-changed"
  | "unresolvable"
  | "too-complex";

/** How an object treats names that it does not declare: any value, none, or those that match a schema. */
export type Content = "open" | "closed" | "schema";

/** One thing in which two schemas accept different values, or tell readers something different. */
export type Difference = {
  kind: DifferenceKind;
  /** Where in the value: `/items/[]/name`; `""` is the value itself. */
  path: string;
  base: Location;
  revision: Location;
  /** Some value that the base accepts is refused by the revision: what was written before may not be read. */
  narrowing: boolean;
  /** Some value that the revision accepts was refused by the base: what is written now may not be read by the old. */
  widening: boolean;
  /**
   * True only for values that nobody should have written: a property declared in (or taken out of) an object that
   * is open anyway. Adding an optional property is therefore harmless for most; callers decide.
   */
  inLetterOnly?: true;
  /** Inclusion could not be decided; the flags say what it may be. */
  undecided?: true;
  /** Of `property-added` the base's, of `property-removed` the revision's treatment of undeclared names. */
  content?: Content;
  /** For messages: `name`, `from`, `to`, `value`, `keyword`, `limit`, … as the kind needs. */
  params: Record<string, string | number>;
};

export type CompareOptions = {
  direction: Direction;
  base: SchemaSource;
  revision: SchemaSource;
  /** The value is written as plain text (query, path, header, cookie): a string takes every number and boolean. */
  textual?: boolean;
};
