import { type Ask, loadLibrary } from "../migrations/parse.ts";
import type { Catalogue, DatabaseFunction } from "./model.ts";
import { bodyAsStatement, selecting } from "./store-statements.ts";

/** PostgreSQL's own parser on what PostgreSQL prints of an expression. */
export type Node = Record<string, unknown>;

export type Pair = { column: string; setting: string };

/** Whether an expression lets through only what belongs to the current tenant; if not, why in a few words. */
export type Answer = { holds: true } | { holds: false; because: string; isUnknown?: boolean };

export type Expected = { column: string; setting: string | undefined; isNullable: boolean };

export type Expressions = {
  /** Column and setting of every comparison of a column with the current tenant. */
  pairs(expression: string): Pair[];
  implies(expression: string | null, expected: Expected): Answer;
  /** The setting that a function without arguments returns. */
  settingOf(expression: string): string | undefined;
  parse(sql: string): Node | undefined;
  procedure(definition: string): Node | undefined;
};

const HOLDS: Answer = { holds: true };
const not = (because: string, isUnknown = false): Answer => ({ holds: false, because, isUnknown });

export async function openExpressions(functions: Catalogue["functions"]): Promise<Expressions> {
  const ask = await loadLibrary();
  const reader = readerOf(ask);
  const known = { functions: [...functions.values()], reader, seen: new Set<number>() };
  return {
    parse: reader.sql,
    procedure: reader.procedure,
    settingOf: (expression) => {
      const tree = reader.expression(expression);
      const found = tree && tenantOf(tree, known);
      return found && "setting" in found ? found.setting : undefined;
    },
    pairs: (expression) => {
      const tree = reader.expression(expression);
      return tree ? [...nodesIn(tree, "A_Expr")].flatMap((one) => pairOf(one, known) ?? []) : [];
    },
    implies: (expression, expected) => {
      if (expression === null) return not("true");
      const tree = reader.expression(expression);
      return tree ? implies(tree, expected, known) : not(expression, true);
    },
  };
}

type Reader = {
  sql(text: string): Node | undefined;
  expression(text: string): Node | undefined;
  procedure(text: string): Node | undefined;
};
type Known = { functions: DatabaseFunction[]; reader: Reader; seen: Set<number> };

function readerOf(ask: Ask): Reader {
  const sql = (text: string) => {
    const answer = ask("sql", text);
    return "tree" in answer ? (answer.tree as Node) : undefined;
  };
  return {
    sql,
    procedure(text) {
      const answer = ask("procedure", text);
      return "tree" in answer ? (answer.tree as Node) : undefined;
    },
    expression(text) {
      const tree = sql(selecting(text)) as { stmts?: { stmt: Node }[] } | undefined;
      const targets = (tree?.stmts?.[0]?.stmt.SelectStmt as { targetList?: Node[] } | undefined)?.targetList;
      return (targets?.[0]?.ResTarget as { val?: Node } | undefined)?.val;
    },
  };
}

/** All nodes of a kind below a node, itself included. */
export function* nodesIn(node: unknown, kind: string): Generator<Node> {
  if (Array.isArray(node)) {
    for (const one of node) yield* nodesIn(one, kind);
  } else if (node !== null && typeof node === "object") {
    for (const [key, value] of Object.entries(node)) {
      if (key === kind) yield value as Node;
      yield* nodesIn(value, kind);
    }
  }
}

const namesOf = (list: unknown): string[] =>
  ((list ?? []) as Node[]).map((one) => (one.String as { sval?: string } | undefined)?.sval ?? "*");

function implies(node: Node, expected: Expected, known: Known): Answer {
  const bool = node.BoolExpr as { boolop: string; args: Node[] } | undefined;
  if (bool?.boolop === "AND_EXPR") {
    const answers = bool.args.map((arg) => implies(arg, expected, known));
    return answers.find(({ holds }) => holds) ?? answers[0]!;
  }
  if (bool?.boolop === "OR_EXPR") {
    return bool.args.map((arg) => implies(arg, expected, known)).find(({ holds }) => !holds) ?? HOLDS;
  }
  if (bool?.boolop === "NOT_EXPR") {
    const distinct = bool.args[0]?.A_Expr as Node | undefined;
    if (distinct?.kind === "AEXPR_DISTINCT") return compared(distinct, expected, known, true);
    return not("NOT");
  }
  const constant = node.A_Const as { boolval?: { boolval?: boolean }; isnull?: boolean } | undefined;
  if (constant)
    return constant.isnull || (constant.boolval && !constant.boolval.boolval) ? HOLDS : not("true");
  const comparison = node.A_Expr as Node | undefined;
  if (!comparison) return not(Object.keys(node)[0] ?? "?");
  if (comparison.kind === "AEXPR_NOT_DISTINCT") return compared(comparison, expected, known, true);
  if (comparison.kind !== "AEXPR_OP" || namesOf(comparison.name).join(".") !== "=") {
    return not(`operator ${namesOf(comparison.name).join(".")}`);
  }
  return compared(comparison, expected, known, false);
}

