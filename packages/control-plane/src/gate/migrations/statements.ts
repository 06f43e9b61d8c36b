import type { Node } from "libpg-query";
import { type Place, placesIn } from "../finding.ts";
import { fold, SOME_NAME, type Variables } from "./fold.ts";
import { functionOf } from "./functions.ts";
import { callsIn, constantOf, lastName, stringsOf } from "./nodes.ts";
import type { Parsed, ParsedStatement, Parser } from "./parse.ts";
import { type Step, stepsOf } from "./procedure.ts";
import type { Script, Statement, StatementKind, UserFunction } from "./types.ts";

/** What a script runs, and what of it could not be followed. */
export type Unfolded = { statements: Statement[]; problems: Problem[] };
/** `dynamic`: SQL put together from what is not known; `procedure`: a body that cannot be read. */
export type Problem = { kind: "dynamic" | "procedure"; place: Place; what: string };

type Frame = {
  within: Statement["within"];
  conditional: boolean;
  loop: boolean;
  handler: boolean;
  /** Functions being followed, so that recursion ends. */
  stack: readonly string[];
};
type Run = {
  parser: Parser;
  script: Script;
  placeOf: (offset: number, end?: number) => Place;
  found: Unfolded;
  functions: (name: string) => UserFunction | undefined;
  made: Map<string, UserFunction>;
  /** How many more calls of functions may be followed. */
  calls: number;
};

/** A script that calls more is cut off there and counts as undecidable. */
const MOST_CALLS = 500;

/** Kinds of statements in which a call runs a function now. */
const RUNS_CALLS = new Set<StatementKind>([
  "SelectStmt",
  "CallStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CreateTableAsStmt",
]);
/** Calls by which an expression changes the session. */
const SESSION_CALLS = /^(set_config|pg_(try_)?advisory_(xact_)?lock(_shared)?)$/;

/**
 * Lists what a parsed script runs: DO blocks, EXECUTE and calls of functions whose body is known (`functions`, or made
 * in the script itself) unfolded behind the statement that runs them.
 */
export function unfold(
  parser: Parser,
  script: Script,
  parsed: Extract<Parsed, { ok: true }>,
  functions: (name: string) => UserFunction | undefined,
): Unfolded {
  const places = placesIn(script.file);
  const run: Run = {
    parser,
    script,
    placeOf: (offset, end) =>
      places(script.offset + offset, end === undefined ? undefined : script.offset + end),
    found: { statements: [], problems: [] },
    functions,
    made: new Map(),
    calls: MOST_CALLS,
  };
  const frame: Frame = { within: "script", conditional: false, loop: false, handler: false, stack: [] };
  for (const statement of parsed.statements) {
    const text = script.text.slice(statement.start, statement.end);
    const place = run.placeOf(statement.start, statement.end);
    const at = (location: number | undefined) =>
      location === undefined || location < 0 ? place : run.placeOf(parsed.offsetOf(location));
    push(run, frame, statement, { text, place, at, dynamic: false, offset: statement.start });
  }
  return run.found;
}

type Source = {
  text: string;
  place: Place;
  at: Statement["at"];
  dynamic: boolean;
  offset: number | undefined;
};

function push(run: Run, frame: Frame, parsed: ParsedStatement, source: Source) {
  const { kind } = parsed;
  const node = (parsed.node as Record<string, unknown>)[kind];
  const { within, conditional, loop, handler } = frame;
  const { text, place, at, dynamic } = source;
  run.found.statements.push({
    kind,
    node,
    text,
    place,
    at,
    dynamic,
    within,
    conditional,
    loop,
    handler,
  } as Statement);
  if (kind === "DoStmt") doBlock(run, frame, parsed, source);
  else if (kind === "CreateFunctionStmt" && "CreateFunctionStmt" in parsed.node) {
    const create = parsed.node.CreateFunctionStmt;
    const name = stringsOf(create.funcname).join(".");
    const from = { script: run.script, text, offset: source.offset ?? 0 };
    run.made.set(lastName(create.funcname), functionOf(create, name, from, undefined));
  } else if (RUNS_CALLS.has(kind)) {
    // CALL holds its FuncCall bare.
    calls(run, frame, "CallStmt" in parsed.node ? { FuncCall: parsed.node.CallStmt.funccall } : node, source);
  }
}

function calls(run: Run, frame: Frame, tree: unknown, source: Source) {
  for (const call of callsIn(tree)) {
    const short = call.name.slice(call.name.lastIndexOf(".") + 1);
    const known = run.made.get(short) ?? run.functions(call.name);
    if (known?.body === undefined || frame.stack.includes(known.name) || frame.stack.length >= 8) continue;
    run.calls -= 1;
    if (run.calls <= 0) {
      if (run.calls === 0) problem(run, "dynamic", source.place, call.name);
      return;
    }
    const given: Variables = new Map();
    for (const [at, name] of known.parameters.entries()) {
      const value = call.args[at] === undefined ? undefined : fold(call.args[at], new Map());
      if (name !== "") given.set(name, value);
      given.set(`$${at + 1}`, value);
    }
    const inner: Frame = { ...frame, within: "function", stack: [...frame.stack, known.name] };
    // A place in another file would be no help to who reads this one.
    const here = known.body.script === run.script ? known.body.offset : undefined;
    if (known.language === "plpgsql") {
      body(run, inner, known.definition, { text: known.body.text, offset: here }, given, source);
    } else if (known.language === "sql") {
      sql(run, inner, known.body.text, here, source, false);
    } else problem(run, "procedure", source.place, known.language);
  }
}

