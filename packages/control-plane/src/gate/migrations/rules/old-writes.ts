import type { AlterTableCmd, Node } from "libpg-query";
import { OLD_WRITE_CHECKS as CHECKS } from "../checks/old-writes.ts";
import {
  columnOf,
  columnsIn,
  commandsOf,
  conjuncts,
  constantOf,
  constraintOf,
  constraintsOf,
  typeText,
} from "../nodes.ts";
import type { Column, Rule, RuleContext, Statement } from "../types.ts";
import { contractStep } from "./contract.ts";
import { isOwn } from "./data.ts";
import { isMadeHere } from "./drops.ts";
import { narrowing } from "./types-narrower.ts";

const alter: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "AlterTableStmt" || statement.node.objtype === "OBJECT_TYPE") return;
  if (statement.node.objtype === "OBJECT_INDEX" || isOwn(context, statement.node.relation)) return;
  const table = context.nameOf(statement.node.relation);
  const commands = commandsOf(statement.node);
  for (const command of commands) {
    const column = command.name ?? "";
    const known = context.before.get("table", table)?.columns.get(column);
    switch (command.subtype) {
      case "AT_AddColumn":
        addColumn(context, table, command);
        break;
      case "AT_SetNotNull":
        setNotNull(context, table, column, known, commands);
        break;
      case "AT_ColumnDefault":
        if (command.def === undefined || constantOf(command.def) === null)
          dropDefault(context, table, column, known);
        break;
      case "AT_DropIdentity":
        dropDefault(context, table, column, known ?? { name: column, type: undefined, notNull: true });
        break;
      case "AT_DropExpression":
        context.emit(CHECKS.dropDefault, { params: { table, column }, severity: "warn" });
        break;
      case "AT_AddIdentity":
        if (constraintOf(command)?.generated_when === "a")
          context.emit(CHECKS.identityAlways, { params: { table, column } });
        break;
      case "AT_SetIdentity":
        if (JSON.stringify(command.def ?? {}).includes('"generated"')) {
          context.emit(CHECKS.identityAlways, { params: { table, column } });
        }
        break;
      case "AT_AlterColumnType":
        changeType(context, table, command, known);
        break;
      case "AT_AddConstraint":
        addConstraint(context, table, command);
        break;
    }
  }
};

function addColumn(context: RuleContext, table: string, command: AlterTableCmd) {
  const column = columnOf(command);
  if (column === undefined) return;
  const constraints = constraintsOf(column);
  const has = (type: string) => constraints.some((one) => one.contype === type);
  const name = column.colname ?? "";
  const value = constraints.find((one) => one.contype === "CONSTR_DEFAULT")?.raw_expr;
  const type = typeText(column.typeName) ?? "";
  const isFilled =
    (value !== undefined && constantOf(value) !== null) ||
    has("CONSTR_IDENTITY") ||
    has("CONSTR_GENERATED") ||
    /^(?:small|big)?serial[248]?$/.test(type);
  const isRequired = has("CONSTR_NOTNULL") || has("CONSTR_PRIMARY");
  const params = { table, column: name };
  if (isRequired && !isFilled) context.emit(CHECKS.requiredColumn, { at: column.location, params });
  if (has("CONSTR_UNIQUE") && isFilled && value !== undefined && constantOf(value) !== undefined) {
    context.emit(CHECKS.sameValueUnique, { at: column.location, params });
  }
}

/** Whether a statement of the script gives the column a default. */
const setsDefault = (context: RuleContext, statement: Statement, table: string, column: string): boolean =>
  statement.kind === "AlterTableStmt" &&
  context.nameOf(statement.node.relation) === table &&
  commandsOf(statement.node).some(
    (one) =>
      one.name === column &&
      ((one.subtype === "AT_ColumnDefault" && one.def !== undefined && constantOf(one.def) !== null) ||
        one.subtype === "AT_AddIdentity"),
  );

const getsDefault = (context: RuleContext, table: string, column: string): boolean =>
  setsDefault(context, context.statement, table, column) ||
  context.later.some("AlterTableStmt", (one) => setsDefault(context, one, table, column), table);

const hasDefault = (column: Column | undefined): boolean =>
  column !== undefined &&
  ((column.default !== undefined && constantOf(column.default) !== null) ||
    column.identity === true ||
    column.serial === true ||
    column.generated !== undefined);

/** A trigger made in the script may be what fills it for the old version. */
const hasNewTrigger = (context: RuleContext, table: string): boolean =>
  [context.earlier, context.later].some((part) =>
    part.some(
      "CreateTrigStmt",
      (one) => one.node.row === true && context.nameOf(one.node.relation) === table,
      table,
    ),
  );

