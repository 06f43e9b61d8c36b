import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  Node,
  RangeVar,
  TypeName,
} from "libpg-query";

/** The strings of a list of `String` nodes, such as the parts of a qualified name. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  const found: string[] = [];
  for (const node of nodes ?? []) if ("String" in node) found.push(node.String.sval ?? "");
  return found;
}

/** The last part of a qualified name. */
export const lastName = (nodes: readonly Node[] | undefined): string => stringsOf(nodes).at(-1) ?? "";

/** `{ A: {…} }` as its kind and what is in it. */
export function kindOf(node: Node): string {
  for (const kind in node) return kind;
  return "";
}

/** The commands of an ALTER TABLE (or INDEX, VIEW, MATERIALIZED VIEW …). */
export function commandsOf(statement: AlterTableStmt): AlterTableCmd[] {
  const found: AlterTableCmd[] = [];
  for (const node of statement.cmds ?? []) if ("AlterTableCmd" in node) found.push(node.AlterTableCmd);
  return found;
}

/** The column definition that a command carries (ADD COLUMN, ALTER COLUMN TYPE). */
export const columnOf = (command: AlterTableCmd): ColumnDef | undefined =>
  command.def !== undefined && "ColumnDef" in command.def ? command.def.ColumnDef : undefined;

/** The constraint that a command carries (ADD CONSTRAINT, ADD GENERATED AS IDENTITY). */
export const constraintOf = (command: AlterTableCmd): Constraint | undefined =>
  command.def !== undefined && "Constraint" in command.def ? command.def.Constraint : undefined;

/** The constraints written behind a column. */
export function constraintsOf(column: ColumnDef): Constraint[] {
  const found: Constraint[] = [];
  for (const node of column.constraints ?? []) if ("Constraint" in node) found.push(node.Constraint);
  return found;
}

/** The relations of a list. */
export function relationsOf(nodes: readonly Node[] | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  for (const node of nodes ?? []) if ("RangeVar" in node) found.push(node.RangeVar);
  return found;
}

/** The names that DROP lists, as relations: of tables, views, indexes, sequences and the like. */
export function droppedRelations(objects: readonly Node[] | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  for (const node of objects ?? []) if ("List" in node) found.push(relationOf(stringsOf(node.List.items)));
  return found;
}

/** A qualified name as a relation. */
export function relationOf(parts: readonly string[]): RangeVar {
  const relname = parts.at(-1) ?? "";
  const schemaname = parts.at(-2);
  return schemaname === undefined ? { relname } : { schemaname, relname };
}

/**
 * A type as one text: PostgreSQL's own name without `pg_catalog.`, modifiers and brackets, such as `varchar(10)`,
 * `int8`, `numeric(10,2)`, `timestamptz`, `text[]`, `public.mood`, `bigserial`.
 */
export function typeText(type: TypeName | undefined): string | undefined {
  if (type === undefined) return undefined;
  const parts = stringsOf(type.names);
  const name = parts[0] === "pg_catalog" ? parts.slice(1).join(".") : parts.join(".");
  const modifiers = (type.typmods ?? []).map((node) => String(constantOf(node) ?? "?"));
  const plain = name === "bpchar" && parts[0] !== "pg_catalog" ? "text" : name;
  const brackets = "[]".repeat((type.arrayBounds ?? []).length);
  // INTERVAL's modifiers are bit masks of its fields, which nothing here compares.
  return `${plain}${modifiers.length > 0 && plain !== "interval" ? `(${modifiers.join(",")})` : ""}${brackets}`;
}

/** The value of a constant, through casts and a sign; undefined when it is none. NULL is null. */
export function constantOf(node: Node | undefined): string | number | boolean | null | undefined {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const constant = node.A_Const;
    if (constant.isnull) return null;
    if (constant.sval !== undefined) return constant.sval.sval ?? "";
    if (constant.ival !== undefined) return constant.ival.ival ?? 0;
    if (constant.fval !== undefined) return Number(constant.fval.fval ?? 0);
    if (constant.boolval !== undefined) return constant.boolval.boolval ?? false;
    return constant.bsval?.bsval;
  }
  if ("TypeCast" in node) return constantOf(node.TypeCast.arg);
  if ("A_Expr" in node && node.A_Expr.lexpr === undefined && lastName(node.A_Expr.name) === "-") {
    const value = constantOf(node.A_Expr.rexpr);
    return typeof value === "number" ? -value : undefined;
  }
  if ("Integer" in node) return node.Integer.ival ?? 0;
  if ("String" in node) return node.String.sval ?? "";
  if ("Float" in node) return Number(node.Float.fval ?? 0);
  return undefined;
}

/**
 * Visits every node below, in the order of the text as far as the tree keeps it. `visit` gets a node's kind and
 * content; returning false leaves out what is inside it.
 */
export function walk(
  tree: unknown,
  visit: (kind: string, node: Record<string, unknown>) => boolean | undefined,
) {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
    return;
  }
  if (tree === null || typeof tree !== "object") return;
  for (const key in tree) {
    const value = (tree as Record<string, unknown>)[key];
    if (value === null || typeof value !== "object") continue;
    // Kinds of nodes start with a capital letter, fields of nodes with a small one.
    const first = key.charCodeAt(0);
    if (first >= 65 && first <= 90 && !Array.isArray(value)) {
      if (visit(key, value as Record<string, unknown>) === false) continue;
    }
    walk(value, visit);
  }
}

/** The names of the columns that an expression mentions, without those of subqueries being told apart. */
export function columnsIn(expression: Node | undefined): string[] {
  const found: string[] = [];
  walk(expression, (kind, node) => {
    if (kind !== "ColumnRef") return undefined;
    const name = lastName(node.fields as Node[]);
    if (name !== "" && !found.includes(name)) found.push(name);
    return false;
  });
  return found;
}

/** The functions that a tree calls: `name` or `schema.name`, each with its arguments. */
export function callsIn(tree: unknown): { name: string; args: Node[]; location: number | undefined }[] {
  const found: { name: string; args: Node[]; location: number | undefined }[] = [];
  walk(tree, (kind, node) => {
    if (kind === "FuncCall") {
      const name = stringsOf(node.funcname as Node[]);
      found.push({
        name: (name[0] === "pg_catalog" ? name.slice(1) : name).join("."),
        args: (node.args as Node[] | undefined) ?? [],
        location: node.location as number | undefined,
      });
    }
    return undefined;
  });
  return found;
}

/** The conditions that an expression joins with AND; itself when there is no AND. */
export function conjuncts(expression: Node | undefined): Node[] {
  if (expression === undefined) return [];
  if ("BoolExpr" in expression && expression.BoolExpr.boolop === "AND_EXPR") {
    return (expression.BoolExpr.args ?? []).flatMap(conjuncts);
  }
  return [expression];
}

/** Whether a DefElem option of that name is on (`CONCURRENTLY`, `FULL`; also with a value, as in `FULL true`). */
export function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  for (const node of options ?? []) {
    if (!("DefElem" in node) || node.DefElem.defname !== name) continue;
    const value = constantOf(node.DefElem.arg);
    return value === undefined || value === true || value === 1 || /^(true|on|1)$/i.test(String(value));
  }
  return false;
}
