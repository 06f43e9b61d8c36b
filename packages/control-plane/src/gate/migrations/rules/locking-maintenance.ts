import type { AlterTableCmd, AlterTableStmt } from "libpg-query";
import { MAINTENANCE_CHECKS as CHECKS } from "../checks/locking-maintenance.ts";
import { blocksWrites } from "../locks.ts";
import { commandsOf, hasOption, relationsOf } from "../nodes.ts";
import { LOCK_MODES } from "../session.ts";
import type { Rule, RuleContext, Table } from "../types.ts";
import { emitLong, inUse, shown } from "./locking.ts";
import { provesBounds } from "./partition-proof.ts";

const REWRITES: Record<string, string> = {
  AT_SetAccessMethod: "SET ACCESS METHOD",
  AT_SetTableSpace: "SET TABLESPACE",
  AT_SetLogged: "SET LOGGED",
  AT_SetUnLogged: "SET UNLOGGED",
};

const rewrites: Rule = (context) => {
  const { statement, nameOf } = context;
  switch (statement.kind) {
    case "AlterTableStmt": {
      const table = nameOf(statement.node.relation);
      if (!inUse(context, table)) return;
      for (const command of commandsOf(statement.node)) {
        const what = REWRITES[command.subtype ?? ""];
        if (what !== undefined)
          emitLong(context, CHECKS.tableRewrite, { params: { table: shown(table), what } });
        partition(context, statement.node, table, command);
      }
      return;
    }
    case "AlterTableMoveAllStmt":
      emitLong(context, CHECKS.tableRewrite, {
        params: { table: statement.node.orig_tablespacename ?? "", what: "SET TABLESPACE" },
      });
      return;
    case "VacuumStmt": {
      if (!hasOption(statement.node.options, "full")) return;
      const tables = (statement.node.rels ?? []).flatMap((one) =>
        "VacuumRelation" in one ? [nameOf(one.VacuumRelation.relation)] : [],
      );
      if (tables.length > 0 && !tables.some((table) => inUse(context, table))) return;
      const params = { table: tables.map(shown).join(", ") || "*", what: "VACUUM FULL" };
      emitLong(context, CHECKS.tableRewrite, { params });
      return;
    }
    case "ClusterStmt": {
      const { relation } = statement.node;
      const table = relation === undefined ? "*" : nameOf(relation);
      if (relation !== undefined && !inUse(context, table)) return;
      emitLong(context, CHECKS.tableRewrite, { params: { table: shown(table), what: "CLUSTER" } });
      return;
    }
    default:
      return;
  }
};

function partition(context: RuleContext, node: AlterTableStmt, parent: string, command: AlterTableCmd) {
  if (node.objtype !== "OBJECT_TABLE" || command.def === undefined || !("PartitionCmd" in command.def))
    return;
  const { before, nameOf, emit } = context;
  const part = command.def.PartitionCmd;
  const child = nameOf(part.name);
  const params = { table: shown(parent), partition: shown(child) };
  const options = { at: part.name?.location, params };
  if (command.subtype === "AT_DetachPartition" && !part.concurrent) {
    // Beside a default partition there is no concurrent way.
    const severity = defaultOf(context, parent) === undefined ? {} : { severity: "warn" as const };
    emit(CHECKS.detachWithoutConcurrently, { ...options, ...severity });
  }
  if (command.subtype !== "AT_AttachPartition") return;
  if (!before.isNew(child) && !provesBounds(before.get("table", child), part.bound)) {
    emitLong(context, CHECKS.attachScans, options);
  }
  scansDefault(context, parent, options);
}

/** Attaching looks through the default partition for rows that now belong to the new one. */
function scansDefault(
  context: RuleContext,
  parent: string,
  options: { at: number | undefined; params: Record<string, string> },
) {
  const standard = defaultOf(context, parent);
  if (standard === undefined || !inUse(context, standard.name) || isProven(standard)) return;
  emitLong(context, CHECKS.defaultPartitionScanned, {
    ...options,
    params: { ...options.params, standard: shown(standard.name) },
  });
}

function defaultOf({ before }: RuleContext, parent: string): Table | undefined {
  for (const table of before.all("table")) {
    if (table.parent === parent && table.isDefaultPartition) return table;
  }
  return undefined;
}

/** A validated CHECK may rule the new bounds out; whether it really does is for PostgreSQL to say. */
const isProven = (table: Table | undefined): boolean =>
  [...(table?.constraints.values() ?? [])].some(({ kind, validated }) => kind === "check" && validated);

const createPartition: Rule = (context) => {
  const { statement, nameOf } = context;
  if (statement.kind !== "CreateStmt" || statement.node.partbound === undefined) return;
  const [parent] = relationsOf(statement.node.inhRelations);
  if (parent === undefined || statement.node.partbound.is_default) return;
  const name = nameOf(parent);
  const params = { table: shown(name), partition: statement.node.relation?.relname ?? "" };
  if (inUse(context, name)) scansDefault(context, name, { at: parent.location, params });
};

const refresh: Rule = (context) => {
  const { statement, before, nameOf } = context;
  if (statement.kind !== "RefreshMatViewStmt") return;
  const name = nameOf(statement.node.relation);
  const view = before.get("table", name);
  if (statement.node.concurrent) {
    const isKnown = view?.kind === "materialized-view" && view.made !== undefined;
    const hasUnique = before.indexesOf(name).some((index) => index.unique && !index.partial);
    if (isKnown && !hasUnique) context.emit(CHECKS.refreshWithoutUnique, { params: { table: shown(name) } });
    return;
  }
  // What was never filled cannot be read, nor be refreshed concurrently.
  const empty = view?.kind === "materialized-view" && !view.filled;
  if (!inUse(context, name) || empty) return;
  emitLong(context, CHECKS.refreshWithoutConcurrently, { params: { table: shown(name) } });
};

const lockTable: Rule = (context) => {
  const { statement, nameOf } = context;
  if (statement.kind !== "LockStmt") return;
  const mode = LOCK_MODES[(statement.node.mode ?? 8) - 1] ?? "ACCESS EXCLUSIVE";
  if (!blocksWrites(mode)) return;
  for (const relation of relationsOf(statement.node.relations)) {
    const table = nameOf(relation);
    if (!inUse(context, table)) continue;
    emitLong(context, CHECKS.lockTable, { at: relation.location, params: { table: shown(table), mode } });
  }
};

export const lockingMaintenanceRules: readonly Rule[] = [rewrites, createPartition, refresh, lockTable];
