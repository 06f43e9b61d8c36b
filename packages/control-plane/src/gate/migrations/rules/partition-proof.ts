import type { Node, PartitionBoundSpec } from "libpg-query";
import { columnsIn, conjuncts, constantOf, lastName } from "../nodes.ts";
import { provenNotNull } from "../not-null.ts";
import type { Table } from "../types.ts";

type Bounds = { lower?: Value; upper?: Value; open?: boolean };
type Value = string | number;

/**
 * Whether a validated CHECK may spare PostgreSQL reading the partition. Only a CHECK of comparisons with constants is
 * weighed against the bounds; what it does not understand it believes.
 */
export function provesBounds(table: Table | undefined, bound: PartitionBoundSpec | undefined): boolean {
  const checks = [...(table?.constraints.values() ?? [])].filter(
    ({ kind, validated }) => kind === "check" && validated,
  );
  if (checks.length === 0) return false;
  const [lower, upper] = [bound?.lowerdatums, bound?.upperdatums];
  if (bound?.strategy !== "r" || lower?.length !== 1 || upper?.length !== 1) return true;
  const terms = checks.flatMap(({ expression }) => conjuncts(expression));
  const columns = new Map<string, Bounds>();
  for (const term of terms) {
    if ("NullTest" in term) continue;
    if (!narrow(columns, term)) return true;
  }
  const [from, to] = [constant(lower[0]), constant(upper[0])];
  return [...columns].some(([column, known]) => {
    const hasLower = from === undefined || order(known.lower, from) !== "less";
    const end = to === undefined ? "less" : order(known.upper, to);
    const hasUpper = end === "less" || end === "unknown" || (end === "same" && known.open === true);
    const isMissing =
      (from !== undefined && known.lower === undefined) || (to !== undefined && known.upper === undefined);
    return hasLower && hasUpper && !isMissing && mayBeNotNull(table, terms, column);
  });
}

/** Bounds are of values: a column that may be NULL needs a proof of that as well. */
function mayBeNotNull(table: Table | undefined, terms: readonly Node[], column: string): boolean {
  if (table?.complete !== true || provenNotNull(table, column) !== "no") return true;
  return terms.some((term) => "NullTest" in term && columnsIn(term.NullTest.arg).includes(column));
}

/** Takes a comparison into the bounds of its column; false when it is none that is understood. */
function narrow(columns: Map<string, Bounds>, term: Node): boolean {
  if (!("A_Expr" in term)) return false;
  const { kind, name, lexpr, rexpr } = term.A_Expr;
  if (lexpr === undefined || !("ColumnRef" in lexpr)) return false;
  const column = lastName(lexpr.ColumnRef.fields);
  const known: Bounds = columns.get(column) ?? {};
  columns.set(column, known);
  if (kind === "AEXPR_BETWEEN" && rexpr !== undefined && "List" in rexpr) {
    const [lower, upper] = (rexpr.List.items ?? []).map(constant);
    if (lower === undefined || upper === undefined) return false;
    Object.assign(known, { lower, upper, open: false });
    return true;
  }
  const value = constant(rexpr);
  if (kind !== "AEXPR_OP" || value === undefined) return false;
  const operator = lastName(name);
  if (operator === ">=" || operator === ">") known.lower = value;
  else if (operator === "<" || operator === "<=")
    Object.assign(known, { upper: value, open: operator === "<" });
  else return false;
  return true;
}

function constant(node: Node | undefined): Value | undefined {
  const value = constantOf(node);
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

/** How one constant stands to another; texts are compared when both are written as dates of four-digit years. */
function order(one: Value | undefined, other: Value): "less" | "same" | "greater" | "unknown" {
  if (one === other) return "same";
  const isDate = (value: Value | undefined) => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
  const areNumbers = typeof one === "number" && typeof other === "number";
  if (!areNumbers && !(isDate(one) && isDate(other))) return "unknown";
  return one! < other ? "less" : "greater";
}
