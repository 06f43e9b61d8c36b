import type { DeleteStmt, InsertStmt, MergeStmt, Node, RangeVar, SelectStmt, UpdateStmt } from "libpg-query";
import { DATA_CHECKS as CHECKS } from "../checks/data.ts";
import { relationsOf, walk } from "../nodes.ts";
import type { Migration, Rule, RuleContext, Statement } from "../types.ts";
import { assignedColumns, sameNode } from "./expressions.ts";
import { mentions, type Reach, reachOf, type Target } from "./where.ts";
import { isSelfJoined } from "./where-subqueries.ts";
import { isNow } from "./where-values.ts";

/** What changes rows: at the top of a statement, in its WITH, or in what it explains or prepares. */
type Write =
  | { kind: "delete"; node: DeleteStmt }
  | { kind: "update"; node: UpdateStmt }
  | { kind: "insert"; node: InsertStmt }
  | { kind: "merge"; node: MergeStmt };

const KINDS = {
  DeleteStmt: "delete",
  UpdateStmt: "update",
  InsertStmt: "insert",
  MergeStmt: "merge",
} as const;

const WRITING = new Set(
  "DeleteStmt UpdateStmt InsertStmt MergeStmt SelectStmt CreateTableAsStmt ExplainStmt PrepareStmt CopyStmt".split(
    " ",
  ),
);

/** Every write that a statement does, those of WITH queries too. */
export function writesIn(statement: Statement): Write[] {
  const found: Write[] = [];
  // The bodies of functions and rules run another time.
  if (!WRITING.has(statement.kind)) return found;
  if (statement.kind === "ExplainStmt" && !JSON.stringify(statement.node.options ?? []).includes("analyze"))
    return found;
  const own = KINDS[statement.kind as keyof typeof KINDS];
  // Only a WITH holds further writes.
  if (own !== undefined && !mayHaveCtes(statement)) return [{ kind: own, node: statement.node } as Write];
  walk({ [statement.kind]: statement.node }, (kind, node) => {
    const name = KINDS[kind as keyof typeof KINDS];
    if (name !== undefined) found.push({ kind: name, node } as Write);
    return undefined;
  });
  return found;
}

const mayHaveCtes = (statement: Statement): boolean => /\bwith\b/i.test(statement.text);

function ctesOf(statement: Statement): Map<string, SelectStmt> {
  const ctes = new Map<string, SelectStmt>();
  if (!mayHaveCtes(statement)) return ctes;
  walk({ [statement.kind]: statement.node }, (kind, node) => {
    if (kind !== "CommonTableExpr") return undefined;
    const query = node.ctequery as Node | undefined;
    if (query !== undefined && "SelectStmt" in query) ctes.set(node.ctename as string, query.SelectStmt);
    return undefined;
  });
  return ctes;
}

/** Nobody else has data in it: made by this migration, or temporary. */
export function isOwn(context: RuleContext, relation: RangeVar | undefined): boolean {
  if (relation?.relpersistence === "t" || relation?.schemaname === "pg_temp") return true;
  const table = context.before.get("table", context.nameOf(relation));
  return (
    table?.persistence === "temporary" ||
    (table?.made !== undefined && table.made.migration === context.before.migration)
  );
}

function targetOf(
  context: RuleContext,
  relation: RangeVar | undefined,
  others: readonly Node[] | undefined,
  ctes: ReadonlyMap<string, SelectStmt>,
): Target {
  const table = context.nameOf(relation);
  const alias = relation?.alias?.aliasname;
  const names = alias === undefined ? [relation?.relname ?? ""] : [alias];
  const target: Target = {
    table,
    names: new Set(names),
    state: context.before,
    ctes,
    hasOthers: (others ?? []).length > 0,
    selves: new Set(),
    fullName: (other) => context.nameOf(other),
  };
  const joined = relationsOf(others).filter((one) => isSelfJoined(one, target));
  return { ...target, selves: new Set(joined.map((one) => one.alias?.aliasname ?? one.relname ?? "")) };
}

const locationOf = (relation: RangeVar | undefined) => relation?.location;

