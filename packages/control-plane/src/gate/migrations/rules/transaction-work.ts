import type { Node, SelectStmt } from "libpg-query";
import { TRANSACTION_CHECKS as CHECKS } from "../checks/transaction.ts";
import { atLeast } from "../locks.ts";
import { callsIn, columnsIn, commandsOf, conjuncts, constantOf, lastName } from "../nodes.ts";
import { relationsRead } from "../replay.ts";
import type { HeldLock } from "../session.ts";
import type { Rule, RuleContext } from "../types.ts";
import { emitLong, hasRows, ifFirm, inUse, shown } from "./locking.ts";

/** A lock of this transaction for which writers (or everybody) wait until it ends. */
const heldInUse = (context: RuleContext): HeldLock | undefined =>
  context.session.blocking.find((held) => inUse(context, held.table));

/** Changes many rows of tables while DDL of the same transaction keeps them, or others, locked. */
const backfill: Rule = (context) => {
  const { statement, session } = context;
  if (session.transaction === undefined) return;
  const changed = changesManyRows(context);
  if (changed !== undefined) {
    const held = heldInUse(context);
    if (held === undefined) return;
    const params = { table: shown(held.table), changed: shown(changed), mode: held.mode, line: held.line };
    // On the very table that was altered no other runner would make it right either.
    const certain = held.table === changed ? {} : ifFirm(context);
    emitLong(context, CHECKS.ddlAndBackfill, { params, ...certain });
    return;
  }
  // The other way round: row locks of the backfill are held while the DDL waits for everybody.
  const locked = context.locks.find(({ table, mode }) => atLeast(mode, "SHARE") && inUse(context, table));
  if (locked === undefined || session.backfilled.size === 0 || !context.first("backfill-then-ddl")) return;
  const [table = ""] = session.backfilled;
  if (statement.kind === "LockStmt") return;
  const params = {
    table: shown(locked.table),
    changed: shown(table),
    mode: locked.mode,
    line: statement.place.line,
  };
  emitLong(context, CHECKS.ddlAndBackfill, { params, ...(locked.table === table ? {} : ifFirm(context)) });
};

/** The table in use of which a statement changes many rows. */
export function changesManyRows(
  context: Pick<RuleContext, "statement" | "before" | "nameOf" | "settings">,
): string | undefined {
  const { statement } = context;
  if (!CHANGES.has(statement.kind)) return undefined;
  if (!answers.has(statement)) answers.set(statement, manyRowsOf(context));
  return answers.get(statement);
}

const CHANGES = new Set(["UpdateStmt", "DeleteStmt", "MergeStmt", "InsertStmt"]);
/** A rule asks, and then the session: a statement runs but once. */
const answers = new WeakMap<RuleContext["statement"], string | undefined>();

function manyRowsOf(
  context: Pick<RuleContext, "statement" | "before" | "nameOf" | "settings">,
): string | undefined {
  const { statement, nameOf } = context;
  switch (statement.kind) {
    case "UpdateStmt":
    case "DeleteStmt": {
      const table = nameOf(statement.node.relation);
      return inUse(context, table) && !isNarrow(context, table, statement.node.whereClause)
        ? table
        : undefined;
    }
    case "MergeStmt": {
      const table = nameOf(statement.node.relation);
      return inUse(context, table) && readsRows(context, statement.node.sourceRelation) ? table : undefined;
    }
    case "InsertStmt": {
      const table = nameOf(statement.node.relation);
      return inUse(context, table) && insertsMany(context, statement.node.selectStmt) ? table : undefined;
    }
    default:
      return undefined;
  }
}

const asSelect = (node: Node | undefined): SelectStmt | undefined =>
  node !== undefined && "SelectStmt" in node ? node.SelectStmt : undefined;

function insertsMany(
  context: Pick<RuleContext, "before" | "nameOf" | "settings">,
  node: Node | undefined,
): boolean {
  const select = asSelect(node);
  if (select?.fromClause === undefined) return false;
  if (select.limitCount !== undefined) return false;
  const [source] = relationsRead(context, node);
  if (source !== undefined && isNarrow(context, source, select.whereClause)) return false;
  return (
    readsRows(context, node) || callsIn(select.fromClause).some(({ name }) => name === "generate_series")
  );
}

