/** A node of the ESTree/TS-ESTree that the parser gives, with its parent and its place in the pre-order of all nodes. */
export type Node = {
  type: string;
  start: number;
  end: number;
  parent: Node | null;
  /** Its index in the pre-order, and the index after its last descendant. */
  index: number;
  after: number;
  [key: string]: unknown;
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** All nodes under `root` in pre-order; sets `parent`, `index` and `after`. Iterative: minified sources nest deeply. */
export function flatten(root: Node): Node[] {
  const nodes: Node[] = [];
  const stack: { node: Node; leave: boolean }[] = [{ node: root, leave: false }];
  root.parent = null;
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node } = top;
    if (top.leave) {
      node.after = nodes.length;
      continue;
    }
    node.index = nodes.length;
    nodes.push(node);
    stack.push({ node, leave: true });
    const children: Node[] = [];
    for (const [key, value] of Object.entries(node)) {
      if (key === "parent") continue;
      if (Array.isArray(value)) children.push(...value.filter(isNode));
      else if (isNode(value)) children.push(value);
    }
    children.sort((a, b) => b.start - a.start);
    for (const child of children) {
      child.parent = node;
      stack.push({ node: child, leave: false });
    }
  }
  return nodes;
}

export const child = (node: Node | null | undefined, key: string): Node | undefined => {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
};

export const list = (node: Node | null | undefined, key: string): Node[] => {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

const WRAPPERS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "ChainExpression",
  "ParenthesizedExpression",
  "AwaitExpression",
]);

/** The expression without casts, `!`, `?.` wrappers and `await`. */
export function bare(node: Node | undefined): Node | undefined {
  let at = node;
  while (at && WRAPPERS.has(at.type)) at = child(at, "expression") ?? child(at, "argument");
  return at;
}

/** The nearest ancestor that is no wrapper. */
export function outer(node: Node): Node | null {
  let at = node.parent;
  while (at && WRAPPERS.has(at.type)) at = at.parent;
  return at;
}

export type FunctionNode = Node & {
  type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression";
};
export type CallNode = Node & { type: "CallExpression" | "NewExpression" };

export const isFunction = (node: Node | null | undefined): node is FunctionNode =>
  node?.type === "FunctionDeclaration" ||
  node?.type === "FunctionExpression" ||
  node?.type === "ArrowFunctionExpression";

export const isCall = (node: Node | null | undefined): node is CallNode =>
  node?.type === "CallExpression" || node?.type === "NewExpression";

/** The name of an identifier, a literal key or a private name. */
export function nameOf(node: Node | null | undefined): string | undefined {
  if (!node) return undefined;
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") return String(node.name);
  if (node.type === "JSXIdentifier") return String(node.name);
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  return undefined;
}

/** The property's name of a member expression: `a.b` and `a["b"]` give `b`; `a[b]` gives nothing. */
export function propertyOf(node: Node | undefined): string | undefined {
  const member = bare(node);
  if (member?.type !== "MemberExpression") return undefined;
  const property = child(member, "property");
  if (member.computed && property?.type === "Identifier") return undefined;
  return nameOf(property);
}

/**
 * A dotted path of an expression: `this.db.query`, `db.insert().values`, `new Pool().query`. Parts that have no name
 * are `?`.
 */
export function dotted(node: Node | undefined): string {
  const parts: string[] = [];
  let at = bare(node);
  for (let depth = 0; at && depth < 24; depth++) {
    if (at.type === "MemberExpression") {
      parts.push(propertyOf(at) ?? "?");
      at = bare(child(at, "object"));
    } else if (at.type === "CallExpression") {
      const callee = bare(child(at, "callee"));
      const inner = callee?.type === "MemberExpression" ? (propertyOf(callee) ?? "?") : nameOf(callee);
      parts.push(`${inner ?? "?"}()`);
      at = callee?.type === "MemberExpression" ? bare(child(callee, "object")) : undefined;
    } else {
      if (at.type === "Identifier") parts.push(String(at.name));
      else if (at.type === "ThisExpression") parts.push("this");
      else if (at.type === "NewExpression") parts.push(`new ${dotted(child(at, "callee"))}`);
      else parts.push("?");
      at = undefined;
    }
  }
  return parts.reverse().join(".");
}

