import { type Comparison, difference, nested } from "./differences.ts";
import { below, own } from "./resolve.ts";
import { compareLimit, placesOf } from "./scalars.ts";
import type { Shape } from "./shape.ts";
import type { Difference, Location, SchemaNode } from "./types.ts";

type Element = { isForbidden: boolean; nodes: SchemaNode[]; at: Location };

/** Two shapes of arrays, item by item as far as positions are told apart. */
export function compareArrays(comparison: Comparison, base: Shape, revision: Shape): Difference[] {
  const found: Difference[] = [];
  const positions = Math.max(prefixLength(base), prefixLength(revision));
  for (let position = 0; position <= positions; position++) {
    const step = position < positions ? String(position) : "[]";
    const before = elementOf(base, position);
    const after = elementOf(revision, position);
    const places = { base: before.at, revision: after.at };
    if (before.isForbidden && after.isForbidden) continue;
    if (after.isForbidden) {
      found.push(difference("items-narrowed", places, { narrowing: true, widening: false }, { name: step }));
    } else if (before.isForbidden) {
      found.push(difference("items-widened", places, { narrowing: false, widening: true }, { name: step }));
    } else found.push(...nested(comparison.compare(before.nodes, after.nodes), step));
  }
  found.push(...compareLimit(base, revision, "minItems", "lower"));
  found.push(...compareLimit(base, revision, "maxItems", "upper"));
  const contains = (shape: Shape) => shape.raws.some(({ schema }) => own(schema, "contains") !== undefined);
  if (contains(base) && contains(revision)) {
    found.push(...compareLimit(base, revision, "minContains", "lower"));
    found.push(...compareLimit(base, revision, "maxContains", "upper"));
  }
  const isUnique = (shape: Shape) => shape.raws.some(({ schema }) => own(schema, "uniqueItems") === true);
  if (isUnique(base) !== isUnique(revision)) {
    const tightened = isUnique(revision);
    found.push(
      difference(
        tightened ? "bound-tightened" : "bound-relaxed",
        placesOf(base, revision, "uniqueItems"),
        { narrowing: tightened, widening: !tightened },
        { keyword: "uniqueItems", from: String(!tightened), to: String(tightened) },
      ),
    );
  }
  return found;
}

/** `prefixItems`, or `items` as a list before 2020-12. */
function prefixOf(schema: Record<string, unknown>): { list: unknown[]; keyword: string } | null {
  for (const keyword of ["prefixItems", "items"]) {
    const list = own(schema, keyword);
    if (Array.isArray(list)) return { list, keyword };
  }
  return null;
}

const prefixLength = (shape: Shape): number =>
  Math.max(0, ...shape.raws.map(({ schema }) => prefixOf(schema)?.list.length ?? 0));

function elementOf(shape: Shape, position: number): Element {
  const element: Element = { isForbidden: false, nodes: [], at: shape.at };
  for (const { schema, at } of shape.raws) {
    const prefix = prefixOf(schema);
    const isPositional = prefix !== null && position < prefix.list.length;
    const keyword = prefix?.keyword === "items" ? "additionalItems" : "items";
    const one = isPositional
      ? prefix.list[position]
      : (own(schema, keyword) ?? own(schema, "unevaluatedItems"));
    if (one === undefined) continue;
    const place = isPositional ? below(at, prefix.keyword, position) : below(at, keyword);
    if (element.nodes.length === 0) element.at = place;
    if (one === false) element.isForbidden = true;
    else element.nodes.push({ schema: one, at: place });
  }
  return element;
}
