import type { IndexStmt, Node, RangeVar } from "libpg-query";
import { functionOf } from "./functions.ts";
import { commandsOf, lastName, relationOf, stringsOf, typeText, walk } from "./nodes.ts";
import { drop } from "./replay-drop.ts";
import { rename, setSchema } from "./replay-rename.ts";
import { alterTable, createTable, indexColumns, knownTable, persistence } from "./replay-table.ts";
import type { State } from "./state.ts";
import type { Made, Script, Statement, Table, UserType } from "./types.ts";

/** What replaying one statement needs. */
export type Replay = {
  state: State;
  made: Made;
  searchPath: readonly string[];
  script: Script;
  /** The full name of something that exists, or is supposed to. */
  nameOf(relation: RangeVar | undefined): string;
  /** The full name of something about to be made. */
  newName(relation: RangeVar | undefined): string;
};

/** Applies what a statement does to the schema. What it does to rows is kept only as `filled`. */
export function replayStatement(replay: Replay, statement: Statement) {
  const { state, made } = replay;
  const qualified = (names: readonly Node[] | undefined) => replay.newName(relationOf(stringsOf(names)));
  switch (statement.kind) {
    case "CreateStmt":
      createTable(replay, statement.node);
      break;
    case "CreateForeignTableStmt": {
      const base = statement.node.base;
      if (base === undefined) break;
      createTable(replay, base);
      const name = replay.newName(base.relation);
      const table = state.get("table", name);
      if (table !== undefined) state.set("table", name, { ...table, kind: "foreign" });
      break;
    }
    case "CreateTableAsStmt": {
      const { into, objtype, query, if_not_exists } = statement.node;
      const name = replay.newName(into?.rel);
      if (if_not_exists && state.get("table", name) !== undefined) break;
      const kind = objtype === "OBJECT_MATVIEW" ? "materialized-view" : "table";
      const letter = into?.rel?.relpersistence;
      state.set(
        "table",
        name,
        filledTable(replay, name, { kind, letter, query, filled: into?.skipData !== true }),
      );
      break;
    }
    case "SelectStmt": {
      const into = statement.node.intoClause?.rel;
      if (into === undefined || statement.within !== "script") break;
      const name = replay.newName(into);
      state.set(
        "table",
        name,
        filledTable(replay, name, { kind: "table", letter: into.relpersistence, filled: true }),
      );
      break;
    }
    case "AlterTableStmt":
      alter(replay, statement.node.objtype, statement.node.relation, commandsOf(statement.node));
      break;
    case "IndexStmt":
      createIndex(replay, statement.node);
      break;
    case "RenameStmt":
      rename(replay, statement.node);
      break;
    case "AlterObjectSchemaStmt":
      setSchema(replay, statement.node);
      break;
    case "DropStmt":
      drop(replay, statement.node);
      break;
    case "ViewStmt": {
      const { view, query, aliases } = statement.node;
      const name = replay.newName(view);
      state.set("view", name, {
        name,
        reads: relationsRead(replay, query),
        columns: aliases === undefined ? undefined : stringsOf(aliases),
        ...(query === undefined ? {} : { query }),
        made,
      });
      break;
    }
    case "CreateEnumStmt": {
      const name = qualified(statement.node.typeName);
      const values = stringsOf(statement.node.vals);
      state.set("type", name, { name, kind: "enum", values, added: new Map(), made });
      break;
    }
    case "AlterEnumStmt": {
      const { newVal, oldVal } = statement.node;
      const name = typeName(replay, statement.node.typeName);
      const unknown: UserType = { name, kind: "enum", values: [], added: new Map() };
      const type = state.get("type", name) ?? unknown;
      if (newVal === undefined) break;
      const renamed = type.values.map((value) => (value === oldVal ? newVal : value));
      const values =
        oldVal === undefined && !type.values.includes(newVal) ? [...type.values, newVal] : renamed;
      const isAdded = oldVal === undefined && !type.values.includes(newVal);
      const added = isAdded && {
        added: new Map([...type.added, [newVal, made]]),
        lastAdded: made.transaction,
      };
      state.set("type", name, { ...type, values, ...added });
      break;
    }
    case "CreateDomainStmt": {
      const name = qualified(statement.node.domainname);
      const base = typeText(statement.node.typeName);
      const tests = (statement.node.constraints ?? []).some(
        (one) =>
          "Constraint" in one &&
          one.Constraint.contype !== "CONSTR_DEFAULT" &&
          one.Constraint.contype !== "CONSTR_NULL",
      );
      const of = { ...(base === undefined ? {} : { base }), constrained: tests };
      state.set("type", name, { name, kind: "domain", values: [], added: new Map(), ...of, made });
      break;
    }
    case "AlterDomainStmt": {
      const name = typeName(replay, statement.node.typeName);
      const type = state.get("type", name);
      const adds = statement.node.subtype === "C" || statement.node.subtype === "O";
      if (type !== undefined && adds) state.set("type", name, { ...type, constrained: true });
      break;
    }
    case "CompositeTypeStmt": {
      const name = replay.newName(statement.node.typevar);
      state.set("type", name, { name, kind: "composite", values: [], added: new Map(), made });
      break;
    }
    case "CreateRangeStmt": {
      const name = qualified(statement.node.typeName);
      state.set("type", name, { name, kind: "range", values: [], added: new Map(), made });
      break;
    }
    case "CreateFunctionStmt": {
      const name = qualified(statement.node.funcname);
      const offset = Math.max(replay.script.text.indexOf(statement.text), 0);
      const source = { script: replay.script, text: statement.text, offset };
      state.set("function", name, functionOf(statement.node, name, source, made));
      break;
    }
    case "CreateSchemaStmt": {
      const name = statement.node.schemaname ?? statement.node.authrole?.rolename ?? "";
      state.set("schema", name, { name });
      break;
    }
    case "CreateSeqStmt": {
      const name = replay.newName(statement.node.sequence);
      state.set("sequence", name, { name });
      break;
    }
    case "CreateExtensionStmt": {
      const name = statement.node.extname ?? "";
      state.set("extension", name, { name });
      break;
    }
    case "CreatePolicyStmt": {
      const { policy_name: name = "", cmd_name: command = "all", qual, with_check } = statement.node;
      editTable(replay, statement.node.table, (table) => ({
        policies: new Map(table.policies).set(name, {
          name,
          command,
          ...(qual === undefined ? {} : { using: qual }),
          ...(with_check === undefined ? {} : { check: with_check }),
        }),
      }));
      break;
    }
    case "AlterPolicyStmt": {
      const { policy_name: name = "", qual, with_check } = statement.node;
      editTable(replay, statement.node.table, (table) => {
        const policy = table.policies.get(name) ?? { name, command: "all" };
        const next = {
          ...policy,
          ...(qual === undefined ? {} : { using: qual }),
          ...(with_check === undefined ? {} : { check: with_check }),
        };
        return { policies: new Map(table.policies).set(name, next) };
      });
      break;
    }
    case "CreateTrigStmt":
      editTable(replay, statement.node.relation, (table) => ({
        triggers: new Set([...table.triggers, statement.node.trigname ?? ""]),
      }));
      break;
    case "InsertStmt": {
      const select = statement.node.selectStmt;
      const query = select !== undefined && "SelectStmt" in select ? select.SelectStmt : undefined;
      const fromRows = query?.fromClause !== undefined || query?.op === "SETOP_UNION" || statement.loop;
      if (fromRows) fill(replay, statement.node.relation);
      break;
    }
    case "MergeStmt":
      fill(replay, statement.node.relation);
      break;
    case "CopyStmt":
      if (statement.node.is_from) fill(replay, statement.node.relation);
      break;
    default:
      break;
  }
}

