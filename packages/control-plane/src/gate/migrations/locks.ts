import type { AlterTableCmd, Constraint, RangeVar } from "libpg-query";
import {
  columnOf,
  commandsOf,
  constraintOf,
  constraintsOf,
  hasOption,
  relationOf,
  relationsOf,
} from "./nodes.ts";
import { partsOf } from "./replay-drop.ts";
import { LOCK_MODES, type LockMode } from "./session.ts";
import type { State } from "./state.ts";
import type { Statement } from "./types.ts";

/** A lock that a statement takes on a relation, as chapter "Explicit Locking" of PostgreSQL's manual lists them. */
export type Lock = { table: string; mode: LockMode };

type Names = { before: State; nameOf(relation: RangeVar | undefined): string };

/** Whether one mode keeps out everything that another one does. */
export const atLeast = (mode: LockMode, other: LockMode): boolean =>
  LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf(other);

/** What makes applications wait: writers from SHARE on, readers too by ACCESS EXCLUSIVE. */
export const blocksWrites = (mode: LockMode): boolean => atLeast(mode, "SHARE");

/** The locks on relations that a statement takes; those of plain reading are left out. */
export function locksOf(statement: Statement, names: Names): Lock[] {
  const { before, nameOf } = names;
  const on = (relation: RangeVar | undefined, mode: LockMode): Lock[] => [{ table: nameOf(relation), mode }];
  switch (statement.kind) {
    case "CreateStmt": {
      const locks = (statement.node.tableElts ?? []).flatMap((element) => {
        if ("Constraint" in element) return referenced(element.Constraint, nameOf);
        if ("ColumnDef" in element) {
          return constraintsOf(element.ColumnDef).flatMap((constraint) => referenced(constraint, nameOf));
        }
        return [];
      });
      const isPartition = statement.node.partbound !== undefined;
      for (const parent of relationsOf(statement.node.inhRelations)) {
        locks.push({
          table: nameOf(parent),
          mode: isPartition ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE",
        });
      }
      return locks;
    }
    case "AlterTableStmt": {
      const { objtype, relation } = statement.node;
      if (objtype === "OBJECT_INDEX") {
        const index = before.get("index", nameOf(relation));
        return index === undefined ? [] : [{ table: index.table, mode: "SHARE UPDATE EXCLUSIVE" }];
      }
      if (objtype !== "OBJECT_TABLE" && objtype !== "OBJECT_MATVIEW" && objtype !== "OBJECT_FOREIGN_TABLE") {
        return objtype === "OBJECT_VIEW" ? on(relation, "ACCESS EXCLUSIVE") : [];
      }
      const table = nameOf(relation);
      return commandsOf(statement.node).flatMap((command) => commandLocks(command, table, names));
    }
    case "IndexStmt":
      return on(statement.node.relation, statement.node.concurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE");
    case "DropStmt":
      return dropLocks(statement.node, names);
    case "RenameStmt": {
      const { renameType, relation } = statement.node;
      if (relation === undefined) return [];
      if (renameType === "OBJECT_INDEX") return [];
      return on(relation, "ACCESS EXCLUSIVE");
    }
    case "AlterObjectSchemaStmt":
      return statement.node.relation === undefined ? [] : on(statement.node.relation, "ACCESS EXCLUSIVE");
    case "CreateTrigStmt":
      return on(statement.node.relation, "SHARE ROW EXCLUSIVE");
    case "CreatePolicyStmt":
    case "AlterPolicyStmt":
      return on(statement.node.table, "ACCESS EXCLUSIVE");
    case "RuleStmt":
      return on(statement.node.relation, "ACCESS EXCLUSIVE");
    case "TruncateStmt":
      return relationsOf(statement.node.relations).flatMap((relation) => on(relation, "ACCESS EXCLUSIVE"));
    case "LockStmt": {
      const mode = LOCK_MODES[(statement.node.mode ?? 8) - 1] ?? "ACCESS EXCLUSIVE";
      return relationsOf(statement.node.relations).flatMap((relation) => on(relation, mode));
    }
    case "ClusterStmt":
      return statement.node.relation === undefined ? [] : on(statement.node.relation, "ACCESS EXCLUSIVE");
    case "VacuumStmt": {
      const full = hasOption(statement.node.options, "full");
      return (statement.node.rels ?? []).flatMap((one) =>
        "VacuumRelation" in one
          ? on(one.VacuumRelation.relation, full ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE")
          : [],
      );
    }
    case "ReindexStmt": {
      const { relation, kind, params } = statement.node;
      if (relation === undefined) return [];
      const mode = hasOption(params, "concurrently") ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
      if (kind === "REINDEX_OBJECT_TABLE") return on(relation, mode);
      const index = before.get("index", nameOf(relation));
      return index === undefined ? [] : [{ table: index.table, mode }];
    }
    case "RefreshMatViewStmt":
      return on(statement.node.relation, statement.node.concurrent ? "EXCLUSIVE" : "ACCESS EXCLUSIVE");
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
    case "MergeStmt":
      return on(statement.node.relation, "ROW EXCLUSIVE");
    case "CopyStmt":
      return statement.node.is_from ? on(statement.node.relation, "ROW EXCLUSIVE") : [];
    default:
      return [];
  }
}

function referenced(constraint: Constraint, nameOf: Names["nameOf"]): Lock[] {
  if (constraint.contype !== "CONSTR_FOREIGN") return [];
  return [{ table: nameOf(constraint.pktable), mode: "SHARE ROW EXCLUSIVE" }];
}

function commandLocks(command: AlterTableCmd, table: string, { before, nameOf }: Names): Lock[] {
  switch (command.subtype) {
    case "AT_AddConstraint": {
      const constraint = constraintOf(command);
      if (constraint?.contype !== "CONSTR_FOREIGN") return [{ table, mode: "ACCESS EXCLUSIVE" }];
      return [{ table, mode: "SHARE ROW EXCLUSIVE" }, ...referenced(constraint, nameOf)];
    }
    case "AT_AddColumn": {
      const column = columnOf(command);
      const foreign =
        column === undefined ? [] : constraintsOf(column).flatMap((one) => referenced(one, nameOf));
      return [{ table, mode: "ACCESS EXCLUSIVE" }, ...foreign];
    }
    case "AT_ValidateConstraint": {
      const constraint = before.get("table", table)?.constraints.get(command.name ?? "");
      const other = constraint?.references?.table;
      const locks: Lock[] = [{ table, mode: "SHARE UPDATE EXCLUSIVE" }];
      return other === undefined ? locks : [...locks, { table: other, mode: "ROW SHARE" }];
    }
    case "AT_AttachPartition": {
      const partition =
        command.def !== undefined && "PartitionCmd" in command.def ? command.def.PartitionCmd : {};
      const locks: Lock[] = [
        { table, mode: "SHARE UPDATE EXCLUSIVE" },
        { table: nameOf(partition.name), mode: "ACCESS EXCLUSIVE" },
      ];
      for (const child of before.all("table")) {
        if (child.parent === table && child.isDefaultPartition) {
          locks.push({ table: child.name, mode: "ACCESS EXCLUSIVE" });
        }
      }
      return locks;
    }
    case "AT_DetachPartition": {
      const partition =
        command.def !== undefined && "PartitionCmd" in command.def ? command.def.PartitionCmd : {};
      const mode = partition.concurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
      return [
        { table, mode },
        { table: nameOf(partition.name), mode: "ACCESS EXCLUSIVE" },
      ];
    }
    case "AT_SetStatistics":
    case "AT_SetOptions":
    case "AT_ResetOptions":
    case "AT_SetRelOptions":
    case "AT_ResetRelOptions":
    case "AT_ClusterOn":
    case "AT_DropCluster":
    case "AT_DetachPartitionFinalize":
      return [{ table, mode: "SHARE UPDATE EXCLUSIVE" }];
    case "AT_EnableTrig":
    case "AT_EnableAlwaysTrig":
    case "AT_EnableReplicaTrig":
    case "AT_EnableTrigAll":
    case "AT_EnableTrigUser":
    case "AT_DisableTrig":
    case "AT_DisableTrigAll":
    case "AT_DisableTrigUser":
      return [{ table, mode: "SHARE ROW EXCLUSIVE" }];
    default:
      return [{ table, mode: "ACCESS EXCLUSIVE" }];
  }
}

function dropLocks(
  node: Extract<Statement, { kind: "DropStmt" }>["node"],
  { before, nameOf }: Names,
): Lock[] {
  return (node.objects ?? []).flatMap((object): Lock[] => {
    const parts = partsOf(object);
    switch (node.removeType) {
      case "OBJECT_TABLE":
      case "OBJECT_FOREIGN_TABLE":
      case "OBJECT_MATVIEW":
      case "OBJECT_VIEW":
        return [{ table: nameOf(relationOf(parts)), mode: "ACCESS EXCLUSIVE" }];
      case "OBJECT_INDEX": {
        const index = before.get("index", nameOf(relationOf(parts)));
        if (index === undefined) return [];
        return [
          { table: index.table, mode: node.concurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE" },
        ];
      }
      case "OBJECT_TRIGGER":
      case "OBJECT_POLICY":
      case "OBJECT_RULE":
        return [{ table: nameOf(relationOf(parts.slice(0, -1))), mode: "ACCESS EXCLUSIVE" }];
      default:
        return [];
    }
  });
}
