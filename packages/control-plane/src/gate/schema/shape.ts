import { below, isRecord, own, resolveReference } from "./resolve.ts";
import type { Location, SchemaNode, SchemaSource } from "./types.ts";

export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";

export const TYPES: readonly JsonType[] = ["null", "boolean", "number", "string", "array", "object"];

/** One schema object that applies, its `$ref`, `allOf`, `anyOf` and `oneOf` already taken apart. */
export type Raw = { schema: Record<string, unknown>; at: Location; isTag?: true };

/** All that values of one JSON type must fulfil in one alternative of a schema. */
export type Shape = {
  type: JsonType;
  raws: Raw[];
  /** The only values, when they are enumerated. */
  values: unknown[] | null;
  /** Numbers only: no fractions. */
  integer: boolean;
  /** Names of the union's branches that it came through, to find its counterpart. */
  labels: string[];
  at: Location;
};

/** What a schema means: its alternatives by JSON type, and what could not be read. */
export type Meaning = {
  shapes: Shape[];
  /** All schema objects of all alternatives; for annotations. */
  raws: Raw[];
  problems: { kind: "unresolvable" | "too-complex"; at: Location; name: string }[];
  /** A `oneOf` whose branches may overlap. */
  exclusive: Location | null;
  anyOf: Location | null;
  /** A union has a discriminator that tells more than its branches do. */
  isTagged: boolean;
};

type Alternative = { raws: Raw[]; labels: string[] };

const MOST_ALTERNATIVES = 64;

/**
 * Takes a conjunction of schemas apart. An empty one accepts every value. What discriminators say counts as a limit
 * `withTags` only: by itself, a discriminator is a hint and accepts what it accepted without.
 */
export function meaningOf(nodes: readonly SchemaNode[], source: SchemaSource, withTags: boolean): Meaning {
  const meaning: Meaning = {
    shapes: [],
    raws: [],
    problems: [],
    exclusive: null,
    anyOf: null,
    isTagged: false,
  };
  const alternatives = product(
    nodes.map((node) => alternativesOf(node, source, meaning, [])),
    meaning,
    nodes[0]?.at ?? { path: "", pointer: "" },
  );
  const seen = new Set<Raw["schema"]>();
  for (const { raws } of alternatives) {
    for (const raw of raws) {
      if (!seen.has(raw.schema)) meaning.raws.push(raw);
      seen.add(raw.schema);
    }
  }
  meaning.isTagged = alternatives.some(({ raws }) => raws.some((raw) => raw.isTag));
  if (!withTags)
    for (const alternative of alternatives) alternative.raws = alternative.raws.filter((raw) => !raw.isTag);
  meaning.shapes = mergeEnumerated(
    alternatives.flatMap((alternative) => shapesOf(alternative, nodes[0]?.at)),
  );
  return meaning;
}

/** Every way to fulfil a node; empty when nothing can. `path` holds what is being taken apart, against cycles. */
function alternativesOf(
  node: SchemaNode,
  source: SchemaSource,
  meaning: Meaning,
  path: readonly string[],
): Alternative[] {
  const { schema, at } = node;
  if (schema === false) return [];
  // An empty entry of a YAML file is read as the empty schema, as other tools read it.
  if (schema === true || schema === null) return [{ raws: [], labels: [] }];
  if (!isRecord(schema)) {
    meaning.problems.push({ kind: "unresolvable", at, name: at.pointer });
    return [{ raws: [], labels: [] }];
  }
  const here = `${at.path}#${at.pointer}`;
  if (path.includes(here)) return [{ raws: [], labels: [] }];
  const inner = [...path, here];
  const parts: Alternative[][] = [];

  const reference = own(schema, "$ref") ?? own(schema, "$dynamicRef");
  if (typeof reference === "string") {
    const target = resolveReference(reference, at, source);
    if (target) parts.push(alternativesOf(target, source, meaning, inner));
    else meaning.problems.push({ kind: "unresolvable", at: below(at, "$ref"), name: reference });
    if (source.dialect !== "2020-12") return parts[0] ?? [{ raws: [], labels: [] }];
  }
  parts.push([{ raws: [{ schema, at }], labels: [] }]);
  const misspelled = declaredTypes(schema)?.find((type) => !isType(type));
  if (misspelled !== undefined)
    meaning.problems.push({ kind: "too-complex", at: below(at, "type"), name: misspelled });
  for (const [index, part] of listOf(schema, "allOf").entries()) {
    parts.push(alternativesOf({ schema: part, at: below(at, "allOf", index) }, source, meaning, inner));
  }
  for (const keyword of ["oneOf", "anyOf"] as const) {
    if (!Array.isArray(own(schema, keyword))) continue;
    parts.push(branchesOf(schema, at, keyword, source, meaning, inner));
  }
  const all = product(parts, meaning, at);
  // Null is accepted beside whatever the schema wraps: that is how `nullable` is written and read in practice.
  if (source.dialect === "openapi-3.0" && own(schema, "nullable") === true) {
    all.push({ raws: [{ schema: { type: "null" }, at }], labels: [] });
  }
  return all;
}

