import type { A_Expr, Node, SelectStmt } from "libpg-query";
import { constantOf, lastName, stringsOf, walk } from "../nodes.ts";
import type { State } from "../state.ts";
import { sameNode } from "./expressions.ts";
import { fromSelf, isBeyond, subquery } from "./where-subqueries.ts";
import {
  alwaysHolds,
  compareConstants,
  FLIPPED,
  isNow,
  isNowOrLater,
  isVolatile,
  patternOf,
} from "./where-values.ts";

/**
 * What a condition says of the rows of a table. `always`: of every row (but for NULLs, which no author of such a
 * condition means to keep); `likely`: of every row in practice (`id > 0`); `apart`: it does not speak of the rows at
 * all, so it takes all of them or none; `some`: it chooses.
 */
export type Reach = "always" | "never" | "likely" | "apart" | "some";

/** The table a condition is for, under the names by which its columns are called. */
export type Target = {
  /** Full name in the state, its bare name and alias. */
  table: string;
  names: ReadonlySet<string>;
  state: State;
  /** Queries of the WITH clauses around, by name. */
  ctes: ReadonlyMap<string, SelectStmt>;
  /** Other relations in USING or FROM: an unqualified column may be theirs. */
  hasOthers: boolean;
  /** Names under which the same table, all of it, is joined to itself. */
  selves: ReadonlySet<string>;
  fullName(relation: { schemaname?: string; relname?: string }): string;
};

/** How much of the table a WHERE reaches. No WHERE reaches all. */
export function reachOf(where: Node | undefined, target: Target): Reach {
  if (where === undefined) return "always";
  if ("BoolExpr" in where) {
    const args = where.BoolExpr.args ?? [];
    if (where.BoolExpr.boolop === "AND_EXPR") return reachOfAll(args, target);
    if (where.BoolExpr.boolop === "OR_EXPR") return reachOfAny(args, target);
    return negated(reachOf(args[0], target), args[0], target);
  }
  const constant = constantOf(where);
  if (typeof constant === "boolean") return constant ? "always" : "never";
  if (constant === null) return "never";
  if (typeof constant === "string") return /^(?:t|true|y|yes|on|1)$/i.test(constant) ? "always" : "never";
  if (constant === 1) return "always";
  if ("NullTest" in where) return nullTest(where.NullTest, target);
  if ("BooleanTest" in where) {
    const { arg, booltesttype } = where.BooleanTest;
    const inner = reachOf(arg, target);
    if (booltesttype === "IS_TRUE" || booltesttype === "IS_NOT_FALSE") return inner;
    if (booltesttype === "IS_FALSE" || booltesttype === "IS_NOT_TRUE") return negated(inner, arg, target);
    return booltesttype === "IS_NOT_UNKNOWN" && inner !== "some" ? "always" : "some";
  }
  if ("SubLink" in where) return subquery(where.SubLink, target);
  if ("CaseExpr" in where) {
    const { args = [], defresult } = where.CaseExpr;
    const results = args.map((one) => reachOf("CaseWhen" in one ? one.CaseWhen.result : undefined, target));
    if (defresult !== undefined) results.push(reachOf(defresult, target));
    else if (args.length === 1 && "CaseWhen" in args[0]!)
      results.push(reachOf(args[0].CaseWhen.expr, target));
    return results.every((one) => one === "always") ? "always" : mentions(where, target) ? "some" : "apart";
  }
  if ("CoalesceExpr" in where) {
    const given = (where.CoalesceExpr.args ?? []).filter((one) => constantOf(one) !== null);
    return reachOf(given[0], target);
  }
  if ("A_Expr" in where) return comparison(where.A_Expr, where, target);
  return mentions(where, target) ? "some" : "apart";
}

function reachOfAll(args: readonly Node[], target: Target): Reach {
  const all = args.map((one) => reachOf(one, target));
  if (all.includes("never")) return "never";
  if (all.includes("some")) return "some";
  if (all.includes("apart")) return "apart";
  return all.includes("likely") ? "likely" : "always";
}

function reachOfAny(args: readonly Node[], target: Target): Reach {
  const all = args.map((one) => reachOf(one, target));
  if (all.includes("always")) return "always";
  for (let left = 0; left < args.length; left += 1) {
    for (let right = left + 1; right < args.length && right < left + 20; right += 1) {
      if (isOpposite(args[left]!, args[right]!)) return "always";
    }
  }
  for (const kind of ["apart", "likely", "some"] as const) if (all.includes(kind)) return kind;
  return "never";
}

