import type { AlterObjectSchemaStmt, RenameStmt } from "libpg-query";
import type { Replay } from "./replay.ts";
import { inPath, partsOf } from "./replay-drop.ts";
import { knownTable } from "./replay-table.ts";
import type { Objects } from "./types.ts";

const RELATIONS = ["table", "view", "index", "sequence"] as const;

/** Follows ALTER … RENAME. */
export function rename(replay: Replay, node: RenameStmt) {
  const { state } = replay;
  const to = node.newname ?? "";
  const from = node.subname ?? "";
  switch (node.renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_MATVIEW":
    case "OBJECT_VIEW":
    case "OBJECT_INDEX":
    case "OBJECT_SEQUENCE": {
      const old = replay.nameOf(node.relation);
      moveRelation(replay, old, `${old.slice(0, old.indexOf(".") + 1)}${to}`);
      break;
    }
    case "OBJECT_COLUMN":
      renameColumn(replay, replay.nameOf(node.relation), from, to);
      break;
    case "OBJECT_TABCONSTRAINT": {
      const table = knownTable(replay, replay.nameOf(node.relation));
      const constraint = table.constraints.get(from);
      if (constraint === undefined) break;
      const constraints = new Map(table.constraints);
      constraints.delete(from);
      state.set("table", table.name, {
        ...table,
        constraints: constraints.set(to, { ...constraint, name: to }),
      });
      break;
    }
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE": {
      const kind =
        node.renameType === "OBJECT_TYPE" || node.renameType === "OBJECT_DOMAIN" ? "type" : "function";
      const old = inPath(replay, kind, node.object === undefined ? [] : partsOf(node.object));
      move(replay, kind, old, `${old.slice(0, old.indexOf(".") + 1)}${to}`);
      break;
    }
    case "OBJECT_SCHEMA":
      for (const kind of ["table", "index", "type", "view", "function", "sequence"] as const) {
        for (const { name } of [...state.all(kind)]) {
          if (!name.startsWith(`${from}.`)) continue;
          const next = `${to}${name.slice(from.length)}`;
          if (kind === "table" || kind === "view") moveRelation(replay, name, next);
          else move(replay, kind, name, next);
        }
      }
      state.set("schema", from, undefined);
      state.set("schema", to, { name: to });
      break;
    default:
      break;
  }
}

/** Follows ALTER … SET SCHEMA. */
export function setSchema(replay: Replay, node: AlterObjectSchemaStmt) {
  const schema = node.newschema ?? "";
  if (node.relation !== undefined) {
    const old = replay.nameOf(node.relation);
    const next = `${schema}${old.slice(old.indexOf("."))}`;
    for (const index of replay.state.indexesOf(old)) {
      move(replay, "index", index.name, `${schema}${index.name.slice(index.name.indexOf("."))}`);
    }
    moveRelation(replay, old, next);
    return;
  }
  const kind = node.objectType === "OBJECT_TYPE" || node.objectType === "OBJECT_DOMAIN" ? "type" : "function";
  const old = inPath(replay, kind, node.object === undefined ? [] : partsOf(node.object));
  move(replay, kind, old, `${schema}${old.slice(old.indexOf("."))}`);
}

function move<K extends keyof Objects>(replay: Replay, kind: K, from: string, to: string) {
  const object = replay.state.get(kind, from);
  if (object === undefined || from === to) return;
  replay.state.set(kind, from, undefined);
  replay.state.set(kind, to, { ...object, name: to });
}

/** A relation takes with it whatever points at it. */
function moveRelation(replay: Replay, from: string, to: string) {
  const { state } = replay;
  const indexes = state.indexesOf(from);
  for (const kind of RELATIONS) move(replay, kind, from, to);
  if (state.get("table", to) === undefined) return;
  for (const index of indexes) {
    const own = state.get("index", index.name);
    if (own !== undefined) state.set("index", index.name, { ...own, table: to });
  }
  for (const table of [...state.all("table")]) {
    let next = table;
    for (const constraint of table.constraints.values()) {
      if (constraint.references?.table !== from) continue;
      const references = { ...constraint.references, table: to };
      next = {
        ...next,
        constraints: new Map(next.constraints).set(constraint.name, { ...constraint, references }),
      };
    }
    if (table.parent === from) next = { ...next, parent: to };
    if (next !== table) state.set("table", table.name, next);
  }
  for (const view of [...state.all("view")]) {
    if (!view.reads.includes(from)) continue;
    state.set("view", view.name, { ...view, reads: view.reads.map((name) => (name === from ? to : name)) });
  }
}

function renameColumn(replay: Replay, name: string, from: string, to: string) {
  const { state } = replay;
  if (state.get("view", name) !== undefined) return;
  const table = knownTable(replay, name);
  const column = table.columns.get(from) ?? { name: from, type: undefined, notNull: false };
  const swap = (names: readonly string[]) => names.map((one) => (one === from ? to : one));
  const columns = new Map(
    [...table.columns].map(([key, value]) => (key === from ? [to, { ...column, name: to }] : [key, value])),
  );
  columns.set(to, { ...column, name: to });
  const constraints = new Map(
    [...table.constraints].map(([key, constraint]) => [
      key,
      // The expression keeps the old name in its tree; what is asked of it goes by `columns`.
      { ...constraint, columns: swap(constraint.columns) },
    ]),
  );
  state.set("table", name, { ...table, columns, constraints });
  for (const index of state.indexesOf(name)) {
    state.set("index", index.name, { ...index, columns: swap(index.columns) });
  }
}
