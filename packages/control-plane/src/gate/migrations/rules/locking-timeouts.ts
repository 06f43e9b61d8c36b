import { TIMEOUT_CHECKS as CHECKS } from "../checks/locking-timeouts.ts";
import { atLeast } from "../locks.ts";
import { callsIn, constantOf } from "../nodes.ts";
import { inPeakHours } from "../peak-hours.ts";
import type { Rule, RuleContext, Statement } from "../types.ts";
import { inUse, shown } from "./locking.ts";

/** Locks that make every reader or writer queue up behind the statement while it waits itself. */
const waits: Rule = (context) => {
  const { locks, session, settings, emit, facts } = context;
  const lock = locks.find(({ table, mode }) => atLeast(mode, "SHARE ROW EXCLUSIVE") && inUse(context, table));
  if (lock === undefined) return;
  // The queue is entered once: what the transaction holds already is not waited for again.
  if (session.locksOn(lock.table).some((held) => atLeast(held.mode, lock.mode))) return;
  const params = { table: shown(lock.table), mode: lock.mode };
  if (facts.plannedAt !== undefined && settings.peakHours !== undefined) {
    if (inPeakHours(settings.peakHours, facts.plannedAt))
      emit(CHECKS.peakHours, { params, severity: "warn" });
  }
  const limit = session.lockTimeout;
  if (limit === "unknown") return;
  if (limit > settings.longestLockTimeout) {
    emit(CHECKS.lockTimeoutTooLong, { params: { ...params, limit, longest: settings.longestLockTimeout } });
    return;
  }
  if (limit > 0) return;
  const shortStatement = session.statementTimeout !== "unknown" && session.statementTimeout > 0;
  if (shortStatement && Number(session.statementTimeout) <= settings.longestLockTimeout) return;
  if (mentions(context)) emit(CHECKS.lockTimeoutIneffective, { params });
  else if (context.first("lock-timeout")) emit(CHECKS.noLockTimeout, { params });
};

/** The script deals with lock_timeout, so that whoever wrote it believes to be safe. */
function mentions({ script, session }: RuleContext): boolean {
  const known = scripts.get(session);
  if (known !== undefined) return known;
  const found = script.some(setsLockTimeout);
  scripts.set(session, found);
  return found;
}

/** Answers of `mentions`; each script has a session of its own. */
const scripts = new WeakMap<RuleContext["session"], boolean>();

function setsLockTimeout(statement: Statement): boolean {
  if (statement.kind === "VariableSetStmt") return statement.node.name?.toLowerCase() === "lock_timeout";
  if (statement.kind !== "SelectStmt" || !statement.text.includes("set_config")) return false;
  return callsIn(statement.node).some(
    ({ name, args }) => name === "set_config" && constantOf(args[0]) === "lock_timeout",
  );
}

const setLocal: Rule = ({ statement, session, emit }) => {
  if (statement.kind !== "VariableSetStmt" || statement.node.is_local !== true) return;
  if (session.transaction !== undefined) return;
  emit(CHECKS.setLocalWithoutTransaction, { params: { name: statement.node.name ?? "" } });
};

/** A concurrent build that is cancelled leaves an invalid index behind. */
const cancelsBuild: Rule = ({ statement, session, emit }) => {
  if (statement.kind !== "IndexStmt" || !statement.node.concurrent) return;
  const limit = session.statementTimeout;
  if (limit === 0 || limit === "unknown" || limit >= 3_600_000) return;
  emit(CHECKS.buildMayBeCancelled, { params: { limit, index: statement.node.idxname ?? "" } });
};

export const lockingTimeoutRules: readonly Rule[] = [waits, setLocal, cancelsBuild];
