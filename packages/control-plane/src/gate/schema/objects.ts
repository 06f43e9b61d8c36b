import { type Comparison, difference, nested, where } from "./differences.ts";
import { matches } from "./regular.ts";
import { below, escapePointer, isRecord, own } from "./resolve.ts";
import { compareLimit } from "./scalars.ts";
import type { Raw, Shape } from "./shape.ts";
import type { Content, Difference, Location, SchemaNode } from "./types.ts";

/** How a shape treats one property name, or every other name. */
type Entry = {
  declared: boolean;
  content: Content;
  nodes: SchemaNode[];
  hidden: boolean;
  at: Location;
};

/** Two shapes of objects. Property names count, whether declared here or through `allOf`. */
export function compareObjects(comparison: Comparison, base: Shape, revision: Shape): Difference[] {
  const found: Difference[] = [];
  const before = describe(comparison, "base", base);
  const after = describe(comparison, "revision", revision);
  for (const key of new Set([...before.names, ...after.names])) {
    const name = key.slice(1);
    const isDemanded = key.startsWith(".") && before.required.has(name) && after.required.has(name);
    found.push(...compareProperty(comparison, key, before.entry(key), after.entry(key), isDemanded));
  }
  for (const name of after.required) {
    if (before.required.has(name)) continue;
    const places = { base: before.entry(name).at, revision: whereRequired(revision, name) };
    const params = { name, isNew: before.entry(name).declared ? 0 : 1 };
    found.push(difference("required-added", places, { narrowing: true, widening: false }, params));
  }
  for (const name of before.required) {
    if (after.required.has(name)) continue;
    const isGone = before.entry(name).declared && !after.entry(name).declared;
    const from = isGone ? before.entry(name).at : whereRequired(base, name);
    const places = { base: from, revision: after.entry(name).at };
    const params = { name, isGone: isGone ? 1 : 0 };
    found.push(difference("required-removed", places, { narrowing: false, widening: true }, params));
  }
  found.push(...compareRest(comparison, before.rest, after.rest));
  const fewest = [leastOf(base, before.required), leastOf(revision, after.required)];
  if (fewest[0] !== fewest[1]) found.push(...compareLimit(base, revision, "minProperties", "lower"));
  found.push(...compareLimit(base, revision, "maxProperties", "upper"));
  found.push(...compareNames(comparison, base, revision));
  found.push(...compareTags(base, revision));
  return found;
}

/** The fewest properties that there can be: what is required counts too. */
const leastOf = (shape: Shape, required: ReadonlySet<string>): number =>
  Math.max(required.size, ...shape.raws.map(({ schema }) => Number(own(schema, "minProperties") ?? 0) || 0));

/** A parent names its children in a discriminator of its own; unions have theirs compared branch by branch. */
function compareTags(base: Shape, revision: Shape): Difference[] {
  const [before, after] = [tagsOf(base), tagsOf(revision)];
  if (!before || !after) return [];
  const places = { base: before.at, revision: after.at };
  const lost = before.values.filter((value) => !after.values.includes(value)).join(", ");
  const gained = after.values.filter((value) => !before.values.includes(value)).join(", ");
  const found: Difference[] = [];
  if (before.property !== after.property) {
    const params = { from: before.property, to: after.property };
    found.push(difference("discriminator-changed", places, { narrowing: true, widening: true }, params));
  }
  if (lost) {
    const flags = { narrowing: true, widening: false };
    found.push(difference("discriminator-value-removed", places, flags, { name: lost }));
  }
  if (gained) {
    const flags = { narrowing: false, widening: true };
    found.push(difference("discriminator-value-added", places, flags, { name: gained }));
  }
  return found;
}

function tagsOf(shape: Shape): { property: string; values: string[]; at: Location } | null {
  for (const { schema, at } of shape.raws) {
    const discriminator = own(schema, "discriminator");
    if (!isRecord(discriminator) || schema.oneOf !== undefined || schema.anyOf !== undefined) continue;
    const mapping = own(discriminator, "mapping");
    const values = isRecord(mapping) ? Object.keys(mapping) : [];
    return { property: String(discriminator.propertyName), values, at: below(at, "discriminator") };
  }
  return null;
}

type Described = {
  /** Declared names and, with a leading `~`, patterns of names. */
  names: string[];
  required: Set<string>;
  rest: Entry;
  entry(key: string): Entry;
};