function negated(inner: Reach, arg: Node | undefined, target: Target): Reach {
  if (inner === "always") return "never";
  if (inner === "never") return "always";
  // NOT (a AND NOT a), as a OR NOT a would be.
  if (arg !== undefined && "BoolExpr" in arg && arg.BoolExpr.boolop === "AND_EXPR") {
    const [one, other] = arg.BoolExpr.args ?? [];
    if (one !== undefined && other !== undefined && isOpposite(one, other)) return "always";
  }
  if (arg !== undefined && "A_Expr" in arg) {
    const name = OPPOSITES.get(lastName(arg.A_Expr.name));
    if (name !== undefined && arg.A_Expr.kind === "AEXPR_OP") {
      return reachOf({ A_Expr: { ...arg.A_Expr, name: [{ String: { sval: name } }] } }, target);
    }
  }
  return inner === "apart" ? "apart" : "some";
}

const OPPOSITES = new Map([
  ["=", "<>"],
  ["<>", "="],
  ["!=", "="],
  ["<", ">="],
  [">=", "<"],
  [">", "<="],
  ["<=", ">"],
]);

/** One is true exactly where the other is not (NULLs aside). */
function isOpposite(left: Node, right: Node): boolean {
  const inside = (node: Node) =>
    "BoolExpr" in node && node.BoolExpr.boolop === "NOT_EXPR" ? node.BoolExpr.args?.[0] : undefined;
  const [notLeft, notRight] = [inside(left), inside(right)];
  if (notLeft !== undefined && sameNode(notLeft, right)) return true;
  if (notRight !== undefined && sameNode(notRight, left)) return true;
  if ("NullTest" in left && "NullTest" in right) {
    return (
      left.NullTest.nulltesttype !== right.NullTest.nulltesttype &&
      sameNode(left.NullTest.arg, right.NullTest.arg)
    );
  }
  if ("BooleanTest" in left && "BooleanTest" in right) {
    const pair = `${left.BooleanTest.booltesttype} ${right.BooleanTest.booltesttype}`;
    const known =
      /^IS_TRUE IS_(?:FALSE|NOT_TRUE)$|^IS_(?:FALSE|NOT_TRUE) IS_TRUE$|^IS_FALSE IS_NOT_FALSE$/.test(pair);
    return known && sameNode(left.BooleanTest.arg, right.BooleanTest.arg);
  }
  if ("A_Expr" in left && "A_Expr" in right) {
    const [one, other] = [left.A_Expr, right.A_Expr];
    const operators = [lastName(one.name), lastName(other.name)];
    if (!sameNode(one.lexpr, other.lexpr)) return false;
    if (sameNode(one.rexpr, other.rexpr)) {
      if (OPPOSITES.get(operators[0]!) === operators[1] || OPPOSITES.get(operators[1]!) === operators[0])
        return true;
      return operators.includes("<=") && operators.some((name) => name === ">" || name === ">=");
    }
    // flag = true OR flag = false.
    const values = [constantOf(one.rexpr), constantOf(other.rexpr)];
    return operators.every((name) => name === "=") && values.includes(true) && values.includes(false);
  }
  return false;
}

const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"]);

function nullTest(test: { arg?: Node; nulltesttype?: string }, target: Target): Reach {
  const constant = constantOf(test.arg);
  if (constant !== undefined)
    return (constant === null) === (test.nulltesttype === "IS_NULL") ? "always" : "never";
  const column = ownColumn(test.arg, target);
  const known =
    column === undefined ? undefined : target.state.get("table", target.table)?.columns.get(column);
  const filled =
    column !== undefined &&
    (SYSTEM_COLUMNS.has(column) || column === "id" || known?.notNull === true || isKey(column, target));
  if (filled) return test.nulltesttype === "IS_NULL" ? "never" : "always";
  if (!mentions(test.arg, target)) {
    const isValue =
      test.arg !== undefined &&
      "FuncCall" in test.arg &&
      /^(?:now|random|clock_timestamp)$/.test(lastName(test.arg.FuncCall.funcname));
    return isValue && test.nulltesttype !== "IS_NULL" ? "always" : "apart";
  }
  return "some";
}

