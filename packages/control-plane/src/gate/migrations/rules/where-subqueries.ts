import type { Node, RangeVar, SelectStmt, SubLink } from "libpg-query";
import { lastName, stringsOf, walk } from "../nodes.ts";
import { columnNames } from "./expressions.ts";
import { mentions, ownColumn, type Reach, reachOf, type Target } from "./where.ts";

/** How much of the table a condition with a subquery reaches. */
export function subquery(link: SubLink, target: Target): Reach {
  const query =
    link.subselect !== undefined && "SelectStmt" in link.subselect ? link.subselect.SelectStmt : undefined;
  if (query === undefined) return "some";
  if (query.whereClause !== undefined && reachOf(query.whereClause, target) === "never") return "never";
  if (link.subLinkType === "ANY_SUBLINK") {
    const operator = lastName(link.operName);
    return operator === "" || operator === "=" ? fromSelf(link.testexpr, link, target) : "some";
  }
  if (link.subLinkType !== "EXISTS_SUBLINK") return mentions({ SubLink: link }, target) ? "some" : "apart";
  if ((query.fromClause ?? []).length === 0 && query.whereClause === undefined) return "always";
  const inner = sourceOf(query, target);
  // EXISTS (SELECT FROM t AS o WHERE o.id = t.id): every row finds itself.
  if (inner?.table === target.table && isSelfJoin(query.whereClause, inner.alias, target)) return "always";
  return mentionsOuter(query, target) ? "some" : "apart";
}

/** In a subquery bare names are the subquery's own, unless it has no relation. */
function mentionsOuter(query: SelectStmt, target: Target): boolean {
  let found = false;
  const own = new Set<string>();
  walk(query.fromClause, (kind, node) => {
    if (kind === "RangeVar")
      own.add((node.alias as { aliasname?: string })?.aliasname ?? (node.relname as string));
    return undefined;
  });
  walk(query, (kind, node) => {
    if (kind !== "ColumnRef") return undefined;
    const parts = stringsOf(node.fields as Node[]);
    const qualifier = parts.at(-2);
    if (qualifier !== undefined) found ||= target.names.has(qualifier) && !own.has(qualifier);
    else if (parts[0] !== undefined) {
      const inner = sourceOf(query, target);
      const table = inner === undefined ? undefined : target.state.get("table", inner.table);
      const outer = target.state.get("table", target.table);
      found ||=
        table?.complete === true
          ? !table.columns.has(parts[0])
          : outer === undefined
            ? false
            : !outer.complete
              ? false
              : outer.columns.has(parts[0]);
    }
    return false;
  });
  return found;
}

/** The one relation that a query reads, through a WITH query of the same shape. */
function sourceOf(
  query: SelectStmt,
  target: Target,
  depth = 0,
): { table: string; alias: string; query: SelectStmt } | undefined {
  const [from, more] = query.fromClause ?? [];
  if (from === undefined || more !== undefined) return undefined;
  if ("RangeVar" in from) {
    const name = from.RangeVar.relname ?? "";
    const alias = from.RangeVar.alias?.aliasname ?? name;
    const cte = from.RangeVar.schemaname === undefined ? target.ctes.get(name) : undefined;
    if (cte !== undefined && depth < 5) {
      const inner = isWhole(query, target, alias) ? sourceOf(cte, target, depth + 1) : undefined;
      return inner && { ...inner, alias };
    }
    return { table: target.fullName(from.RangeVar), alias, query };
  }
  if ("RangeSubselect" in from && depth < 5) {
    const inner = from.RangeSubselect.subquery;
    if (inner === undefined || !("SelectStmt" in inner)) return undefined;
    const found = sourceOf(inner.SelectStmt, target, depth + 1);
    return found && isWhole(query, target, from.RangeSubselect.alias?.aliasname ?? "")
      ? { ...found, alias: "" }
      : undefined;
  }
  return undefined;
}

