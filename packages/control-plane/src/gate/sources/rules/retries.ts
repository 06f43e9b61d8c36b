import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  functionName,
  inside,
  isFunction,
  list,
  methodOf,
  type Node,
  nameOf,
  property,
  receiverOf,
  stringOf,
} from "../ast.ts";
import { CALL_CHECKS } from "../checks/calls.ts";
import { at, type Rule, sourceOf } from "../context.ts";
import { declarationOf, followed, type Module, nodesIn, textOf } from "../module.ts";
import { functionOf } from "../reach.ts";

const LOOPS = new Set(["WhileStatement", "DoWhileStatement", "ForStatement"]);
const PAUSE = /sleep|delay|\bwait(?!ing)|pause|backoff|setTimeout|retryAfter|jitter/i;

/** Nodes of a subtree that belong to the same function and the same loop. */
function own(module: Module, root: Node, stopAtLoops: boolean): Node[] {
  const found: Node[] = [];
  const nodes = nodesIn(module, root);
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    const nested =
      node !== root &&
      (isFunction(node) || (stopAtLoops && (LOOPS.has(node.type) || node.type.startsWith("ForOf"))));
    if (nested) index = node.after - root.index - 1;
    else found.push(node);
  }
  return found;
}

/** The variable in `while (!done)` and `while (status !== "done")`. */
function flagOf(test: Node | undefined): string | undefined {
  if (test?.type === "UnaryExpression" && test.operator === "!") return nameOf(bare(child(test, "argument")));
  if (test?.type !== "BinaryExpression" || !/^[!=]==?$/.test(String(test.operator))) return undefined;
  const left = bare(child(test, "left"));
  return left?.type === "Identifier" && bare(child(test, "right"))?.type === "Literal"
    ? nameOf(left)
    : undefined;
}

/** Whether a loop's own condition never ends it: `while (true)`, `for (;;)`, `while (!done)` set only on success. */
function endless(module: Module, loop: Node): boolean {
  const test = bare(child(loop, "test"));
  if (loop.type === "ForStatement") return !test || (test.type === "Literal" && Boolean(test.value));
  if (test?.type === "Literal") return Boolean(test.value);
  const flag = flagOf(test);
  if (!flag) return false;
  const body = child(loop, "body");
  const set = body
    ? nodesIn(module, body).filter(
        (node) => node.type === "AssignmentExpression" && nameOf(child(node, "left")) === flag,
      )
    : [];
  return (
    set.length > 0 &&
    set.every((node) =>
      [...ancestors(node)].some(
        (one) => one.parent?.type === "TryStatement" && child(one.parent, "block") === one,
      ),
    )
  );
}

const leaves = (node: Node) => ["ReturnStatement", "BreakStatement", "ThrowStatement"].includes(node.type);

export const retries: Rule = (module, context) => {
  const findings: Finding[] = [];
  for (const loop of module.nodes) {
    if (!LOOPS.has(loop.type) && loop.type !== "ForOfStatement") continue;
    const body = child(loop, "body");
    if (!body) continue;
    const nodes = own(module, body, true);
    const attempt = nodes.find(
      (node) => node.type === "TryStatement" && child(node, "handler") && inLoop(node, loop),
    );
    if (!attempt) {
      if (endless(module, loop) && muted(module, nodes))
        findings.push(at(CALL_CHECKS.unboundedRetry, module, loop, { what: "The loop" }));
      continue;
    }
    const block = child(attempt, "block")!;
    const handler = child(attempt, "handler")!;
    const tried = own(module, block, false);
    const catching = own(module, handler, false);
    const endsWell =
      tried.some((node) => node.type === "ReturnStatement" || node.type === "BreakStatement") ||
      flagged(module, loop);
    if (!endsWell || !tried.some((node) => node.type === "AwaitExpression" || node.type === "CallExpression"))
      continue;
    const gives = catching.some((node) => leaves(node) || exits(node)) || endsElsewhere(nodes, attempt);
    if (endless(module, loop) && !gives) {
      findings.push(at(CALL_CHECKS.unboundedRetry, module, loop, { what: "The loop" }));
    } else if (
      loop.type === "ForStatement" &&
      child(loop, "test") &&
      tried.some((node) => node.type === "AwaitExpression")
    ) {
      const counts = /\b(attempt|retr|tries|try)/i.test(textOf(module, loop).slice(0, 200));
      if (counts && !PAUSE.test(textOf(module, loop))) {
        findings.push(at(CALL_CHECKS.noBackoff, module, loop, { what: "The loop" }));
      }
    }
  }
  for (const fn of module.nodes.filter(isFunction)) findings.push(...recursion(module, fn));
  for (const call of module.calls) {
    const what = options(module, call);
    if (what) findings.push(at(CALL_CHECKS.unboundedRetry, module, call, { what: `\`${what}\`` }));
  }
  findings.push(...uncaught(module, context.set));
  return findings;
};

