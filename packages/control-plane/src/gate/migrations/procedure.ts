import type { Node, SelectStmt } from "libpg-query";
import { constantRows } from "./constant-rows.ts";
import { either, fold, textOf, truthOf, type Value, type Variables } from "./fold.ts";
import type { Parser } from "./parse.ts";

/** What a body of PL/pgSQL runs, in the order of its text. `line` counts from 1 in the body. */
export type Step = { line: number; conditional: boolean; loop: boolean; handler: boolean } & (
  | { kind: "sql"; text: string; dynamic: boolean }
  | { kind: "expression"; text: string }
  | { kind: "commit" | "rollback" }
  | { kind: "undecidable"; text: string }
);

type Tree = Record<string, unknown>;
type Run = {
  parser: Parser;
  datums: Tree[];
  steps: Step[];
  conditional: number;
  loop: number;
  handler: number;
  expressions: Map<string, Node | undefined>;
  /** How many more statements may be followed, loops and branches unrolled. */
  fuel: number;
};

/** A body that unrolls to more is cut off there and counts as undecidable. */
const MOST_STEPS = 2_000;
const MOST_FOLLOWED = 20_000;
/** A list that a loop goes over is followed item by item up to here. */
const MOST_TURNS = 100;

/** Follows the body of a function that `Parser.procedure` read, with what is known of its parameters. */
export function stepsOf(parser: Parser, body: Record<string, unknown>, given: Variables): Step[] {
  const run: Run = {
    parser,
    datums: (body.datums as Tree[] | undefined) ?? [],
    steps: [],
    conditional: 0,
    loop: 0,
    handler: 0,
    expressions: new Map(),
    fuel: MOST_FOLLOWED,
  };
  const variables: Variables = new Map();
  for (const datum of run.datums) {
    const declared = (datum.PLpgSQL_var ?? datum.PLpgSQL_rec) as Tree | undefined;
    if (declared === undefined) continue;
    const name = String(declared.refname);
    const value = given.get(name) ?? fold(expression(run, queryOf(declared.default_val)), variables);
    const isList = String(typeOf(declared)).endsWith("[]");
    variables.set(name, isList && value?.kind === "texts" ? foldList(run, value) : value);
  }
  for (const [name, value] of given) if (name.startsWith("$")) variables.set(name, value);
  follow(run, [body.action as Tree], variables);
  return run.steps;
}

const typeOf = (declared: Tree): unknown =>
  ((declared.datatype as Tree | undefined)?.PLpgSQL_type as Tree | undefined)?.typname;

function foldList(run: Run, value: Value): Value {
  const text = value?.kind === "texts" ? value.texts[0]! : "";
  return fold(expression(run, `'${text.replaceAll("'", "''")}'::text[]`), new Map());
}

const queryOf = (holder: unknown): string | undefined =>
  ((holder as Tree | undefined)?.PLpgSQL_expr as Tree | undefined)?.query as string | undefined;

function expression(run: Run, text: string | undefined): Node | undefined {
  if (text === undefined) return undefined;
  if (!run.expressions.has(text)) {
    const select = parsedSelect(run, `SELECT ${text}`);
    const target = select?.targetList?.[0];
    run.expressions.set(
      text,
      target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined,
    );
  }
  return run.expressions.get(text);
}

function parsedSelect(run: Run, text: string | undefined): SelectStmt | undefined {
  if (text === undefined) return undefined;
  const parsed = run.parser.parse(text);
  const node = parsed.ok ? parsed.statements[0]?.node : undefined;
  return node !== undefined && "SelectStmt" in node ? node.SelectStmt : undefined;
}

/** Follows statements; true when what comes after them cannot be reached. */
function follow(run: Run, statements: unknown, variables: Variables): boolean {
  const before = run.conditional;
  let ended = false;
  for (const statement of (statements as Tree[] | undefined) ?? []) {
    run.fuel -= 1;
    if (run.fuel <= 0) {
      if (run.fuel === 0) add(run, {}, { kind: "undecidable", text: "" });
      return true;
    }
    for (const kind in statement) {
      if (step(run, kind, statement[kind] as Tree, variables)) ended = true;
    }
    if (ended) break;
  }
  run.conditional = before;
  return ended;
}