/** `x IN (SELECT x FROM the same table)`, without a condition of its own. */
export function fromSelf(left: Node | undefined, link: SubLink, target: Target): Reach {
  const query =
    link.subselect !== undefined && "SelectStmt" in link.subselect ? link.subselect.SelectStmt : undefined;
  const columns =
    left !== undefined && "RowExpr" in left
      ? (left.RowExpr.args ?? []).map((one) => ownColumn(one, target))
      : [ownColumn(left, target)];
  const [column] = columns;
  const source = query && sourceOf(query, target);
  if (query === undefined || column === undefined) {
    return left !== undefined && mentions(left, target)
      ? "some"
      : query && mentionsOuter(query, target)
        ? "some"
        : "apart";
  }
  if (source === undefined || source.table !== target.table) return "some";
  const selected = columnNames(query.targetList);
  const isStar = selected.length === 1 && selected[0] === "*" && columns.length === 1;
  if (!isStar && String(selected) !== String(columns)) return "some";
  if (!isWhole(query, target, source.alias) || !isWhole(source.query, target, source.alias)) return "some";
  // Any rows, as many as it says.
  return isLimited(query) || isLimited(source.query) ? "likely" : "always";
}

const isLimited = (query: SelectStmt): boolean =>
  query.limitCount !== undefined || query.limitOffset !== undefined;

function isWhole(query: SelectStmt, target: Target, alias: string): boolean {
  if (query.havingClause !== undefined || query.groupClause !== undefined || query.op === "SETOP_EXCEPT")
    return false;
  const names = new Set([...target.names, alias]);
  return reachOf(query.whereClause, { ...target, names, hasOthers: false }) === "always";
}

function isSelfJoin(where: Node | undefined, alias: string, target: Target): boolean {
  if (where === undefined) return true;
  if (!("A_Expr" in where) || lastName(where.A_Expr.name) !== "=") return false;
  const sides = [where.A_Expr.lexpr, where.A_Expr.rexpr].map((side) =>
    side !== undefined && "ColumnRef" in side ? stringsOf(side.ColumnRef.fields) : [],
  );
  const [one = [], other = []] = sides;
  const qualifiers = [one.at(-2), other.at(-2)];
  return (
    one.at(-1) !== undefined &&
    one.at(-1) === other.at(-1) &&
    qualifiers.includes(alias) &&
    qualifiers.some((name) => name !== alias && name !== undefined && target.names.has(name))
  );
}

/** `x >= (SELECT min(x) FROM the same table)`, or `<=` with max: no row lies outside. */
export function isBeyond(
  left: Node | undefined,
  operator: string,
  right: Node | undefined,
  target: Target,
): boolean {
  const column = ownColumn(left, target);
  if (column === undefined || right === undefined || !("SubLink" in right)) return false;
  const query = right.SubLink.subselect;
  if (query === undefined || !("SelectStmt" in query)) return false;
  const [item] = query.SelectStmt.targetList ?? [];
  const call = item !== undefined && "ResTarget" in item ? item.ResTarget.val : undefined;
  if (call === undefined || !("FuncCall" in call)) return false;
  const edge = operator === ">=" ? "min" : operator === "<=" ? "max" : undefined;
  if (lastName(call.FuncCall.funcname) !== edge) return false;
  const source = sourceOf(query.SelectStmt, target);
  if (source?.table !== target.table || !isWhole(query.SelectStmt, target, source.alias)) return false;
  const [argument] = call.FuncCall.args ?? [];
  return argument !== undefined && "ColumnRef" in argument && lastName(argument.ColumnRef.fields) === column;
}

/** Whether a joined relation is the target's whole table again, by itself or through a WITH query. */
export function isSelfJoined(relation: RangeVar, target: Target): boolean {
  const source = sourceOf({ fromClause: [{ RangeVar: relation }] }, target);
  return source?.table === target.table && isWhole(source.query, target, source.alias);
}
