import { describe, expect, test } from "vitest";
import { compareSchemas } from "./compare.ts";
import type { Difference, Direction, SchemaSource } from "./types.ts";

function differences(base: unknown, revision: unknown, direction: Direction = "both"): Difference[] {
  const source = (root: unknown): SchemaSource => ({
    dialect: "2020-12",
    load: (path) => (path === "schema.json" ? root : undefined),
  });
  const node = (schema: unknown) => ({ schema, at: { path: "schema.json", pointer: "" } });
  return compareSchemas(node(base), node(revision), {
    direction,
    base: source(base),
    revision: source(revision),
  });
}

const brief = (found: Difference[]) =>
  found.map((one) => {
    const signs = `${one.narrowing ? "-" : ""}${one.widening ? "+" : ""}`;
    return `${one.path} ${one.kind} ${signs}${one.inLetterOnly ? "?" : ""}`.trim();
  });

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: "object",
  properties,
  ...more,
});

describe("two schemas", () => {
  test("are the same whatever is renamed, reordered or described", () => {
    const base = {
      ...object({ a: { $ref: "#/$defs/A" }, b: { enum: ["x", "y"] } }, { required: ["a", "b"] }),
      $defs: { A: { type: "string", description: "one" } },
    };
    const revision = {
      title: "T",
      type: ["object"],
      required: ["b", "a"],
      allOf: [{ properties: { b: { type: "string", enum: ["y", "x"] } } }],
      properties: { a: { $ref: "#/$defs/Other" } },
      $defs: { Other: { type: "string", examples: ["1"] } },
    };
    expect(brief(differences(base, revision))).toEqual([]);
  });

  test("that contain themselves are compared once", () => {
    const tree = (leaf: unknown) => ({
      $defs: { Node: object({ leaf, children: { type: "array", items: { $ref: "#/$defs/Node" } } }) },
      $ref: "#/$defs/Node",
    });
    expect(brief(differences(tree({ type: "string" }), tree({ type: "string" })))).toEqual([]);
    expect(brief(differences(tree({ type: "string" }), tree({ type: "integer" })))).toEqual([
      "/leaf type-changed -+",
    ]);
  });

  test("differ in null alone", () => {
    const anyOf = { anyOf: [{ type: "null" }, { type: "string" }] };
    expect(brief(differences({ type: ["string", "null"] }, anyOf))).toEqual([]);
    expect(brief(differences({ type: "string" }, anyOf))).toEqual(["null-added +"]);
    expect(brief(differences(anyOf, { type: "string" }))).toEqual(["null-removed -"]);
  });

  test("differ in a property, by how the other treats what it does not declare", () => {
    const one = object({ a: { type: "string" } });
    const two = object({ a: { type: "string" }, b: { type: "string" } });
    const closed = { additionalProperties: false };
    expect(brief(differences(one, two))).toEqual(["property-added -?"]);
    expect(brief(differences({ ...one, ...closed }, { ...two, ...closed }))).toEqual(["property-added +"]);
    expect(brief(differences({ ...two, ...closed }, { ...one, ...closed }))).toEqual(["property-removed -"]);
    const texts = { additionalProperties: { type: "string" } };
    expect(brief(differences({ ...one, ...texts }, { ...two, ...texts }))).toEqual(["property-added"]);
  });

  test("find the branch that changed, that is gone and that is new", () => {
    const cat = object({ kind: { const: "cat" }, lives: { type: "integer" } }, { required: ["kind"] });
    const dog = object({ kind: { const: "dog" } }, { required: ["kind"] });
    const mute = object({ kind: { const: "cat" }, lives: { type: "string" } }, { required: ["kind"] });
    expect(brief(differences({ oneOf: [cat, dog] }, { oneOf: [dog, cat] }))).toEqual([]);
    expect(brief(differences({ oneOf: [cat, dog] }, { oneOf: [dog, mute] }))).toEqual([
      "/lives type-changed -+",
    ]);
    expect(brief(differences({ oneOf: [cat, dog] }, { oneOf: [cat] }))).toEqual(["branch-removed -"]);
    expect(brief(differences({ oneOf: [cat] }, { oneOf: [cat, dog] }))).toEqual(["branch-added +"]);
  });

  test("whose reference leads nowhere cannot be compared", () => {
    const [found] = differences({ $ref: "#/$defs/Gone" }, { type: "string" });
    expect(found).toMatchObject({ kind: "unresolvable", undecided: true });
  });
});
