import type { AlterTableCmd, DropStmt, Node, RangeVar } from "libpg-query";
import { DROP_CHECKS as CHECKS } from "../checks/drops.ts";
import { DROP_OTHER_CHECKS as OTHERS } from "../checks/drops-other.ts";
import {
  commandsOf,
  constraintOf,
  droppedRelations,
  lastName,
  relationOf,
  stringsOf,
  typeText,
} from "../nodes.ts";
import type { Rule, RuleContext, StatementOf } from "../types.ts";
import { contractStep } from "./contract.ts";
import { isOwn } from "./data.ts";

/** The full name of a type or function: as written, or in the first schema of the path that has it, or in the first. */
export function fullName({ before, session }: RuleContext, parts: readonly string[]): string {
  if (parts.length > 1) return parts.slice(-2).join(".");
  const [name = ""] = parts;
  const schema = session.searchPath.find(
    (one) =>
      before.get("type", `${one}.${name}`) !== undefined ||
      before.get("function", `${one}.${name}`) !== undefined,
  );
  return `${schema ?? session.searchPath[0] ?? "public"}.${name}`;
}

export const isMadeHere = (context: RuleContext, made: { migration: number } | undefined): boolean =>
  made !== undefined && made.migration === context.before.migration;

const namesOf = (objects: readonly Node[] | undefined): string[][] =>
  (objects ?? []).map((node) => {
    if ("List" in node) return stringsOf(node.List.items);
    if ("TypeName" in node) return stringsOf(node.TypeName.names);
    if ("ObjectWithArgs" in node) return stringsOf(node.ObjectWithArgs.objname);
    return stringsOf([node]);
  });

const drop: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "DropStmt") return;
  const { removeType, objects, behavior } = statement.node;
  const cascade = behavior === "DROP_CASCADE";
  if (removeType === "OBJECT_TABLE" || removeType === "OBJECT_FOREIGN_TABLE") {
    for (const relation of droppedRelations(objects)) dropTable(context, relation);
  } else if (removeType === "OBJECT_VIEW" || removeType === "OBJECT_MATVIEW") {
    for (const relation of droppedRelations(objects)) dropView(context, relation);
  } else if (removeType === "OBJECT_SEQUENCE") {
    for (const relation of droppedRelations(objects)) {
      const name = context.nameOf(relation);
      const sequence = context.before.get("sequence", name);
      const owner = sequence?.ownedBy?.replace(/\.[^.]*$/, "");
      if (owner !== undefined && isMadeHere(context, context.before.get("table", owner)?.made)) continue;
      if (createsLater(context, name)) continue;
      contractStep(context, name, CHECKS.dropSequence, { params: { name } });
    }
  } else if (removeType === "OBJECT_INDEX") {
    for (const relation of droppedRelations(objects)) dropIndex(context, relation);
  } else if (removeType === "OBJECT_TYPE" || removeType === "OBJECT_DOMAIN") {
    for (const parts of namesOf(objects)) dropType(context, parts);
  } else if (removeType === "OBJECT_SCHEMA") {
    for (const parts of namesOf(objects)) {
      const name = parts.join(".");
      if (context.before.get("schema", name) !== undefined && schemaIsNew(context, name)) continue;
      contractStep(context, name, CHECKS.dropSchema, { params: { name } });
    }
  } else if (/^OBJECT_(?:FUNCTION|PROCEDURE|ROUTINE|AGGREGATE)$/.test(removeType ?? "")) {
    dropRoutines(context, statement);
  } else dropOther(context, statement.node, cascade);
};

function dropTable(context: RuleContext, relation: RangeVar) {
  if (isOwn(context, relation)) return;
  const name = context.nameOf(relation);
  contractStep(context, name, CHECKS.dropTable, { params: { name } });
}

const CREATES = ["ViewStmt", "CreateTableAsStmt", "CreateSeqStmt", "CreateStmt"] as const;

/** The statement that makes a relation of that name again later in the script. */
function createsLater(context: RuleContext, name: string) {
  return context.later.find(CREATES, (statement) => {
    if (statement.kind === "ViewStmt") return context.nameOf(statement.node.view) === name;
    if (statement.kind === "CreateTableAsStmt") return context.nameOf(statement.node.into?.rel) === name;
    if (statement.kind === "CreateSeqStmt") return context.nameOf(statement.node.sequence) === name;
    return context.nameOf(statement.node.relation) === name;
  });
}

function dropView(context: RuleContext, relation: RangeVar) {
  const name = context.nameOf(relation);
  const view = context.before.get("view", name) ?? context.before.get("table", name);
  if (isMadeHere(context, view?.made)) return;
  const again = createsLater(context, name);
  const params = { name };
  if (again === undefined) return contractStep(context, name, CHECKS.dropView, { params });
  const known = context.before.get("view", name);
  const before = known?.columns ?? selectedNames(known?.query);
  const after =
    again.kind === "ViewStmt" ? selectedNames(again.node.query, stringsOf(again.node.aliases)) : undefined;
  if (before !== undefined && after !== undefined) return lostColumns(context, name, before, after);
  // OR REPLACE would do if the columns stayed; only a materialized view has no such way.
  const isPlain = again.kind === "ViewStmt";
  if (isPlain) contractStep(context, name, CHECKS.viewRecreated, { params });
  else context.emit(CHECKS.viewRecreated, { params, severity: "warn" });
}