function branchesOf(
  schema: Record<string, unknown>,
  at: Location,
  keyword: "oneOf" | "anyOf",
  source: SchemaSource,
  meaning: Meaning,
  path: readonly string[],
): Alternative[] {
  const found: Alternative[] = [];
  const discriminator = own(schema, "discriminator");
  const property = isRecord(discriminator) ? own(discriminator, "propertyName") : undefined;
  for (const [index, branch] of listOf(schema, keyword).entries()) {
    const branchAt = below(at, keyword, index);
    if (path.includes(`${branchAt.path}#${branchAt.pointer}`)) continue;
    const name = nameOf(branch);
    for (const alternative of alternativesOf({ schema: branch, at: branchAt }, source, meaning, path)) {
      const raws = [...alternative.raws];
      if (typeof property === "string" && isRecord(discriminator)) {
        const tag = tagOf(branch, discriminator, property, raws);
        if (tag) raws.push({ schema: tag, at: branchAt, isTag: true });
      }
      found.push({ raws, labels: [...(name ? [name] : []), ...alternative.labels] });
    }
  }
  if (keyword === "anyOf") meaning.anyOf ??= below(at, keyword);
  else if (found.length > 1 && !areDisjoint(found)) meaning.exclusive ??= below(at, keyword);
  return found;
}

/** What the discriminator says of a branch, unless the branch says so itself. */
function tagOf(
  branch: unknown,
  discriminator: Record<string, unknown>,
  property: string,
  raws: Raw[],
): Record<string, unknown> | null {
  const reference = isRecord(branch) ? own(branch, "$ref") : undefined;
  if (typeof reference !== "string") return null;
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const mapping = own(discriminator, "mapping");
  const mapped = isRecord(mapping)
    ? Object.entries(mapping).filter(([, target]) => target === reference || target === name)
    : [];
  const isSaid = raws.some(({ schema }) => {
    const properties = own(schema, "properties");
    const declared = isRecord(properties) ? own(properties, property) : undefined;
    return isRecord(declared) && (own(declared, "enum") ?? own(declared, "const")) !== undefined;
  });
  if (isSaid) return null;
  const values = mapped.length > 0 ? mapped.map(([value]) => value) : [name];
  return { properties: { [property]: { type: "string", enum: values } } };
}

/** Branches that no value can fulfil two of: other types, or another constant in one property. */
function areDisjoint(branches: Alternative[]): boolean {
  const signature = branches.map((branch) => ({
    types: typesOf(branch.raws),
    constants: constantsOf(branch.raws),
  }));
  return signature.every((one, index) =>
    signature.slice(index + 1).every((other) => {
      if (!one.types.some((type) => other.types.includes(type))) return true;
      for (const [name, values] of one.constants) {
        const others = other.constants.get(name);
        if (others && !others.some((value) => values.includes(value))) return true;
      }
      return false;
    }),
  );
}