/** The full name of a type; the built-in ones have no entry. */
export function typeName(
  replay: Pick<Replay, "state" | "searchPath">,
  names: readonly Node[] | undefined,
): string {
  const parts = stringsOf(names);
  if (parts.length > 1) return parts.join(".");
  for (const schema of replay.searchPath) {
    const full = `${schema}.${parts[0]}`;
    if (replay.state.get("type", full) !== undefined) return full;
  }
  return `${replay.searchPath[0] ?? "public"}.${parts[0] ?? ""}`;
}

function alter(
  replay: Replay,
  objtype: string | undefined,
  relation: RangeVar | undefined,
  commands: ReturnType<typeof commandsOf>,
) {
  const name = replay.nameOf(relation);
  if (objtype === "OBJECT_INDEX") {
    const index = replay.state.get("index", name);
    const attaches = commands.some((command) => command.subtype === "AT_AttachPartition");
    // The parent's index becomes valid with the last partition's; which one that is, is not followed.
    if (index !== undefined && attaches) replay.state.set("index", name, { ...index, valid: true });
    return;
  }
  if (objtype !== "OBJECT_TABLE" && objtype !== "OBJECT_FOREIGN_TABLE") return;
  if (replay.state.get("view", name) !== undefined || replay.state.get("index", name) !== undefined) return;
  for (const command of commands) alterTable(replay, name, command);
}

