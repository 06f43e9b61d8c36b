import type { Node, SelectStmt } from "libpg-query";
import { fold, type Value, type Variables } from "./fold.ts";
import { lastName, stringsOf } from "./nodes.ts";

type Rows = { columns: string[]; values: Value[][] };

/** The rows of a query that needs no table: VALUES, or unnest of an array of constants. */
export function constantRows(select: SelectStmt, variables: Variables): Rows | undefined {
  if (select.valuesLists !== undefined) {
    const values = select.valuesLists.map((list) =>
      "List" in list ? (list.List.items ?? []).map((item) => fold(item, variables)) : [],
    );
    return { columns: [], values };
  }
  if (select.whereClause !== undefined || select.targetList?.length !== 1) return undefined;
  const target = select.targetList[0]!;
  const value = "ResTarget" in target ? target.ResTarget.val : undefined;
  if (value === undefined) return undefined;
  if (select.fromClause === undefined) {
    const label = "ResTarget" in target ? (target.ResTarget.name ?? "unnest") : "unnest";
    return unnested(value, label, variables);
  }
  const [from] = select.fromClause;
  if (select.fromClause.length !== 1 || from === undefined || !("ColumnRef" in value)) return undefined;
  if ("RangeSubselect" in from && from.RangeSubselect.subquery !== undefined) {
    const inner = from.RangeSubselect.subquery;
    const found = "SelectStmt" in inner ? constantRows(inner.SelectStmt, variables) : undefined;
    const columns = stringsOf(from.RangeSubselect.alias?.colnames);
    return found === undefined
      ? undefined
      : { columns: columns.length > 0 ? columns : found.columns, values: found.values };
  }
  if ("RangeFunction" in from) {
    const call = from.RangeFunction.functions?.[0];
    const first = call !== undefined && "List" in call ? call.List.items?.[0] : undefined;
    const alias = from.RangeFunction.alias;
    const label = stringsOf(alias?.colnames)[0] ?? alias?.aliasname ?? "unnest";
    return first === undefined ? undefined : unnested(first, label, variables);
  }
  return undefined;
}

function unnested(call: Node, label: string, variables: Variables): Rows | undefined {
  if (!("FuncCall" in call) || lastName(call.FuncCall.funcname) !== "unnest") return undefined;
  const list = fold(call.FuncCall.args?.[0], variables);
  return list?.kind === "list" ? { columns: [label], values: list.items.map((item) => [item]) } : undefined;
}
