import {
  argumentsOf,
  bare,
  calleeOf,
  child,
  dotted,
  isCall,
  isFunction,
  list,
  methodOf,
  type Node,
  nameOf,
  property,
  receiverOf,
  stringOf,
} from "./ast.ts";
import { declarationOf, followed, importOf, type Module, type SourceSet, textOf } from "./module.ts";
import { functionOf } from "./reach.ts";

/** Where the outside calls this code: a route, a message, a schedule. */
export type Entry = {
  kind: "http" | "consumer" | "job" | "socket";
  /** How it is registered, in words: `app.post`, `eachMessage`, `cron.schedule`. */
  via: string;
  module: Module;
  /** The registration: the call, the decorated method or the exported function. */
  site: Node;
  /** The function; undefined when it is imported from a file that was not given. */
  fn: { module: Module; node: Node } | undefined;
  method: string;
  path: string;
  /** What stands between path and handler, decorators and options. */
  guards: Node[];
  /** The router or app it is registered on. */
  receiver: string;
};

const VERBS = new Set(["get", "post", "put", "patch", "delete", "del", "all"]);
const DECORATED_VERBS = new Set(["Get", "Post", "Put", "Patch", "Delete", "All"]);
const CLIENTS = /^(axios|got|ky|superagent|supertest|undici|nock|msw|node-fetch|request|needle|ofetch)/;
const CONSUMER_DECORATORS =
  /^(EventPattern|MessagePattern|RabbitSubscribe|RabbitRPC|SqsMessageHandler|Process|OnEvent|KafkaSubscribe)$/;

export function entriesOf(set: SourceSet, module: Module): Entry[] {
  const entries: Entry[] = [];
  const add = (
    kind: Entry["kind"],
    via: string,
    site: Node,
    fn: Node | undefined,
    more: Partial<Entry> = {},
  ) => {
    entries.push({
      kind,
      via,
      module,
      site,
      fn: functionOf(set, module, fn),
      method: "",
      path: "",
      guards: [],
      receiver: "",
      ...more,
    });
  };
  for (const call of module.calls) {
    const route = routeOf(module, call);
    if (route) add("http", calleeOf(call), call, route.handler, route);
    else consumerOf(module, call, add);
    jobOf(module, call, add);
  }
  for (const node of module.nodes) {
    if (node.type === "MethodDefinition") decorated(node, add);
    if (node.type === "ForOfStatement") messageLoop(module, node, add);
    if (node.type === "ExportNamedDeclaration") exported(module, node, add);
    if (
      node.type === "AssignmentExpression" &&
      /^(module\.)?exports\.handler$/.test(dotted(child(node, "left")))
    ) {
      lambda(module, node, child(node, "right"), add);
    }
    if (node.type === "Property" && nameOf(child(node, "key")) === "Mutation") {
      for (const resolver of list(child(node, "value"), "properties")) {
        const name = nameOf(child(resolver, "key")) ?? "";
        const fn = child(resolver, "value");
        if (isFunction(fn))
          add("http", `Mutation.${name}`, resolver, fn, { method: "post", path: name, receiver: "route" });
      }
    }
  }
  pagesHandler(module, add);
  if (set.modules.length === 1) controllers(module, add);
  return entries;
}

type Add = (
  kind: Entry["kind"],
  via: string,
  site: Node,
  fn: Node | undefined,
  more?: Partial<Entry>,
) => void;

