import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  enclosingFunction,
  hasSpread,
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
import { at, type Context, type Rule } from "../context.ts";
import { declarationOf, followed, importOf, type Module, textOf } from "../module.ts";

const HOW = {
  fetch: [
    "Pass `signal: AbortSignal.timeout(ms)` in the options.",
    "オプションに `signal: AbortSignal.timeout(ms)` を渡す。",
  ],
  timeout: ["Set `timeout` (milliseconds) in its options.", "オプションに `timeout`（ミリ秒）を設定する。"],
  undici: [
    "Set `headersTimeout` and `bodyTimeout`, or pass `signal: AbortSignal.timeout(ms)`.",
    "`headersTimeout` と `bodyTimeout` を設定するか、`signal: AbortSignal.timeout(ms)` を渡す。",
  ],
  http: [
    "Set `timeout` and destroy the request on `timeout`, or pass `signal: AbortSignal.timeout(ms)`.",
    "`timeout` を設定して `timeout` イベントでリクエストを破棄するか、`signal: AbortSignal.timeout(ms)` を渡す。",
  ],
} as const;

export const timeouts: Rule = (module, context) => {
  if (module.purpose === "browser") return [];
  const findings: Finding[] = [];
  for (const call of module.calls) {
    const how = unlimited(module, context, call);
    if (how && !raced(call)) {
      const what = call.type === "NewExpression" ? `new ${calleeOf(call)}` : calleeOf(call);
      findings.push(at(CALL_CHECKS.noTimeout, module, call, { what, how: HOW[how][0], howJa: HOW[how][1] }));
    }
    const missing = how ? undefined : clientGaps(module, call);
    if (missing) {
      const what = call.type === "NewExpression" ? `new ${calleeOf(call)}` : calleeOf(call);
      findings.push(at(CALL_CHECKS.clientNoTimeout, module, call, { what, missing }));
    }
  }
  return findings;
};