function doBlock(run: Run, frame: Frame, parsed: ParsedStatement, source: Source) {
  if (!("DoStmt" in parsed.node)) return;
  let text = "";
  let language = "plpgsql";
  for (const argument of parsed.node.DoStmt.args ?? []) {
    if (!("DefElem" in argument)) continue;
    const value = String(constantOf(argument.DefElem.arg) ?? "");
    if (argument.DefElem.defname === "as") text = value;
    else language = value.toLowerCase();
  }
  if (language !== "plpgsql") {
    problem(run, "procedure", source.place, language);
    return;
  }
  const at = source.text.indexOf(text);
  const offset = source.offset === undefined || at < 0 ? undefined : source.offset + at;
  const inner: Frame = { ...frame, within: frame.within === "function" ? "function" : "do" };
  body(run, inner, source.text, { text, offset }, new Map(), source);
}

function body(
  run: Run,
  frame: Frame,
  definition: string,
  inside: { text: string; offset: number | undefined },
  given: Variables,
  source: Source,
) {
  let steps: Step[];
  try {
    steps = stepsOf(run.parser, run.parser.procedure(definition), given);
  } catch (error) {
    problem(run, "procedure", source.place, error instanceof Error ? error.message : String(error));
    return;
  }
  const offsets = inside.offset === undefined ? undefined : stepOffsets(inside.text, steps);
  for (const [number, step] of steps.entries()) {
    const within = offsets?.[number];
    const offset = within === undefined ? undefined : inside.offset! + within;
    const place = offset === undefined ? source.place : run.placeOf(offset);
    const nested: Frame = {
      ...frame,
      conditional: frame.conditional || step.conditional,
      loop: frame.loop || step.loop,
      handler: frame.handler || step.handler,
    };
    const from: Source = { ...source, place, at: () => place };
    if (step.kind === "undecidable") problem(run, "dynamic", place, step.text);
    else if (step.kind === "sql" && step.dynamic) sql(run, nested, step.text, undefined, from, true);
    else if (step.kind === "sql") {
      const verbatim = offset !== undefined && inside.text.startsWith(step.text, within);
      sql(run, nested, step.text, verbatim ? offset : undefined, from, false);
    } else if (step.kind === "expression") expression(run, nested, step.text, from);
    else {
      const kind = step.kind === "commit" ? "TRANS_STMT_COMMIT" : "TRANS_STMT_ROLLBACK";
      const node: Node = { TransactionStmt: { kind } };
      push(run, nested, { kind: "TransactionStmt", node, start: 0, end: 0 }, { ...from, text: step.kind });
    }
  }
}

/** Where each step stands in the body: its text at or behind its line, else the line's first character. */
function stepOffsets(text: string, steps: readonly Step[]): number[] {
  const lines = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
  return steps.map((step) => {
    const start = lines[Math.min(step.line, lines.length) - 1] ?? 0;
    const end = lines[step.line] ?? text.length;
    const exact = "text" in step && step.text !== "" ? text.indexOf(step.text, start) : -1;
    if (exact >= 0 && exact < end && step.kind === "sql" && !step.dynamic) return exact;
    const blanks = text.slice(start, end).search(/\S/);
    return start + Math.max(blanks, 0);
  });
}

function sql(
  run: Run,
  frame: Frame,
  text: string,
  offset: number | undefined,
  source: Source,
  dynamic: boolean,
) {
  const parsed = run.parser.parse(text);
  if (!parsed.ok || (text.includes(SOME_NAME) && !parsed.statements.every(harmlessWithoutName))) {
    problem(run, dynamic ? "dynamic" : "procedure", source.place, parsed.ok ? text : parsed.message);
    return;
  }
  for (const statement of parsed.statements) {
    const place =
      offset === undefined ? source.place : run.placeOf(offset + statement.start, offset + statement.end);
    const at = (location: number | undefined) =>
      offset === undefined || location === undefined || location < 0
        ? place
        : run.placeOf(offset + parsed.offsetOf(location));
    const from: Source = {
      text: text.slice(statement.start, statement.end),
      place,
      at,
      dynamic: dynamic || source.dynamic,
      offset: offset === undefined ? undefined : offset + statement.start,
    };
    push(run, frame, statement, from);
  }
}

/** Whatever its name is, a table that was not there, ANALYZE or a comment hurts nobody. */
function harmlessWithoutName({ node, kind }: ParsedStatement): boolean {
  if (kind === "CommentStmt") return true;
  if ("VacuumStmt" in node) return node.VacuumStmt.is_vacuumcmd !== true;
  if (!("CreateStmt" in node)) return false;
  const { relation: _relation, ...rest } = node.CreateStmt;
  return !JSON.stringify(rest).includes(SOME_NAME);
}

/** An expression of a procedure matters when it calls something that is known or changes the session. */
function expression(run: Run, frame: Frame, text: string, source: Source) {
  const start = text.search(/:?=/);
  const isAssignment = /^[^('=]*:?=/.test(text) && !/^[^:=]*[<>!]=/.test(text);
  const parsed = run.parser.parse(`SELECT ${isAssignment ? text.slice(text.indexOf("=", start) + 1) : text}`);
  if (!parsed.ok) return;
  const [statement] = parsed.statements;
  if (statement === undefined) return;
  const matters = callsIn(statement.node).some(({ name }) => SESSION_CALLS.test(name));
  if (matters) push(run, frame, statement, { ...source, text });
  else calls(run, frame, statement.node, source);
}

function problem(run: Run, kind: Problem["kind"], place: Place, what: string) {
  run.found.problems.push({ kind, place, what: what.length > 120 ? `${what.slice(0, 117)}…` : what });
}
