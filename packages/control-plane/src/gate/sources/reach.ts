import {
  argumentsOf,
  bare,
  child,
  isCall,
  isFunction,
  list,
  type Node,
  nameOf,
  propertyOf,
  stringOf,
} from "./ast.ts";
import { declarationOf, importOf, type Module, nodesIn, type SourceSet } from "./module.ts";

/** A piece of a module. */
export type Unit = { module: Module; node: Node };

const EXTENSIONS = ["", ".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cjs", "/index.ts", "/index.js"];

/** The module of the set that a relative import of `from` means. */
function importedModule(set: SourceSet, from: Module, source: string): Module | undefined {
  if (!source.startsWith(".")) return undefined;
  const parts = from.file.path.split("/").slice(0, -1);
  for (const part of source.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const base = parts.join("/");
  for (const candidate of [base, base.replace(/\.[cm]?jsx?$/, "")]) {
    for (const extension of EXTENSIONS) {
      const found = set.byPath.get(candidate + extension);
      if (found) return found;
    }
  }
  return undefined;
}

/** What a module of the set exports under a name. */
function exportOf(module: Module, name: string): Node | undefined {
  for (const statement of list(module.root, "body")) {
    if (statement.type === "ExportDefaultDeclaration" && name === "default") {
      const value = child(statement, "declaration");
      return value?.type === "Identifier" ? (declarationOf(module, value)?.init ?? value) : value;
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    const declaration = child(statement, "declaration");
    if (nameOf(child(declaration, "id")) === name) return declaration;
    for (const declarator of list(declaration, "declarations")) {
      if (nameOf(child(declarator, "id")) === name) return child(declarator, "init");
    }
    for (const specifier of list(statement, "specifiers")) {
      if (nameOf(child(specifier, "exported")) !== name) continue;
      const local = child(specifier, "local");
      return local && module.scopes.get(module.root)?.get(nameOf(local) ?? "")?.init;
    }
  }
  return undefined;
}

/** Follows a name to what it is given, through imports between the given files. */
function unitOf(set: SourceSet, module: Module, node: Node | undefined): Unit | undefined {
  const at = bare(node);
  if (!at) return undefined;
  if (at.type !== "Identifier") return { module, node: at };
  const imported = importOf(module, at);
  if (imported) {
    const target = importedModule(set, module, imported.source);
    const value = target && exportOf(target, imported.name);
    return target && value ? { module: target, node: bare(value)! } : undefined;
  }
  const declared = declarationOf(module, at);
  const init = declared && !declared.destructured ? bare(declared.init) : undefined;
  return init && init !== at ? { module, node: init } : undefined;
}

/** The function that an expression is, names, wraps (`asyncHandler(async …)`) or reaches as a method. */
export function functionOf(set: SourceSet, module: Module, node: Node | undefined): Unit | undefined {
  const at = bare(node);
  if (!at) return undefined;
  if (isFunction(at)) return { module, node: at };
  if (at.type === "Identifier") {
    const unit = unitOf(set, module, at);
    if (!unit || unit.node.type === "Identifier") return undefined;
    return functionOf(set, unit.module, unit.node);
  }
  if (at.type === "ArrayExpression") return functionOf(set, module, list(at, "elements").at(-1));
  if (at.type === "CallExpression") {
    if (propertyOf(child(at, "callee")) === "bind") {
      return functionOf(set, module, child(bare(child(at, "callee")), "object"));
    }
    for (const argument of argumentsOf(at)) {
      const found = isFunction(bare(argument)) ? { module, node: bare(argument)! } : undefined;
      if (found) return found;
    }
    return undefined;
  }
  if (at.type === "MemberExpression") return memberFunction(set, module, at);
  return undefined;
}

function memberFunction(set: SourceSet, module: Module, member: Node): Unit | undefined {
  const name = propertyOf(member);
  const object = bare(child(member, "object"));
  if (!name || !object) return undefined;
  if (object.type === "ThisExpression") return methodIn(module, classAround(member), name);
  if (object.type === "MemberExpression" && bare(child(object, "object"))?.type === "ThisExpression") {
    return injected(set, module, classAround(member), propertyOf(object) ?? "", name);
  }
  const unit = unitOf(set, module, object);
  if (unit?.node.type === "ObjectExpression") {
    for (const entry of list(unit.node, "properties")) {
      if (nameOf(child(entry, "key")) === name) return functionOf(set, unit.module, child(entry, "value"));
    }
  }
  if (unit?.node.type === "NewExpression") {
    const type = unitOf(set, unit.module, child(unit.node, "callee"));
    return type && methodIn(type.module, type.node, name);
  }
  if (unit?.node.type.startsWith("Class")) return methodIn(unit.module, unit.node, name);
  return undefined;
}

function classAround(node: Node): Node | undefined {
  for (let at = node.parent; at; at = at.parent)
    if (at.type.startsWith("Class") && at.type !== "ClassBody") return at;
  return undefined;
}

function methodIn(module: Module, type: Node | undefined, name: string): Unit | undefined {
  for (const member of list(child(type, "body"), "body")) {
    const value = child(member, "value");
    if (nameOf(child(member, "key")) === name && isFunction(value)) return { module, node: value };
  }
  return undefined;
}

/** `this.orders.create` where `orders` is a constructor parameter or a field with a class of the set as its type. */
function injected(
  set: SourceSet,
  module: Module,
  type: Node | undefined,
  field: string,
  method: string,
): Unit | undefined {
  if (!type) return undefined;
  for (const node of nodesIn(module, type)) {
    const named =
      node.type === "TSParameterProperty"
        ? child(node, "parameter")
        : node.type === "PropertyDefinition" && nameOf(child(node, "key")) === field
          ? node
          : undefined;
    if (!named || (named !== node && nameOf(named) !== field)) continue;
    const reference = child(child(child(named, "typeAnnotation"), "typeAnnotation"), "typeName");
    const target = unitOf(set, module, reference);
    if (target) return methodIn(target.module, target.node, method);
  }
  return undefined;
}

const MAX_UNITS = 40;

/** A function and what it calls in the given files, to a depth of five calls. */
export function reachable(set: SourceSet, start: Unit | undefined): Unit[] {
  if (!start) return [];
  const found: Unit[] = [start];
  const seen = new Set<Node>([start.node]);
  let frontier = [start];
  for (let depth = 0; depth < 5 && frontier.length > 0; depth++) {
    const next: Unit[] = [];
    for (const unit of frontier) {
      for (const node of nodesIn(unit.module, unit.node)) {
        if (!isCall(node) || found.length + next.length >= MAX_UNITS) continue;
        const target = functionOf(set, unit.module, child(node, "callee"));
        // Functions passed by name are called too: `items.forEach(save)`.
        const passed = argumentsOf(node)
          .filter((argument) => bare(argument)?.type === "Identifier")
          .map((argument) => functionOf(set, unit.module, argument));
        for (const callee of [target, ...passed]) {
          if (!callee || seen.has(callee.node)) continue;
          seen.add(callee.node);
          if (!isFunction(callee.node)) continue;
          next.push(callee);
        }
      }
    }
    found.push(...next);
    frontier = next;
  }
  return found;
}

const SILENT = /(^|[._$])(log|logger|console|winston|pino|bunyan)(\.|$)/i;

/**
 * The names and strings that a piece of code works with: what it says in logs, errors and types is left out, for
 * there words prove nothing.
 */
export function vocabulary(units: readonly Unit[]): string {
  const words: string[] = [];
  for (const { module, node: root } of units) {
    const nodes = nodesIn(module, root);
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index]!;
      if (node.type === "CallExpression" && SILENT.test(calleeRoot(node)))
        index = node.after - root.index - 1;
      else if (
        node.type === "NewExpression" &&
        /Error$|Exception$/.test(nameOf(child(node, "callee")) ?? "")
      ) {
        words.push(nameOf(child(node, "callee"))!);
        index = node.after - root.index - 1;
      } else if (node.type === "TSTypeAnnotation") index = node.after - root.index - 1;
      else if (node.type === "TemplateElement") words.push(String((node.value as { raw: string }).raw));
      else {
        const word = nameOf(node);
        if (word !== undefined) words.push(word);
      }
    }
  }
  return words.join("\n");
}

function calleeRoot(call: Node): string {
  const parts: string[] = [];
  let at = bare(child(call, "callee"));
  while (at?.type === "MemberExpression") {
    parts.push(propertyOf(at) ?? "?");
    at = bare(child(at, "object"));
  }
  parts.push(nameOf(at) ?? "?");
  return parts.reverse().slice(0, -1).join(".");
}

/** All SQL-like strings of a piece of code. */
export const stringsIn = (unit: Unit): { text: string; node: Node }[] =>
  nodesIn(unit.module, unit.node)
    .filter(
      (node) =>
        node.type === "TemplateLiteral" ||
        (node.type === "Literal" &&
          typeof node.value === "string" &&
          node.parent?.type !== "ImportDeclaration") ||
        (node.type === "BinaryExpression" &&
          node.operator === "+" &&
          node.parent?.type !== "BinaryExpression"),
    )
    .map((node) => ({ node, text: stringOf(node) ?? "" }));
