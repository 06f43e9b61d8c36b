import { type Comparison, difference } from "./differences.ts";
import { below, isRecord, own } from "./resolve.ts";
import type { Shape } from "./shape.ts";
import type { Difference, Location, SchemaNode } from "./types.ts";

/** Keywords that restrict further: each one that is new narrows, each one that is gone widens. */
type Condition = { key: string; at: Location; parts: Record<string, SchemaNode> };

const PARTS: Record<string, readonly string[]> = {
  if: ["if", "then", "else"],
  not: ["not"],
  contains: ["contains"],
};

/** `not`, `if`/`then`/`else`, `contains` and `dependentSchemas` of two shapes. What they mean together is undecided. */
export function compareConditions(comparison: Comparison, base: Shape, revision: Shape): Difference[] {
  const before = conditionsOf(base);
  const after = conditionsOf(revision);
  const found: Difference[] = [];
  const rest = [...after];
  for (const condition of before) {
    const same = rest.filter((one) => one.key === condition.key);
    const scored = same.map((one) => ({ one, differences: compareParts(comparison, condition, one) }));
    const best = scored.sort((a, b) => a.differences.length - b.differences.length)[0];
    if (!best) {
      const places = { base: condition.at, revision: revision.at };
      const flags = { narrowing: false, widening: true };
      const params = { keyword: condition.key, from: shown(condition), to: "–" };
      found.push(difference("condition-removed", places, flags, params));
      continue;
    }
    rest.splice(rest.indexOf(best.one), 1);
    found.push(...best.differences);
  }
  for (const condition of rest) {
    const places = { base: base.at, revision: condition.at };
    const flags = { narrowing: true, widening: false };
    const params = { keyword: condition.key, from: "–", to: shown(condition) };
    found.push(difference("condition-added", places, flags, params));
  }
  return found;
}

function conditionsOf(shape: Shape): Condition[] {
  const found: Condition[] = [];
  for (const { schema, at } of shape.raws) {
    for (const [key, names] of Object.entries(PARTS)) {
      if (own(schema, key) === undefined || (key === "contains" && shape.type !== "array")) continue;
      const parts: Record<string, SchemaNode> = {};
      for (const name of names) parts[name] = { schema: own(schema, name) ?? true, at: below(at, name) };
      if (key !== "if" || own(schema, "then") !== undefined || own(schema, "else") !== undefined) {
        found.push({ key, at: below(at, key), parts });
      }
    }
    if (shape.type !== "object") continue;
    for (const keyword of ["dependentSchemas", "dependencies"]) {
      const map = own(schema, keyword);
      if (!isRecord(map)) continue;
      for (const [name, part] of Object.entries(map)) {
        if (Array.isArray(part)) continue;
        const place = below(at, keyword, name);
        found.push({
          key: `dependentSchemas ${name}`,
          at: place,
          parts: { each: { schema: part, at: place } },
        });
      }
    }
  }
  return found;
}

/** Its first part as it is written, cut short. */
function shown(condition: Condition): string {
  const text = JSON.stringify(Object.values(condition.parts)[0]?.schema) ?? "";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function compareParts(comparison: Comparison, before: Condition, after: Condition): Difference[] {
  const places = { base: before.at, revision: after.at };
  const inner = (name: string) => {
    const [one, other] = [before.parts[name], after.parts[name]];
    return one && other
      ? comparison.compare([one], [other]).filter((part) => part.narrowing || part.widening)
      : [];
  };
  const params = { keyword: before.key, from: shown(before), to: shown(after) };
  if (before.key === "not") {
    const differences = inner("not");
    if (differences.length === 0) return [];
    if (differences.some((one) => one.undecided)) return [undecided(places, params)];
    // What is forbidden turns the direction round.
    const narrowing = differences.some((one) => one.widening);
    const widening = differences.some((one) => one.narrowing);
    const kind = narrowing ? (widening ? "condition-changed" : "condition-added") : "condition-removed";
    return [difference(kind, places, { narrowing, widening }, params)];
  }
  if (before.key === "if" && inner("if").length > 0) return [undecided(places, params)];
  return ["then", "else", "contains", "each"].flatMap(inner);
}

const undecided = (
  places: { base: Location; revision: Location },
  params: Record<string, string>,
): Difference =>
  difference("condition-changed", places, { narrowing: true, widening: true, undecided: true }, params);