function lostColumns(
  context: RuleContext,
  name: string,
  before: readonly string[],
  after: readonly string[],
) {
  const lost = before.filter((column) => !after.includes(column));
  if (lost.length === 0) return;
  contractStep(context, `${name}.${lost[0]}`, CHECKS.viewColumns, {
    params: { name, columns: lost.join(", ") },
  });
}

/** OR REPLACE may only add columns at the end; what else it changes makes it fail. */
const replaceView: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "ViewStmt" || statement.node.replace !== true) return;
  const name = context.nameOf(statement.node.view);
  const known = context.before.get("view", name);
  const before = known?.columns ?? selectedNames(known?.query);
  const after = selectedNames(statement.node.query, stringsOf(statement.node.aliases));
  if (before === undefined || after === undefined) return;
  const lost = before.filter((column, at) => after[at] !== column);
  if (lost.length > 0) context.emit(CHECKS.viewColumns, { params: { name, columns: lost.join(", ") } });
};

/** The names of a query's columns; undefined when one is not plain to see. */
function selectedNames(query: Node | undefined, aliases: readonly string[] = []) {
  if (query === undefined || !("SelectStmt" in query)) return undefined;
  const names = (query.SelectStmt.targetList ?? []).map((target, at) => {
    if (aliases[at] !== undefined) return aliases[at];
    if (!("ResTarget" in target)) return "";
    const { name, val } = target.ResTarget;
    return name ?? (val !== undefined && "ColumnRef" in val ? lastName(val.ColumnRef.fields?.slice(-1)) : "");
  });
  return names.length > 0 && names.every((name) => name !== "") ? names : undefined;
}

function dropIndex(context: RuleContext, relation: RangeVar) {
  const index = context.before.get("index", context.nameOf(relation));
  if (index?.unique !== true || isMadeHere(context, index.made)) return;
  const others = context.before
    .indexesOf(index.table)
    .some(
      (one) =>
        one !== index && one.unique && one.valid && !one.partial && sameColumns(one.columns, index.columns),
    );
  if (!others) context.emit(OTHERS.dropUnique, { params: { name: index.name, table: index.table } });
}

const sameColumns = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((column) => other.includes(column));

function dropType(context: RuleContext, parts: readonly string[]) {
  const name = fullName(context, parts);
  const type = context.before.get("type", name);
  if (isMadeHere(context, type?.made)) return;
  const isReplaced = context.earlier.some(
    "RenameStmt",
    (statement) =>
      /TYPE|DOMAIN/.test(statement.node.renameType ?? "") && statement.node.newname === parts.at(-1),
  );
  // The old half of an exchange: the rename and the new type are judged where they stand.
  if (isReplaced) return;
  contractStep(context, name, CHECKS.dropType, { params: { name } });
}

function schemaIsNew(context: RuleContext, name: string): boolean {
  return context.earlier.some(
    "CreateSchemaStmt",
    (one) => one.node.schemaname === name && one.node.if_not_exists !== true,
  );
}

function dropRoutines(context: RuleContext, statement: StatementOf<"DropStmt">) {
  for (const node of statement.node.objects ?? []) {
    const parts = "ObjectWithArgs" in node ? stringsOf(node.ObjectWithArgs.objname) : stringsOf([node]);
    const name = fullName(context, parts);
    const known = context.before.get("function", name);
    if (isMadeHere(context, known?.made)) continue;
    const again = context.later.find(
      "CreateFunctionStmt",
      (one) => fullName(context, stringsOf(one.node.funcname)) === name,
    );
    const params = { name };
    if (again !== undefined) {
      const required = (again.node.parameters ?? []).filter(
        (one) =>
          "FunctionParameter" in one &&
          one.FunctionParameter.defexpr === undefined &&
          !/_(?:OUT|TABLE)$/.test(one.FunctionParameter.mode ?? ""),
      ).length;
      const given =
        "ObjectWithArgs" in node && node.ObjectWithArgs.args_unspecified !== true
          ? (node.ObjectWithArgs.objargs ?? []).length
          : known?.parameters.length;
      const returns = typeText(again.node.returnType);
      const isOther = known?.returns !== undefined && returns !== undefined && known.returns !== returns;
      const isOtherRow = known !== undefined && tableOf(known.definition) !== tableOf(again.text);
      if (isOther || isOtherRow || (given !== undefined && required > given))
        contractStep(context, name, CHECKS.routineArguments, { params });
      else context.emit(CHECKS.routineRecreated, { params });
      continue;
    }
    // What only triggers call is gone with its trigger.
    const isTriggers =
      known?.returns === "trigger" ||
      (known === undefined &&
        [context.earlier, context.later].some((part) =>
          part.some("DropStmt", (one) => one.node.removeType === "OBJECT_TRIGGER"),
        ));
    contractStep(context, name, CHECKS.dropRoutine, {
      params,
      ...(isTriggers && { severity: "warn" as const }),
    });
  }
}

