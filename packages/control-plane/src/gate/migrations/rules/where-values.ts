import type { FuncCall, Node } from "libpg-query";
import { constantOf, lastName, walk } from "../nodes.ts";
import { sameNode } from "./expressions.ts";

/** Comparison operators as they read with their sides exchanged. */
export const FLIPPED = new Map([
  ["<", ">"],
  [">", "<"],
  ["<=", ">="],
  [">=", "<="],
]);

export function isNow(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if ("TypeCast" in node) return isNow(node.TypeCast.arg) || constantOf(node.TypeCast.arg) === "now";
  if ("SQLValueFunction" in node) return /TIME|DATE/.test(node.SQLValueFunction.op ?? "");
  return (
    "FuncCall" in node &&
    /^(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)$/.test(nameOfCall(node.FuncCall))
  );
}
/** now(), or that and more: `now() + interval '1 day'`. */
export function isNowOrLater(node: Node | undefined): boolean {
  if (node === undefined || !("A_Expr" in node)) return isNow(node);
  const { name, lexpr, rexpr } = node.A_Expr;
  return lastName(name) === "+" && isNow(lexpr) && !String(constantOf(rexpr) ?? "-").includes("-");
}
const nameOfCall = (call: FuncCall): string => lastName(call.funcname);

/** Folds a comparison of what is known without any row; undefined when something is not. */
export function compareConstants(
  left: Node | undefined,
  right: Node | undefined,
  operator: string,
): boolean | undefined {
  const [one, other] = [foldedValue(left), foldedValue(right)];
  if (one === undefined || other === undefined || typeof one !== typeof other) return undefined;
  if (operator === "=") return one === other;
  if (operator === "<>" || operator === "!=") return one !== other;
  if (operator === "<") return one < other;
  if (operator === "<=") return one <= other;
  if (operator === ">") return one > other;
  if (operator === ">=") return one >= other;
  return undefined;
}

/** A constant's value; times against now() compare as years, of which those before 2020 are past. */
function foldedValue(node: Node | undefined): string | number | boolean | undefined {
  if (node === undefined) return undefined;
  if (isNow(node)) return "now";
  if ("CoalesceExpr" in node || "NullIfExpr" in node) return undefined;
  if ("A_Expr" in node && node.A_Expr.kind === "AEXPR_OP" && node.A_Expr.lexpr !== undefined) {
    const [one, other] = [foldedValue(node.A_Expr.lexpr), foldedValue(node.A_Expr.rexpr)];
    if (typeof one !== "number" || typeof other !== "number") return undefined;
    const operator = lastName(node.A_Expr.name);
    if (operator === "+") return one + other;
    if (operator === "-") return one - other;
    return operator === "*" ? one * other : undefined;
  }
  const constant = constantOf(node);
  if (typeof constant === "string" && /^(?:0\d|1\d|20[01]\d)\d*-\d\d-\d\d/.test(constant))
    return ` ${constant}`;
  return constant ?? undefined;
}

export const patternOf = (node: Node | undefined): string => {
  const inner = node !== undefined && "FuncCall" in node ? node.FuncCall.args?.[0] : node;
  const value = constantOf(inner);
  return typeof value === "string" ? value : "?";
};

export const isVolatile = (node: Node | undefined): boolean => {
  let found = false;
  walk(node, (kind, inner) => {
    if (kind === "FuncCall")
      found ||= /^(?:random|gen_random_uuid|clock_timestamp|nextval)$/.test(
        lastName(inner.funcname as Node[]),
      );
    return undefined;
  });
  return found;
};

/** Arithmetic that says nothing: `x % 1 = 0`, `x * 0 = 0`, `x + 1 > x`, `abs(x) >= 0`. */
export function alwaysHolds(left: Node | undefined, operator: string, right: Node | undefined): boolean {
  if (left === undefined) return false;
  const value = constantOf(right);
  if ("FuncCall" in left)
    return lastName(left.FuncCall.funcname) === "abs" && operator === ">=" && value === 0;
  if (!("A_Expr" in left)) return false;
  const inner = lastName(left.A_Expr.name);
  const factor = constantOf(left.A_Expr.rexpr);
  if (operator === "=" && value === 0)
    return (inner === "%" && factor === 1) || (inner === "*" && factor === 0);
  const grows = inner === "+" && typeof factor === "number" && factor > 0;
  return grows && (operator === ">" || operator === ">=") && sameNode(left.A_Expr.lexpr, right);
}