function add(run: Run, node: Tree, step: Pick<Step, "kind"> & { text?: string; dynamic?: boolean }) {
  const line = Number(node.lineno ?? 1);
  const at = { line, conditional: run.conditional > 0, loop: run.loop > 0, handler: run.handler > 0 };
  if (run.steps.length < MOST_STEPS) run.steps.push({ ...step, ...at } as Step);
  else if (run.steps.length === MOST_STEPS) {
    run.steps.push({ kind: "undecidable", text: "", ...at });
    run.fuel = 0;
  }
}

function evaluate(run: Run, node: Tree, holder: unknown) {
  const text = queryOf(holder);
  // Only a call can do something; what runs nothing else need not be looked at.
  if (text?.includes("(")) add(run, node, { kind: "expression", text });
}

function branch(run: Run, node: Tree, key: string, variables: Variables): Variables | undefined {
  const inner: Variables = new Map(variables);
  run.conditional += 1;
  const ended = follow(run, node[key], inner);
  run.conditional -= 1;
  return ended ? undefined : inner;
}

/** After branches a variable holds what any of those holds that go on. */
function merge(variables: Variables, branches: readonly (Variables | undefined)[]) {
  const live = branches.filter((one) => one !== undefined);
  for (const name of variables.keys()) {
    const values = live.map((one) => one.get(name));
    if (values.some((value) => value !== values[0])) variables.set(name, either(values));
    else if (values.length > 0) variables.set(name, values[0]);
  }
}

function step(run: Run, kind: string, node: Tree, variables: Variables): boolean {
  switch (kind) {
    case "PLpgSQL_stmt_block":
      return block(run, node, variables);
    case "PLpgSQL_stmt_assign":
      evaluate(run, node, node.expr);
      assign(run, queryOf(node.expr) ?? "", variables);
      return false;
    case "PLpgSQL_stmt_if":
      return choose(run, node, variables);
    case "PLpgSQL_stmt_case": {
      evaluate(run, node, node.t_expr);
      const whens = (node.case_when_list as Tree[] | undefined) ?? [];
      const branches = whens.map((when) => branch(run, when.PLpgSQL_case_when as Tree, "stmts", variables));
      merge(variables, [...branches, branch(run, node, "else_stmts", variables)]);
      return false;
    }
    case "PLpgSQL_stmt_fori":
      return loopOver(run, node, variables, integers(run, node, variables));
    case "PLpgSQL_stmt_foreach_a": {
      const list = fold(expression(run, queryOf(node.expr)), variables);
      const name = nameOfDatum(run, Number(node.varno ?? 0));
      const items = list?.kind === "list" ? list.items : undefined;
      return loopOver(
        run,
        node,
        variables,
        items?.map((item) => new Map([[name, item]])),
        [name],
      );
    }
    case "PLpgSQL_stmt_fors":
      add(run, node, { kind: "sql", text: queryOf(node.query) ?? "", dynamic: false });
      return loopOver(run, node, variables, rows(run, node, variables));
    case "PLpgSQL_stmt_dynfors":
      execute(run, node, node.query, variables);
      return loopOver(run, node, variables, undefined);
    case "PLpgSQL_stmt_while":
      evaluate(run, node, node.cond);
      return loopOver(run, node, variables, undefined);
    case "PLpgSQL_stmt_loop":
    case "PLpgSQL_stmt_forc":
      return loopOver(run, node, variables, undefined);
    case "PLpgSQL_stmt_exit":
      run.conditional += 1;
      return false;
    case "PLpgSQL_stmt_return":
      evaluate(run, node, node.expr);
      return true;
    case "PLpgSQL_stmt_raise":
      return Number(node.elog_level ?? 21) >= 21;
    case "PLpgSQL_stmt_return_query":
      if (node.dynquery === undefined)
        add(run, node, { kind: "sql", text: queryOf(node.query) ?? "", dynamic: false });
      else execute(run, node, node.dynquery, variables);
      return false;
    case "PLpgSQL_stmt_execsql":
      add(run, node, { kind: "sql", text: queryOf(node.sqlstmt) ?? "", dynamic: false });
      assignRow(run, node, variables);
      return false;
    case "PLpgSQL_stmt_perform":
    case "PLpgSQL_stmt_call":
      add(run, node, { kind: "sql", text: queryOf(node.expr) ?? "", dynamic: false });
      return false;
    case "PLpgSQL_stmt_dynexecute":
      execute(run, node, node.query, variables);
      forget(node.target, variables);
      return false;
    case "PLpgSQL_stmt_open":
      if (node.dynquery !== undefined) execute(run, node, node.dynquery, variables);
      return false;
    case "PLpgSQL_stmt_fetch":
      forget(node.target, variables);
      return false;
    case "PLpgSQL_stmt_getdiag":
      for (const item of (node.diag_items as Tree[] | undefined) ?? []) {
        variables.set(nameOfDatum(run, Number((item.PLpgSQL_diag_item as Tree).target ?? 0)), undefined);
      }
      return false;
    case "PLpgSQL_stmt_commit":
      add(run, node, { kind: "commit" });
      return false;
    case "PLpgSQL_stmt_rollback":
      add(run, node, { kind: "rollback" });
      return false;
    default:
      return false;
  }
}

