import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  dotted,
  functionName,
  inside,
  isFunction,
  list,
  methodOf,
  type Node,
  nameOf,
  receiverOf,
} from "../ast.ts";
import { STATE_CHECKS } from "../checks/state.ts";
import { at, imports, nameOfEntry, type Rule } from "../context.ts";
import { declarationOf, type Module, nodesIn, textOf } from "../module.ts";
import type { Unit } from "../reach.ts";
import type { Declaration } from "../scopes.ts";

const GROWS = new Set(["set", "add", "push", "unshift", "splice"]);
const BOUNDED =
  /pool|registry|registrations?|metric|gauge|histogram|stats|clients?$|conn(ection)?s?$|instance|singleton|logger|initiali[sz]|started|ready$|shut|stopp|clos(ed|ing)|drain|timers?$|interval|timeout|listener|subscriber|handlers?$|plugin|warned|deprecat|defaults?(Options)?$|names$|skips$|^refs$|sockets?$|in_?flight|^pending$|pendingRequests|promises?$|breaker|circuit|^lock(ed)?$|running|^busy|abort|healthy|^(config|env|locale)$|loaded|warm|watcher|streams?$|waiters?$/i;
const CACHE = /cache|memo/i;
/** Who is connected to this process is its own; what they said is not. */
const ROOMS = /rooms?$|channels?$|peers?$|presence|online|players?$|members?$|subscri|viewers?$|cursors?$/i;
const CONNECTION =
  /\b(res|reply|response|ws|socket|stream|controller|connection|conn|emitter|resolve|reject)\b/;
const SETUP =
  /^(register|define|use|on|off|subscribe|configure|init|setup|set[A-Z]\w*|reset|memo\w*|extend|install|provide|inject|mock|stub|watch|with)([A-Z]\w*)?$|^add(Plugin|Handler|Listener|Hook|Route|Middleware)/;

/** What functions are called that keep something for later. */
const STORES =
  /^(save|create|persist|store|append|record|update|put|insert|enqueue|submit|place|track|push|grant|issue|book|reserve|increment|login|logout|start|assign|approve|reject|vote|join|add|remember|hit|consume|allow|check|is|next|generate|mark|open|begin)([A-Z]\w*)?$/;

/** A cache library under the name of something that nothing can fill again. */
const KEPT = /store|sessions?|otp|tokens?$|carts?|orders?|queue|locks?$|verification|nonces?/i;
/** `globalThis.x`, `app.locals.x`: shared by all requests; `res.locals` is one request's. */
const GLOBAL = /^(globalThis|global|(app|server|fastify|this\.app|req\.app)\.locals)\.(\w+)/;

type Mutation = { node: Node; target: Node; grows: boolean };

/** Everything that changes a variable or what it holds. */
function mutationsIn(nodes: readonly Node[]): Mutation[] {
  const found: Mutation[] = [];
  const add = (node: Node, expression: Node | undefined, grows: boolean) => {
    let target = bare(expression);
    while (target?.type === "MemberExpression") target = bare(child(target, "object"));
    if (target?.type === "Identifier") found.push({ node, target, grows });
  };
  for (const node of nodes) {
    if (node.type === "CallExpression") {
      if (GROWS.has(methodOf(node) ?? "") && receiverOf(node)) add(node, receiverOf(node), true);
      if (calleeOf(node) === "Object.assign") add(node, argumentsOf(node)[0], true);
    } else if (node.type === "AssignmentExpression") add(node, child(node, "left"), true);
    else if (node.type === "UpdateExpression") add(node, child(node, "argument"), true);
  }
  return found;
}

/** Is it a collection, an object or a variable that code may fill? Anything else (a client, a function) is not judged. */
function holdsState(declared: Declaration): "collection" | "object" | "scalar" | undefined {
  if (declared.destructured || ["param", "import", "function", "class", "catch"].includes(declared.kind))
    return undefined;
  const init = bare(declared.init);
  if (init?.type === "NewExpression" && /^(Map|Set)$/.test(calleeOf(init))) return "collection";
  if (init?.type === "NewExpression" && /(Cache|LRU)$/.test(calleeOf(init)) && KEPT.test(declared.name))
    return "collection";
  if (init?.type === "ArrayExpression") return "collection";
  if (init?.type === "ObjectExpression") return "object";
  if (init?.type === "CallExpression" && calleeOf(init) === "Object.create") return "object";
  if (declared.kind === "const") return undefined;
  return !init || init.type === "Literal" || init.type === "UnaryExpression" || init.type === "Identifier"
    ? "scalar"
    : undefined;
}

