import { TRANSACTION_CHECKS as CHECKS } from "../checks/transaction.ts";
import { callsIn, constantOf, walk } from "../nodes.ts";
import type { Part } from "../part.ts";
import { refusesTransaction } from "../simulate.ts";
import type { Rule, Statement, UserType } from "../types.ts";
import { ifFirm } from "./locking.ts";

const CONCURRENTLY: Partial<Record<Statement["kind"], string>> = {
  IndexStmt: "CREATE INDEX CONCURRENTLY",
  DropStmt: "DROP INDEX CONCURRENTLY",
  AlterTableStmt: "DETACH PARTITION CONCURRENTLY",
};
const OTHERS: Partial<Record<Statement["kind"], string>> = {
  ReindexStmt: "REINDEX",
  VacuumStmt: "VACUUM",
  ClusterStmt: "CLUSTER",
  CreatedbStmt: "CREATE DATABASE",
  DropdbStmt: "DROP DATABASE",
  CreateTableSpaceStmt: "CREATE TABLESPACE",
  DropTableSpaceStmt: "DROP TABLESPACE",
  AlterSystemStmt: "ALTER SYSTEM",
  CreateSubscriptionStmt: "CREATE SUBSCRIPTION",
  DropSubscriptionStmt: "DROP SUBSCRIPTION",
};

/** What PostgreSQL refuses inside a transaction block, a DO block or a function. */
const refused: Rule = (context) => {
  const { statement, session, emit } = context;
  if (session.transaction === undefined) return;
  if (!refusesTransaction({ ...statement, within: "script" })) return;
  const concurrently = CONCURRENTLY[statement.kind];
  const what = concurrently ?? OTHERS[statement.kind] ?? statement.kind;
  const check = concurrently === undefined ? CHECKS.refusesTransaction : CHECKS.concurrentlyInTransaction;
  // A DO block or a function is a transaction under every runner.
  emit(check, { params: { what }, ...(statement.within === "script" ? ifFirm(context) : {}) });
};

const control: Rule = (context) => {
  const { statement, session, emit, later } = context;
  if (statement.kind !== "TransactionStmt") return;
  const { kind, chain } = statement.node;
  const by = session.transaction?.by;
  const ends =
    kind === "TRANS_STMT_COMMIT" || kind === "TRANS_STMT_ROLLBACK" || kind === "TRANS_STMT_PREPARE";
  if (statement.within !== "script") {
    const outer = session.wrap !== "none" || by === "begin";
    if (ends && outer) emit(CHECKS.commitInProcedure, session.wrap === "assumed" ? { severity: "warn" } : {});
    return;
  }
  if (kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") {
    if (session.wrap === "per-file") {
      if (by === "runner" && !later.some("TransactionStmt", endsTransaction))
        emit(CHECKS.commitInsideRunner, { severity: "warn" });
    } else if (!later.some("TransactionStmt", endsTransaction)) emit(CHECKS.transactionLeftOpen);
    return;
  }
  if (!ends) return;
  if (by === "runner") emit(CHECKS.commitInsideRunner);
  else if (by === undefined) emit(CHECKS.commitWithoutBegin);
  else if (
    kind === "TRANS_STMT_ROLLBACK" &&
    by === "begin" &&
    !later.some("TransactionStmt", endsTransaction)
  ) {
    emit(CHECKS.transactionRolledBack);
  } else if (chain && !later.some("TransactionStmt", endsTransaction)) emit(CHECKS.transactionLeftOpen);
};

const endsTransaction = (statement: Statement): boolean =>
  statement.kind === "TransactionStmt" &&
  statement.within === "script" &&
  (statement.node.kind === "TRANS_STMT_COMMIT" ||
    statement.node.kind === "TRANS_STMT_ROLLBACK" ||
    statement.node.kind === "TRANS_STMT_PREPARE");

/** A value that ALTER TYPE … ADD VALUE adds may not be used before its transaction has ended. */
const newEnumValue: Rule = (context) => {
  const { statement, before, session, emit } = context;
  if (session.transaction === undefined || statement.kind === "AlterEnumStmt") return;
  if (statement.kind === "CommentStmt" || statement.kind === "CreateFunctionStmt") return;
  const grown: UserType[] = [];
  for (const type of before.all("type")) {
    if (type.lastAdded === session.unit && type.made?.transaction !== session.unit) grown.push(type);
  }
  if (grown.length === 0) return;
  const isNew = (value: string) => grown.some((type) => type.added.get(value)?.transaction === session.unit);
  walk(statement.node, (kind, node) => {
    const text = kind === "A_Const" ? (node.sval as { sval?: string } | undefined)?.sval : undefined;
    if (text !== undefined && isNew(text)) {
      emit(CHECKS.enumValueUsed, {
        at: node.location as number | undefined,
        params: { value: text },
      });
    }
    return undefined;
  });
};

const HARMLESS_SETTINGS =
  /^(lock_timeout|statement_timeout|idle_in_transaction_session_timeout|client_min_messages)$/;

/** What a SET for the session leaves behind for the next migration on the same connection. */
const leak: Rule = ({ statement, session, script, at, later, emit }) => {
  if (statement.within !== "script") return;
  if (statement.kind === "VariableSetStmt") {
    const { kind, is_local, name = "" } = statement.node;
    if (kind !== "VAR_SET_VALUE" || is_local || HARMLESS_SETTINGS.test(name) || !LEAKS.test(name)) return;
    if (session.transaction !== undefined && session.transaction.by !== "assumed" && rollsBack(later)) return;
    if (!later.some(RESETS, (one) => resets(one, name))) emit(CHECKS.settingLeaks, { params: { name } });
    return;
  }
  if (statement.kind !== "SelectStmt" || !/set_config|advisory/.test(statement.text)) return;
  for (const { name, args } of callsIn(statement.node)) {
    const setting = String(constantOf(args[0]) ?? "");
    if (name === "set_config" && constantOf(args[2]) !== true && LEAKS.test(setting)) {
      if (!later.some(RESETS, (one) => resets(one, setting)))
        emit(CHECKS.settingLeaks, { params: { name: setting } });
    }
    if (/^pg_(try_)?advisory_lock(_shared)?$/.test(name)) {
      const released = script.slice(at + 1).some((one) => one.text.includes("pg_advisory_unlock"));
      if (!released) emit(CHECKS.advisoryLockKept);
    }
  }
};

/** Settings by which later statements of the connection mean something else. */
const LEAKS =
  /^(search_path|role|session_authorization|session_replication_role|row_security|check_function_bodies|default_tablespace|default_table_access_method|timezone|standard_conforming_strings|transform_null_equals|synchronous_commit)$/i;

const rollsBack = (later: Part): boolean =>
  later.some("TransactionStmt", (one) => one.node.kind === "TRANS_STMT_ROLLBACK");

const RESETS = ["DiscardStmt", "SelectStmt", "VariableSetStmt"] as const;

function resets(statement: Statement, name: string): boolean {
  if (statement.kind === "DiscardStmt") return true;
  if (statement.kind === "SelectStmt")
    return statement.text.includes("set_config") && statement.text.includes(name);
  if (statement.kind !== "VariableSetStmt") return false;
  return statement.node.kind === "VAR_RESET_ALL" || statement.node.name === name;
}

export const transactionRules: readonly Rule[] = [refused, control, newEnumValue, leak];