function block(run: Run, node: Tree, variables: Variables): boolean {
  const ended = follow(run, node.body, variables);
  const handlers = (node.exceptions as Tree | undefined)?.PLpgSQL_exception_block as Tree | undefined;
  if (handlers === undefined) return ended;
  const before = new Map(variables);
  run.handler += 1;
  for (const handler of (handlers.exc_list as Tree[] | undefined) ?? []) {
    branch(run, handler.PLpgSQL_exception as Tree, "action", before);
  }
  run.handler -= 1;
  return false;
}

function choose(run: Run, node: Tree, variables: Variables): boolean {
  const parts: { cond: unknown; node: Tree; key: string }[] = [{ cond: node.cond, node, key: "then_body" }];
  for (const item of (node.elsif_list as Tree[] | undefined) ?? []) {
    const elsif = item.PLpgSQL_if_elsif as Tree;
    parts.push({ cond: elsif.cond, node: elsif, key: "stmts" });
  }
  const branches: (Variables | undefined)[] = [];
  for (const part of parts) {
    evaluate(run, part.node, part.cond);
    const truth = truthOf(expression(run, queryOf(part.cond)), variables);
    if (truth === false) continue;
    if (truth === true && branches.length === 0) return follow(run, part.node[part.key], variables);
    branches.push(branch(run, part.node, part.key, variables));
  }
  branches.push(branch(run, node, "else_body", variables));
  merge(variables, branches);
  // One way out ends here, so that what follows may not run.
  if (branches.includes(undefined)) run.conditional += 1;
  return branches.every((one) => one === undefined);
}

