import { columnsIn, conjuncts } from "./nodes.ts";
import type { Constraint, Table } from "./types.ts";

/**
 * Whether SET NOT NULL finds a proof and need not read the table: a column that is NOT NULL already, or a validated
 * CHECK that says so. `perhaps`: a constraint that the history does not hold was validated and is named like one.
 */
export function provenNotNull(table: Table | undefined, column: string): "yes" | "no" | "perhaps" {
  if (table === undefined) return "no";
  if (table.columns.get(column)?.notNull) return "yes";
  let perhaps = false;
  for (const constraint of table.constraints.values()) {
    if (!constraint.validated) continue;
    if (constraint.kind === "not-null" && constraint.columns.includes(column)) return "yes";
    if (constraint.kind !== "check") continue;
    if (constraint.expression !== undefined && saysNotNull(constraint, column)) return "yes";
    if (constraint.expression === undefined && constraint.columns.length === 0) {
      perhaps ||= constraint.name.includes(column) || /not_?null|notnull|_nn$/i.test(constraint.name);
    }
  }
  return perhaps ? "perhaps" : "no";
}

function saysNotNull(constraint: Constraint, column: string): boolean {
  return conjuncts(constraint.expression).some((condition) => {
    if (!("NullTest" in condition) || condition.NullTest.nulltesttype !== "IS_NOT_NULL") return false;
    const [tested] = columnsIn(condition.NullTest.arg);
    if (!("ColumnRef" in (condition.NullTest.arg ?? {}))) return false;
    // After a rename the tree still has the old name, the list of columns the new one.
    const renamed = constraint.columns.length === 1 && constraint.columns[0] === column;
    return tested === column || renamed;
  });
}