function describe(comparison: Comparison, side: "base" | "revision", shape: Shape): Described {
  const names = new Set<string>();
  for (const { schema } of shape.raws) {
    for (const name of keysOf(schema, "properties")) names.add(`.${name}`);
    for (const pattern of keysOf(schema, "patternProperties")) names.add(`~${pattern}`);
  }
  const known = new Map<string, Entry>();
  const entry = (key: string): Entry => {
    const marked = key.startsWith(".") || key.startsWith("~") || key === "" ? key : `.${key}`;
    let found = known.get(marked);
    if (!found) {
      found = entryOf(comparison, side, shape, marked, names);
      known.set(marked, found);
    }
    return found;
  };
  const required = new Set<string>();
  for (const { schema } of shape.raws) {
    const list = own(schema, "required");
    if (!Array.isArray(list)) continue;
    for (const name of list) if (typeof name === "string" && !entry(`.${name}`).hidden) required.add(name);
  }
  return { names: [...names], required, rest: entry(""), entry: (key) => entry(key) };
}

const keysOf = (schema: Record<string, unknown>, keyword: string): string[] => {
  const map = own(schema, keyword);
  return isRecord(map) ? Object.keys(map) : [];
};

/** `key` is `.name`, `~pattern`, or empty for every other name. */
function entryOf(
  comparison: Comparison,
  side: "base" | "revision",
  shape: Shape,
  key: string,
  names: ReadonlySet<string>,
): Entry {
  const entry: Entry = { declared: false, content: "open", nodes: [], hidden: false, at: shape.at };
  const add = (schema: unknown, at: Location, declared: boolean) => {
    if (declared && !entry.declared) entry.at = at;
    entry.declared ||= declared;
    if (schema === false) entry.content = "closed";
    else entry.nodes.push({ schema, at });
  };
  for (const raw of shape.raws) {
    const isKnown = addDeclared(raw, key, add);
    const rest = own(raw.schema, "additionalProperties");
    if (!isKnown && rest !== undefined)
      addRest(entry, rest, below(raw.at, "additionalProperties"), key === "");
    const unevaluated = own(raw.schema, "unevaluatedProperties");
    if (unevaluated !== undefined && !names.has(key)) {
      addRest(entry, unevaluated, below(raw.at, "unevaluatedProperties"), key === "");
    }
  }
  if (entry.content !== "closed" && !entry.declared && entry.nodes.length > 0) entry.content = "schema";
  entry.hidden = entry.declared && isHidden(comparison, side, entry.nodes);
  return entry;
}

function addDeclared(
  { schema, at }: Raw,
  key: string,
  add: (schema: unknown, at: Location, declared: boolean) => void,
): boolean {
  const name = key.slice(1);
  const properties = own(schema, "properties");
  const patterns = own(schema, "patternProperties");
  let isKnown = false;
  if (key.startsWith(".") && isRecord(properties) && Object.hasOwn(properties, name)) {
    add(properties[name], below(at, "properties", name), true);
    isKnown = true;
  }
  if (!isRecord(patterns)) return isKnown;
  for (const [pattern, one] of Object.entries(patterns)) {
    const fits = key.startsWith("~") ? pattern === name : key !== "" && matches(pattern, name) === true;
    if (!fits) continue;
    add(one, below(at, "patternProperties", pattern), key.startsWith("~"));
    isKnown = true;
  }
  return isKnown;
}

function addRest(entry: Entry, rest: unknown, at: Location, isRest: boolean): void {
  if (isRest) entry.at = at;
  if (rest === false) entry.content = "closed";
  else if (rest !== true && !(isRecord(rest) && Object.keys(rest).length === 0)) {
    entry.nodes.push({ schema: rest, at });
  }
}

function isHidden(comparison: Comparison, side: "base" | "revision", nodes: SchemaNode[]): boolean {
  if (comparison.direction === "both") return false;
  const keyword = comparison.direction === "request" ? "readOnly" : "writeOnly";
  return comparison.meaning(side, nodes).raws.some(({ schema }) => own(schema, keyword) === true);
}

/** `isDemanded`: both sides require the name, so that it is in use whether it is declared or not. */
function compareProperty(
  comparison: Comparison,
  key: string,
  base: Entry,
  revision: Entry,
  isDemanded: boolean,
): Difference[] {
  const name = key.slice(1);
  const step = key.startsWith("~") ? `{${name}}` : escapePointer(name);
  const places = { base: base.at, revision: revision.at };
  const isPresent = (entry: Entry) => entry.declared && !entry.hidden && entry.content !== "closed";
  const [before, after] = [isPresent(base), isPresent(revision)];
  if (before && after) {
    return [
      ...nested(comparison.compare(base.nodes, revision.nodes), step),
      ...compareMarks(comparison, name, base, revision),
    ];
  }
  if (!before && !after) return [];
  if (before && revision.hidden) {
    const kind =
      comparison.direction === "request" ? "property-became-read-only" : "property-became-write-only";
    return [difference(kind, places, { narrowing: false, widening: false }, { name })];
  }
  // Where the name is not declared, the treatment of undeclared names takes its place.
  const [kind, other] = before
    ? (["property-removed", revision] as const)
    : (["property-added", base] as const);
  const content: Content = other.hidden ? "open" : other.content;
  const inner = comparison.compare(base.nodes, other.declared ? [] : revision.nodes);
  const flags =
    content === "closed"
      ? { narrowing: before, widening: after }
      : content === "open" && !isDemanded
        ? // A pattern limits names that are in use; a single name in an open object is free for a new meaning.
          {
            narrowing: after,
            widening: before,
            ...(key.startsWith("~") ? {} : { inLetterOnly: true as const }),
          }
        : {
            narrowing: inner.some((one) => one.narrowing),
            widening: inner.some((one) => one.widening),
          };
  return [difference(kind, places, { ...flags, content }, { name })];
}