/** `x ??= …`, `if (!x) x = …`, `x || (x = …)`: made once, on first use. */
function madeOnce(mutation: Mutation): boolean {
  const name = String(mutation.target.name);
  if (mutation.node.type !== "AssignmentExpression") return false;
  if (mutation.node.operator === "??=" || mutation.node.operator === "||=") return true;
  for (const ancestor of ancestors(mutation.node)) {
    if (isFunction(ancestor)) return false;
    const test = ancestor.type === "IfStatement" ? child(ancestor, "test") : undefined;
    const left = ancestor.type === "LogicalExpression" ? child(ancestor, "left") : undefined;
    for (const condition of [test, left]) {
      if (!condition) continue;
      const at = bare(condition);
      if (nameOf(at) === name) return true;
      if (at?.type === "UnaryExpression" && nameOf(bare(child(at, "argument"))) === name) return true;
      if (at?.type === "BinaryExpression" && nameOf(bare(child(at, "left"))) === name) return true;
      if (
        at?.type === "LogicalExpression" &&
        nameOf(bare(child(bare(child(at, "left")), "argument"))) === name
      )
        return true;
    }
  }
  return false;
}

/** Entries that the same function takes away again when it ends. */
function takenAway(module: Module, mutation: Mutation): boolean {
  for (const ancestor of ancestors(mutation.node)) {
    if (!isFunction(ancestor)) continue;
    const text = textOf(module, ancestor);
    const name = String(mutation.target.name);
    if (/\bfinally\b/.test(text) && text.includes(`${name}.delete(`)) return true;
  }
  return false;
}

/** A collection whose size is compared and which is then emptied is a bounded cache, whatever its name. */
const evicts = (module: Module, name: string): boolean => {
  const own = name.replace(/\$/g, "\\$");
  return (
    new RegExp(`\\b${own}\\.(size|length)\\s*>=?(?!\\s*0\\b)`).test(module.code) &&
    new RegExp(`\\b${own}\\.(clear|delete|shift|splice)\\(`).test(module.code)
  );
};

export const moduleState: Rule = (module, context) => {
  const findings: Finding[] = [];
  const reported = new Set<Node>();
  const looked = new Map<Node, number>();
  let entryKind: string | undefined;
  const report = (owner: Module, mutation: Mutation, where: string, declared: Declaration, kind: string) => {
    const name = declared.name;
    // Those that were excused fifty times are excused.
    const seen = (looked.get(declared.node) ?? 0) + 1;
    looked.set(declared.node, seen);
    if (
      seen > 50 ||
      reported.has(declared.node) ||
      evicts(owner, name) ||
      BOUNDED.test(name) ||
      madeOnce(mutation) ||
      takenAway(owner, mutation)
    )
      return;
    if (kind !== "scalar" && mutation.node.type === "CallExpression") {
      if (argumentsOf(mutation.node).some((argument) => CONNECTION.test(textOf(owner, argument)))) return;
    }
    if (entryKind === "socket" && ROOMS.test(name)) return;
    if (CACHE.test(name)) {
      const bounded = ["delete(", "clear(", "size", "length"].some((part) =>
        owner.code.includes(`${name}.${part}`),
      );
      if (kind !== "scalar" && !bounded)
        findings.push(at(STATE_CHECKS.unboundedCache, owner, mutation.node, { name }));
      else return;
    } else findings.push(at(STATE_CHECKS.moduleState, owner, mutation.node, { name, where }));
    reported.add(declared.node);
  };
  for (const entry of context.entries.get(module) ?? []) {
    if (entry.kind === "job") continue;
    entryKind = entry.kind;
    const { via, path } = nameOfEntry(entry);
    const { units } = context.reached(entry);
    for (const unit of units) {
      globals(unit, `${via} ${path}`, reported, findings);
      for (const mutation of mutationsIn(nodesIn(unit.module, unit.node))) {
        const declared = declarationOf(unit.module, mutation.target);
        const kind = declared && holdsState(declared);
        if (!declared || !kind) continue;
        if (units.some((one) => one.module === unit.module && inside(declared.scope, one.node))) continue;
        // What a request keeps for itself in a function that serves one request is not shared.
        report(unit.module, mutation, `${via} ${path}`, declared, kind);
      }
    }
  }
  entryKind = undefined;
  if (module.purpose === "server") exportedMutations(module, report);
  injectables(module, findings);
  return findings;
};