function assign(run: Run, query: string, variables: Variables) {
  const sign = query.indexOf("=");
  const target = query.slice(0, query[sign - 1] === ":" ? sign - 1 : sign).trim();
  const name = target.replaceAll('"', "").toLowerCase();
  const simple = /^[^.[\s]+$/.test(name);
  const value = simple ? fold(expression(run, query.slice(sign + 1)), variables) : undefined;
  variables.set(simple ? name : (/^[^.[\s]+/.exec(name)?.[0] ?? name), value);
}

/** SELECT … INTO of constants. */
function assignRow(run: Run, node: Tree, variables: Variables) {
  if (node.target === undefined) return;
  const names = targets(node.target);
  const select = parsedSelect(run, queryOf(node.sqlstmt));
  const values = select?.fromClause === undefined ? (select?.targetList ?? []) : [];
  for (const [at, name] of names.entries()) {
    const value = values[at];
    variables.set(
      name,
      value !== undefined && "ResTarget" in value ? fold(value.ResTarget.val, variables) : undefined,
    );
  }
}

const forget = (target: unknown, variables: Variables) => {
  for (const name of targets(target)) variables.set(name, undefined);
};

/** The variables that an INTO or a loop writes. */
function targets(target: unknown): string[] {
  const holder = (target as Tree | undefined) ?? {};
  const row = holder.PLpgSQL_row as Tree | undefined;
  if (row !== undefined) return ((row.fields as Tree[] | undefined) ?? []).map((field) => String(field.name));
  const single = (holder.PLpgSQL_rec ?? holder.PLpgSQL_var) as Tree | undefined;
  return single === undefined ? [] : [String(single.refname)];
}

function nameOfDatum(run: Run, number: number): string {
  const datum = run.datums[number] ?? {};
  return String(((datum.PLpgSQL_var ?? datum.PLpgSQL_rec) as Tree | undefined)?.refname ?? "");
}

function execute(run: Run, node: Tree, query: unknown, variables: Variables) {
  const value = fold(expression(run, queryOf(query)), variables);
  if (value?.kind !== "texts") {
    add(run, node, { kind: "undecidable", text: queryOf(query) ?? "" });
    return;
  }
  if (value.texts.length > 1) run.conditional += 1;
  for (const text of value.texts) add(run, node, { kind: "sql", text, dynamic: true });
  if (value.texts.length > 1) run.conditional -= 1;
}

/** Every turn when they are known; else one in which nothing that the loop writes is known. */
function loopOver(
  run: Run,
  node: Tree,
  variables: Variables,
  turns: readonly Variables[] | undefined,
  written: readonly string[] = targets(node.var),
): boolean {
  run.loop += 1;
  if (turns !== undefined && turns.length <= MOST_TURNS) {
    for (const turn of turns) {
      for (const [name, value] of turn) variables.set(name, value);
      follow(run, node.body, variables);
    }
  } else {
    for (const name of [...written, ...assignedIn(run, node.body)]) variables.set(name, undefined);
    run.conditional += 1;
    follow(run, node.body, variables);
    run.conditional -= 1;
    for (const name of [...written, ...assignedIn(run, node.body)]) variables.set(name, undefined);
  }
  run.loop -= 1;
  return false;
}

function assignedIn(run: Run, body: unknown): string[] {
  const found: string[] = [];
  const visit = (tree: unknown) => {
    if (tree === null || typeof tree !== "object") return;
    for (const [key, value] of Object.entries(tree)) {
      if (key === "PLpgSQL_stmt_assign") found.push(nameOfDatum(run, Number((value as Tree).varno ?? 0)));
      else if (key === "target") found.push(...targets(value));
      visit(value);
    }
  };
  visit(body);
  return found;
}

function integers(run: Run, node: Tree, variables: Variables): Variables[] | undefined {
  const [lower, upper, by] = [node.lower, node.upper, node.step].map((part) => {
    const value = fold(expression(run, queryOf(part)), variables);
    return value?.kind === "texts" && value.texts.length === 1 ? Number(value.texts[0]) : undefined;
  });
  if (lower === undefined || upper === undefined || (by === undefined && node.step !== undefined))
    return undefined;
  const [name = ""] = targets(node.var);
  const distance = by ?? 1;
  const count = Math.floor(Math.abs(upper - lower) / distance) + 1;
  if (!(count <= MOST_TURNS)) return undefined;
  if (node.reverse ? lower < upper : lower > upper) return [];
  const sign = node.reverse ? -distance : distance;
  return Array.from({ length: count }, (_, turn) => new Map([[name, textOf(String(lower + turn * sign))]]));
}

/** The rows of a query that stands for a list: VALUES, or unnest of constants. */
function rows(run: Run, node: Tree, variables: Variables): Variables[] | undefined {
  const select = parsedSelect(run, queryOf(node.query));
  const found = select === undefined ? undefined : constantRows(select, variables);
  if (found === undefined) return undefined;
  const names = targets(node.var);
  const isRecord = (node.var as Tree | undefined)?.PLpgSQL_rec !== undefined;
  return found.values.map((row) => {
    if (!isRecord) return new Map(names.map((name, at) => [name, row[at]]));
    const fields = new Map(row.map((value, at) => [found.columns[at] ?? `column${at + 1}`, value]));
    return new Map<string, Value>([[names[0] ?? "", { kind: "row", fields }]]);
  });
}
