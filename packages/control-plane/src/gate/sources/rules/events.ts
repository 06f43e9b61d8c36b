import type { Finding } from "../../finding.ts";
import { raise } from "../../finding.ts";
import { functionName, isCall, isFunction, type Node } from "../ast.ts";
import { OBSERVABILITY_CHECKS } from "../checks/observability.ts";
import { at, type Context } from "../context.ts";
import { type Module, nodesIn } from "../module.ts";
import { reachable } from "../reach.ts";
import { observes } from "./logs.ts";

const TAG = /^[\s*]*@business[-_]?[eE]vent[ \t]+([^\s*]{1,100})/m;

type Declared = { event: string; module: Module; fn: Node; name: string };

/**
 * The functions of declared business events (settings and `@businessEvent` comments) and whether they log or count.
 * A declared function that no file holds is undecided when `whole` says that everything was given.
 */
export function businessEvents(context: Context, whole: boolean): Finding[] {
  const { modules } = context.set;
  const declared: Declared[] = [];
  const findings: Finding[] = [];
  for (const { name: event, function: named, pattern } of context.settings.businessEvents) {
    const expression = pattern === undefined ? undefined : new RegExp(pattern);
    const wanted = named ?? (pattern === undefined ? event : pattern);
    const found = modules.flatMap((module) =>
      module.nodes.filter(isFunction).flatMap((fn) => {
        const name = functionName(fn);
        const matches =
          name !== undefined && (expression ? expression.test(name) : name === wanted.split(".").at(-1));
        return matches ? [{ event, module, fn, name }] : [];
      }),
    );
    declared.push(...found);
    if (found.length === 0 && whole && modules[0]) {
      const place = { path: modules[0].file.path, line: 1, column: 1 };
      findings.push(raise(OBSERVABILITY_CHECKS.eventMissing, place, { event, function: wanted }));
    }
  }
  for (const module of modules) findings.push(...tagged(module, declared));
  for (const { event, module, fn, name } of declared) {
    const seen = reachable(context.set, { module, node: fn }).some((unit) =>
      nodesIn(unit.module, unit.node).some((node) => isCall(node) && observes(unit.module, node)),
    );
    if (!seen) findings.push(at(OBSERVABILITY_CHECKS.eventUnobserved, module, fn, { event, function: name }));
  }
  return findings;
}

/** The function that follows a comment with the tag. */
function tagged(module: Module, declared: Declared[]): Finding[] {
  return module.comments.flatMap((comment) => {
    const event = TAG.exec(comment.value)?.[1];
    if (event === undefined) return [];
    const next = module.nodes.find((node) => node.start >= comment.end && node.type !== "Program");
    const fn = next && nodesIn(module, next).find(isFunction);
    const name = fn && functionName(fn);
    if (fn && name) {
      declared.push({ event, module, fn, name });
      return [];
    }
    const place = module.place(comment.start, comment.end);
    return [raise(OBSERVABILITY_CHECKS.eventMissing, place, { event, function: "?" })];
  });
}