const isKey = (column: string, target: Target): boolean => {
  for (const constraint of target.state.get("table", target.table)?.constraints.values() ?? []) {
    if (constraint.kind === "primary" && constraint.columns.length === 1)
      return constraint.columns[0] === column;
  }
  return column === "id";
};

/** The column of the target that an expression is, through casts and COALESCE; undefined for anything else. */
export function ownColumn(node: Node | undefined, target: Target): string | undefined {
  if (node === undefined) return undefined;
  if ("TypeCast" in node) return ownColumn(node.TypeCast.arg, target);
  if ("CoalesceExpr" in node) return ownColumn(node.CoalesceExpr.args?.[0], target);
  if (!("ColumnRef" in node)) return undefined;
  const parts = stringsOf(node.ColumnRef.fields);
  const qualifier = parts.at(-2);
  if (qualifier !== undefined) return target.names.has(qualifier) ? parts.at(-1) : undefined;
  return parts[0];
}

/** Whether an expression speaks of the target's own columns; a bare name that may be its column counts. */
export function mentions(node: Node | undefined, target: Target): boolean {
  let found = false;
  walk(node, (kind, inner) => {
    if (kind !== "ColumnRef" || found) return undefined;
    const parts = stringsOf(inner.fields as Node[]);
    const qualifier = parts.at(-2);
    if (qualifier !== undefined) found ||= target.names.has(qualifier);
    else {
      const table = target.state.get("table", target.table);
      found ||= !(target.hasOthers && table?.complete === true && !table.columns.has(parts[0] ?? ""));
    }
    return false;
  });
  return found;
}

function comparison(expression: A_Expr, whole: Node, target: Target): Reach {
  const operator = lastName(expression.name);
  const { lexpr: left, rexpr: right, kind } = expression;
  if (kind === "AEXPR_IN") return inList(expression, target);
  if (kind === "AEXPR_LIKE" || kind === "AEXPR_ILIKE" || kind === "AEXPR_SIMILAR") {
    return !operator.startsWith("!") && /^%+$/.test(patternOf(right)) ? "always" : outcome(whole, target);
  }
  if (operator === "~" || operator === "~*") {
    return /^\^?(?:\.\*)?\$?$/.test(patternOf(right)) ? "always" : outcome(whole, target);
  }
  if (kind === "AEXPR_BETWEEN" || kind === "AEXPR_BETWEEN_SYM") {
    const bounds = right !== undefined && "List" in right ? (right.List.items ?? []) : [];
    const [low, high] = bounds;
    const sides = [
      [">=", low],
      ["<=", high],
    ] as const;
    const reaches = sides.map(([sign, bound]) => {
      const name = [{ String: { sval: sign } }];
      const side: A_Expr = {
        kind: "AEXPR_OP",
        name,
        ...(left && { lexpr: left }),
        ...(bound && { rexpr: bound }),
      };
      return comparison(side, { A_Expr: side }, target);
    });
    if (reaches.every((one) => one === "always")) return "always";
    return outcome(whole, target);
  }
  if (kind === "AEXPR_OP_ANY") {
    const isOwn = right !== undefined && "A_ArrayExpr" in right ? right.A_ArrayExpr.elements : undefined;
    if (operator === "=" && isOwn?.some((one) => sameNode(one, left)) === true) return "always";
    const isQuery =
      right !== undefined && "SubLink" in right && right.SubLink.subLinkType === "ARRAY_SUBLINK";
    return isQuery && operator === "=" ? fromSelf(left, right.SubLink, target) : outcome(whole, target);
  }
  if (kind === "AEXPR_NOT_DISTINCT" && sameNode(left, right)) return "always";
  if (kind === "AEXPR_DISTINCT" && constantOf(right) === null) {
    return nullTest({ nulltesttype: "IS_NOT_NULL", ...(left && { arg: left }) }, target);
  }
  if (sameNode(left, right) && !isVolatile(left)) {
    if (["=", "<=", ">="].includes(operator)) return "always";
    if (["<>", "!=", "<", ">"].includes(operator)) return "never";
  }
  if (operator === "=" && (isSelf(left, right, target) || isSelf(right, left, target))) return "always";
  if (alwaysHolds(left, operator, right) || isBeyond(left, operator, right, target)) return "always";
  const folded = compareConstants(left, right, operator);
  if (folded !== undefined) return folded ? "always" : "never";
  return usual(expression, operator, target) ?? outcome(whole, target);
}

