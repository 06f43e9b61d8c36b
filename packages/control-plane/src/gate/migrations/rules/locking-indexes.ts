import { INDEX_CHECKS as CHECKS } from "../checks/locking-indexes.ts";
import { hasOption, relationOf } from "../nodes.ts";
import { partsOf } from "../replay-drop.ts";
import type { Rule } from "../types.ts";
import { emitLong, inUse, shown } from "./locking.ts";

const createIndex: Rule = (context) => {
  const { statement, before, nameOf, emit } = context;
  if (statement.kind !== "IndexStmt") return;
  const { relation, concurrent, idxname, if_not_exists } = statement.node;
  const table = nameOf(relation);
  const params = { table: shown(table), index: idxname ?? "" };
  const known = before.get("table", table);
  const partitioned = known?.kind === "partitioned";
  if (concurrent) {
    if (partitioned) emit(CHECKS.concurrentlyOnPartitioned, { at: relation?.location, params });
    // Once what an earlier try left has been dropped, there is nothing that IF NOT EXISTS would keep.
    const isDropped = before.get("droppedIndex", idxname ?? "") !== undefined;
    if (if_not_exists && !isDropped) emit(CHECKS.concurrentlyIfNotExists, { params });
    return;
  }
  if (!inUse(context, table)) return;
  // ON ONLY marks a partitioned table's index invalid and builds nothing.
  if (relation?.inh !== true && (known === undefined || partitioned || !known.complete)) return;
  if (partitioned) emitLong(context, CHECKS.indexOnPartitioned, { at: relation?.location, params });
  else emitLong(context, CHECKS.indexWithoutConcurrently, { at: relation?.location, params });
};

const dropIndex: Rule = (context) => {
  const { statement, before, nameOf, emit } = context;
  if (statement.kind !== "DropStmt" || statement.node.removeType !== "OBJECT_INDEX") return;
  const { objects = [], concurrent, behavior } = statement.node;
  if (concurrent) {
    if (objects.length > 1 || behavior === "DROP_CASCADE") emit(CHECKS.dropConcurrentlyUnsupported);
    return;
  }
  for (const object of objects) {
    const parts = partsOf(object);
    const index = before.get("index", nameOf(relationOf(parts)));
    if (index !== undefined && !inUse(context, index.table)) continue;
    // What this migration built itself nobody has planned a query with.
    if (index?.made?.migration === before.migration) continue;
    const onPartitioned = index !== undefined && before.get("table", index.table)?.kind === "partitioned";
    emit(CHECKS.dropIndexWithoutConcurrently, {
      params: { index: parts.join("."), table: shown(index?.table ?? "?") },
      // It cannot be dropped concurrently at all.
      ...(onPartitioned ? { severity: "warn" as const } : {}),
    });
  }
};

const reindex: Rule = (context) => {
  const { statement, before, nameOf } = context;
  if (statement.kind !== "ReindexStmt") return;
  const { params, kind, relation, name } = statement.node;
  if (hasOption(params, "concurrently")) return;
  const target = relation === undefined ? (name ?? "") : nameOf(relation);
  if (relation !== undefined) {
    const table = kind === "REINDEX_OBJECT_TABLE" ? target : before.get("index", target)?.table;
    if (table !== undefined && !inUse(context, table)) return;
  }
  emitLong(context, CHECKS.reindexWithoutConcurrently, {
    params: { name: shown(target), table: shown(target) },
  });
};

export const lockingIndexRules: readonly Rule[] = [createIndex, dropIndex, reindex];