/** The dotted path of what is called. */
export function calleeOf(call: Node): string {
  const known = callees.get(call);
  if (known !== undefined) return known;
  const path = dotted(child(call, "callee"));
  callees.set(call, path);
  return path;
}

/** Every rule asks for it, of every call. */
const callees = new WeakMap<Node, string>();

export const argumentsOf = (call: Node): Node[] => list(call, "arguments");

/** The text of a string literal, or of a template with `?` for what is filled in; undefined for anything else. */
export function stringOf(node: Node | undefined): string | undefined {
  const at = bare(node);
  if (!at) return undefined;
  if (at.type === "Literal") return typeof at.value === "string" ? at.value : undefined;
  if (at.type === "TemplateLiteral") {
    return list(at, "quasis")
      .map((quasi) => String((quasi.value as { cooked?: string } | undefined)?.cooked ?? ""))
      .join("?");
  }
  if (at.type === "TaggedTemplateExpression") return stringOf(child(at, "quasi"));
  if (at.type === "BinaryExpression" && at.operator === "+") {
    const parts: string[] = [];
    let left: Node | undefined = at;
    while (left?.type === "BinaryExpression" && left.operator === "+") {
      parts.push(stringOf(child(left, "right")) ?? "?");
      left = bare(child(left, "left"));
    }
    parts.push(stringOf(left) ?? "?");
    const text = parts.reverse().join("");
    return /^\?*$/.test(text) ? undefined : text;
  }
  return undefined;
}

/** The value of `name` in an object literal; `spread` is true when the object may hold more than is written. */
export function property(object: Node | undefined, name: string): Node | undefined {
  const at = bare(object);
  if (at?.type !== "ObjectExpression") return undefined;
  for (const entry of list(at, "properties")) {
    if (entry.type === "Property" && nameOf(child(entry, "key")) === name) return child(entry, "value");
  }
  return undefined;
}

export const hasSpread = (object: Node | undefined): boolean =>
  list(bare(object), "properties").some((entry) => entry.type === "SpreadElement");

/** From the inside to the outside, without the node itself. */
export function* ancestors(node: Node): Generator<Node> {
  for (let at = node.parent; at; at = at.parent) yield at;
}

export function enclosingFunction(node: Node): Node | undefined {
  for (const at of ancestors(node)) if (isFunction(at)) return at;
  return undefined;
}

export const inside = (node: Node, container: Node): boolean =>
  node.index >= container.index && node.index < container.after;

/** The name under which a function is known: its own, its variable's, its property's or its method's. */
export function functionName(fn: Node): string | undefined {
  const own = nameOf(child(fn, "id"));
  if (own) return own;
  let at = fn.parent;
  while (at && (WRAPPERS.has(at.type) || at.type === "CallExpression")) at = at.parent;
  if (!at) return undefined;
  if (at.type === "VariableDeclarator") return nameOf(child(at, "id"));
  if (["Property", "MethodDefinition", "PropertyDefinition"].includes(at.type))
    return nameOf(child(at, "key"));
  if (at.type === "AssignmentExpression") return propertyOf(child(at, "left")) ?? nameOf(child(at, "left"));
  return undefined;
}

export const methodOf = (call: Node): string | undefined =>
  propertyOf(child(call, "callee")) ?? nameOf(bare(child(call, "callee")));

export const receiverOf = (call: Node): Node | undefined => {
  const callee = bare(child(call, "callee"));
  return callee?.type === "MemberExpression" ? bare(child(callee, "object")) : undefined;
};
