import type { FuncCall, Node } from "libpg-query";
import { constantOf, lastName, stringsOf } from "./nodes.ts";

/** What a variable of a procedure may hold: one of these texts, a list, a row; undefined when it is not known. */
export type Value =
  | { kind: "texts"; texts: readonly string[] }
  | { kind: "list"; items: readonly Value[] }
  | { kind: "row"; fields: ReadonlyMap<string, Value> }
  | undefined;
export type Variables = Map<string, Value>;

/** Stands in a folded text for a name that is not known but safely quoted. */
export const SOME_NAME = "\uE000";
/** Stands in a folded text for a literal that is not known but safely quoted. */
export const SOME_LITERAL = "\uE001";

/** More possibilities than these count as unknown. */
const MOST = 64;

export const textOf = (...texts: string[]): Value => ({ kind: "texts", texts });

/** Folds an expression to what it can be. */
export function fold(node: Node | undefined, variables: Variables): Value {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const value = constantOf(node);
    return value === undefined || value === null ? undefined : textOf(String(value));
  }
  if ("TypeCast" in node) {
    const inner = fold(node.TypeCast.arg, variables);
    const isList = (node.TypeCast.typeName?.arrayBounds ?? []).length > 0;
    return isList && inner?.kind === "texts" ? listOf(inner.texts) : inner;
  }
  if ("ColumnRef" in node) return variable(stringsOf(node.ColumnRef.fields), variables);
  if ("ParamRef" in node) return variables.get(`$${node.ParamRef.number ?? 0}`);
  if ("A_ArrayExpr" in node) {
    return { kind: "list", items: (node.A_ArrayExpr.elements ?? []).map((item) => fold(item, variables)) };
  }
  if ("A_Indirection" in node) {
    const whole = fold(node.A_Indirection.arg, variables);
    if (whole?.kind === "list") return either(whole.items);
    const field = lastName(node.A_Indirection.indirection);
    return whole?.kind === "row" ? whole.fields.get(field) : undefined;
  }
  if ("A_Expr" in node) {
    const { lexpr, rexpr, name } = node.A_Expr;
    const operator = lastName(name);
    const left = fold(lexpr, variables);
    const right = fold(rexpr, variables);
    if (operator === "||") {
      if (left?.kind === "list" && right?.kind === "list") {
        return { kind: "list", items: [...left.items, ...right.items] };
      }
      return joined([left, right], "");
    }
    if ((operator === "+" || operator === "-") && lexpr !== undefined) {
      return combined([left, right], ([a, b]) => {
        const sum = operator === "+" ? Number(a) + Number(b) : Number(a) - Number(b);
        return Number.isFinite(sum) ? String(sum) : undefined;
      });
    }
    return undefined;
  }
  if ("CoalesceExpr" in node) return fold(node.CoalesceExpr.args?.[0], variables);
  if ("CaseExpr" in node) {
    const results = (node.CaseExpr.args ?? []).map((when) =>
      "CaseWhen" in when ? fold(when.CaseWhen.result, variables) : undefined,
    );
    return either([...results, fold(node.CaseExpr.defresult, variables)]);
  }
  if ("FuncCall" in node) return called(node.FuncCall, variables);
  return undefined;
}

/** Any of these; unknown when one is. */
export function either(values: readonly Value[]): Value {
  const texts = new Set<string>();
  for (const value of values) {
    if (value?.kind !== "texts") return values.length === 1 ? value : undefined;
    for (const text of value.texts) texts.add(text);
  }
  return texts.size === 0 || texts.size > MOST ? undefined : { kind: "texts", texts: [...texts] };
}

/** Whether a condition of constants holds. */
export function truthOf(condition: Node | undefined, variables: Variables): boolean | undefined {
  if (condition === undefined) return undefined;
  if ("A_Expr" in condition) {
    const left = fold(condition.A_Expr.lexpr, variables);
    const right = fold(condition.A_Expr.rexpr, variables);
    const operator = lastName(condition.A_Expr.name);
    if (left?.kind !== "texts" || right?.kind !== "texts") return undefined;
    if (left.texts.length !== 1 || right.texts.length !== 1) return undefined;
    if (operator === "=") return left.texts[0] === right.texts[0];
    if (operator === "<>") return left.texts[0] !== right.texts[0];
    return undefined;
  }
  const value = fold(condition, variables);
  if (value?.kind !== "texts" || value.texts.length !== 1) return undefined;
  return value.texts[0] === "true" ? true : value.texts[0] === "false" ? false : undefined;
}

