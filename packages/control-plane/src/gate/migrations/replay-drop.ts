import type { DropStmt, Node } from "libpg-query";
import { relationOf, stringsOf } from "./nodes.ts";
import type { Replay } from "./replay.ts";
import { knownTable } from "./replay-table.ts";
import type { Objects } from "./types.ts";

/** Takes away what DROP names, and with CASCADE what is known to hang on it. */
export function drop(replay: Replay, node: DropStmt) {
  const { state } = replay;
  const cascade = node.behavior === "DROP_CASCADE";
  for (const object of node.objects ?? []) {
    const parts = partsOf(object);
    const relation = () => replay.nameOf(relationOf(parts));
    switch (node.removeType) {
      case "OBJECT_TABLE":
      case "OBJECT_FOREIGN_TABLE":
      case "OBJECT_MATVIEW":
        dropTable(replay, relation(), cascade);
        break;
      case "OBJECT_VIEW":
        state.set("view", relation(), undefined);
        break;
      case "OBJECT_INDEX":
        state.set("index", relation(), undefined);
        state.set("droppedIndex", parts.at(-1) ?? "", { name: parts.at(-1) ?? "" });
        break;
      case "OBJECT_SEQUENCE":
        state.set("sequence", relation(), undefined);
        break;
      case "OBJECT_TYPE":
      case "OBJECT_DOMAIN":
        state.set("type", inPath(replay, "type", parts), undefined);
        break;
      case "OBJECT_FUNCTION":
      case "OBJECT_PROCEDURE":
      case "OBJECT_ROUTINE":
        state.set("function", inPath(replay, "function", parts), undefined);
        break;
      case "OBJECT_SCHEMA":
        dropSchema(replay, parts[0] ?? "", cascade);
        break;
      case "OBJECT_EXTENSION":
        state.set("extension", parts[0] ?? "", undefined);
        break;
      case "OBJECT_POLICY":
      case "OBJECT_TRIGGER": {
        const table = knownTable(replay, replay.nameOf(relationOf(parts.slice(0, -1))));
        const name = parts.at(-1) ?? "";
        const policies = new Map(table.policies);
        const triggers = new Set(table.triggers);
        if (node.removeType === "OBJECT_POLICY") policies.delete(name);
        else triggers.delete(name);
        state.set("table", table.name, { ...table, policies, triggers });
        break;
      }
      default:
        break;
    }
  }
}

/** The parts of the name that an object of DROP has, whatever kind it is. */
export function partsOf(object: Node): string[] {
  if ("List" in object) return stringsOf(object.List.items);
  if ("TypeName" in object) return stringsOf(object.TypeName.names);
  if ("ObjectWithArgs" in object) return stringsOf(object.ObjectWithArgs.objname);
  return "String" in object ? [object.String.sval ?? ""] : [];
}

/** The full name of a type or function: qualified, or the first on the path that exists. */
export function inPath(replay: Replay, kind: "type" | "function", parts: readonly string[]): string {
  if (parts.length > 1) return parts.join(".");
  const found = replay.searchPath.find(
    (schema) => replay.state.get(kind, `${schema}.${parts[0]}`) !== undefined,
  );
  return `${found ?? replay.searchPath[0] ?? "public"}.${parts[0] ?? ""}`;
}

function dropTable(replay: Replay, name: string, cascade: boolean) {
  const { state } = replay;
  for (const index of state.indexesOf(name)) state.set("index", index.name, undefined);
  const children = [...state.all("table")].filter((table) => table.parent === name);
  for (const child of children) dropTable(replay, child.name, cascade);
  if (cascade) {
    for (const view of [...state.all("view")]) {
      if (view.reads.includes(name)) state.set("view", view.name, undefined);
    }
    for (const table of [...state.all("table")]) {
      const constraints = new Map(table.constraints);
      for (const constraint of table.constraints.values()) {
        if (constraint.references?.table === name) constraints.delete(constraint.name);
      }
      if (constraints.size < table.constraints.size)
        state.set("table", table.name, { ...table, constraints });
    }
  }
  state.set("table", name, undefined);
}

const KINDS: readonly (keyof Objects)[] = ["table", "index", "type", "view", "function", "sequence"];

function dropSchema(replay: Replay, schema: string, cascade: boolean) {
  const { state } = replay;
  if (cascade) {
    for (const kind of KINDS) {
      for (const { name } of [...state.all(kind)]) {
        if (name.startsWith(`${schema}.`)) state.set(kind, name, undefined);
      }
    }
  }
  state.set("schema", schema, undefined);
}
