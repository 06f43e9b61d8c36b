import type { CreateFunctionStmt, TypeName } from "libpg-query";
import { constantOf, stringsOf, typeText } from "./nodes.ts";
import type { Made, Script, Signature, UserFunction } from "./types.ts";

/** A type without modifiers, which functions ignore, and without its schema. */
const plainType = (type: TypeName | undefined): string =>
  (typeText(type) ?? "?").replace(/\([^)]*\)/, "").replace(/^.*\./, "");

/** What a CREATE FUNCTION or PROCEDURE says of arguments and result. */
export function signatureOf(node: CreateFunctionStmt): Signature {
  const inputs: Signature["inputs"][number][] = [];
  const columns: string[] = [];
  for (const parameter of node.parameters ?? []) {
    if (!("FunctionParameter" in parameter)) continue;
    const { mode = "FUNC_PARAM_DEFAULT", name = "", argType, defexpr } = parameter.FunctionParameter;
    const type = plainType(argType);
    if (!/_(?:OUT|TABLE)$/.test(mode)) inputs.push({ name, type, hasDefault: defexpr !== undefined });
    if (/_(?:OUT|TABLE|INOUT)$/.test(mode)) columns.push(`${name} ${type}`);
  }
  const set = node.returnType?.setof === true ? "setof " : "";
  const result = columns.length > 0 ? columns.join(", ") : plainType(node.returnType);
  return { procedure: node.is_procedure === true, inputs, result: set + result };
}

/** What a CREATE FUNCTION or PROCEDURE defines. `offset` is where its text starts in the script. */
export function functionOf(
  node: CreateFunctionStmt,
  name: string,
  source: { script: Script; text: string; offset: number },
  made: Made | undefined,
): UserFunction {
  const options = new Map<string, string>();
  let body: string | undefined;
  for (const option of node.options ?? []) {
    if (!("DefElem" in option)) continue;
    const { defname, arg } = option.DefElem;
    if (defname === "as" && arg !== undefined && "List" in arg) body = stringsOf(arg.List.items)[0];
    else if (defname !== undefined) options.set(defname, String(constantOf(arg) ?? ""));
  }
  if (node.sql_body !== undefined) body = /\bbegin\s+atomic\b([\s\S]*)\bend\s*$/i.exec(source.text)?.[1];
  const parameters: string[] = [];
  for (const parameter of node.parameters ?? []) {
    if (!("FunctionParameter" in parameter)) continue;
    const { mode, name: parameterName } = parameter.FunctionParameter;
    if (mode === "FUNC_PARAM_OUT" || mode === "FUNC_PARAM_TABLE") continue;
    parameters.push(parameterName ?? "");
  }
  const at = body === undefined ? -1 : source.text.indexOf(body);
  const volatility = options.get("volatility");
  return {
    name,
    language: (options.get("language") ?? "sql").toLowerCase(),
    volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
    parameters,
    signature: signatureOf(node),
    returns: typeText(node.returnType),
    ...(body === undefined
      ? {}
      : { body: { text: body, script: source.script, offset: source.offset + Math.max(at, 0) } }),
    definition: source.text,
    ...(made === undefined ? {} : { made }),
  };
}