function variable(path: string[], variables: Variables): Value {
  const [first = "", second] = path;
  if (variables.has(first)) {
    const value = variables.get(first);
    if (second === undefined) return value;
    return value?.kind === "row" ? value.fields.get(second) : undefined;
  }
  return second === undefined ? undefined : variables.get(second);
}

/** `{a,"b c"}`, as PostgreSQL writes arrays. */
function listOf(texts: readonly string[]): Value {
  const [text] = texts;
  if (texts.length !== 1 || text === undefined || !text.startsWith("{") || !text.endsWith("}"))
    return undefined;
  const items: Value[] = [];
  for (const [, quoted, plain] of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,"{}\s][^,"{}]*)/g)) {
    items.push(textOf(quoted === undefined ? plain!.trim() : quoted.replace(/\\(.)/g, "$1")));
  }
  return { kind: "list", items };
}

function combined(values: readonly Value[], make: (texts: string[]) => string | undefined): Value {
  let rows: string[][] = [[]];
  for (const value of values) {
    if (value?.kind !== "texts" || rows.length * value.texts.length > MOST) return undefined;
    rows = rows.flatMap((row) => value.texts.map((text) => [...row, text]));
  }
  const texts = rows.map(make);
  return texts.includes(undefined) ? undefined : { kind: "texts", texts: [...new Set(texts as string[])] };
}

const joined = (values: readonly Value[], separator: string): Value =>
  combined(values, (texts) => texts.join(separator));

function called(call: FuncCall, variables: Variables): Value {
  const name = lastName(call.funcname).toLowerCase();
  const args = (call.args ?? []).map((arg) => fold(arg, variables));
  const [first] = args;
  switch (name) {
    case "format":
      return formatted(args);
    case "quote_ident":
      return first?.kind === "texts" ? combined([first], ([text]) => quotedName(text!)) : textOf(someName());
    case "quote_literal":
    case "quote_nullable":
      return first?.kind === "texts"
        ? combined([first], ([text]) => quotedLiteral(text!))
        : textOf(someLiteral());
    case "concat":
      return joined(args, "");
    case "concat_ws":
      return combined(args, ([separator, ...rest]) => rest.join(separator));
    case "lower":
      return combined(args, ([text]) => text!.toLowerCase());
    case "upper":
      return combined(args, ([text]) => text!.toUpperCase());
    case "trim":
    case "btrim":
      return args.length === 1 ? combined(args, ([text]) => text!.trim()) : undefined;
    case "replace":
      return combined(args, ([text, from, to]) => text!.replaceAll(from ?? "", to ?? ""));
    case "lpad":
      return combined(args, ([text, length, fill]) => text!.padStart(Number(length), fill ?? " "));
    case "string_to_array":
      return args.length === 2 && args.every((arg) => arg?.kind === "texts" && arg.texts.length === 1)
        ? { kind: "list", items: splitOn(args).map((text) => textOf(text)) }
        : undefined;
    case "array_append":
      return first?.kind === "list" ? { kind: "list", items: [...first.items, args[1]] } : undefined;
    default:
      return undefined;
  }
}

function splitOn(args: readonly Value[]): string[] {
  const [text, separator] = args.map((arg) => (arg?.kind === "texts" ? arg.texts[0]! : ""));
  return text!.split(separator!);
}

/** format() with %s, %I, %L, %% and positions; a width changes nothing that matters. */
function formatted(args: readonly Value[]): Value {
  const [template, ...values] = args;
  if (template?.kind !== "texts" || template.texts.length !== 1) return undefined;
  const parts: Value[] = [];
  let next = 0;
  let from = 0;
  const text = template.texts[0]!;
  for (const match of text.matchAll(/%(?:(\d+)\$)?-?\d*([sIL%])/g)) {
    parts.push(textOf(text.slice(from, match.index)));
    from = match.index + match[0].length;
    if (match[2] === "%") {
      parts.push(textOf("%"));
      continue;
    }
    if (match[1] !== undefined) next = Number(match[1]) - 1;
    const value = values[next];
    next += 1;
    if (match[2] === "s") parts.push(value);
    else if (match[2] === "I") {
      parts.push(
        value?.kind === "texts" ? combined([value], ([name]) => quotedName(name!)) : textOf(someName()),
      );
    } else {
      parts.push(
        value?.kind === "texts"
          ? combined([value], ([literal]) => quotedLiteral(literal!))
          : textOf(someLiteral()),
      );
    }
  }
  parts.push(textOf(text.slice(from)));
  return joined(parts, "");
}

const quotedName = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !name.includes(SOME_NAME) ? name : `"${name.replaceAll('"', '""')}"`;
const quotedLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const someName = (): string => `"${SOME_NAME}"`;
const someLiteral = (): string => `'${SOME_LITERAL}'`;