function compared(comparison: Node, expected: Expected, known: Known, matchesNull: boolean): Answer {
  const pair = pairOf(comparison, known);
  if (!pair) return unpaired(comparison, expected, known);
  if (matchesNull && expected.isNullable) return not("IS NOT DISTINCT FROM, and the column may be NULL");
  if (pair.column !== expected.column) return not(`column ${pair.column}, not ${expected.column}`);
  if (expected.setting !== undefined && pair.setting !== expected.setting) {
    return not(`setting ${pair.setting}, not ${expected.setting}`);
  }
  return HOLDS;
}

/** Why a comparison is none of the tenant column with the current tenant. */
function unpaired(comparison: Node, expected: Expected, known: Known): Answer {
  const sides = [comparison.lexpr, comparison.rexpr] as Node[];
  const other = sides.filter((side) => columnOf(side) !== expected.column);
  if (other.length === 0) return not(`${expected.column} with itself`);
  if (other.length === 2) return not(`no comparison of ${expected.column}`);
  const why = tenantOf(other[0]!, known);
  return not("why" in why ? why.why : "not the current tenant", "why" in why && why.isUnknown);
}

function pairOf(comparison: Node, known: Known): Pair | undefined {
  for (const [one, other] of [
    [comparison.lexpr, comparison.rexpr],
    [comparison.rexpr, comparison.lexpr],
  ] as [Node, Node][]) {
    const column = one && columnOf(one);
    if (column === undefined || !other) continue;
    const tenant = tenantOf(other, known);
    if ("setting" in tenant && tenant.setting !== undefined) return { column, setting: tenant.setting };
  }
  return undefined;
}

/** Casts under which different values stay different. */
const LOSSLESS = new Set(["text", "varchar", "uuid", "int4", "int8", "integer", "bigint"]);

function withoutCasts(node: Node): Node | undefined {
  const cast = node.TypeCast as { arg: Node; typeName: { names: unknown; typmods?: unknown } } | undefined;
  if (!cast) return node;
  const names = namesOf(cast.typeName.names).filter((name) => name !== "pg_catalog");
  if (cast.typeName.typmods !== undefined || names.length !== 1) return undefined;
  return LOSSLESS.has(names[0]!) ? withoutCasts(cast.arg) : undefined;
}

function columnOf(node: Node): string | undefined {
  const plain = withoutCasts(node);
  const fields = (plain?.ColumnRef as Node | undefined)?.fields;
  return fields === undefined ? undefined : namesOf(fields).at(-1);
}

type Tenant = { setting: string | undefined } | { why: string; isUnknown: boolean };
const wrong = (why: string): Tenant => ({ why, isUnknown: false });
const unknown = (why: string): Tenant => ({ why, isUnknown: true });
const NOBODY: Tenant = { setting: undefined };
const NIL = "00000000-0000-0000-0000-000000000000";

/** The setting that an expression returns; undefined inside when it is always nobody; else why it is not one. */
function tenantOf(node: Node, known: Known, values?: Map<string, Node[]>): Tenant {
  if (node.A_Const !== undefined) return constantTenant(node.A_Const as Node);
  const cast = node.TypeCast as { arg: Node; typeName: { typmods?: unknown } } | undefined;
  if (cast) {
    const below = withoutCasts(node);
    return below ? tenantOf(below, known, values) : unknown("a cast that may change the value");
  }
  const subquery = (node.SubLink as { subselect?: { SelectStmt?: Node } } | undefined)?.subselect?.SelectStmt;
  if (subquery) return selectedTenant(subquery, known);
  const nullif = node.A_Expr as { kind?: string; lexpr: Node } | undefined;
  if (nullif?.kind === "AEXPR_NULLIF") return tenantOf(nullif.lexpr, known, values);
  const coalesce = node.CoalesceExpr as { args: Node[] } | undefined;
  if (coalesce) return oneOf(coalesce.args.map((arg) => tenantOf(arg, known, values)));
  const column = node.ColumnRef as { fields: unknown } | undefined;
  if (column) {
    const held = values?.get(namesOf(column.fields).at(-1)!);
    return held ? oneOf(held.map((one) => tenantOf(one, known))) : wrong("a column of the row");
  }
  return node.FuncCall ? calledTenant(node.FuncCall as Node, known) : unknown(Object.keys(node)[0] ?? "?");
}

function constantTenant(constant: Node): Tenant {
  const text = (constant.sval as { sval?: string } | undefined)?.sval ?? "";
  if (constant.isnull || (constant.sval && (text === "" || text === NIL))) return NOBODY;
  return wrong(`the constant ${constant.sval ? `'${text}'` : "in place of a tenant"}`);
}

