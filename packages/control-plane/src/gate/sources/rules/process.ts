import type { Finding } from "../../finding.ts";
import { ancestors, argumentsOf, bare, calleeOf, list, methodOf, property } from "../ast.ts";
import { STATE_CHECKS } from "../checks/state.ts";
import { at, type Context, type Rule } from "../context.ts";

export const memorySession: Rule = (module) => {
  const findings: Finding[] = [];
  for (const call of module.calls) {
    const callee = calleeOf(call);
    const imported = module.imports.get(callee.split(".")[0] ?? "");
    if (call.type === "NewExpression" && /(^|\.)MemoryStore$/.test(callee)) {
      const limiter = [...ancestors(call)].some(
        (one) => one.type === "CallExpression" && /limit|slow/i.test(calleeOf(one)),
      );
      if (!limiter) findings.push(at(STATE_CHECKS.memorySession, module, call, { what: callee }));
    }
    const args = argumentsOf(call);
    const plugin = bare(args[0]);
    const registered =
      methodOf(call) === "register" &&
      plugin?.type === "Identifier" &&
      module.imports.get(String(plugin.name))?.source === "@fastify/session";
    if (
      !registered &&
      !(imported?.source === "express-session" && call.type === "CallExpression" && !callee.includes("."))
    )
      continue;
    const options = bare(registered ? args[1] : args[0]);
    const open =
      options?.type === "ObjectExpression" &&
      list(options, "properties").some((one) => one.type === "SpreadElement");
    if ((options && options.type !== "ObjectExpression") || open) continue;
    if (!property(options, "store")) {
      findings.push(
        at(STATE_CHECKS.memorySession, module, call, {
          what: registered ? "@fastify/session" : "express-session",
        }),
      );
    }
  }
  return findings;
};

export const gracefulStop: Rule = (module, context: Context) => {
  if (context.facts.handlesSigterm || module.purpose !== "server") return [];
  const listens = module.calls.find(
    (call) =>
      methodOf(call) === "listen" &&
      /(^|\.)(app|server|fastify|httpServer|httpsServer|express\(\)|createServer\(\)|instance)\.listen$/i.test(
        calleeOf(call),
      ),
  );
  return listens ? [at(STATE_CHECKS.gracefulStop, module, listens)] : [];
};
