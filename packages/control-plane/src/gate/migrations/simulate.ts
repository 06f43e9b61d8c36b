import type { Node, VariableSetStmt } from "libpg-query";
import { blocksWrites, type Lock } from "./locks.ts";
import { callsIn, constantOf, hasOption } from "./nodes.ts";
import type { HeldLock, Limit, Session } from "./session.ts";
import type { MigrationSettings } from "./settings.ts";
import type { Mark, State } from "./state.ts";
import type { Statement, Transaction } from "./types.ts";

type Values = { lockTimeout: Limit; statementTimeout: Limit; searchPath: readonly string[] };
type Savepoint = { name: string; mark: Mark; set: Values; local: Partial<Values>; locks: number };

/** A simulated session; `session` is what rules see, changed in place by `before` and `after`. */
export type Simulation = {
  session: Session;
  /** Makes the session what it is when the statement starts. */
  before(statement: Statement): void;
  /** Applies what the statement did to the session: `taken` locks, and the table of which it `changed` many rows. */
  after(statement: Statement, taken: readonly Lock[], changed: string | undefined): void;
};

/** Statements that refuse to run inside a transaction block; a reason to believe that the runner opens none. */
export function refusesTransaction(statement: Statement): boolean {
  if (statement.within !== "script") return false;
  switch (statement.kind) {
    case "IndexStmt":
      return statement.node.concurrent === true;
    case "DropStmt":
      return statement.node.concurrent === true;
    case "ReindexStmt":
      return (
        hasOption(statement.node.params, "concurrently") ||
        statement.node.kind === "REINDEX_OBJECT_DATABASE" ||
        statement.node.kind === "REINDEX_OBJECT_SYSTEM" ||
        statement.node.kind === "REINDEX_OBJECT_SCHEMA"
      );
    case "VacuumStmt":
      return statement.node.is_vacuumcmd === true;
    case "ClusterStmt":
      return statement.node.relation === undefined;
    case "CreatedbStmt":
    case "DropdbStmt":
    case "CreateTableSpaceStmt":
    case "DropTableSpaceStmt":
    case "AlterSystemStmt":
    case "CreateSubscriptionStmt":
    case "DropSubscriptionStmt":
      return true;
    case "AlterTableStmt":
      return (statement.node.cmds ?? []).some(
        (command) =>
          "AlterTableCmd" in command &&
          command.AlterTableCmd.subtype === "AT_DetachPartition" &&
          command.AlterTableCmd.def !== undefined &&
          "PartitionCmd" in command.AlterTableCmd.def &&
          command.AlterTableCmd.def.PartitionCmd.concurrent === true,
      );
    default:
      return false;
  }
}

/** How a script is wrapped, from what the runner is known to do and what stands in it. */
export function wrapOf(transaction: Transaction, statements: readonly Statement[]): Session["wrap"] {
  const own = statements.filter((statement) => statement.within === "script");
  switch (transaction) {
    case "per-file":
    case "none":
      return transaction;
    case "implicit":
      // BEGIN in such a message makes an ordinary transaction of it, which its COMMIT ends.
      return own.length > 1 && !own.some(({ kind }) => kind === "TransactionStmt") ? "per-file" : "none";
    case "detected":
      return own.some(refusesTransaction) ? "none" : "per-file";
    case "unknown": {
      const says = own.some(
        (statement) => statement.kind === "TransactionStmt" || refusesTransaction(statement),
      );
      return says || own.length <= 1 ? "none" : "assumed";
    }
  }
}