/** State that hangs on the process's or the application's own object. */
function globals(
  { module, node: root }: Unit,
  where: string,
  reported: Set<Node>,
  findings: Finding[],
): void {
  for (const node of nodesIn(module, root)) {
    const grows = node.type === "CallExpression" && GROWS.has(methodOf(node) ?? "");
    const target = grows
      ? receiverOf(node)
      : node.type === "AssignmentExpression"
        ? child(node, "left")
        : node.type === "UpdateExpression"
          ? child(node, "argument")
          : undefined;
    const found = target && GLOBAL.exec(dotted(target));
    if (!found || reported.has(node) || BOUNDED.test(found[3]!) || CACHE.test(found[3]!)) continue;
    if (node.type === "AssignmentExpression" && node.operator !== "=" && node.operator !== "+=") continue;
    reported.add(node);
    findings.push(at(STATE_CHECKS.moduleState, module, node, { name: found[0], where }));
    return;
  }
}

function exportedMutations(
  module: Module,
  report: (owner: Module, mutation: Mutation, where: string, declared: Declaration, kind: string) => void,
): void {
  const counts = new Map<Node, number>();
  const serving = imports(module, /^(express|fastify|koa|hono|@nestjs\/.*|@koa\/router|kafkajs|bullmq)$/);
  for (const mutation of mutationsIn(module.nodes)) {
    const declared = declarationOf(module, mutation.target);
    const kind = declared && holdsState(declared);
    if (!declared || !kind) continue;
    if (declared.scope !== module.root) {
      const method = heldByFactory(module, declared, mutation.node);
      if (method && kind !== "scalar") report(module, mutation, `\`${method}\``, declared, kind);
      continue;
    }
    if (
      kind === "scalar" &&
      !/next_?id|sequence|last_?id|^seq$|current_?user|current_?tenant/i.test(declared.name)
    )
      continue;
    if (kind === "object" && declared.kind === "const" && /^[A-Z_]+$/.test(declared.name)) continue;
    const tried = (counts.get(declared.node) ?? 0) + 1;
    counts.set(declared.node, tried);
    if (tried > 50) continue;
    const fn = exportedFunction(module, mutation.node);
    if (fn && !SETUP.test(fn) && (STORES.test(fn) || (serving && fn !== "constructor")))
      report(module, mutation, `\`${fn}\``, declared, kind);
  }
}

/** The method that stores into a variable of a factory whose one product the file itself makes: `createStore()`. */
function heldByFactory(module: Module, declared: Declaration, node: Node): string | undefined {
  const factory = [...ancestors(declared.node)].find(isFunction);
  const name = factory && functionName(factory);
  if (!name || !/^(create|make|build|new)[A-Z]/.test(name) || DOUBLE.test(name)) return undefined;
  const method = [...ancestors(node)].find((one) => isFunction(one) && functionName(one) !== undefined);
  const stores = method && method !== factory ? functionName(method)! : "";
  if (!STORES.test(stores) || SETUP.test(stores)) return undefined;
  const made = module.calls.some((call) => calleeOf(call) === name && ![...ancestors(call)].some(isFunction));
  return made ? stores : undefined;
}

/** The name of the exported function or method of an exported class that a node stands in. */
function exportedFunction(module: Module, node: Node): string | undefined {
  let fn: Node | undefined;
  for (const ancestor of ancestors(node)) {
    if (isFunction(ancestor)) fn = ancestor;
    if (/^Export(Named|Default)Declaration$/.test(ancestor.type))
      return fn ? (functionName(fn) ?? "default") : undefined;
  }
  const name = fn && functionName(fn);
  if (!name) return undefined;
  const listed = list(module.root, "body").some(
    (statement) =>
      /^Export(Named|Default)Declaration$/.test(statement.type) &&
      (nameOf(child(statement, "declaration")) === name ||
        list(statement, "specifiers").some((specifier) => nameOf(child(specifier, "local")) === name)),
  );
  const common = new RegExp(
    `(module\\.)?exports(\\.${name.replace(/\$/g, "\\$")})?\\s*=[^;]*\\b${name.replace(/\$/g, "\\$")}\\b`,
  );
  return listed || common.test(module.code) ? name : undefined;
}