/** A column of the target against itself: cast, or the same column of the same row of a self-join. */
function isSelf(one: Node | undefined, other: Node | undefined, target: Target): boolean {
  const column = ownColumn(one, target);
  if (column === undefined || other === undefined) return false;
  if ("TypeCast" in other || "CoalesceExpr" in other) return ownColumn(other, target) === column;
  if (!("ColumnRef" in other)) return false;
  const parts = stringsOf(other.ColumnRef.fields);
  return parts.at(-1) === column && target.selves.has(parts.at(-2) ?? "");
}

const outcome = (node: Node, target: Target): Reach => (mentions(node, target) ? "some" : "apart");

function inList(expression: A_Expr, target: Target): Reach {
  const { lexpr, rexpr, name } = expression;
  const values = rexpr !== undefined && "List" in rexpr ? (rexpr.List.items ?? []).map(constantOf) : [];
  const isNot = lastName(name) === "<>";
  const constant = constantOf(lexpr);
  if (constant !== undefined && !values.includes(undefined))
    return values.includes(constant) !== isNot ? "always" : "never";
  const column = ownColumn(lexpr, target);
  if (isNot) {
    const sentinel =
      column !== undefined &&
      isKey(column, target) &&
      values.every((one) => typeof one === "number" && one <= 0);
    return sentinel ? "likely" : outcome({ A_Expr: expression }, target);
  }
  if (values.includes(true) && values.includes(false)) return "always";
  const type =
    column === undefined ? undefined : target.state.get("table", target.table)?.columns.get(column)?.type;
  const known = type === undefined ? undefined : enumOf(type, target.state);
  if (known?.every((value) => values.includes(value))) return "always";
  return outcome({ A_Expr: expression }, target);
}

const enumOf = (type: string, state: State): readonly string[] | undefined => {
  const found = state.get("type", type) ?? state.get("type", `public.${type}`);
  return found?.kind === "enum" && found.values.length > 0 ? found.values : undefined;
};

/** Comparisons that hold for every row that anybody has: keys above 0, what was created before now. */
function usual(expression: A_Expr, operator: string, target: Target): Reach | undefined {
  const flipped = constantOf(expression.lexpr) !== undefined || isNow(expression.lexpr);
  const [side, other] = flipped ? [expression.rexpr, expression.lexpr] : [expression.lexpr, expression.rexpr];
  const sign = flipped ? (FLIPPED.get(operator) ?? operator) : operator;
  const call = side !== undefined && "FuncCall" in side ? lastName(side.FuncCall.funcname) : undefined;
  const value = constantOf(other);
  if (call !== undefined && /^(?:char_|character_|octet_)?length$/.test(call) && value === 0 && sign === ">=")
    return "always";
  if (call === "random" && typeof value === "number") {
    const all = (sign === ">=" && value <= 0) || (/^<=?$/.test(sign) && value >= 1);
    return all ? "always" : undefined;
  }
  const column = ownColumn(side, target);
  if (column === undefined) return undefined;
  if (column === "tableoid" && sign === "=") return "always";
  if (typeof value === "number") {
    // Beyond what an integer key holds.
    if (/^<=?$/.test(sign) && value >= 2_147_483_647 && isKey(column, target)) return "always";
    const below =
      (sign === ">" && value <= 0) ||
      (sign === ">=" && value <= 1) ||
      (/^(?:<>|!=)$/.test(sign) && value <= 0);
    if (below && isKey(column, target)) return "always";
    return below && /(?:^|_)id$/.test(column) ? "likely" : undefined;
  }
  const year =
    typeof value === "string" ? Number(/^(\d{4})-\d\d/.exec(value)?.[1] ?? Number.NaN) : Number.NaN;
  if ((/^<=?$/.test(sign) && year >= 2100) || (/^>=?$/.test(sign) && year <= 1900)) return "always";
  if (/^>=?$/.test(sign) && year <= 1970 && /_(?:at|on)$/.test(column)) return "always";
  if (/^<=?$/.test(sign) && value === "infinity") return "always";
  if (/^<=?$/.test(sign) && isNowOrLater(other)) {
    return /^(?:created|inserted|updated|modified)(?:_at|_on|at)?$|^(?:create|insert|update)_(?:time|date)$/i.test(
      column,
    )
      ? "always"
      : undefined;
  }
  return undefined;
}
