import type { AlterTableCmd, Constraint, Node } from "libpg-query";
import { COLUMN_CHECKS as CHECKS } from "../checks/locking-columns.ts";
import { CONSTRAINT_CHECKS } from "../checks/locking-constraints.ts";
import { columnOf, commandsOf, constraintsOf, stringsOf, typeText, walk } from "../nodes.ts";
import { provenNotNull } from "../not-null.ts";
import { relationsRead } from "../replay.ts";
import { serialType } from "../replay-table.ts";
import { isConstrainedDomain, typeChange } from "../type-change.ts";
import type { Rule, RuleContext } from "../types.ts";
import { volatilityOf } from "../volatility.ts";
import { emitLong, inUse, shown } from "./locking.ts";

const alterTable: Rule = (context) => {
  const { statement, before, nameOf } = context;
  if (statement.kind !== "AlterTableStmt" || statement.node.objtype !== "OBJECT_TABLE") return;
  const table = nameOf(statement.node.relation);
  if (!inUse(context, table)) return;
  if (before.get("view", table) !== undefined) return;
  for (const command of commandsOf(statement.node)) alter(context, table, command);
};

function alter(context: RuleContext, table: string, command: AlterTableCmd) {
  const { before, emit } = context;
  const column = command.name ?? "";
  const params = { table: shown(table), column };
  const at = { at: undefined, params };
  switch (command.subtype) {
    case "AT_AddColumn":
      addColumn(context, table, command);
      break;
    case "AT_AlterColumnType": {
      const definition = columnOf(command);
      if (definition === undefined) break;
      const old = before.get("table", table)?.columns.get(column)?.type;
      const change = typeChange(old, definition, column, before);
      const to = typeText(definition.typeName) ?? "?";
      const options = { at: definition.location, params: { ...params, from: old ?? "?", to } };
      const view = readBy(context, table, column);
      if (view !== undefined)
        emit(CHECKS.typeChangeRefused, { ...options, params: { ...params, view: shown(view) } });
      if (change === "rewrite") emitLong(context, CHECKS.typeChangeRewrites, options);
      else if (change === "indexes") emitLong(context, CHECKS.typeChangeReindexes, options);
      else if (change === "unknown") emit(CHECKS.typeChangeUnknown, options);
      break;
    }
    case "AT_SetNotNull": {
      const proof = provenNotNull(before.get("table", table), column);
      if (proof === "no") emitLong(context, CHECKS.setNotNullScans, at);
      else if (proof === "perhaps") emit(CHECKS.setNotNullUnseen, at);
      break;
    }
    case "AT_SetExpression": {
      const generated = before.get("table", table)?.columns.get(column)?.generated;
      if (generated !== "virtual") emitLong(context, CHECKS.setExpressionRewrites, at);
      break;
    }
    default:
      break;
  }
}

/** A view (or materialized view) of the history that reads a column. */
function readBy({ before, nameOf }: RuleContext, table: string, column: string): string | undefined {
  const reads = (query: Node | undefined) =>
    relationsRead({ nameOf }, query).includes(table) && mentionsColumn(query, column);
  for (const view of before.all("view")) {
    if (view.reads.includes(table) && mentionsColumn(view.query, column)) return view.name;
  }
  for (const view of before.all("table")) {
    if (view.kind === "materialized-view" && reads(view.query)) return view.name;
  }
  return undefined;
}

function mentionsColumn(query: Node | undefined, column: string): boolean {
  let found = false;
  walk(query, (kind, node) => {
    if (kind === "A_Star") found = true;
    if (kind === "ColumnRef" && stringsOf(node.fields as Node[]).at(-1) === column) found = true;
    return undefined;
  });
  return found;
}

function addColumn(context: RuleContext, table: string, command: AlterTableCmd) {
  const { before, emit } = context;
  const definition = columnOf(command);
  if (definition === undefined) return;
  const column = definition.colname ?? "";
  const known = before.get("table", table)?.columns.has(column) === true;
  if (command.missing_ok && known) return;
  const type = typeText(definition.typeName);
  const params = { table: shown(table), column, type: type ?? "?" };
  const options = { at: definition.location, params };
  if (serialType(type) !== undefined) emitLong(context, CHECKS.addSerialColumn, options);
  const constraints = constraintsOf(definition);
  const value = constraints.find((constraint) => constraint.contype === "CONSTR_DEFAULT")?.raw_expr;
  if (isConstrainedDomain(type, before)) emitLong(context, CHECKS.addDomainColumn, options);
  for (const constraint of constraints)
    inline(context, table, constraint, { ...options, filled: value !== undefined });
  if (value === undefined) return;
  const { kind, name = "" } = volatilityOf(value, before);
  const called = { at: definition.location, params: { ...params, function: name } };
  if (kind === "volatile") emitLong(context, CHECKS.addVolatileDefault, called);
  else if (kind === "unknown") emit(CHECKS.addUnknownDefault, called);
}

type Options = { at: number | undefined; params: Record<string, string>; filled: boolean };

/** A constraint written behind a new column. */
function inline(
  context: RuleContext,
  table: string,
  constraint: Constraint,
  { at, params, filled }: Options,
) {
  const options = { at: constraint.location ?? at, params };
  switch (constraint.contype) {
    case "CONSTR_IDENTITY":
      emitLong(context, CHECKS.addSerialColumn, options);
      break;
    case "CONSTR_GENERATED":
      // PostgreSQL 18 makes them virtual unless STORED is said; before, there were only stored ones.
      if (constraint.generated_kind !== "v") emitLong(context, CHECKS.addStoredColumn, options);
      break;
    case "CONSTR_UNIQUE":
    case "CONSTR_PRIMARY":
      emitLong(context, CONSTRAINT_CHECKS.inlineUnique, options);
      break;
    case "CONSTR_CHECK":
      if (constraint.is_enforced) emitLong(context, CONSTRAINT_CHECKS.inlineCheck, options);
      break;
    case "CONSTR_FOREIGN": {
      if (!constraint.is_enforced) break;
      const other = context.nameOf(constraint.pktable);
      const both = { ...options, params: { ...params, other: shown(other) } };
      // With nothing but nulls in it PostgreSQL checks no row; what is left are two short locks.
      if (filled) emitLong(context, CONSTRAINT_CHECKS.inlineForeignKey, both);
      else if (other !== table) {
        // Without a limit it waits for the second table while nobody can use the first.
        const { lockTimeout, statementTimeout } = context.session;
        const isUnlimited = lockTimeout === 0 && statementTimeout === 0 && inUse(context, other);
        context.emit(CONSTRAINT_CHECKS.inlineForeignKeyLocks, {
          ...both,
          ...(isUnlimited && { severity: "block" as const }),
        });
      }
      break;
    }
    default:
      break;
  }
}

const alterDomain: Rule = (context) => {
  const { statement, before } = context;
  if (statement.kind !== "AlterDomainStmt") return;
  const { subtype, def, typeName } = statement.node;
  const adds = subtype === "C" && def !== undefined && "Constraint" in def && !def.Constraint.skip_validation;
  if (!adds && subtype !== "O") return;
  const name = (typeName ?? []).map((part) => ("String" in part ? part.String.sval : "")).join(".");
  const domain = before.get("type", name.includes(".") ? name : `public.${name}`);
  if (domain?.made?.migration === before.migration) return;
  emitLong(context, CHECKS.domainConstraintScans, { params: { domain: name, table: name } });
};

export const lockingColumnRules: readonly Rule[] = [alterTable, alterDomain];