function routeOf(module: Module, call: Node): (Partial<Entry> & { handler: Node | undefined }) | undefined {
  const method = propertyOfCall(call);
  const receiver = receiverOf(call);
  if (!method || !receiver) return undefined;
  const args = argumentsOf(call);
  const imported = importOf(module, receiver);
  if (imported && CLIENTS.test(imported.source)) return undefined;
  const last = args.at(-1);
  if (method === "route" && args.length === 1 && property(args[0], "method")) {
    const handler = property(args[0], "handler");
    const path = stringOf(property(args[0], "url") ?? property(args[0], "path")) ?? "";
    const verbs = bare(property(args[0], "method"));
    const named = [stringOf(verbs), ...list(verbs, "elements").map(stringOf)].filter(
      (verb) => verb !== undefined,
    );
    const mutating = named.find((verb) => /post|put|patch|delete/i.test(verb)) ?? named[0];
    return {
      handler,
      method: mutating?.toLowerCase() ?? "all",
      path,
      guards: [args[0]!],
      receiver: dotted(receiver),
    };
  }
  if (method === "mutation" && args.length === 1 && isFunction(bare(last))) {
    return { handler: last, method: "post", path: "", guards: [receiver], receiver: "trpc" };
  }
  if (!VERBS.has(method) || !last) return undefined;
  // Elysia: the options stand behind the handler.
  if (args.length === 3 && bare(last)?.type === "ObjectExpression" && isFunction(bare(args[1]))) {
    const path = stringOf(args[0]);
    if (path === undefined || !/^[/*]|^$/.test(path)) return undefined;
    return { handler: args[1], method, path, guards: [last], receiver: dotted(receiver) };
  }
  const chained = routeChain(receiver);
  if (chained)
    return { handler: last, method, path: chained.path, guards: args.slice(0, -1), receiver: chained.on };
  const path = stringOf(args[0]);
  if (args.length < 2 || path === undefined || !/^[/*]|^$/.test(path)) return undefined;
  if (!isHandler(module, last)) return undefined;
  return { handler: last, method, path, guards: args.slice(1, -1), receiver: dotted(receiver) };
}

const propertyOfCall = (call: Node): string | undefined => (receiverOf(call) ? methodOf(call) : undefined);

/** `router.route("/x").get(a).post(b)` */
function routeChain(receiver: Node): { path: string; on: string } | undefined {
  let at: Node | undefined = receiver;
  for (let depth = 0; depth < 20 && at?.type === "CallExpression"; depth++) {
    const inner = receiverOf(at);
    if (methodOf(at) === "route" && inner)
      return { path: stringOf(argumentsOf(at)[0]) ?? "", on: dotted(inner) };
    at = inner;
  }
  return undefined;
}

/** A function, a name of one, a member, or a call that wraps one; data (as for HTTP clients) is none. */
function isHandler(module: Module, node: Node): boolean {
  const at = bare(node);
  if (isFunction(at) || at?.type === "MemberExpression") return true;
  if (at?.type === "CallExpression") return true;
  if (at?.type === "ArrayExpression") return list(at, "elements").some((one) => isHandler(module, one));
  if (at?.type !== "Identifier") return false;
  const declared = declarationOf(module, at);
  if (!declared) return false;
  if (declared.kind === "function" || declared.kind === "import" || declared.kind === "param") return true;
  const init = bare(declared.init);
  return isFunction(init) || init?.type === "CallExpression" || init?.type === "MemberExpression";
}

function consumerOf(module: Module, call: Node, add: Add): void {
  const args = argumentsOf(call);
  const method = methodOf(call);
  const receiver = receiverOf(call) ? dotted(receiverOf(call)) : "";
  const last = args.at(-1);
  for (const name of ["eachMessage", "eachBatch", "handleMessage", "handleMessageBatch", "processMessage"]) {
    for (const argument of args) {
      const fn = property(argument, name);
      if (fn) add("consumer", name, call, fn, { receiver });
    }
  }
  if (method === "consume" && args.length >= 2) add("consumer", "consume", call, args[1], { receiver });
  if (call.type === "NewExpression" && importOf(module, child(call, "callee"))?.source === "bullmq") {
    if (calleeOf(call).endsWith("Worker") && args[1]) add("consumer", "Worker", call, args[1]);
  }
  if (method === "process" && last && isFunction(bare(last)) && /queue/i.test(receiver)) {
    add("consumer", `${receiver}.process`, call, last);
  }
  if (method === "work" && args.length >= 2 && /boss/i.test(receiver))
    add("consumer", `${receiver}.work`, call, last);
  if (method === "on" && stringOf(args[0]) === "message" && /subscri|consumer/i.test(receiver)) {
    add("consumer", `${receiver}.on("message")`, call, args[1]);
  }
  if (
    method === "on" &&
    stringOf(args[0]) === "connection" &&
    /(^|\.)(wss?|io|nsp|namespace|\w*[sS]ocketServer|\w*Wss)(\.of\(\))?$/.test(receiver)
  ) {
    add("socket", `${receiver}.on("connection")`, call, last, { receiver });
  }
  if (method === "on" && stringOf(args[0]) === "message" && isMqtt(module, receiverOf(call)))
    add("consumer", `${receiver}.on("message")`, call, args[1]);
  if (call.type === "CallExpression" && /(^|\.)createServer$/.test(calleeOf(call))) {
    const source = importOf(module, child(call, "callee"))?.source ?? "";
    if (/^(node:)?(https?|http2)$/.test(source)) add("socket", "createServer", call, last);
  }
  if (
    method === "subscribe" &&
    args.length >= 2 &&
    stringOf(args[0]) !== undefined &&
    isFunction(bare(last)) &&
    /(bus|broker|pubsub|messag\w*|consumer|queue|rabbit\w*|kafka|nats)$/i.test(receiver)
  )
    add("consumer", `${receiver}.subscribe`, call, last);
  const reads = /(^|\.)(xReadGroup|xreadgroup|receiveMessage)$/.test(calleeOf(call));
  if (reads || (call.type === "NewExpression" && calleeOf(call) === "ReceiveMessageCommand")) {
    let fn: Node | null = call;
    while (fn && !isFunction(fn)) fn = fn.parent;
    if (fn) add("consumer", methodOf(call) ?? "ReceiveMessageCommand", call, fn);
  }
}

const isMqtt = (module: Module, receiver: Node | undefined): boolean => {
  const made = followed(module, receiver);
  const source =
    made?.type === "CallExpression" ? importOf(module, child(made, "callee"))?.source : undefined;
  return source === "mqtt" || source === "async-mqtt";
};

/** `for await (const message of subscription)` of NATS, and of iterators like it. */
function messageLoop(module: Module, loop: Node, add: Add): void {
  const source = followed(module, child(loop, "right"));
  const body = child(loop, "body");
  if (loop.await !== true || source?.type !== "CallExpression" || !body) return;
  if (/\.(subscribe|consume|messages|receiveMessages)$/.test(calleeOf(source)))
    add("consumer", calleeOf(source), loop, undefined, { fn: { module, node: body } });
}

function jobOf(module: Module, call: Node, add: Add): void {
  const args = argumentsOf(call);
  const callee = calleeOf(call);
  const source = importOf(module, child(call, "callee"))?.source ?? "";
  const method = methodOf(call);
  if (callee === "setInterval" || callee === "globalThis.setInterval")
    add("job", "setInterval", call, args[0]);
  else if (method === "schedule" && (source === "node-cron" || /cron/i.test(callee))) {
    add("job", callee, call, args[1]);
  } else if (method === "scheduleJob") add("job", callee, call, args.at(-1));
  else if (call.type === "NewExpression" && /(^|\.)(CronJob|Cron)$/.test(callee)) {
    add(
      "job",
      callee,
      call,
      args.find((argument) => isHandler(module, argument)),
    );
  } else if (method === "define" && args.length >= 2 && (source === "agenda" || /agenda/i.test(callee)))
    add("job", callee, call, args.find((argument) => isFunction(bare(argument))) ?? args.at(-1));
  else if (call.type === "NewExpression" && source === "toad-scheduler" && /Task$/.test(callee))
    add("job", callee, call, args[1]);
  else if (callee === "Deno.cron") add("job", callee, call, args.at(-1));
  else if (callee === "CronJob.from") add("job", callee, call, property(args[0], "onTick"));
  else if (source === "croner" && call.type === "CallExpression" && callee === "Cron") {
    add("job", callee, call, args.at(-1));
  }
}

function decorated(method: Node, add: Add): void {
  const type = method.parent?.parent;
  const named = list(type, "decorators").map((one) => {
    const expression = child(one, "expression");
    return expression && isCall(expression) ? calleeOf(expression) : nameOf(expression);
  });
  // Nest's workers of BullMQ.
  if (named.includes("Processor") && nameOf(child(method, "key")) === "process")
    add("consumer", "@Processor", method, child(method, "value"));
  for (const decorator of list(method, "decorators")) {
    const expression = child(decorator, "expression");
    const name = expression && isCall(expression) ? calleeOf(expression) : nameOf(expression);
    if (!name) continue;
    const fn = child(method, "value");
    const owner = method.parent?.parent;
    const guards = [...list(method, "decorators"), ...list(owner, "decorators")];
    const path = expression && isCall(expression) ? (stringOf(argumentsOf(expression)[0]) ?? "") : "";
    if (DECORATED_VERBS.has(name)) {
      const receiver = nameOf(child(owner, "id")) ?? "controller";
      add("http", `@${name}`, method, fn, { method: name.toLowerCase(), path, guards, receiver });
    } else if (CONSUMER_DECORATORS.test(name)) add("consumer", `@${name}`, method, fn);
    else if (name === "SubscribeMessage") add("socket", `@${name}`, method, fn);
    else if (name === "Cron" || name === "Interval") add("job", `@${name}`, method, fn);
  }
}

/** Next route files export functions named as methods; a Lambda exports `handler`. */
function exported(module: Module, node: Node, add: Add): void {
  const declaration = child(node, "declaration");
  const functions: { name: string; fn: Node }[] = [];
  if (isFunction(declaration))
    functions.push({ name: nameOf(child(declaration, "id")) ?? "", fn: declaration });
  for (const declarator of list(declaration, "declarations")) {
    const init = child(declarator, "init");
    if (init) functions.push({ name: nameOf(child(declarator, "id")) ?? "", fn: init });
  }
  const isAction = list(module.root, "body").some((statement) => statement.directive === "use server");
  for (const { name, fn } of functions) {
    if (/^(POST|PUT|PATCH|DELETE|GET)$/.test(name)) {
      const path = module.file.path.replace(/\/route\.[cm]?[jt]sx?$/, "");
      add("http", name, node, fn, { method: name.toLowerCase(), path, receiver: "route" });
    } else if (name === "handler") lambda(module, node, fn, add);
    else if (isAction && isFunction(bare(fn))) {
      add("http", name, node, fn, { method: "post", path: name, receiver: "route" });
    }
  }
}

/** A Lambda function behind a queue, or behind an HTTP gateway. */
function lambda(module: Module, site: Node, fn: Node | undefined, add: Add): void {
  if (!fn) return;
  const text = textOf(module, fn);
  if (/\.Records\b|SQS(Event|Handler)|SNSEvent|KinesisStream|EventBridgeEvent|\bevent\.detail\b/.test(text)) {
    add("consumer", "handler", site, fn);
  } else if (/APIGateway|\bevent\.(body|httpMethod|requestContext)\b/.test(text)) {
    add("http", "handler", site, fn, { method: "post", path: "handler", receiver: "route" });
  }
}

const CREATES = /^(create|add|place|submit|charge|pay|issue|transfer|book|checkout)([A-Z]\w*)?$/;

/** `export async function createOrder(req, res)`, registered by a file that was not given. */
function controllers(module: Module, add: Add): void {
  for (const node of module.nodes) {
    const declaration = node.type === "ExportNamedDeclaration" ? child(node, "declaration") : undefined;
    const common = node.type === "AssignmentExpression" && /^exports\.\w+$/.test(dotted(child(node, "left")));
    const declarator = list(declaration, "declarations")[0];
    const fn = common ? bare(child(node, "right")) : (bare(child(declarator, "init")) ?? declaration);
    if (!fn || !isFunction(fn)) continue;
    const name = common
      ? dotted(child(node, "left")).slice(8)
      : (nameOf(child(declaration, "id")) ?? nameOf(child(declarator, "id")) ?? "");
    const [first, second] = list(fn, "params").map((param) => nameOf(param));
    if (
      !CREATES.test(name) ||
      !/^_?(req|request)$/.test(first ?? "") ||
      !/^_?(res|response|reply)$/.test(second ?? "")
    )
      continue;
    add("http", name, node, fn, { method: "post", path: name, receiver: "route" });
  }
}

function pagesHandler(module: Module, add: Add): void {
  const exportDefault = module.nodes.find((node) => node.type === "ExportDefaultDeclaration");
  const fn = child(exportDefault, "declaration");
  if (!exportDefault || !fn || !/["'`](POST|PUT|PATCH|DELETE)["'`]/.test(textOf(module, exportDefault)))
    return;
  const [first, second] = list(bare(fn), "params").map((param) => nameOf(param));
  const takesRequest =
    /^req/.test(first ?? "") && /^res/.test(second ?? "") && /\breq\w*\.method\b/.test(module.code);
  if (!takesRequest && !/(^|\/)pages\/api\//.test(module.file.path)) return;
  add("http", "handler", exportDefault, fn, { method: "post", path: module.file.path, receiver: "route" });
}
