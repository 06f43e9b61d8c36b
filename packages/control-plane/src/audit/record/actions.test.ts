import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, visitorKeys } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { ACTIONS, type Action } from "./actions.ts";

const SOURCE = path.resolve(import.meta.dirname, "../..");
/** What the variable part of an action's name may be. */
const DYNAMIC: Record<string, string[]> = {
  "alert.": ["inactive", "pending", "firing", "resolved", "level"],
  "run.": ["in_doubt", "parked", "compensation_failed"],
};

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof (value as Node)?.type === "string";

function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const key of visitorKeys[node.type as keyof typeof visitorKeys] ?? []) {
    for (const child of [node[key]].flat()) if (isNode(child)) yield* nodesIn(child);
  }
}

const calleeOf = (node: Node) =>
  node.type === "CallExpression" && isNode(node.callee) && node.callee.type === "Identifier"
    ? (node.callee.name as string)
    : undefined;

/** The action that a call records: its own argument `action`, in an object or by itself. */
function actionArguments(call: Node): Node[] {
  return (call.arguments as Node[]).flatMap((argument) =>
    argument.type === "ObjectExpression"
      ? (argument.properties as Node[])
          .filter((property) => isNode(property.key) && property.key.name === "action")
          .map((property) => property.value as Node)
      : [argument],
  );
}

const NAME = /^[a-z][a-z_]*\.[a-z][a-z_-]*$/;

/** The names that an expression can have; a template's stands with `*` for what varies. */
function namesOf(expression: Node): string[] {
  if (expression.type === "Literal")
    return NAME.test(String(expression.value)) ? [String(expression.value)] : [];
  if (expression.type === "ConditionalExpression") {
    return [...namesOf(expression.consequent as Node), ...namesOf(expression.alternate as Node)];
  }
  if (expression.type !== "TemplateLiteral") return [];
  const [first] = expression.quasis as { value: { cooked: string } }[];
  return /^[a-z_]+\.$/.test(first?.value.cooked ?? "") ? [`${first!.value.cooked}*`] : [];
}

/** Functions with a parameter `action` that record something are recorders themselves. */
function recordersIn(program: Node, known: Set<string>): string[] {
  return [...nodesIn(program)].flatMap((node) => {
    const name = isNode(node.id) ? (node.id.name as string) : "";
    const isFunction = node.type === "FunctionDeclaration" && name !== "";
    const takesAction = (node.params as Node[] | undefined)?.some((one) => one.name === "action");
    if (!isFunction || !takesAction) return [];
    return [...nodesIn(node.body as Node)].some((inner) => known.has(calleeOf(inner) ?? "")) ? [name] : [];
  });
}

function recordedIn(sources: string[]): string[] {
  const programs = sources.map((text, index) => parseSync(`${index}.ts`, text).program as unknown as Node);
  const recorders = new Set(["record", "recordAccess"]);
  for (let size = 0; size < recorders.size; ) {
    size = recorders.size;
    for (const program of programs) for (const name of recordersIn(program, recorders)) recorders.add(name);
  }
  return programs.flatMap((program) =>
    [...nodesIn(program)].flatMap((node) =>
      recorders.has(calleeOf(node) ?? "") ? actionArguments(node).flatMap(namesOf) : [],
    ),
  );
}

const propertyOf = (object: Node, name: string) =>
  (object.properties as Node[]).find((one) => isNode(one.key) && one.key.name === name)?.value as
    | Node
    | undefined;

/** Events written out in one place: those whose class or details are not those of the catalogue. */
function unfitIn(catalogue: Record<string, Action>, source: string): string[] {
  const program = parseSync("a.ts", source).program as unknown as Node;
  return [...nodesIn(program)].flatMap((node) => {
    if (!["record", "recordAccess"].includes(calleeOf(node) ?? "")) return [];
    const event = (node.arguments as Node[]).find((argument) => argument.type === "ObjectExpression");
    const action = event && propertyOf(event, "action");
    return event && action ? namesOf(action).flatMap((name) => unfit(catalogue[name], name, event)) : [];
  });
}

function unfit(known: Action | undefined, name: string, event: Node): string[] {
  if (!known) return [];
  const given = propertyOf(event, "class")?.value;
  const details = propertyOf(event, "details");
  const fields =
    details?.type === "ObjectExpression"
      ? (details.properties as Node[]).flatMap((one) => (isNode(one.key) ? [String(one.key.name)] : []))
      : [];
  return [
    ...(given !== undefined && given !== known.class ? [`${name} as ${given}`] : []),
    ...fields.filter((field) => !Object.hasOwn(known.details, field)).map((field) => `${name}: ${field}`),
  ];
}

function missingFrom(catalogue: object, names: string[]): string[] {
  const all = names.flatMap((name) =>
    name.endsWith("*")
      ? (DYNAMIC[name.slice(0, -1)] ?? ["*"]).map((rest) => name.slice(0, -1) + rest)
      : [name],
  );
  return [...new Set(all.filter((name) => !Object.hasOwn(catalogue, name)))].sort();
}

describe("the catalogue of actions", () => {
  const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
    cwd: SOURCE,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file && !/\.(test|bench)\.ts$|\/testing\//.test(file))
    .filter((file) => existsSync(path.join(SOURCE, file)))
    .map((file) => readFileSync(path.join(SOURCE, file), "utf8"))
    .filter((text) => /\brecord/.test(text));

  it("has every action that the control plane records", () => {
    const names = recordedIn(sources);
    expect(names.length).toBeGreaterThan(30);
    expect(missingFrom(ACTIONS, names)).toEqual([]);
  });

  it("allows the details and has the class that stand in the code", () => {
    expect(sources.flatMap((source) => unfitIn(ACTIONS, source))).toEqual([]);
    const wrong = `
      record(tx, ctx, { class: "admin", action: "run.end", details: { state: 1, ...more, mood: "good" } });
      record(tx, ctx, { class: "operation", action: "run.end", details });`;
    expect(unfitIn(ACTIONS, wrong)).toEqual(["run.end as admin", "run.end: mood"]);
  });

  it("would be found to lack one, wherever its name stands", () => {
    const source = `
      record(tx, ctx, { action: "a.plain", result: "success" });
      await recordAccess(db, ctx, { action: yes ? "a.left" : "a.right" });
      function note(tx, action, details) { return record(tx, ctx, { action, details }); }
      function further(tx, action) { return note(tx, action, {}); }
      further(tx, "a.wrapped");
      note(tx, \`run.\${state}\`, {});
      note(tx, \`other.\${state}\`, {});
      unrelated(tx, "a.unrelated");`;
    expect(missingFrom({ "run.parked": {} }, recordedIn([source]))).toEqual([
      ...["a.left", "a.plain", "a.right", "a.wrapped", "other.*", "run.compensation_failed", "run.in_doubt"],
    ]);
  });

  it("names actions as noun.verb", () => {
    expect(Object.keys(ACTIONS).filter((name) => !NAME.test(name))).toEqual([]);
  });
});
