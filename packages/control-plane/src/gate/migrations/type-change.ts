import type { ColumnDef } from "libpg-query";
import { constantOf, stringsOf, typeText } from "./nodes.ts";
import type { State } from "./state.ts";

/** What ALTER COLUMN … TYPE does to the rows. `indexes`: only indexes on the column are built anew. */
export type TypeChange = "nothing" | "rewrite" | "indexes" | "unknown";

type Parts = { base: string; numbers: number[]; array: boolean };

const parts = (type: string): Parts => {
  const match = /^([^([]+)(?:\(([-\d,?]*)\))?((?:\[\])*)$/.exec(type);
  const numbers = (match?.[2] ?? "").split(",").filter((text) => text !== "");
  return { base: match?.[1] ?? type, numbers: numbers.map(Number), array: (match?.[3] ?? "") !== "" };
};

/** Types whose one modifier may grow, or go away, without touching a row. */
const WIDENS = new Set(["varchar", "varbit", "timestamp", "timestamptz", "time", "timetz", "interval"]);

/** From `old` (undefined when the history does not say) to what `column` asks for. */
export function typeChange(
  old: string | undefined,
  column: ColumnDef,
  name: string,
  state: State,
): TypeChange {
  const next = typeText(column.typeName);
  if (next === undefined) return "unknown";
  if (!castsOnly(column, name)) return "rewrite";
  const to = parts(next);
  if (old === undefined) {
    // Every string type keeps its bytes as text; nobody writes USING to come from one of these.
    const keeps = (to.base === "text" || to.base === "varchar") && to.numbers.length === 0;
    if (!keeps || column.raw_default !== undefined) return "rewrite";
    return column.collClause === undefined ? "unknown" : "indexes";
  }
  if (old === next) return column.collClause === undefined ? "nothing" : "indexes";
  const from = parts(domainBase(old, state));
  if (isConstrainedDomain(next, state)) return "rewrite";
  if (from.array !== to.array) return "rewrite";
  if (from.base === to.base) {
    if (from.base === "numeric") return numericChange(from.numbers, to.numbers);
    if (WIDENS.has(from.base)) {
      if (to.numbers.length === 0) return "nothing";
      if (from.numbers.length === 0) return "rewrite";
      return to.numbers[0]! >= from.numbers[0]! && !from.array ? "nothing" : "rewrite";
    }
    return sameNumbers(from.numbers, to.numbers) ? "nothing" : "rewrite";
  }
  const pair = `${from.base} ${to.base}`;
  if (BINARY_COMPATIBLE.has(pair) && to.numbers.length === 0) return "nothing";
  return REINDEXED.has(pair) ? "indexes" : "rewrite";
}

const sameNumbers = (one: number[], other: number[]): boolean => one.join() === other.join();

function numericChange(from: number[], to: number[]): TypeChange {
  if (to.length === 0) return "nothing";
  if (from.length === 0) return "rewrite";
  const sameScale = (from[1] ?? 0) === (to[1] ?? 0);
  return sameScale && to[0]! >= from[0]! ? "nothing" : "rewrite";
}

/** pg_cast with castmethod 'b', as far as people change between these. */
const BINARY_COMPATIBLE = new Set([
  "varchar text",
  "text varchar",
  "cidr inet",
  "xml text",
  "xml varchar",
  "int4 oid",
  "oid int4",
  "citext text",
  "citext varchar",
]);
/** The bytes stay, but they sort otherwise. */
const REINDEXED = new Set(["text citext", "varchar citext"]);

function domainBase(type: string, state: State): string {
  const domain = state.get("type", type) ?? state.get("type", `public.${type}`);
  return domain?.kind === "domain" ? (domain.base ?? type) : type;
}

/** A domain with a CHECK or NOT NULL, which every value must be tested against. */
export function isConstrainedDomain(type: string | undefined, state: State): boolean {
  if (type === undefined) return false;
  const found = state.get("type", type) ?? state.get("type", `public.${type}`);
  return found?.kind === "domain" && found.constrained === true;
}

/** USING the column itself, or a cast of it to the very type, changes nothing about how values are converted. */
function castsOnly(column: ColumnDef, name: string): boolean {
  let expression = column.raw_default;
  if (expression === undefined) return true;
  if ("TypeCast" in expression) {
    const target = typeText(expression.TypeCast.typeName);
    const wanted = typeText(column.typeName);
    if (target !== wanted && target !== "text" && target !== "varchar") return false;
    expression = expression.TypeCast.arg;
  }
  if (expression === undefined || constantOf(expression) !== undefined) return false;
  return "ColumnRef" in expression && stringsOf(expression.ColumnRef.fields).at(-1) === name;
}