function unlimited(module: Module, context: Context, call: Node): keyof typeof HOW | undefined {
  const callee = calleeOf(call);
  const args = argumentsOf(call);
  const imported = importOf(module, child(call, "callee"));
  const source = imported?.source ?? "";
  const direct = !callee.includes(".") || /^(globalThis|global)\.fetch$/.test(callee);
  if (direct && fetches(module, call, callee, source)) {
    if (context.facts.globalDispatcher && !/node-fetch|cross-fetch/.test(source)) return undefined;
    if (relative(module, args[0])) return undefined;
    return limited(module, args, 1, ["signal", "dispatcher", "timeout"]) ? undefined : "fetch";
  }
  if (source === "undici" && /(^|\.)(request|stream|pipeline)$/.test(callee)) {
    if (context.facts.globalDispatcher) return undefined;
    return limited(module, args, 1, ["signal", "dispatcher", "headersTimeout"]) ? undefined : "undici";
  }
  if (source === "axios") return axios(module, context, call, callee) ? undefined : "timeout";
  if (source === "got") {
    if (/(^|\.)(extend)$/.test(callee))
      return limited(module, args, 0, ["timeout", "signal"]) ? undefined : "timeout";
    const requests = direct || /^\w+\.(get|post|put|patch|delete|head|stream)$/.test(callee);
    const at = bare(args[0])?.type === "ObjectExpression" ? 0 : 1;
    return !requests || limited(module, args, at, ["timeout", "signal"]) ? undefined : "timeout";
  }
  if (/^(ofetch|request|request-promise|request-promise-native)$/.test(source)) {
    return args.some((argument) =>
      /timeout|signal/.test(textOf(module, followed(module, argument) ?? argument)),
    )
      ? undefined
      : "timeout";
  }
  if (source === "ky") {
    const options = args
      .map((argument) => followed(module, argument))
      .find((one) => one?.type === "ObjectExpression");
    return bare(property(options, "timeout"))?.value === false ? "timeout" : undefined;
  }
  if (source === "superagent" && /^\w+\.(get|post|put|patch|del|delete|head)$/.test(callee)) {
    return /\.timeout\(/.test(statementText(module, call)) ? undefined : "timeout";
  }
  if (/^(node:)?https?$/.test(source) && /(^|\.)(request|get)$/.test(callee) && args.length > 0) {
    return nodeHttp(module, call, args) ? undefined : "http";
  }
  if (isNestHttp(module, call)) {
    if (context.facts.nestHttpTimeout || /timeout/i.test(statementText(module, call))) return undefined;
    const at = /\.(post|put|patch)$/.test(callee) ? 2 : /\.request$/.test(callee) ? 0 : 1;
    return limited(module, args, at, ["timeout", "signal"]) ? undefined : "timeout";
  }
  return undefined;
}

/** `this.http.get(…)` where `http` is Nest's `HttpService`. */
function isNestHttp(module: Module, call: Node): boolean {
  const match = /^this\.(\w+)(\.axiosRef)?\.(get|post|put|patch|delete|head|request)$/.exec(calleeOf(call));
  if (!match || module.imports.get("HttpService")?.source !== "@nestjs/axios") return false;
  return new RegExp(`\\b${match[1]}\\s*[!?]?:\\s*HttpService\\b`).test(module.code);
}

function fetches(module: Module, call: Node, callee: string, source: string): boolean {
  if (call.type !== "CallExpression") return false;
  if (/^(globalThis|global)\.fetch$/.test(callee)) return true;
  if (source)
    return (
      /^(node-fetch|cross-fetch|undici|isomorphic-fetch|make-fetch-happen)$/.test(source) &&
      /fetch/i.test(callee)
    );
  return callee === "fetch" && !declarationOf(module, child(call, "callee")) && !workerEntry(module);
}

/** `export default { fetch(request) {} }`: the platform of such workers limits them itself. */
const workerEntry = (module: Module): boolean =>
  list(module.root, "body").some(
    (node) =>
      node.type === "ExportDefaultDeclaration" &&
      list(child(node, "declaration"), "properties").some((entry) => nameOf(child(entry, "key")) === "fetch"),
  );

/** A path without a host is a browser's, and `data:`/`file:` leave no process. */
const relative = (module: Module, url: Node | undefined): boolean => {
  const text = stringOf(followed(module, url));
  return text !== undefined && /^(\/(?!\/)|data:|file:|blob:)/.test(text);
};

/**
 * Do the options (argument `index`) limit the call by one of `names`? Options that cannot be seen (a parameter, a
 * spread, a call) count as limited.
 */
function limited(module: Module, args: readonly Node[], index: number, names: readonly string[]): boolean {
  const first = followed(module, args[0]);
  const request =
    first?.type === "NewExpression" && calleeOf(first) === "Request" ? argumentsOf(first) : undefined;
  if (request && args.length === 1) return limited(module, request, 1, names);
  if (
    first?.type === "Identifier" &&
    args.length === 1 &&
    index === 1 &&
    /^(req|request)$/i.test(nameOf(first) ?? "")
  )
    return true;
  if (args.some((argument) => argument.type === "SpreadElement")) return true;
  const options = followed(module, args[index]);
  if (!options) return false;
  if (options.type !== "ObjectExpression")
    return !(options.type === "Literal" || isFunction(options) || nameOf(options) === "undefined");
  if (hasSpread(options)) return true;
  const held = nameOf(bare(args[index]));
  if (held && names.some((name) => module.code.includes(`${held}.${name} =`))) return true;
  return names.some((name) => {
    const value = property(options, name);
    if (!value) return false;
    const at = bare(value);
    if (at?.type === "Literal" && (at.value === 0 || at.value === false || at.value === null)) return false;
    if (nameOf(at) === "undefined" || nameOf(at) === "Infinity") return false;
    return name !== "signal" || aborts(module, value);
  });
}

/** A signal of a controller that nothing ever aborts limits nothing. */
function aborts(module: Module, signal: Node): boolean {
  const at = followed(module, signal);
  const object = at?.type === "MemberExpression" ? bare(child(at, "object")) : undefined;
  const controller = followed(module, object);
  if (controller?.type !== "NewExpression" || calleeOf(controller) !== "AbortController") return true;
  const name = nameOf(object) ?? "";
  return (
    module.nodes.some(
      (node) =>
        node.type === "MemberExpression" &&
        nameOf(bare(child(node, "object"))) === name &&
        nameOf(child(node, "property")) === "abort",
    ) || module.calls.some((call) => argumentsOf(call).some((argument) => nameOf(bare(argument)) === name))
  );
}

function axios(module: Module, context: Context, call: Node, callee: string): boolean {
  if (context.facts.axiosTimeout) return true;
  const args = argumentsOf(call);
  const names = ["timeout", "signal"];
  const method = callee.includes(".") ? callee.split(".").at(-1)! : "";
  if (callee.split(".").length > 2) return true;
  if (method === "create") return limited(module, args, 0, names);
  if (/^(get|delete|head|options)$/.test(method)) return limited(module, args, 1, names);
  if (/^(post|put|patch|postForm|putForm|patchForm)$/.test(method)) return limited(module, args, 2, names);
  if (method === "request") return limited(module, args, 0, names);
  if (method !== "" || call.type === "NewExpression") return true;
  const first = followed(module, args[0]);
  return limited(
    module,
    args,
    first?.type === "ObjectExpression" ? 0 : args.length > 1 ? 1 : stringOf(first) === undefined ? 0 : 1,
    names,
  );
}

function nodeHttp(module: Module, call: Node, args: readonly Node[]): boolean {
  for (const argument of args) {
    const options = followed(module, argument);
    if (
      options?.type === "ObjectExpression" &&
      (hasSpread(options) || property(options, "timeout") || property(options, "signal"))
    )
      return true;
    if (options?.type === "Identifier" && /opt|config|init|params/i.test(nameOf(options) ?? "")) return true;
  }
  const scope = enclosingFunction(call);
  const text = scope ? textOf(module, scope) : module.code;
  return (
    /\.setTimeout\(|["']timeout["']/.test(text) ||
    (/\bsetTimeout\(/.test(text) && /\.(destroy|abort)\(/.test(text))
  );
}

/** `Promise.race([fetch(…), timeout])`, `withTimeout(fetch(…), ms)`, `pTimeout(…)`. */
function raced(call: Node): boolean {
  for (const ancestor of ancestors(call)) {
    if (
      ancestor.type === "CallExpression" &&
      /Promise\.race$|timeout|deadline|timeLimit/i.test(calleeOf(ancestor))
    )
      return true;
  }
  return false;
}

function statementText(module: Module, call: Node): string {
  let at = call;
  while (at.parent && !/Statement$|Declaration$/.test(at.type)) at = at.parent;
  return textOf(module, at);
}

/** What a client that is created here lacks, in words; undefined when nothing is to be said. */
function clientGaps(module: Module, call: Node): string | undefined {
  const imported = importOf(module, child(call, "callee"));
  const source = imported?.source ?? "";
  const callee = calleeOf(call);
  const isNew = call.type === "NewExpression";
  const options = argumentsOf(call)
    .map((argument) => followed(module, argument))
    .find((argument) => argument?.type === "ObjectExpression");
  const unknown = argumentsOf(call).some((argument) => {
    const value = followed(module, argument);
    return (
      value?.type === "Identifier" ||
      value?.type === "MemberExpression" ||
      (value?.type === "CallExpression" && source !== "ioredis")
    );
  });
  const open = hasSpread(options) || (unknown && !options);
  const has = (...names: string[]) => names.some((name) => property(options, name) !== undefined);
  if (source === "pg" && isNew && /(^|\.)(Pool|Client)$/.test(callee)) {
    const url = stringOf(property(options, "connectionString")) ?? "";
    if (open || /timeout/i.test(url)) return undefined;
    const gaps = [
      has("connectionTimeoutMillis") ? "" : "connectionTimeoutMillis",
      has("statement_timeout", "query_timeout", "options") ? "" : "statement_timeout",
    ].filter(Boolean);
    return gaps.length > 0 ? gaps.join(", ") : undefined;
  }
  if (source === "ioredis" && isNew && !open)
    return has("commandTimeout", "maxRetriesPerRequest") ? undefined : "commandTimeout";
  if (source === "nodemailer" && methodOf(call) === "createTransport" && options && !open) {
    if (has("SES", "jsonTransport", "streamTransport", "sendmail")) return undefined;
    return has("connectionTimeout", "socketTimeout") ? undefined : "connectionTimeout, socketTimeout";
  }
  if (/^@aws-sdk\/(client-|lib-)/.test(source) && isNew && /Client$/.test(callee) && !open) {
    return has("requestHandler") ? undefined : "requestHandler: { connectionTimeout, requestTimeout }";
  }
  if (source === "aws-sdk" && isNew && receiverOf(call) && !open)
    return has("httpOptions") ? undefined : "httpOptions.timeout";
  return undefined;
}
