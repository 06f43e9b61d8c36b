import type { AlterTableCmd, RangeVar } from "libpg-query";
import { CONTRADICTION_CHECKS as CHECKS } from "../checks/contradictions.ts";
import { columnOf, commandsOf, constraintOf } from "../nodes.ts";
import type { Rule, RuleContext, Table } from "../types.ts";
import { shown } from "./locking.ts";

const SYSTEM = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);
/** Dumps of the whole schema lie beside the migrations that led there. */
const DUMP = /(?:^|\/)(?:schema|structure|dump|baseline|B\d)[^/]*$/i;

/** What fails for certain on the schema that the history left. Only of what runs in any case. */
const contradicts: Rule = (context) => {
  const { statement, before, migration } = context;
  if (statement.within !== "script" || statement.conditional || migration.repeatable) return;
  if (DUMP.test(migration.path)) return;
  switch (statement.kind) {
    case "CreateStmt":
      if (!statement.node.if_not_exists) relation(context, statement.node.relation);
      break;
    case "ViewStmt":
      if (!statement.node.replace) relation(context, statement.node.view);
      break;
    case "IndexStmt": {
      const table = context.nameOf(statement.node.relation);
      const { idxname, if_not_exists } = statement.node;
      const name = `${table.slice(0, table.indexOf("."))}.${idxname}`;
      const isThere = idxname !== undefined && before.get("index", name) !== undefined;
      if (isThere && !if_not_exists) context.emit(CHECKS.isThere, { params: { name: shown(name) } });
      if (isThere) break;
      for (const element of statement.node.indexParams ?? []) {
        if ("IndexElem" in element) needs(context, table, element.IndexElem.name);
      }
      break;
    }
    case "AlterTableStmt":
      if (statement.node.objtype === "OBJECT_TABLE") {
        alter(context, context.nameOf(statement.node.relation), commandsOf(statement.node));
      }
      break;
    case "RenameStmt": {
      const { renameType, relationType, relation: of, subname, newname = "" } = statement.node;
      if (renameType !== "OBJECT_COLUMN" || relationType !== "OBJECT_TABLE") break;
      const table = context.nameOf(of);
      needs(context, table, subname);
      if (complete(context, table)?.columns.has(newname))
        context.emit(CHECKS.isThere, { params: { name: `${shown(table)}.${newname}` } });
      break;
    }
    default:
      break;
  }
};

function relation(context: RuleContext, node: RangeVar | undefined) {
  if (node?.relpersistence === "t") return;
  const name = `${node?.schemaname ?? context.session.searchPath[0] ?? "public"}.${node?.relname ?? ""}`;
  const found = context.before.get("table", name) ?? context.before.get("view", name);
  if (found?.made !== undefined) context.emit(CHECKS.isThere, { params: { name: shown(name) } });
}

const complete = ({ before }: RuleContext, table: string): Table | undefined => {
  const known = before.get("table", table);
  return known?.complete === true && known.kind !== "foreign" && known.kind !== "materialized-view"
    ? known
    : undefined;
};

function needs(context: RuleContext, table: string, column: string | undefined) {
  const known = complete(context, table);
  if (known === undefined || column === undefined || column === "") return;
  if (known.columns.has(column) || SYSTEM.has(column)) return;
  context.emit(CHECKS.isNotThere, { params: { table: shown(table), column } });
}

const ON_COLUMN = new Set([
  "AT_ColumnDefault",
  "AT_SetNotNull",
  "AT_DropNotNull",
  "AT_AlterColumnType",
  "AT_SetStatistics",
  "AT_SetStorage",
  "AT_AddIdentity",
]);

function alter(context: RuleContext, table: string, commands: readonly AlterTableCmd[]) {
  const known = complete(context, table);
  if (known === undefined) return;
  const added = commands.flatMap((one) =>
    one.subtype === "AT_AddColumn" ? (columnOf(one)?.colname ?? "") : [],
  );
  const dropped = (name: string, subtype: string) =>
    commands.some((one) => one.subtype === subtype && one.name === name);
  for (const command of commands) {
    const { subtype = "", missing_ok, name } = command;
    if (subtype === "AT_AddColumn") {
      const column = columnOf(command)?.colname ?? "";
      const isThere = known.columns.has(column) && !dropped(column, "AT_DropColumn");
      if (isThere && !missing_ok)
        context.emit(CHECKS.isThere, { params: { name: `${shown(table)}.${column}` } });
    } else if (subtype === "AT_AddConstraint") {
      const constraint = constraintOf(command)?.conname ?? "";
      const isThere = known.constraints.has(constraint) && !dropped(constraint, "AT_DropConstraint");
      if (isThere) context.emit(CHECKS.isThere, { params: { name: constraint } });
    } else if (ON_COLUMN.has(subtype) || (subtype === "AT_DropColumn" && !missing_ok)) {
      if (!added.includes(name ?? "")) needs(context, table, name);
    }
  }
}

export const contradictionRules: readonly Rule[] = [contradicts];