const writes: Rule = (context) => {
  const { statement } = context;
  const all = writesIn(statement);
  if (all.length === 0) return;
  const ctes = ctesOf(statement);
  for (const write of all) {
    const relation = write.node.relation;
    const name = context.nameOf(relation);
    if (
      /^pg_catalog\.|^pg_(?:enum|attribute|class|constraint|index|type|proc|depend|trigger|authid)$/.test(
        relation?.schemaname === undefined ? (relation?.relname ?? "") : name,
      )
    ) {
      context.emit(CHECKS.catalogWrite, { at: locationOf(relation), params: { table: name } });
      continue;
    }
    if (isOwn(context, relation) || ctes.has(relation?.relname ?? "")) continue;
    if (write.kind === "delete") deletion(context, write.node, ctes, name);
    if (write.kind === "update") update(context, write.node, ctes, name);
    if (write.kind === "merge") merge(context, write.node, ctes, name);
  }
};

function reach(context: RuleContext, target: Target, where: Node | undefined): Reach {
  const found = reachOf(where, target);
  if (found === "some" && !mentions(where, target)) return "apart";
  // An arbitrary part, again and again until nothing is left.
  return found === "likely" && context.statement.conditional && /\blimit\b/i.test(context.statement.text)
    ? "always"
    : found;
}

const describe = (found: Reach, where: Node | undefined) =>
  where === undefined
    ? { en: "it has no WHERE", ja: "WHEREがない" }
    : found === "apart"
      ? {
          en: "its WHERE does not choose among the rows of the table",
          ja: "WHEREがこの表の行を選り分けていない",
        }
      : { en: "its WHERE is true of every row", ja: "WHEREがすべての行で真になる" };

function deletion(
  context: RuleContext,
  node: DeleteStmt,
  ctes: ReadonlyMap<string, SelectStmt>,
  name: string,
) {
  const target = targetOf(context, node.relation, node.usingClause, ctes);
  const found = reach(context, target, node.whereClause);
  const at = locationOf(node.relation);
  if (found === "never") return;
  if (found === "likely") return context.emit(CHECKS.likelyWholeTable, { at, params: { table: name } });
  if (found === "some") return archived(context, node, name);
  const words = describe(found, node.whereClause);
  const check = isReloaded(context, name) ? CHECKS.deleteAllReload : CHECKS.deleteWithoutWhere;
  context.emit(check, { at, params: { table: name, why: words.en, whyJa: words.ja } });
}

/** A bounded DELETE loses rows all the same; worth a word unless the same rows were copied just before. */
function archived(context: RuleContext, node: DeleteStmt, name: string) {
  const isCopied = context.script
    .slice(Math.max(0, context.at - 200), context.at)
    .some(
      (statement) =>
        statement.kind === "InsertStmt" &&
        statement.node.selectStmt !== undefined &&
        "SelectStmt" in statement.node.selectStmt &&
        sameNode(statement.node.selectStmt.SelectStmt.whereClause, node.whereClause) &&
        relationsOf(statement.node.selectStmt.SelectStmt.fromClause).some(
          (from) => context.nameOf(from) === name,
        ),
    );
  const isMoved = node.returningClause !== undefined && context.statement.kind !== "DeleteStmt";
  if (!isCopied && !isMoved)
    context.emit(CHECKS.rowsDeleted, { at: locationOf(node.relation), params: { table: name } });
}

/** Where each script last fills a table, so that many DELETEs do not each look through all of it. */
const fillsOf = new WeakMap<Migration, ReadonlyMap<string, number>>();

/** Whether the script fills the table again after it was emptied, or in the same statement. */
function isReloaded(context: RuleContext, name: string): boolean {
  const { migration, script } = context;
  let fills = fillsOf.get(migration);
  if (fills === undefined) {
    const last = new Map<string, number>();
    for (const [at, statement] of script.entries()) {
      for (const write of writesIn(statement)) {
        if (write.kind === "insert") last.set(context.nameOf(write.node.relation), at);
      }
      const isLoad = statement.kind === "CopyStmt" && statement.node.is_from === true;
      if (isLoad) last.set(context.nameOf(statement.node.relation), at);
    }
    fills = last;
    fillsOf.set(migration, fills);
  }
  return (fills.get(name) ?? -1) >= context.at;
}