function selectedTenant(select: Node, known: Known): Tenant {
  if (select.fromClause || select.op !== "SETOP_NONE") return unknown("a query of tables");
  const target = ((select.targetList as Node[] | undefined)?.[0]?.ResTarget as { val?: Node } | undefined)
    ?.val;
  return target ? tenantOf(target, known) : unknown("an empty query");
}

/** All alternatives must be the same setting, or nobody. */
function oneOf(all: Tenant[]): Tenant {
  const bad = all.find((one) => "why" in one);
  if (bad) return bad;
  const settings = new Set(all.flatMap((one) => ("setting" in one && one.setting) || []));
  if (settings.size > 1) return wrong(`several settings: ${[...settings].join(", ")}`);
  return { setting: [...settings][0] };
}

function calledTenant(call: Node, known: Known): Tenant {
  const names = namesOf(call.funcname);
  const name = names.at(-1)!;
  const args = (call.args ?? []) as Node[];
  const isOwn = names.length === 1 || names[0] === "pg_catalog";
  if (isOwn && name === "current_setting") {
    const first = withoutCasts(args[0] ?? {})?.A_Const as { sval?: { sval?: string } } | undefined;
    return first?.sval?.sval
      ? { setting: first.sval.sval.toLowerCase() }
      : unknown("a setting of unknown name");
  }
  if (args.length > 0) return unknown(`${names.join(".")}(…)`);
  const found = known.functions.filter(
    (one) =>
      one.name === name && (names.length === 1 || one.schema === names[0]) && one.arguments.length === 0,
  );
  if (found.length === 0) return unknown(`${names.join(".")}()`);
  return oneOf(found.map((one) => bodyTenant(one, known)));
}

/** What a wrapper returns: its body is looked at, not its name. */
function bodyTenant(one: DatabaseFunction, known: Known): Tenant {
  if (known.seen.has(one.oid)) return unknown(`${one.name} calls itself`);
  known.seen.add(one.oid);
  try {
    if (one.settings.some((setting) => /^[^=]*\.[^=]*=|^(role|session_authorization)=/i.test(setting))) {
      return wrong(`${one.name} has settings of its own`);
    }
    if (one.language === "sql") return sqlTenant(one, known);
    if (one.language === "plpgsql") return procedureTenant(one, known);
    return unknown(`${one.name} is written in ${one.language}`);
  } finally {
    known.seen.delete(one.oid);
  }
}

function sqlTenant(one: DatabaseFunction, known: Known): Tenant {
  const statements =
    (known.reader.sql(bodyAsStatement(one.source)) as { stmts?: { stmt: Node }[] } | undefined)?.stmts ?? [];
  const select = statements[0]?.stmt.SelectStmt as Node | undefined;
  return statements.length === 1 && select
    ? selectedTenant(select, known)
    : unknown(`the body of ${one.name}`);
}

const HARMLESS_STATEMENTS = new Set(["block", "return", "raise", "if", "assign", "null"]);

function procedureTenant(one: DatabaseFunction, known: Known): Tenant {
  const tree = one.definition === null ? undefined : known.reader.procedure(one.definition);
  if (!tree) return unknown(`the body of ${one.name}`);
  for (const [, kind] of JSON.stringify(tree).matchAll(/"PLpgSQL_stmt_(\w+)"/g)) {
    if (!HARMLESS_STATEMENTS.has(kind!)) return unknown(`${one.name} does more than return a setting`);
  }
  const values = new Map<string, Node[]>();
  const put = (name: string, text: string) => {
    const expression = known.reader.expression(text);
    if (expression) values.set(name, [...(values.get(name) ?? []), expression]);
  };
  for (const variable of nodesIn(tree, "PLpgSQL_var")) {
    const query = queryOf(variable.default_val);
    if (query) put(variable.refname as string, query);
  }
  for (const assigned of nodesIn(tree, "PLpgSQL_stmt_assign")) {
    const [, name, text] = /^\s*(\w+)\s*:?=\s*([\s\S]+)$/.exec(queryOf(assigned.expr) ?? "") ?? [];
    if (name && text) put(name, text);
  }
  const datums = ([...nodesIn(tree, "datums")][0] ?? []) as unknown as {
    PLpgSQL_var?: { refname: string };
  }[];
  const returned = [...nodesIn(tree, "PLpgSQL_stmt_return")].flatMap(({ expr, retvarno }) => {
    const variable = datums[retvarno as number]?.PLpgSQL_var?.refname;
    return queryOf(expr) ?? variable ?? [];
  });
  const expressions = returned.map((text) => known.reader.expression(text));
  if (expressions.length === 0 || expressions.includes(undefined)) return unknown(`the body of ${one.name}`);
  return oneOf(expressions.map((expression) => tenantOf(expression!, known, values)));
}

const queryOf = (expression: unknown): string | undefined =>
  (expression as { PLpgSQL_expr?: { query?: string } } | undefined)?.PLpgSQL_expr?.query;
