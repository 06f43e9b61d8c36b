import { bare, child, isFunction, list, type Node, nameOf } from "./ast.ts";

/** Where a name comes from. `init` is what it was given; for a destructured name, what it was taken out of. */
export type Declaration = {
  name: string;
  kind: "const" | "let" | "var" | "param" | "function" | "class" | "import" | "catch";
  /** The node of the scope: a program, a function, a block, a loop or a catch clause. */
  scope: Node;
  node: Node;
  init?: Node | undefined;
  destructured: boolean;
};

export type Scopes = Map<Node, Map<string, Declaration>>;

const isScope = (node: Node): boolean =>
  isFunction(node) ||
  [
    "Program",
    "BlockStatement",
    "ForStatement",
    "ForInStatement",
    "ForOfStatement",
    "CatchClause",
    "StaticBlock",
  ].includes(node.type);

/** The identifiers that a pattern declares. */
export function boundNames(pattern: Node | undefined): Node[] {
  const found: Node[] = [];
  const stack = pattern ? [pattern] : [];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (at.type === "Identifier") found.push(at);
    else if (at.type === "ObjectPattern") {
      for (const entry of list(at, "properties")) {
        const value = child(entry, "value") ?? child(entry, "argument");
        if (value) stack.push(value);
      }
    } else if (at.type === "ArrayPattern") stack.push(...list(at, "elements"));
    else {
      const inner = child(at, "left") ?? child(at, "argument") ?? child(at, "parameter");
      if (inner) stack.push(inner);
    }
  }
  return found;
}

/** Which names each scope declares. `var` and functions belong to the enclosing function, as the language says. */
export function scopesOf(nodes: readonly Node[]): Scopes {
  const scopes: Scopes = new Map();
  const declare = (scope: Node, declaration: Omit<Declaration, "scope">) => {
    let names = scopes.get(scope);
    if (!names) {
      names = new Map();
      scopes.set(scope, names);
    }
    if (!names.has(declaration.name)) names.set(declaration.name, { ...declaration, scope });
  };
  for (const node of nodes) {
    if (node.type === "VariableDeclaration") {
      const kind = node.kind === "var" ? "var" : node.kind === "let" ? "let" : "const";
      const scope = scopeOf(node, kind === "var");
      for (const declarator of list(node, "declarations")) {
        const pattern = child(declarator, "id");
        const loop = node.parent?.type.startsWith("For") ? child(node.parent, "right") : undefined;
        const init = child(declarator, "init") ?? loop;
        for (const id of boundNames(pattern)) {
          const destructured = id !== pattern || loop !== undefined;
          declare(scope, { name: String(id.name), kind, node: declarator, init, destructured });
        }
      }
    } else if (isFunction(node)) {
      for (const parameter of list(node, "params")) {
        for (const id of boundNames(parameter)) {
          declare(node, { name: String(id.name), kind: "param", node: id, destructured: id !== parameter });
        }
      }
      const id = child(node, "id");
      if (node.type === "FunctionDeclaration" && id) {
        declare(scopeOf(node, false), {
          name: String(id.name),
          kind: "function",
          node,
          init: node,
          destructured: false,
        });
      }
    } else if (node.type === "ClassDeclaration") {
      const name = nameOf(child(node, "id"));
      if (name) declare(scopeOf(node, false), { name, kind: "class", node, init: node, destructured: false });
    } else if (node.type === "ImportDeclaration") {
      for (const specifier of list(node, "specifiers")) {
        const name = nameOf(child(specifier, "local"));
        if (name)
          declare(scopeOf(node, true), { name, kind: "import", node: specifier, destructured: false });
      }
    } else if (node.type === "CatchClause") {
      for (const id of boundNames(child(node, "param"))) {
        declare(node, { name: String(id.name), kind: "catch", node: id, destructured: false });
      }
    }
  }
  return scopes;
}

function scopeOf(node: Node, hoisted: boolean): Node {
  let at = node.parent ?? node;
  while (at.parent && !(hoisted ? isFunction(at) || at.type === "Program" : isScope(at))) at = at.parent;
  return at;
}

/** The nearest scope of every node, by the node's index. */
export function nearestScopes(nodes: readonly Node[]): Node[] {
  const nearest: Node[] = [];
  for (const node of nodes) {
    nearest.push(isScope(node) || !node.parent ? node : nearest[node.parent.index]!);
  }
  return nearest;
}

/** What an identifier refers to; undefined for globals. */
export function resolve(
  scopes: Scopes,
  nearest: readonly Node[],
  identifier: Node | undefined,
): Declaration | undefined {
  const at = bare(identifier);
  if (at?.type !== "Identifier") return undefined;
  let scope = nearest[at.index];
  while (scope) {
    const found = scopes.get(scope)?.get(String(at.name));
    if (found) return found;
    scope = scope.parent ? nearest[scope.parent.index] : undefined;
  }
  return undefined;
}