/** The enumerated values of its properties, as JSON; the key `""` is the value itself. */
export function constantsOf(raws: readonly Raw[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const note = (name: string, schema: unknown) => {
    if (!isRecord(schema)) return;
    const values = valuesOf(schema);
    if (values)
      found.set(
        name,
        values.map((value) => JSON.stringify(value)),
      );
  };
  for (const { schema } of raws) {
    note("", schema);
    const properties = own(schema, "properties");
    if (isRecord(properties)) for (const [name, one] of Object.entries(properties)) note(`.${name}`, one);
  }
  return found;
}

function product(parts: Alternative[][], meaning: Meaning, at: Location): Alternative[] {
  let all: Alternative[] = [{ raws: [], labels: [] }];
  for (const part of parts) {
    if (part.length === 1) {
      const only = part[0]!;
      all = all.map((one) => join(one, only));
    } else if (part.length * all.length > MOST_ALTERNATIVES) {
      meaning.problems.push({ kind: "too-complex", at, name: `${part.length * all.length}` });
      all = all.map((one) => join(one, part[0]!));
    } else all = all.flatMap((one) => part.map((other) => join(one, other)));
  }
  return all;
}

const join = (one: Alternative, other: Alternative): Alternative => ({
  raws: [...one.raws, ...other.raws],
  labels: [...one.labels, ...other.labels],
});

/** Types with few values are enumerated anyway. */
const EVERY: Partial<Record<JsonType, unknown[]>> = { null: [null], boolean: [true, false] };

function shapesOf(alternative: Alternative, from: Location | undefined): Shape[] {
  const { raws, labels } = alternative;
  let values: unknown[] | null = null;
  for (const { schema } of raws) {
    const own = valuesOf(schema);
    if (!own) continue;
    values = values === null ? own : values.filter((value) => own.some((other) => sameJson(value, other)));
  }
  const integer = raws.some(({ schema }) => {
    const types = declaredTypes(schema);
    return types?.includes("integer") && !types.includes("number");
  });
  const at = raws[0]?.at ?? from ?? { path: "", pointer: "" };
  const shapes: Shape[] = [];
  for (const type of typesOf(raws)) {
    const own = values?.filter((value) => typeOf(value) === type) ?? EVERY[type] ?? null;
    if (values && own?.length === 0) continue;
    shapes.push({ type, raws, values: own, integer: integer && type === "number", labels, at });
  }
  return shapes;
}

/** Alternatives that only enumerate are one enumeration: `anyOf` of constants is an `enum`. */
function mergeEnumerated(shapes: Shape[]): Shape[] {
  const merged: Shape[] = [];
  for (const shape of shapes) {
    const scalar = shape.type !== "object" && shape.type !== "array";
    const earlier = merged.find((one) => one.type === shape.type && one.values !== null);
    if (shape.type === "null" && merged.some((one) => one.type === "null")) continue;
    if (!scalar || shape.values === null || !earlier) {
      merged.push({ ...shape });
      continue;
    }
    const known = earlier.values!;
    earlier.values = [
      ...known,
      ...shape.values.filter((value) => !known.some((one) => sameJson(one, value))),
    ];
    earlier.raws = [...earlier.raws, ...shape.raws];
  }
  return merged;
}

const OBJECT_KEYWORDS = [
  "properties",
  "required",
  "additionalProperties",
  "patternProperties",
  "maxProperties",
];
const ARRAY_KEYWORDS = ["items", "prefixItems", "minItems", "maxItems"];

/** The types that all accept. One that is nowhere said is taken from the keywords, as readers do. */
function typesOf(raws: readonly Raw[]): JsonType[] {
  let types: JsonType[] | null = null;
  for (const { schema } of raws) {
    const declared = declaredTypes(schema)?.map((type) => (type === "integer" ? "number" : type));
    if (declared) types = (types ?? [...TYPES]).filter((type) => declared.includes(type));
  }
  if (types) return types;
  const has = (keywords: string[]) =>
    raws.some(({ schema }) => keywords.some((keyword) => own(schema, keyword) !== undefined));
  const objectLike = has(OBJECT_KEYWORDS);
  const arrayLike = has(ARRAY_KEYWORDS);
  if (objectLike === arrayLike) return [...TYPES];
  return [objectLike ? "object" : "array"];
}

/** A word that is no type says nothing about what is accepted. */
const isType = (type: string): boolean => type === "integer" || TYPES.some((one) => one === type);

function declaredTypes(schema: Record<string, unknown>): string[] | null {
  const type = own(schema, "type");
  if (type === "file") return ["string"];
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((one) => typeof one === "string") : null;
}

function valuesOf(schema: Record<string, unknown>): unknown[] | null {
  if (Object.hasOwn(schema, "const")) return [schema.const];
  const list = own(schema, "enum");
  return Array.isArray(list) ? list : null;
}

function listOf(schema: Record<string, unknown>, keyword: string): unknown[] {
  const list = own(schema, keyword);
  return Array.isArray(list) ? list : [];
}

function nameOf(branch: unknown): string | null {
  if (!isRecord(branch)) return null;
  const name = own(branch, "$ref") ?? own(branch, "title");
  return typeof name === "string" ? name : null;
}

export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

/** Equal as JSON values: the order of names does not matter. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((value, index) => sameJson(value, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}