/** Deprecation of a property, with its sunset when one is written. */
function compareMarks(comparison: Comparison, name: string, base: Entry, revision: Entry): Difference[] {
  const marked = (side: "base" | "revision", entry: Entry) =>
    comparison.meaning(side, entry.nodes).raws.find(({ schema }) => own(schema, "deprecated") === true);
  const after = marked("revision", revision);
  if (!after || marked("base", base)) return [];
  const places = { base: base.at, revision: where([after], "deprecated") ?? revision.at };
  const sunset = own(after.schema, "x-sunset");
  return [
    difference(
      "property-deprecated",
      places,
      { narrowing: false, widening: false },
      { name, sunset: String(sunset ?? "") },
    ),
  ];
}

/** Undeclared names: open, closed or of a schema. */
function compareRest(comparison: Comparison, base: Entry, revision: Entry): Difference[] {
  const places = { base: base.at, revision: revision.at };
  const params = { from: base.content, to: revision.content };
  if (base.content === "closed" && revision.content === "closed") return [];
  if (revision.content === "closed") {
    return [difference("additional-narrowed", places, { narrowing: true, widening: false }, params)];
  }
  if (base.content === "closed") {
    return [difference("additional-widened", places, { narrowing: false, widening: true }, params)];
  }
  const inner = comparison.compare(base.nodes, revision.nodes);
  if (base.content === revision.content) return nested(inner, "*");
  const [narrowing, widening] = [inner.some((one) => one.narrowing), inner.some((one) => one.widening)];
  if (!narrowing && !widening) return [];
  const kind = narrowing ? "additional-narrowed" : "additional-widened";
  return [difference(kind, places, { narrowing, widening }, params)];
}

/** `propertyNames` are strings; `dependentRequired` demands more names when one is there. */
function compareNames(comparison: Comparison, base: Shape, revision: Shape): Difference[] {
  const names = (shape: Shape): SchemaNode[] =>
    shape.raws
      .filter(({ schema }) => own(schema, "propertyNames") !== undefined)
      .map(({ schema, at }) => ({
        schema: textSchema(schema.propertyNames),
        at: below(at, "propertyNames"),
      }));
  const [before, after] = [names(base), names(revision)];
  const found: Difference[] = [];
  if (before.length + after.length > 0) {
    const any = (nodes: SchemaNode[], at: Location): SchemaNode[] =>
      nodes.length > 0 ? nodes : [{ schema: { type: "string" }, at: below(at, "propertyNames") }];
    found.push(...nested(comparison.compare(any(before, base.at), any(after, revision.at)), "{names}"));
  }
  const [demandsBefore, demandsAfter] = [demands(base), demands(revision)];
  for (const [pair, at] of demandsAfter) {
    if (demandsBefore.has(pair)) continue;
    const [name, by] = JSON.parse(pair) as [string, string];
    found.push(
      difference(
        "required-added",
        { base: base.at, revision: at },
        { narrowing: true, widening: false },
        { name, by },
      ),
    );
  }
  for (const [pair, at] of demandsBefore) {
    if (demandsAfter.has(pair)) continue;
    const [name, by] = JSON.parse(pair) as [string, string];
    found.push(
      difference(
        "required-removed",
        { base: at, revision: revision.at },
        { narrowing: false, widening: true },
        { name, by },
      ),
    );
  }
  return found;
}

const textSchema = (schema: unknown): unknown =>
  isRecord(schema) && own(schema, "type") === undefined ? { ...schema, type: "string" } : schema;

/** Pairs of a name and the one that demands it, as JSON. */
function demands(shape: Shape): Map<string, Location> {
  const found = new Map<string, Location>();
  for (const { schema, at } of shape.raws) {
    for (const keyword of ["dependentRequired", "dependencies"]) {
      const map = own(schema, keyword);
      if (!isRecord(map)) continue;
      for (const [by, names] of Object.entries(map)) {
        if (!Array.isArray(names)) continue;
        for (const name of names) found.set(JSON.stringify([name, by]), below(at, keyword, by));
      }
    }
  }
  return found;
}

function whereRequired(shape: Shape, name: string): Location {
  for (const { schema, at } of shape.raws) {
    const list = own(schema, "required");
    const index = Array.isArray(list) ? list.indexOf(name) : -1;
    if (index >= 0) return below(at, "required", index);
  }
  return shape.at;
}
