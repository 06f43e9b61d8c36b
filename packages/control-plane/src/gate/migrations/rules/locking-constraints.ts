import type { AlterTableCmd, Constraint } from "libpg-query";
import { CONSTRAINT_CHECKS as CHECKS } from "../checks/locking-constraints.ts";
import { commandsOf, constraintOf, stringsOf } from "../nodes.ts";
import { provenNotNull } from "../not-null.ts";
import type { Rule, RuleContext } from "../types.ts";
import { emitLong, inUse, shown } from "./locking.ts";

const alterTable: Rule = (context) => {
  const { statement, nameOf } = context;
  if (statement.kind !== "AlterTableStmt" || statement.node.objtype !== "OBJECT_TABLE") return;
  const table = nameOf(statement.node.relation);
  const commands = commandsOf(statement.node);
  for (const command of commands) {
    if (command.subtype === "AT_AddConstraint") add(context, table, constraintOf(command));
    else if (command.subtype === "AT_ValidateConstraint") validate(context, table, command, commands);
    else if (command.subtype === "AT_AlterConstraint") enforce(context, table, command);
  }
};

function add(context: RuleContext, table: string, constraint: Constraint | undefined) {
  if (constraint === undefined) return;
  const { before, nameOf, emit } = context;
  const params = { table: shown(table), name: constraint.conname ?? "" };
  const options = { at: constraint.location, params };
  if (constraint.contype === "CONSTR_FOREIGN") {
    if (constraint.skip_validation || constraint.is_enforced !== true) return;
    const other = shown(nameOf(constraint.pktable));
    // A table of this migration without rows has nothing to look up.
    if (inUse(context, table)) {
      emitLong(context, CHECKS.foreignKeyScans, { at: constraint.location, params: { ...params, other } });
    } else if (before.madeHere(table) && !before.isNew(table) && inUse(context, nameOf(constraint.pktable))) {
      emit(CHECKS.foreignKeyOfFilled, { at: constraint.location, params: { ...params, other } });
    }
    return;
  }
  if (!inUse(context, table)) return;
  switch (constraint.contype) {
    case "CONSTR_CHECK":
      if (!constraint.skip_validation) emitLong(context, CHECKS.checkScans, options);
      break;
    case "CONSTR_NOTNULL": {
      const column = stringsOf(constraint.keys)[0] ?? "";
      const proof = provenNotNull(before.get("table", table), column);
      if (!constraint.skip_validation && proof !== "yes") {
        emitLong(context, CHECKS.notNullScans, { at: constraint.location, params: { ...params, column } });
      }
      break;
    }
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE":
      unique(context, table, constraint, options);
      break;
    case "CONSTR_EXCLUSION":
      emitLong(context, CHECKS.exclusionBuilds, options);
      break;
    default:
      break;
  }
}

function unique(
  context: RuleContext,
  table: string,
  constraint: Constraint,
  options: { at: number | undefined; params: Record<string, string> },
) {
  const { before } = context;
  const primary = constraint.contype === "CONSTR_PRIMARY";
  if (constraint.indexname === undefined) {
    emitLong(context, primary ? CHECKS.primaryKeyBuilds : CHECKS.uniqueBuilds, options);
    return;
  }
  if (!primary) return;
  const schema = table.slice(0, table.indexOf(".") + 1);
  const index = before.get("index", schema + constraint.indexname);
  const known = before.get("table", table);
  for (const column of index?.columns ?? []) {
    const nullable = known?.columns.get(column);
    // What the history does not show may well be NOT NULL.
    if (nullable === undefined || provenNotNull(known, column) !== "no") continue;
    if (known?.complete !== true && nullable.type === undefined) continue;
    emitLong(context, CHECKS.primaryKeyNullable, { ...options, params: { ...options.params, column } });
  }
}

function validate(
  context: RuleContext,
  table: string,
  command: AlterTableCmd,
  all: readonly AlterTableCmd[],
) {
  const { before, session, emit } = context;
  if (!inUse(context, table)) return;
  const name = command.name ?? "";
  const constraint = before.get("table", table)?.constraints.get(name);
  const params = { table: shown(table), name };
  const addedHere = all.some(
    (one) => constraintOf(one)?.conname === name && one.subtype === "AT_AddConstraint",
  );
  const sameTransaction =
    constraint !== undefined &&
    !constraint.validated &&
    session.transaction !== undefined &&
    constraint.made?.transaction === session.unit;
  // Whoever splits the two wants them apart; a runner of which nothing is known may well put them together.
  if (addedHere || sameTransaction) emit(CHECKS.validateInSameTransaction, { params });
}

function enforce(context: RuleContext, table: string, command: AlterTableCmd) {
  const change =
    command.def !== undefined && "ATAlterConstraint" in command.def ? command.def.ATAlterConstraint : {};
  if (!change.alterEnforceability || !change.is_enforced || !inUse(context, table)) return;
  emitLong(context, CHECKS.enforceScans, { params: { table: shown(table), name: change.conname ?? "" } });
}

export const lockingConstraintRules: readonly Rule[] = [alterTable];