function update(context: RuleContext, node: UpdateStmt, ctes: ReadonlyMap<string, SelectStmt>, name: string) {
  const target = targetOf(context, node.relation, node.fromClause, ctes);
  const found = reach(context, target, node.whereClause);
  const at = locationOf(node.relation);
  if (found === "never") return;
  const columns = assignedColumns(node.targetList);
  const known = context.before.get("table", name)?.columns;
  const isNewColumn = (column: string) => known?.get(column)?.made?.migration === context.before.migration;
  const overwritten = columns.filter((column) => !isNewColumn(column));
  const words = describe(found, node.whereClause);
  const params = { table: name, columns: overwritten.join(", "), why: words.en, whyJa: words.ja };
  if (overwritten.length === 0) {
    // A new column is being filled: nothing is lost, but all rows change in one statement.
    const isBatch =
      found === "some" && (context.statement.conditional || /\blimit\b/i.test(context.statement.text));
    const severity = found === "some" ? ("warn" as const) : ("block" as const);
    if (!isBatch) context.emit(CHECKS.unbatchedBackfill, { at, params: { table: name }, severity });
    return;
  }
  if (found === "likely") return context.emit(CHECKS.likelyWholeTable, { at, params });
  if (found !== "some") return context.emit(CHECKS.updateWithoutWhere, { at, params });
  if (!isBounded(node, overwritten)) context.emit(CHECKS.overwritesValues, { at, params });
}

/** Filling what was empty keeps every value, and a stamp of the time is no value of a user. */
function isBounded(node: UpdateStmt, columns: readonly string[]): boolean {
  const empty = new Set<string>();
  walk(node.whereClause, (kind, inner) => {
    const arg =
      kind === "NullTest" && inner.nulltesttype === "IS_NULL" ? (inner.arg as Node | undefined) : undefined;
    const last = arg !== undefined && "ColumnRef" in arg ? arg.ColumnRef.fields?.at(-1) : undefined;
    if (last !== undefined && "String" in last) empty.add(last.String.sval ?? "");
    return undefined;
  });
  return columns.every((column) => {
    const target = (node.targetList ?? []).find((one) => "ResTarget" in one && one.ResTarget.name === column);
    const value = target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined;
    return empty.has(column) || isNow(value);
  });
}

function merge(context: RuleContext, node: MergeStmt, ctes: ReadonlyMap<string, SelectStmt>, name: string) {
  const target = targetOf(context, node.relation, node.sourceRelation ? [node.sourceRelation] : [], ctes);
  const join = reachOf(node.joinCondition, target);
  for (const clause of node.mergeWhenClauses ?? []) {
    if (!("MergeWhenClause" in clause)) continue;
    const { matchKind, commandType, condition } = clause.MergeWhenClause;
    const isAll = reachOf(condition, target) !== "some" && reachOf(condition, target) !== "never";
    const missing = matchKind === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE";
    const at = locationOf(node.relation);
    if (commandType === "CMD_DELETE" && isAll && (missing || join !== "some")) {
      context.emit(CHECKS.mergeDelete, { at, params: { table: name } });
    } else if (commandType === "CMD_DELETE")
      context.emit(CHECKS.rowsDeleted, { at, params: { table: name } });
    else if (commandType === "CMD_UPDATE" && isAll && (missing || join !== "some")) {
      const words = describe("always", condition);
      const params = { table: name, columns: "", why: words.en, whyJa: words.ja };
      context.emit(CHECKS.updateWithoutWhere, { at, params });
    }
  }
}

const truncation: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "TruncateStmt") return;
  for (const relation of relationsOf(statement.node.relations)) {
    if (isOwn(context, relation)) continue;
    const name = context.nameOf(relation);
    const check = isReloaded(context, name) ? CHECKS.deleteAllReload : CHECKS.truncate;
    const params = { table: name, why: "TRUNCATE empties it", whyJa: "TRUNCATEが空にする" };
    context.emit(check, { at: relation.location, params });
  }
};

export const dataRules: readonly Rule[] = [writes, truncation];
