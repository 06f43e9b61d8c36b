import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, visitorKeys } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { ACTIONS } from "./actions.ts";

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

/** Functions that pass their parameter `action` on to `record` are recorders themselves. */
function recordersIn(program: Node, known: Set<string>): string[] {
  return [...nodesIn(program)].flatMap((node) => {
    const name = isNode(node.id) ? (node.id.name as string) : "";
    const isFunction = node.type === "FunctionDeclaration" && name !== "";
    const takesAction = (node.params as Node[] | undefined)?.some((one) => one.name === "action");
    if (!isFunction || !takesAction) return [];
    const passesOn = [...nodesIn(node.body as Node)].some(
      (inner) =>
        known.has(calleeOf(inner) ?? "") && actionArguments(inner).some((one) => one.name === "action"),
    );
    return passesOn ? [name] : [];
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

function missingFrom(catalogue: object, names: string[]): string[] {
  const all = names.flatMap((name) =>
    name.endsWith("*")
      ? (DYNAMIC[name.slice(0, -1)] ?? ["*"]).map((rest) => name.slice(0, -1) + rest)
      : [name],
  );
  return [...new Set(all.filter((name) => !Object.hasOwn(catalogue, name)))].sort();
}

describe("the catalogue of actions", () => {
  it("has every action that the control plane records", () => {
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
      cwd: SOURCE,
      encoding: "utf8",
    })
      .split("\n")
      .filter((file) => file && !/\.(test|bench)\.ts$|\/testing\//.test(file));
    const names = recordedIn(files.map((file) => readFileSync(path.join(SOURCE, file), "utf8")));
    expect(names.length).toBeGreaterThan(30);
    expect(missingFrom(ACTIONS, names)).toEqual([]);
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
