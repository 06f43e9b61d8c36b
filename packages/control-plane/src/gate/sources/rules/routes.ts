import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  dotted,
  hasSpread,
  isFunction,
  methodOf,
  type Node,
  nameOf,
  property,
  receiverOf,
  stringOf,
} from "../ast.ts";
import { ENTRANCE_CHECKS } from "../checks/entrance.ts";
import { anyOf, at, type Context, type Rule } from "../context.ts";
import type { Entry } from "../entries.ts";
import { followed, type Module, textOf } from "../module.ts";

const AUTH =
  /auth(?!or\b|ors\b|ored)|guard|permission|require(User|Role|Login|Admin|Session|Scope|Member|Owner|Access)|ensure(LoggedIn|User|Auth|Admin|Role)|is(Admin|LoggedIn|Owner)|protect|jwt|passport|verify(Token|Jwt|Session|User|Access|Api)|\bcan\(|checkRole|hasRole|\broles?\(|acl\b|rbac|sessionRequired|loggedIn|requireAccess|withUser|withTenant|apiKey|bearer|\badmin\(|adminOnly|csrf/i;
const IN_HANDLER =
  /^(user|currentUser|getServerSession|getSession|auth|authenticate|authorize|requireUser|requireSession|requireAdmin|verifyToken|assertCan|permissions?|principal|identity|actor|timingSafeEqual|constructEvent|verifySignature|Forbidden\w*|Unauthorized\w*|session|ability|can|hasPermission|checkPermission|currentSession|getUser|member|jwtVerify|getToken|401|403)$|require(Role|Permission|Auth|User|Admin|Scope)|authori[sz]|verify(Token|Signature|Jwt|Webhook)|isAdmin|permission/im;
const LIMITER =
  /rate_?limit|limiter|throttl|slowDown|brute|quota|captcha|turnstile|[a-z]Limit(s|ed)?\b|\blimit\(/i;
const PUBLIC =
  /log-?in|log-?out|sign-?(in|up|out)|register|registration|session|health|ready|live|metrics|webhook|hook|callback|oauth|oidc|token|refresh|forgot|reset|verify|verification|confirm|public|csp|report|telemetry|otlp|contact|subscribe|newsletter|graphql|invitation|well-known|internal|ping|echo|feedback|otp|mfa|password/i;
const SENSITIVE =
  /(log-?in|sign-?in|password|otp|mfa|2fa|verify-?code|forgot|reset|magic-?link|authenticate)\b/i;
const PASSWORD_CHECK =
  /^(compare|compareSync|verifyPassword|comparePassword|checkPassword|validatePassword|argon2|bcrypt|scrypt|scryptSync|pbkdf2|validateOtp|verifyOtp|checkCode)$/m;

export const routes: Rule = (module, context) => {
  if (module.purpose === "browser") return [];
  const all = (context.entries.get(module) ?? []).filter(
    (entry) => entry.kind === "http" && entry.receiver !== "route" && entry.receiver !== "trpc",
  );
  const findings: Finding[] = [];
  const auth = anyOf(context.settings.routes.permissions);
  const limiter = anyOf(context.settings.routes.limiters);
  for (const entry of all) {
    const permission = permissionFinding(module, context, all, entry, auth);
    const limit = limiterFinding(module, context, all, entry, limiter);
    if (permission) findings.push(permission);
    if (limit) findings.push(limit);
  }
  return findings;
};

const mutating = (entry: Entry): boolean => /^(post|put|patch|delete|del)$/.test(entry.method);

const PRIVATE =
  /(^|\/)(admin|export|users?|customers?|accounts?|invoices?|orders?|payments?|profiles?|reports?|audits?|settings|tenants?|billing|employees?|members?|salar(y|ies)|backup)(\/|$)/i;

/** A route that shows what is somebody's, beside routes of which others are guarded, among them one that only reads. */
const revealing = (entry: Entry, all: readonly Entry[]): boolean =>
  entry.method === "get" &&
  PRIVATE.test(entry.path) &&
  all.some(
    (other) => other.method === "get" && other.receiver === entry.receiver && AUTH.test(guardText(other)),
  );

const guardTexts = new WeakMap<Entry, string>();

/** What stands before the handler; of a route's options only those that hold hooks, not its schema. */
const guardText = (entry: Entry): string => {
  const known = guardTexts.get(entry);
  if (known !== undefined) return known;
  const text = entry.guards
    .flatMap((node) => hooksOf(node) ?? [node])
    .map((part) => `${textOf(entry.module, part)}\n${madeFrom(entry.module, part)}`)
    .join("\n");
  guardTexts.set(entry, text);
  return text;
};

/** What a guard of this file was made by: `const limit = rateLimit({ … })`. */
function madeFrom(module: Module, guard: Node): string {
  const value = bare(guard)?.type === "Identifier" ? followed(module, guard) : undefined;
  return value?.type === "CallExpression" ? calleeOf(value) : "";
}

const HOOKS = [
  "preHandler",
  "onRequest",
  "preValidation",
  "preParsing",
  "config",
  "rateLimit",
  "middleware",
  "auth",
  "pre",
];

function hooksOf(node: Node): Node[] | undefined {
  const options = bare(node);
  if (options?.type !== "ObjectExpression" || hasSpread(options)) return undefined;
  return HOOKS.flatMap((name) => {
    const value = property(options, name);
    return value?.parent ? [value.parent] : [];
  });
}

const isPublic = (context: Context, entry: Entry): boolean =>
  context.settings.routes.public.some((path) =>
    path.endsWith("*") ? entry.path.startsWith(path.slice(0, -1)) : entry.path === path,
  );

/** A guard in front of every route of a router that was put there before this one. */
function appWide(module: Module, entry: Entry, pattern: RegExp): "before" | "after" | undefined {
  let found: "before" | "after" | undefined;
  for (const call of wideCalls(module)) {
    const method = methodOf(call) ?? "";
    const args = argumentsOf(call);
    const path = method === "use" || method === "all" ? stringOf(args[0]) : undefined;
    if (path !== undefined && path !== "*" && path !== "/*" && path !== "/" && !covers(path, entry.path))
      continue;
    // A router mounted behind a guard guards what is on that router.
    const receiver = receiverOf(call) ? dotted(receiverOf(call)) : "";
    const mounts = args.some((argument) => nameOf(bare(argument)) === entry.receiver);
    const text = args.map((argument) => textOf(module, argument).slice(0, 2000)).join("\n");
    if (!pattern.test(text)) continue;
    if (mounts || method === "addHook" || method === "register") found = "before";
    else if (receiver !== entry.receiver && !/^(app|server|fastify|instance)$/.test(receiver)) continue;
    else if (call.start < entry.site.start) found = "before";
    else found ??= "after";
    if (found === "before") return found;
  }
  return found;
}

const WIDE = /^(use|addHook|register|useGlobalGuards|useGlobalInterceptors|all)$/;
const wide = new WeakMap<Module, Node[]>();

function wideCalls(module: Module): Node[] {
  const found = wide.get(module) ?? module.calls.filter((call) => WIDE.test(methodOf(call) ?? ""));
  wide.set(module, found);
  return found;
}

const covers = (prefix: string, path: string): boolean => path.startsWith(prefix.replace(/\/?\*$/, ""));

function guarded(
  context: Context,
  module: Module,
  entry: Entry,
  own: RegExp | undefined,
): "route" | "handler" | "before" | "after" | undefined {
  const text = guardText(entry);
  if (AUTH.test(text) || own?.test(text) || wrapped(entry, own)) return "route";
  const wide = appWide(module, entry, own ? new RegExp(`${AUTH.source}|${own.source}`, "i") : AUTH);
  if (wide === "before") return "before";
  const { words } = context.reached(entry);
  if (IN_HANDLER.test(words) || own?.test(words)) return "handler";
  return wide;
}

/** `app.post("/x", requireAuth(handler))` and Nest's decorators, which are guards already. */
function wrapped(entry: Entry, own: RegExp | undefined): boolean {
  if (entry.site.type !== "CallExpression") return false;
  const last = bare(argumentsOf(entry.site).at(-1));
  if (last?.type !== "CallExpression") return false;
  const callee = calleeOf(last);
  return AUTH.test(callee) || (own?.test(callee) ?? false);
}

function permissionFinding(
  module: Module,
  context: Context,
  all: readonly Entry[],
  entry: Entry,
  own: RegExp | undefined,
): Finding | undefined {
  if (isPublic(context, entry) || (!mutating(entry) && !revealing(entry, all))) return undefined;
  const admin = /(^|\/)admin(\/|$)/.test(entry.path);
  if (PUBLIC.test(entry.path) && !admin) return undefined;
  const how = guarded(context, module, entry, own);
  if (how === "route" || how === "handler" || how === "before") return undefined;
  const params = { method: entry.method.toUpperCase(), path: entry.path };
  const beside = all.some(
    (other) => other !== entry && other.receiver === entry.receiver && AUTH.test(guardText(other)),
  );
  if (beside && how === undefined) {
    return at(ENTRANCE_CHECKS.noPermission, module, entry.site, {
      ...params,
      because: "while routes beside it have one",
      becauseJa: "隣の経路にはある",
    });
  }
  if (context.settings.routes.requirePermission) {
    return at(ENTRANCE_CHECKS.noPermission, module, entry.site, {
      ...params,
      because: "and the settings demand one",
      becauseJa: "設定が要求している",
    });
  }
  if (how === "after" || !createsApp(module, entry)) return undefined;
  if (admin) {
    return at(ENTRANCE_CHECKS.noPermission, module, entry.site, {
      ...params,
      because: "and the application has none either",
      becauseJa: "アプリケーション全体にもない",
    });
  }
  if (!listens(module)) return undefined;
  return at(ENTRANCE_CHECKS.openRoute, module, entry.site, {
    ...params,
    guard: "check of permission",
    guardJa: "権限確認",
  });
}

function limiterFinding(
  module: Module,
  context: Context,
  all: readonly Entry[],
  entry: Entry,
  own: RegExp | undefined,
): Finding | undefined {
  if (entry.method !== "post" || !SENSITIVE.test(entry.path) || isPublic(context, entry)) return undefined;
  const pattern = own ? new RegExp(`${LIMITER.source}|${own.source}`, "i") : LIMITER;
  if (pattern.test(guardText(entry)) || appWide(module, entry, pattern) !== undefined) return undefined;
  const { words } = context.reached(entry);
  if (pattern.test(words)) return undefined;
  const params = { method: entry.method.toUpperCase(), path: entry.path };
  const beside = all.some((other) => other !== entry && pattern.test(guardText(other)));
  if (beside) {
    return at(ENTRANCE_CHECKS.noLimiter, module, entry.site, {
      ...params,
      because: "while routes beside it have one",
      becauseJa: "隣の経路にはある",
    });
  }
  if (!createsApp(module, entry)) return undefined;
  if (PASSWORD_CHECK.test(words)) {
    return at(ENTRANCE_CHECKS.noLimiter, module, entry.site, {
      ...params,
      because: "and the application has none either",
      becauseJa: "アプリケーション全体にもない",
    });
  }
  return at(ENTRANCE_CHECKS.openRoute, module, entry.site, {
    ...params,
    guard: "rate limit",
    guardJa: "流量制限",
  });
}

/** Is the router the whole application, so that no other file can put a guard in front? */
function createsApp(module: Module, entry: Entry): boolean {
  let names = apps.get(module);
  if (!names) {
    names = new Set(module.nodes.flatMap(appName));
    apps.set(module, names);
  }
  return names.has(entry.receiver);
}

const apps = new WeakMap<Module, Set<string>>();

/** `const app = express()` of the file itself, not of a function that others call. */
function appName(node: Node): string[] {
  if (node.type !== "VariableDeclarator") return [];
  const name = nameOf(child(node, "id"));
  const init = bare(child(node, "init"));
  if (!name || !init || !/^(express|fastify|Fastify|new Koa|new Hono|new Elysia)(\(\))?$/.test(dotted(init)))
    return [];
  return [...ancestors(node)].some(isFunction) ? [] : [name];
}

const listens = (module: Module): boolean =>
  module.calls.some((call) => /(^|\.)(listen|serve)$/.test(calleeOf(call)));

const TOKEN_NAME =
  /token|secret|passw|otp\b|one_?time|nonce|session_?id|api_?key|\bsalt|csrf|xsrf|(verification|verify|reset|invite|invitation|confirm\w*|auth\w*|access|login|recovery|security|activation|coupon|voucher)_?code|\bpin(_?code)?$|credential|state_?param|signing_?key|\bsid\b/i;

export const predictableTokens: Rule = (module) => {
  const findings: Finding[] = [];
  for (const call of module.calls) {
    if (!/^Math\.random$/.test(calleeOf(call))) continue;
    const name = purposeOf(call);
    if (name) findings.push(at(ENTRANCE_CHECKS.predictableToken, module, call, { name }));
  }
  return findings;
};

/** The name that a value ends in: a variable, a property, a function, a parameter of a call. */
function purposeOf(call: Node): string | undefined {
  let functions = 0;
  for (const ancestor of ancestors(call)) {
    const names: (string | undefined)[] = [];
    if (ancestor.type === "VariableDeclarator" || ancestor.type === "FunctionDeclaration")
      names.push(nameOf(child(ancestor, "id")));
    if (
      ancestor.type === "Property" ||
      ancestor.type === "PropertyDefinition" ||
      ancestor.type === "MethodDefinition"
    )
      names.push(nameOf(child(ancestor, "key")));
    if (ancestor.type === "AssignmentExpression")
      names.push(dotted(child(ancestor, "left")).split(".").at(-1));
    if (ancestor.type === "CallExpression" && ancestor !== call) {
      const key = argumentsOf(ancestor)[0];
      names.push(/^(set|setItem|setex|cookie)$/.test(methodOf(ancestor) ?? "") ? stringOf(key) : undefined);
    }
    const found = names.find((name) => name !== undefined && TOKEN_NAME.test(name));
    if (found)
      return /count|usage|limit|length|jitter|delay|backoff|interval|price|max|sample/i.test(found)
        ? undefined
        : found;
    if (isFunction(ancestor)) functions += 1;
    if (functions > 1 || (/Statement$/.test(ancestor.type) && ancestor.type === "IfStatement"))
      return undefined;
    if (
      ancestor.type === "VariableDeclarator" &&
      nameOf(child(ancestor, "id")) !== undefined &&
      functions === 0 &&
      !isCode(nameOf(child(ancestor, "id"))!)
    )
      return undefined;
  }
  return undefined;
}

/** A variable whose own name leaves open what it is for: look at what surrounds it. */
const isCode = (name: string): boolean =>
  /^(code|value|result|id|key|chars?|out|s|str|r|random|rand|raw|digits|bytes|index|i|n|text)$/i.test(name);