function createIndex(replay: Replay, node: IndexStmt) {
  const { state, made } = replay;
  const table = replay.nameOf(node.relation);
  const schema = table.slice(0, table.indexOf(".") + 1);
  const { columns, labels } = indexColumns(node.indexParams);
  const base = [table.slice(schema.length), ...labels, "idx"].join("_");
  let name = schema + (node.idxname ?? base);
  if (node.idxname === undefined) {
    for (let count = 1; state.get("index", name) !== undefined; count += 1) name = `${schema}${base}${count}`;
  } else if (node.if_not_exists && state.get("index", name) !== undefined) return;
  if (node.idxname !== undefined) state.set("droppedIndex", node.idxname, undefined);
  const onlyParent = node.relation?.inh !== true && state.get("table", table)?.kind === "partitioned";
  state.set("index", name, {
    name,
    table,
    columns,
    unique: node.unique === true,
    partial: node.whereClause !== undefined,
    valid: !onlyParent,
    made,
  });
}

function filledTable(
  replay: Replay,
  name: string,
  given: { kind: Table["kind"]; letter: string | undefined; query?: Node | undefined; filled: boolean },
): Table {
  return {
    name,
    kind: given.kind,
    persistence: persistence(given.letter),
    columns: new Map(),
    constraints: new Map(),
    complete: false,
    ...(given.query === undefined ? {} : { query: given.query }),
    rowSecurity: { enabled: false, forced: false },
    policies: new Map(),
    triggers: new Set(),
    made: replay.made,
    filled: given.filled,
  };
}

function editTable(replay: Replay, relation: RangeVar | undefined, edit: (table: Table) => Partial<Table>) {
  const table = knownTable(replay, replay.nameOf(relation));
  replay.state.set("table", table.name, { ...table, ...edit(table) });
}

function fill(replay: Replay, relation: RangeVar | undefined) {
  const name = replay.nameOf(relation);
  const table = replay.state.get("table", name);
  if (table !== undefined && !table.filled) replay.state.set("table", name, { ...table, filled: true });
}

/** Full names of the relations that a query reads, without its own WITH queries. */
export function relationsRead(replay: Pick<Replay, "nameOf">, query: Node | undefined): string[] {
  const own = new Set<string>();
  const found = new Set<string>();
  walk(query, (kind, node) => {
    if (kind === "CommonTableExpr") own.add(String(node.ctename));
    if (kind === "RangeVar") found.add(replay.nameOf(node as RangeVar));
    return undefined;
  });
  return [...found].filter(
    (name) => !own.has(lastName([{ String: { sval: name.split(".").at(-1) ?? "" } }])),
  );
}