const readsRows = (
  context: Pick<RuleContext, "before" | "nameOf" | "settings">,
  node: Node | undefined,
): boolean => relationsRead(context, node).some((name) => hasRows(context, name));

/** Names of columns that usually name one row. */
const KEY = /^(id|uuid|key|code|slug|name|email|username|login|version)$|_(id|uuid|key|code|slug)$/i;

/** The condition names single rows: a key, or what looks like one, equals constants. */
function isNarrow({ before }: Pick<RuleContext, "before">, table: string, where: Node | undefined): boolean {
  const known = before.get("table", table);
  const keys = new Set<string>();
  for (const constraint of known?.constraints.values() ?? []) {
    if (constraint.kind !== "primary" && constraint.kind !== "unique") continue;
    if (constraint.columns.length === 1) keys.add(constraint.columns[0]!);
  }
  return conjuncts(where).some((condition) => {
    if (!("A_Expr" in condition)) return false;
    const { kind, name, lexpr, rexpr } = condition.A_Expr;
    if (lastName(name) !== "=" || lexpr === undefined || !("ColumnRef" in lexpr)) return false;
    const [column = ""] = columnsIn(lexpr);
    if (!keys.has(column) && !KEY.test(column)) return false;
    if (kind === "AEXPR_IN") return rexpr !== undefined && "List" in rexpr;
    if (kind === "AEXPR_OP_ANY") return columnsIn(rexpr).length === 0;
    return constantOf(rexpr) !== undefined;
  });
}

/** Long work of another kind while a lock is held. */
const work: Rule = (context) => {
  const { statement, before, session, emit } = context;
  if (session.transaction === undefined || statement.handler) return;
  const held = heldInUse(context);
  if (held === undefined) return;
  const what = longWork(context);
  if (what !== undefined) {
    const params = { table: shown(held.table), mode: held.mode, line: held.line, what };
    emitLong(context, CHECKS.workAfterLock, { params, ...ifFirm(context) });
    return;
  }
  if (statement.kind === "LockStmt") return;
  const other = context.locks.find(
    ({ table, mode }) =>
      atLeast(mode, "ACCESS EXCLUSIVE") &&
      inUse(context, table) &&
      session.locksOn(table).length === 0 &&
      before.get("table", table)?.parent !== held.table,
  );
  if (other === undefined || !context.first("several-locks")) return;
  emit(CHECKS.severalLocks, {
    params: { table: shown(held.table), other: shown(other.table), line: held.line },
  });
};

function longWork(context: RuleContext): string | undefined {
  const { statement, before, nameOf, session } = context;
  switch (statement.kind) {
    case "IndexStmt": {
      const table = nameOf(statement.node.relation);
      // On a table in use it is found for itself; here it is what others wait for.
      if (statement.node.concurrent || before.isNew(table)) return undefined;
      return "CREATE INDEX";
    }
    case "AlterTableStmt": {
      const table = nameOf(statement.node.relation);
      for (const command of commandsOf(statement.node)) {
        if (command.subtype !== "AT_ValidateConstraint" || !inUse(context, table)) continue;
        const constraint = before.get("table", table)?.constraints.get(command.name ?? "");
        // The one that was added under this lock has a check of its own.
        if (constraint?.validated || constraint?.made?.transaction === session.unit) continue;
        return "VALIDATE CONSTRAINT";
      }
      return undefined;
    }
    case "RefreshMatViewStmt":
      return "REFRESH MATERIALIZED VIEW";
    case "CreateTableAsStmt":
      if (statement.node.into?.skipData) return undefined;
      return readsRows(context, statement.node.query) ? "CREATE TABLE AS" : undefined;
    case "InsertStmt": {
      const table = nameOf(statement.node.relation);
      if (inUse(context, table)) return undefined;
      return insertsMany(context, statement.node.selectStmt) ? "INSERT … SELECT" : undefined;
    }
    case "CopyStmt":
      return statement.node.is_from ? "COPY" : undefined;
    case "SelectStmt":
      return statement.text.includes("pg_sleep") &&
        callsIn(statement.node).some(({ name }) => /^pg_sleep/.test(name))
        ? "pg_sleep"
        : undefined;
    default:
      return undefined;
  }
}

export const transactionWorkRules: readonly Rule[] = [backfill, work];