/** Opens a session for one script. `unit` is the number of its first transaction. */
export function openSession(
  settings: MigrationSettings,
  wrap: Session["wrap"],
  state: State,
  unit: number,
): Simulation {
  const base: Values = {
    lockTimeout: settings.lockTimeout ?? 0,
    statementTimeout: settings.statementTimeout ?? 0,
    searchPath: settings.searchPath,
  };
  let set: Values = { ...base };
  let local: Partial<Values> = {};
  let start: { mark: Mark; set: Values } | undefined;
  let savepoints: Savepoint[] = [];
  let locks: HeldLock[] = [];
  let byTable = new Map<string, HeldLock[]>();
  let blocking: HeldLock[] = [];
  let backfilled = new Set<string>();
  const session: Session = {
    transaction: undefined,
    unit,
    wrap,
    ...set,
    locksOn: (table) => byTable.get(table) ?? [],
    blocking,
    backfilled,
  };

  const refresh = () => Object.assign(session, set, local, { blocking, backfilled });
  const hold = (lock: HeldLock) => {
    const known = byTable.get(lock.table);
    if (known?.some(({ mode }) => mode === lock.mode)) return;
    if (known) known.push(lock);
    else byTable.set(lock.table, [lock]);
    locks.push(lock);
    if (blocksWrites(lock.mode) && !state.madeHere(lock.table)) blocking.push(lock);
  };
  const release = () => {
    locks = [];
    byTable = new Map();
    blocking = [];
  };
  const begin = (by: "begin" | "runner" | "assumed" | "statement") => {
    session.unit += 1;
    session.transaction = { id: session.unit, by };
    start = { mark: state.mark(), set };
  };
  const end = (undo: boolean) => {
    if (undo && start !== undefined) {
      state.rollback(start.mark);
      set = start.set;
    }
    session.transaction = undefined;
    start = undefined;
    local = {};
    savepoints = [];
    release();
    backfilled = new Set();
    refresh();
  };
  if (wrap !== "none") begin(wrap === "per-file" ? "runner" : "assumed");

  const assign = (name: string, values: readonly Node[] | "default", isLocal: boolean) => {
    const key = KEYS[name];
    if (key === undefined) return;
    const value = values === "default" ? base[key] : settingOf(key, values);
    if (isLocal) {
      // Outside a transaction SET LOCAL does nothing but warn.
      if (session.transaction !== undefined) local = { ...local, [key]: value };
    } else {
      set = { ...set, [key]: value };
      const { [key]: _gone, ...others } = local;
      local = others;
    }
    refresh();
  };
  const reset = () => {
    set = { ...base };
    local = {};
    refresh();
  };

  const transaction = (statement: Extract<Statement, { kind: "TransactionStmt" }>) => {
    const { kind, savepoint_name: name = "", chain } = statement.node;
    const by = session.transaction?.by;
    switch (kind) {
      case "TRANS_STMT_BEGIN":
      case "TRANS_STMT_START":
        if (session.transaction === undefined || by === "assumed") begin("begin");
        return;
      case "TRANS_STMT_COMMIT":
      case "TRANS_STMT_PREPARE":
      case "TRANS_STMT_ROLLBACK":
        end(kind === "TRANS_STMT_ROLLBACK");
        if (statement.within !== "script") begin("statement");
        else if (chain) begin("begin");
        return;
      case "TRANS_STMT_SAVEPOINT":
        savepoints.push({ name, mark: state.mark(), set, local, locks: locks.length });
        return;
      case "TRANS_STMT_ROLLBACK_TO": {
        const at = savepoints.findLastIndex((savepoint) => savepoint.name === name);
        const savepoint = savepoints[at];
        if (savepoint === undefined) return;
        state.rollback(savepoint.mark);
        ({ set, local } = savepoint);
        const held = locks.slice(0, savepoint.locks);
        release();
        for (const lock of held) hold(lock);
        savepoints = savepoints.slice(0, at + 1);
        refresh();
        return;
      }
      default:
        return;
    }
  };

  return {
    session,
    before(statement) {
      const by = session.transaction?.by;
      if (statement.within === "script") {
        if (by === "statement") end(false);
        if (session.transaction === undefined) session.unit += 1;
      } else if (session.transaction === undefined) begin("statement");
    },
    after(statement, taken, changed) {
      if (session.transaction !== undefined) {
        if (changed !== undefined) backfilled.add(changed);
        const { line } = statement.place;
        for (const { table, mode } of taken) hold({ table, mode, line });
      }
      if (statement.kind === "TransactionStmt") transaction(statement);
      else if (statement.kind === "VariableSetStmt") setting(statement.node, assign, reset);
      else if (statement.kind === "DiscardStmt" && statement.node.target === "DISCARD_ALL") reset();
      else if (statement.kind === "SelectStmt") {
        for (const call of statement.text.includes("set_config") ? callsIn(statement.node) : []) {
          if (call.name !== "set_config") continue;
          const [name, value, isLocal] = call.args;
          assign(String(constantOf(name)), value === undefined ? [] : [value], constantOf(isLocal) === true);
        }
      }
    },
  };
}

const KEYS: Record<string, keyof Values> = {
  lock_timeout: "lockTimeout",
  statement_timeout: "statementTimeout",
  search_path: "searchPath",
};

function setting(
  node: VariableSetStmt,
  assign: (name: string, values: readonly Node[] | "default", isLocal: boolean) => void,
  reset: () => void,
) {
  const name = (node.name ?? "").toLowerCase();
  if (node.kind === "VAR_RESET_ALL") reset();
  else if (node.kind === "VAR_SET_VALUE") assign(name, node.args ?? [], node.is_local === true);
  else if (node.kind === "VAR_SET_DEFAULT" || node.kind === "VAR_RESET") {
    assign(name, "default", node.is_local === true);
  }
}

function settingOf(key: keyof Values, values: readonly Node[]): Limit | readonly string[] {
  const constants = values.map(constantOf);
  if (key !== "searchPath") return milliseconds(constants[0]);
  const names = constants.flatMap((value) => String(value ?? "").split(","));
  const schemas = names.map((name) => name.trim().replaceAll('"', "")).filter((name) => name !== "");
  // "$user" is rarely a schema, and never one that a migration writes to by accident.
  return schemas.filter((name) => name !== "$user" && name !== "pg_catalog");
}

const UNITS: Record<string, number> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time setting as PostgreSQL reads it: a number of milliseconds, or with a unit. */
export function milliseconds(value: string | number | boolean | null | undefined): Limit {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return "unknown";
  const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value);
  return match === null ? "unknown" : Number(match[1]) * (UNITS[match[2] ?? "ms"] ?? 1);
}