/** `const ok = await send().catch(() => false); if (ok) break;` with no other way out. */
function muted(module: Module, nodes: readonly Node[]): boolean {
  const outcome = nodes.find((node) => {
    const call = node.type === "VariableDeclarator" ? bare(child(node, "init")) : undefined;
    return call?.type === "CallExpression" && methodOf(call) === "catch" && receiverOf(call);
  });
  const name = nameOf(child(outcome, "id"));
  const ways = nodes.filter((node) => leaves(node) || exits(node));
  return (
    name !== undefined &&
    ways.length > 0 &&
    ways.every((way) =>
      [...ancestors(way)].some(
        (one) => one.type === "IfStatement" && about(name, textOf(module, child(one, "test")!)),
      ),
    )
  );
}

/** `res`, `res?.ok`, `res !== null`: only what came back decides, nothing that counts. */
const about = (name: string, test: string): boolean => {
  const text = test.replace(/\s/g, "");
  return text.startsWith(name) && /^(\??\.\w+)*([!=]==?["']?\w+["']?)?$/.test(text.slice(name.length));
};

const inLoop = (node: Node, loop: Node): boolean => {
  for (const ancestor of ancestors(node)) {
    if (ancestor === loop) return true;
    if (isFunction(ancestor)) return false;
  }
  return false;
};

const flagged = (module: Module, loop: Node): boolean =>
  loop.type !== "ForStatement" && flagOf(bare(child(loop, "test"))) !== undefined && endless(module, loop);

const exits = (node: Node): boolean =>
  node.type === "CallExpression" &&
  /process\.exit$|^(reject|fail|giveUp|abort|exit)$|deadLetter|sendToDlq|throwIfAborted/i.test(
    calleeOf(node),
  );

/** A leave of the loop outside the try: `if (attempt > 3) throw …`, `if (signal.aborted) return`. */
function endsElsewhere(nodes: readonly Node[], attempt: Node): boolean {
  return nodes.some((node) => {
    if (inside(node, attempt)) return false;
    return (
      leaves(node) || exits(node) || (node.type === "CallExpression" && /throwIfAborted/.test(calleeOf(node)))
    );
  });
}

/** A function that calls itself when it fails, with nothing that counts. */
function recursion(module: Module, fn: Node): Finding[] {
  const name = functionName(fn);
  if (!name) return [];
  const text = textOf(module, fn);
  if (
    !text.includes(name) ||
    /attempt|retr(y|ies)|tries|count|remaining|left|max|limit|deadline|depth|\bn\b|budget/i.test(
      text.replaceAll(name, ""),
    )
  )
    return [];
  for (const node of nodesIn(module, fn)) {
    // Called, or handed to a timer.
    const handed = node.type === "Identifier" && nameOf(node) === name && timed(node);
    if (!handed && !(node.type === "CallExpression" && selfCall(node, name))) continue;
    const call = node;
    // Another value of the same name, nearer to the call.
    const declared = declarationOf(module, handed ? call : child(call, "callee"));
    if (declared && declared.node !== fn && bare(declared.init) !== fn) continue;
    let caught: "catch" | undefined;
    let timer = false;
    for (const ancestor of ancestors(call)) {
      if (ancestor === fn) break;
      if (ancestor.type === "CatchClause") caught = "catch";
      if (
        ancestor.type === "CallExpression" &&
        methodOf(ancestor) === "catch" &&
        receiverOf(ancestor) &&
        !inside(call, receiverOf(ancestor)!)
      )
        caught = "catch";
      if (ancestor.type === "CallExpression" && /setTimeout$/.test(calleeOf(ancestor)))
        timer = !(Number(argumentsOf(ancestor)[1]?.value ?? 1_000) < 50);
      // What the catch decides by the error's kind is a decision, not a blind retry.
      if (
        ancestor.type === "IfStatement" &&
        /\b(code|status|name|instanceof)\b/.test(textOf(module, child(ancestor, "test")!))
      )
        return [];
    }
    if (!caught || timer) continue;
    const handled = [...ancestors(call)].find(
      (one) => one.type === "CatchClause" || (one.type === "CallExpression" && methodOf(one) === "catch"),
    );
    if (handled && own(module, handled, false).some((node) => node.type === "ThrowStatement" || exits(node)))
      continue;
    return [at(CALL_CHECKS.unboundedRetry, module, call, { what: `\`${name}\`` })];
  }
  return [];
}

/** `setTimeout(start, 0)` */
const timed = (node: Node): boolean =>
  node.parent?.type === "CallExpression" &&
  calleeOf(node.parent) === "setTimeout" &&
  argumentsOf(node.parent)[0] === node;

const selfCall = (call: Node, name: string): boolean => {
  const callee = calleeOf(call);
  return callee === name || callee === `this.${name}`;
};

/** Options of retry libraries that never give up. */
function options(module: Module, call: Node): string | undefined {
  const callee = calleeOf(call);
  const source = sourceOf(module, call);
  if (source === "rxjs" || source === "rxjs/operators") {
    return callee === "retry" && argumentsOf(call).length === 0 ? "retry()" : undefined;
  }
  for (const argument of argumentsOf(call)) {
    const given = followed(module, argument);
    if (bare(property(given, "forever"))?.value === true && /retry/i.test(`${source}${callee}`))
      return "forever: true";
    for (const name of [
      "retries",
      "maxRetries",
      "maxAttempts",
      "numOfAttempts",
      "attempts",
      "times",
      "limit",
      "retry",
    ]) {
      const value = property(given, name);
      if (value && infinite(value)) return `${name}: ${textOf(module, value)}`;
      const nested =
        bare(value)?.type === "ObjectExpression"
          ? (property(value, "limit") ?? property(value, "retries"))
          : undefined;
      if (nested && infinite(nested)) return `${name}.limit: ${textOf(module, nested)}`;
    }
  }
  return undefined;
}

function infinite(node: Node): boolean {
  const at = bare(node);
  if (nameOf(at) === "Infinity") return true;
  if (at?.type === "MemberExpression")
    return /^(MAX_SAFE_INTEGER|MAX_VALUE|POSITIVE_INFINITY)$/.test(nameOf(child(at, "property")) ?? "");
  return at?.type === "Literal" && typeof at.value === "number" && at.value >= 1_000_000;
}

/** `process.on("uncaughtException")` whose handler does not end the process. */
function uncaught(module: Module, set: Parameters<typeof functionOf>[0]): Finding[] {
  return module.calls.flatMap((call) => {
    if (!/^process\.(on|once|addListener)$/.test(calleeOf(call))) return [];
    if (stringOf(argumentsOf(call)[0]) !== "uncaughtException") return [];
    const handler = functionOf(set, module, argumentsOf(call)[1]);
    if (!handler) return [];
    const text = textOf(handler.module, handler.node);
    if (
      /exit|abort|shut|stop|terminat|fatal\(|die|crash|kill|close|throw|quit|graceful/i.test(
        text.replace(/["'`][^"'`\n]*["'`]/g, ""),
      )
    )
      return [];
    return [at(CALL_CHECKS.uncaught, module, call)];
  });
}

const BUSINESS =
  /^(save|create|insert|update|delete|remove|send|charge|pay|publish|submit|place|order|approve|issue|refund|transfer|register|record|notify|process|query|execute|commit|fetch|post|put|patch|sync|import)([A-Z]\w*)?$/;

const MONEY = /^(charge|capture|refund|payout|debit|credit|transfer|pay)([A-Z]\w*)?$/;

/** An empty catch without a word why, around a call that does something that matters. */
export const swallowed: Rule = (module) => {
  if (module.purpose === "browser") return [];
  const findings: Finding[] = [];
  const explained = (node: Node) =>
    module.comments.some((comment) => comment.start >= node.start && comment.end <= node.end);
  for (const node of module.nodes) {
    if (node.type === "CatchClause") {
      const body = child(node, "body");
      if (!body || list(body, "body").length > 0) continue;
      const calls = nodesIn(module, child(node.parent, "block")!).filter(
        (one) => one.type === "CallExpression",
      );
      // No comment excuses money that nobody can account for.
      const money = calls.find((one) => MONEY.test(methodOf(one) ?? ""));
      const call = money ?? calls.find((one) => BUSINESS.test(methodOf(one) ?? ""));
      if (!call || (!money && explained(body))) continue;
      const severity = money ? "block" : "warn";
      findings.push(at(CALL_CHECKS.swallowed, module, node, { what: calleeOf(call) }, { severity }));
    } else if (node.type === "CallExpression" && methodOf(node) === "catch" && receiverOf(node)) {
      const handler = bare(argumentsOf(node)[0]);
      const body = isFunction(handler) ? child(handler, "body") : undefined;
      const empty = body?.type === "BlockStatement" && list(body, "body").length === 0 && !explained(body);
      const inner = receiverOf(node)!;
      if (
        !empty ||
        inner.type !== "CallExpression" ||
        !BUSINESS.test(methodOf(inner) ?? "") ||
        /cancel|close|rollback/i.test(calleeOf(inner))
      )
        continue;
      findings.push(at(CALL_CHECKS.swallowed, module, node, { what: calleeOf(inner) }));
    }
  }
  return findings;
};