/** The columns between the brackets of RETURNS TABLE (…), without blanks. */
function tableOf(definition: string): string {
  const start = /\breturns\s+table\s*\(/i.exec(definition);
  if (start === null) return "";
  let depth = 1;
  let at = start.index + start[0].length;
  for (; at < definition.length && depth > 0; at += 1) {
    if (definition[at] === "(") depth += 1;
    if (definition[at] === ")") depth -= 1;
  }
  return definition
    .slice(start.index, at)
    .replace(/\s+/g, " ")
    .replace(/ ?([(),]) ?/g, "$1")
    .toLowerCase();
}

function dropOther(context: RuleContext, node: DropStmt, cascade: boolean) {
  const { removeType } = node;
  for (const parts of namesOf(node.objects)) {
    const name = parts.join(".");
    const onTable = context.nameOf(relationOf(parts.slice(0, -1)));
    const isTableOwn = parts.length > 1 && isOwn(context, relationOf(parts.slice(0, -1)));
    if (removeType === "OBJECT_EXTENSION") {
      context.emit(OTHERS.dropExtension, { params: { name }, severity: cascade ? "block" : "warn" });
    } else if (removeType === "OBJECT_TRIGGER" || removeType === "OBJECT_RULE") {
      const again = context.later.some(
        "CreateTrigStmt",
        (one) => one.node.trigname === parts.at(-1) && context.nameOf(one.node.relation) === onTable,
      );
      const wasMade = context.earlier.some("CreateTrigStmt", (one) => one.node.trigname === parts.at(-1));
      if (!again && !wasMade && !isTableOwn)
        context.emit(OTHERS.dropTrigger, { params: { name: parts.at(-1) ?? "", table: onTable } });
    } else if (removeType === "OBJECT_PUBLICATION" || removeType === "OBJECT_FOREIGN_SERVER") {
      context.emit(OTHERS.dropOther, { params: { name } });
    } else if (
      /^OBJECT_(?:CAST|OPERATOR|COLLATION|EVENT_TRIGGER|FDW|TSCONFIGURATION|TSDICTIONARY)$/.test(
        removeType ?? "",
      )
    ) {
      context.emit(OTHERS.dropOther, { params: { name } });
    }
  }
}

const dropColumns: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "AlterTableStmt" || isOwn(context, statement.node.relation)) return;
  const table = context.nameOf(statement.node.relation);
  const commands = commandsOf(statement.node);
  for (const command of commands) {
    const column = command.name ?? "";
    if (command.subtype === "AT_DropColumn") {
      if (isMadeHere(context, context.before.get("table", table)?.columns.get(column)?.made)) continue;
      contractStep(context, `${table}.${column}`, CHECKS.dropColumn, { params: { table, column } });
    } else if (command.subtype === "AT_DropConstraint") {
      dropKey(context, table, column, commands);
    } else if (command.subtype === "AT_DetachPartition") {
      context.emit(OTHERS.detachPartition, { params: { table } });
    }
  }
};

function dropKey(context: RuleContext, table: string, name: string, commands: readonly AlterTableCmd[]) {
  const constraint = context.before.get("table", table)?.constraints.get(name);
  if (isMadeHere(context, constraint?.made)) return;
  const isPrimary = constraint === undefined ? /_pkey$/.test(name) : constraint.kind === "primary";
  if (!isPrimary && constraint?.kind !== "unique") return;
  const wanted = isPrimary ? "CONSTR_PRIMARY" : "CONSTR_UNIQUE";
  const isWanted = (one: AlterTableCmd) => constraintOf(one)?.contype === wanted;
  const isReplaced =
    commands.some(isWanted) ||
    (context.session.transaction !== undefined &&
      context.later.some(
        "AlterTableStmt",
        (one) => context.nameOf(one.node.relation) === table && commandsOf(one.node).some(isWanted),
        table,
      ));
  const params = { name, table };
  if (isReplaced) return;
  if (isPrimary) contractStep(context, `${table}.${name}`, OTHERS.dropPrimaryKey, { params });
  else context.emit(OTHERS.dropUnique, { params });
}

const dropEverything: Rule = (context) => {
  const { statement } = context;
  if (statement.kind === "DropOwnedStmt")
    context.emit(OTHERS.dropEverything, { params: { what: "DROP OWNED" } });
  if (statement.kind === "DropdbStmt")
    context.emit(OTHERS.dropEverything, { params: { what: "DROP DATABASE" } });
  if (statement.kind === "DropSubscriptionStmt")
    context.emit(OTHERS.dropOther, { params: { name: statement.node.subname ?? "" } });
  if (statement.kind === "DropRoleStmt") {
    const isMade = (role: Node) =>
      "RoleSpec" in role &&
      context.earlier.some("CreateRoleStmt", (one) => one.node.role === role.RoleSpec.rolename);
    if (!(statement.node.roles ?? []).every(isMade)) context.emit(OTHERS.dropRole, {});
  }
};

export const dropRules: readonly Rule[] = [drop, dropColumns, dropEverything, replaceView];