const SEQUENCE = /next_?(id|no|number)|sequence|last_?(id|no|number)|^seq$/i;
/** Stand-ins for tests say so in their names. */
const DOUBLE = /memory|fake|mock|stub|dummy|spy/i;

/** A class that holds things and of which the same file makes the one instance. */
function madeHere(module: Module, type: Node): boolean {
  const name = nameOf(child(type, "id"));
  if (!name || DOUBLE.test(name) || module.purpose !== "server") return false;
  if (!STATEFUL.test(name)) return false;
  return module.calls.some(
    (call) =>
      call.type === "NewExpression" &&
      calleeOf(call) === name &&
      argumentsOf(call).length === 0 &&
      ![...ancestors(call)].some(isFunction),
  );
}

const STATEFUL = /(Service|Repository|Store|Storage|Manager|Controller|Dao|Database|Db|Queue)$/;

/** Does a node put something into the field of an instance? */
function fills(module: Module, node: Node, field: string, kind: "collection" | "object" | "scalar"): boolean {
  if (kind === "scalar") {
    if (node.type !== "UpdateExpression" && node.type !== "AssignmentExpression") return false;
    return dotted(child(node, node.type === "UpdateExpression" ? "argument" : "left")) === field;
  }
  if (node.type === "AssignmentExpression") {
    let left = bare(child(node, "left"));
    if (left?.type !== "MemberExpression" || !left.computed) return false;
    while (left?.type === "MemberExpression" && left.computed) left = bare(child(left, "object"));
    return dotted(left) === field && !CONNECTION.test(textOf(module, child(node, "right")!));
  }
  return (
    kind === "collection" &&
    node.type === "CallExpression" &&
    GROWS.has(methodOf(node) ?? "") &&
    dotted(receiverOf(node)) === field &&
    !argumentsOf(node).some((argument) => CONNECTION.test(textOf(module, argument)))
  );
}

/** Nest makes one instance of a provider or controller: its fields are state of the process. */
function injectables(module: Module, findings: Finding[]): void {
  for (const node of module.nodes) {
    if (node.type !== "ClassDeclaration") continue;
    const provided = list(node, "decorators").some(
      (decorator) =>
        /Injectable|Controller|Resolver|WebSocketGateway|Processor/.test(textOf(module, decorator)) &&
        !/Scope\.(REQUEST|TRANSIENT)/.test(textOf(module, decorator)),
    );
    const single = provided || madeHere(module, node);
    const type = nameOf(child(node, "id")) ?? "";
    for (const member of list(child(node, "body"), "body")) {
      const name = nameOf(child(member, "key"));
      const value = bare(child(member, "value"));
      if (member.type !== "PropertyDefinition" || !name || BOUNDED.test(name) || CACHE.test(name)) continue;
      const collection =
        value?.type === "ArrayExpression" || (value && /^new (Map|Set)$/.test(dotted(value)));
      const object = value?.type === "ObjectExpression" && list(value, "properties").length === 0;
      const sequence = typeof value?.value === "number" && SEQUENCE.test(name);
      if (!collection && !object && !sequence) continue;
      const shared = member.static === true && module.purpose === "server" && !DOUBLE.test(type);
      if (!single && !shared) continue;
      const fields = [`this.${name}`, ...(shared ? [`${type}.${name}`] : [])];
      if (fields.some((field) => evicts(module, field))) continue;
      const holds = collection ? "collection" : object ? "object" : "scalar";
      const changed = nodesIn(module, node).find(
        (inner) =>
          fields.some((field) => fills(module, inner, field, holds)) &&
          ![...ancestors(inner)].some(
            (ancestor) =>
              SETUP.test(nameOf(child(ancestor, "key")) ?? "") ||
              nameOf(child(ancestor, "key")) === "onModuleInit" ||
              nameOf(child(ancestor, "key")) === "constructor",
          ),
      );
      if (changed)
        findings.push(
          at(STATE_CHECKS.moduleState, module, changed, {
            name: `this.${name}`,
            where: nameOf(child(node, "id")) ?? "the provider",
          }),
        );
    }
  }
}