function setNotNull(
  context: RuleContext,
  table: string,
  column: string,
  known: Column | undefined,
  commands: readonly AlterTableCmd[],
) {
  if (known?.notNull === true || hasDefault(known) || getsDefault(context, table, column)) return;
  const addedBeside = commands.some(
    (one) => one.subtype === "AT_AddColumn" && columnOf(one)?.colname === column,
  );
  const params = { table, column };
  if ((isMadeHere(context, known?.made) || addedBeside) && !hasNewTrigger(context, table)) {
    context.emit(CHECKS.requiredColumn, { params });
  } else context.emit(CHECKS.notNullOldWrites, { params });
}

function dropDefault(context: RuleContext, table: string, column: string, known: Column | undefined) {
  if (getsDefault(context, table, column)) return;
  if (known !== undefined && !known.notNull) return;
  const dropsNotNull = (one: Statement) =>
    one.kind === "AlterTableStmt" &&
    context.nameOf(one.node.relation) === table &&
    commandsOf(one.node).some((other) => other.subtype === "AT_DropNotNull" && other.name === column);
  if (dropsNotNull(context.statement) || context.later.some("AlterTableStmt", dropsNotNull, table)) return;
  const params = { table, column };
  if (known === undefined) context.emit(CHECKS.dropDefault, { params, severity: "warn" });
  else contractStep(context, `${table}.${column}`, CHECKS.dropDefault, { params });
}

function changeType(context: RuleContext, table: string, command: AlterTableCmd, known: Column | undefined) {
  const column = command.name ?? "";
  if (isMadeHere(context, known?.made)) return;
  const to = typeText(columnOf(command)?.typeName);
  const using = columnOf(command)?.raw_default;
  const params = { table, column, from: known?.type ?? "?", to: to ?? "?" };
  if (using !== undefined && columnsIn(using).length === 0) {
    return context.emit(CHECKS.lossyConversion, { params });
  }
  const found = narrowing(known?.type, to);
  if (found === "narrower") contractStep(context, `${table}.${column}`, CHECKS.typeNarrowed, { params });
  else if (found === "other") contractStep(context, `${table}.${column}`, CHECKS.typeChanged, { params });
  else if (found === "unknown") context.emit(CHECKS.typeMayNarrow, { params });
  if (found !== "wider" && using !== undefined && isLossy(using))
    context.emit(CHECKS.lossyConversion, { params });
}

/** Functions that throw part of a value away. */
const LOSSY =
  /"sval":"(?:left|right|substr|substring|round|trunc|floor|ceil|ceiling|date_trunc|split_part|lower|upper|to_char|btrim|regexp_replace|nullif)"/;
export const isLossy = (using: Node): boolean => LOSSY.test(JSON.stringify(using));

function addConstraint(context: RuleContext, table: string, command: AlterTableCmd) {
  const constraint = constraintOf(command);
  if (constraint === undefined) return;
  const name = constraint.conname ?? "";
  if (constraint.contype === "CONSTR_CHECK") {
    const required = conjuncts(constraint.raw_expr).flatMap((one) =>
      "NullTest" in one && one.NullTest.nulltesttype === "IS_NOT_NULL" ? columnsIn(one) : [],
    );
    const columns = context.before.get("table", table)?.columns;
    for (const column of required) {
      const known = columns?.get(column);
      if (!isMadeHere(context, known?.made) || hasDefault(known) || getsDefault(context, table, column))
        continue;
      if (!hasNewTrigger(context, table)) context.emit(CHECKS.requiredColumn, { params: { table, column } });
    }
    const isNew = columnsIn(constraint.raw_expr).every((column) =>
      isMadeHere(context, columns?.get(column)?.made),
    );
    if (!isNew)
      context.emit(CHECKS.newCheck, {
        params: { table, name },
        ...(constraint.skip_validation && { severity: "info" as const }),
      });
  }
  const isUnique = /^CONSTR_(?:UNIQUE|EXCLUSION|PRIMARY)$/.test(constraint.contype ?? "");
  if (isUnique && constraint.indexname === undefined)
    context.emit(CHECKS.newUnique, { params: { table, name } });
}

const uniqueIndex: Rule = (context) => {
  const { statement } = context;
  if (
    statement.kind !== "IndexStmt" ||
    statement.node.unique !== true ||
    isOwn(context, statement.node.relation)
  )
    return;
  const table = context.nameOf(statement.node.relation);
  context.emit(CHECKS.newUnique, { params: { table, name: statement.node.idxname ?? "" } });
};

const domain: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "AlterDomainStmt" || !["C", "O"].includes(statement.node.subtype ?? "")) return;
  context.emit(CHECKS.newCheck, { params: { table: "domain", name: statement.node.name ?? "" } });
};

export const oldWriteRules: readonly Rule[] = [alter, uniqueIndex, domain];
