import type { Finding } from "../../finding.ts";
import {
  argumentsOf,
  bare,
  calleeOf,
  child,
  dotted,
  isFunction,
  list,
  methodOf,
  type Node,
  nameOf,
  propertyOf,
  receiverOf,
} from "../ast.ts";
import { OBSERVABILITY_CHECKS } from "../checks/observability.ts";
import { anyOf, at, type Context, type Rule, sourceOf } from "../context.ts";
import { followed, type Module, nodesIn, textOf } from "../module.ts";

const LEVELS =
  /^(trace|debug|verbose|silly|info|notice|log|warn|warning|error|fatal|critical|http|table|dir|alert)$/;
const LOGGER = /(^|[a-z_$])(log|logger|winston|pino|bunyan|logging)$/i;
/** Names and the ends of names that hold secrets. */
const SECRET =
  /(^|_|[a-z])(password|passwd|passphrase|pwd|secret|secrets|authorization|cookies?|credentials?|api_?key|access_?key|private_?key|signing_?key|encryption_?key|cvv|cvc|otp|totp|mnemonic|jwt|security_?code|pin_?code|password_?hash|set-cookie|x-api-key)$/i;
const TOKEN =
  /^(token|jwt|(access|refresh|id|auth|bearer|session|api|reset|csrf|xsrf|invite|invitation|verification|login|user|raw|new|old|service|bot|client|magic|signed)_?tokens?)$/i;
const PERSONAL =
  /^((user|customer|contact|member|work|billing|recipient|sender|to|from|new|old|employee|applicant)?_?(e_?mail|email_?address|mail_?address|phone|phone_?number|mobile|mobile_?number|tel|telephone|first_?name|last_?name|full_?name|family_?name|given_?name|name_?kana|kana_?name)|birth_?date|date_?of_?birth|dob|birthday|(home|postal|street|shipping|billing|mailing|delivery)_?address|my_?number|individual_?number|ssn|social_?security_?number|national_?id|passport_?(number|no)?|driver_?licen[sc]e|credit_?card|credit_?card_?number|card_?number|pan|iban|account_?number|bank_?account(_?number)?|氏名|名前|住所|電話番号|メールアドレス|生年月日|マイナンバー)$/i;
const PERSON =
  /^(user|customer|member|patient|employee|applicant|person|contact|guest|subscriber|recipient|buyer|client|profile|account|me|candidate|student|resident|currentUser|newUser|createdUser|updatedUser|savedUser)$/i;
/** Things whose `number` is nobody's business. */
const CARD = /^((credit|debit|payment|bank|new|old)?_?card|bank_?account|passport|licen[sc]e)$/i;
/** `hasPassword`, `invalidToken`: a statement about it, not the thing itself. */
const STATEMENT =
  /^(has|have|is|no|with|without|needs?|requires?|missing|invalid|wrong|uses?|valid|expired|num|count|total|max|min|show|hide|send|sent|reset|change|forgot|update|delete)(_|[A-Z])/;
const MASKED =
  /mask|redact|hash|saniti[sz]|anonymi[sz]|pseudonymi|scrub|obfuscat|encrypt|omit|digest|fingerprint|last4|lastFour|hidden|conceal|strip(?!e)|(?<!un)safe|pick(?!up)/i;
const PASSES =
  /^(JSON\.stringify|String|util\.inspect|inspect|util\.format|format|structuredClone|Object\.(entries|values|assign|fromEntries))$|\.(toString|trim|toLowerCase|toUpperCase|concat|join|normalize|padEnd|padStart)$/;
const MAKES_SECRET =
  /(^|\.)(generate|create|issue|sign|make|build|get|new|mint)\w*(Token|Password|Secret|Jwt|JWT|ApiKey|Otp|OTP)$|^jwt\.sign$/;
const REQUEST =
  /^(req|request|ctx|context|c|event|ctx\.req|ctx\.request|c\.req|err\.config|error\.config|err\.request|error\.request|response\.config|res\.config|err\.response\.config|error\.response\.config)$/;

type Leak = { kind: "secret" | "personal" | "whole"; what: string; node: Node };

export const logs: Rule = (module, context) => {
  const findings: Finding[] = [];
  for (const call of module.calls) {
    const said = isLogCall(call) ? argumentsOf(call) : accessLogField(module, call);
    const leaks = said.flatMap((argument) => leaksOf(module, context, argument, true));
    const told = new Set<string>();
    for (const leak of leaks) {
      if (told.has(`${leak.kind}${leak.what}`)) continue;
      told.add(`${leak.kind}${leak.what}`);
      if (leak.kind !== "secret" && module.purpose !== "server") continue;
      const check =
        leak.kind === "secret"
          ? OBSERVABILITY_CHECKS.secretLogged
          : leak.kind === "personal"
            ? OBSERVABILITY_CHECKS.personalLogged
            : OBSERVABILITY_CHECKS.wholeObject;
      findings.push(at(check, module, leak.node, { what: leak.what }));
    }
  }
  return findings;
};

/** What `morgan.token("body", (req) => …)` gives to the access log. */
function accessLogField(module: Module, call: Node): Node[] {
  if (methodOf(call) !== "token" || sourceOf(module, call) !== "morgan") return [];
  const made = bare(argumentsOf(call)[1]);
  const body = isFunction(made) ? child(made, "body") : undefined;
  if (!body) return [];
  if (body.type !== "BlockStatement") return [body];
  return nodesIn(module, body).flatMap((node) =>
    node.type === "ReturnStatement" ? (child(node, "argument") ?? []) : [],
  );
}

/** `console.log`, `logger.info`, `req.log.warn`, `this.logger.error`, `c.var.logger.info`, `logger.child(…).info`. */
export function isLogCall(call: Node): boolean {
  if (call.type !== "CallExpression") return false;
  const method = methodOf(call) ?? "";
  const receiver = receiverOf(call);
  if (/^process\.std(out|err)\.write$/.test(calleeOf(call))) return true;
  if (!receiver) return /^(log|logger|logInfo|logError|logWarn|logDebug|logEvent|debug)$/.test(method);
  if (!LEVELS.test(method)) return false;
  const path = dotted(receiver);
  if (path === "console" || path === "globalThis.console") return true;
  const parts = path.split(".").map((part) => part.replace(/\(\)$/, ""));
  const last = parts.at(-1) ?? "";
  return LOGGER.test(last) || (last === "child" && LOGGER.test(parts.at(-2) ?? "")) || last === "Logger";
}

/** What of an expression reaches the log as it is. */
function leaksOf(module: Module, context: Context, expression: Node, top: boolean): Leak[] {
  const node = bare(expression);
  if (!node) return [];
  const more = (inner: Node | undefined) => (inner ? leaksOf(module, context, inner, false) : []);
  switch (node.type) {
    case "TemplateLiteral":
      return list(node, "expressions").flatMap((one) =>
        bare(one)?.type === "Identifier" && PERSON.test(nameOf(bare(one)) ?? "") ? [] : more(one),
      );
    case "BinaryExpression":
      return node.operator === "+" ? [...more(child(node, "left")), ...more(child(node, "right"))] : [];
    case "LogicalExpression":
      return node.operator === "&&"
        ? more(child(node, "right"))
        : [...more(child(node, "left")), ...more(child(node, "right"))];
    case "ConditionalExpression":
      return [...more(child(node, "consequent")), ...more(child(node, "alternate"))];
    case "ArrayExpression":
      return list(node, "elements").flatMap(more);
    case "SpreadElement":
      return leaksOf(module, context, child(node, "argument")!, true);
    case "SequenceExpression":
      return more(list(node, "expressions").at(-1));
    case "ObjectExpression":
      return list(node, "properties").flatMap((entry) => ofProperty(module, context, entry));
    case "CallExpression":
      return ofCall(module, context, node);
    case "Identifier":
      return ofIdentifier(module, context, node, top);
    case "MemberExpression":
      return ofMember(module, context, node);
    default:
      return [];
  }
}

function ofProperty(module: Module, context: Context, entry: Node): Leak[] {
  if (entry.type === "SpreadElement") return leaksOf(module, context, entry, false);
  const key = nameOf(child(entry, "key"));
  const value = child(entry, "value");
  if (!value || (key !== undefined && redactedField(context, key))) return [];
  const inner = leaksOf(module, context, value, true);
  if (inner.length > 0 || key === undefined) return inner;
  const kind = kindOf(context, key);
  return kind && opaque(module, context, value) ? [{ kind, what: key, node: entry }] : [];
}

const redactedField = (context: Context, key: string): boolean =>
  context.facts.redacted.has("*") || context.facts.redacted.has(key.toLowerCase());

/** May the value be the secret itself? Literals, booleans, counts and masked values are not. */
function opaque(module: Module, context: Context, value: Node): boolean {
  const at = bare(value);
  if (
    !at ||
    [
      "Literal",
      "UnaryExpression",
      "TemplateLiteral",
      "ObjectExpression",
      "ArrayExpression",
      "BinaryExpression",
      "ConditionalExpression",
    ].includes(at.type)
  )
    return false;
  if (at.type === "CallExpression") return PASSES.test(calleeOf(at));
  const name = at.type === "MemberExpression" ? (propertyOf(at) ?? "") : (nameOf(at) ?? "");
  return (
    !masks(context, name) &&
    !/^(has|is|with|had|no|num|count|total)|(Id|Count|Length|Present|Valid|Type|Status|Result|At|Enabled)$/.test(
      name,
    ) &&
    bare(followed(module, at))?.type !== "Literal"
  );
}

const masks = (context: Context, name: string): boolean =>
  MASKED.test(name) || (anyOf(context.settings.maskedBy)?.test(name) ?? false);

function ofCall(module: Module, context: Context, call: Node): Leak[] {
  const callee = calleeOf(call);
  if (masks(context, callee)) return [];
  if (/\.(get|header|headers)$/.test(callee)) {
    const name = nameOf(argumentsOf(call)[0]) ?? "";
    const kind = /headers?$|^(req|request|c\.req|ctx)\./.test(callee) ? kindOf(context, name) : undefined;
    return kind ? [{ kind, what: `${callee}("${name}")`, node: call }] : [];
  }
  if (MAKES_SECRET.test(callee)) return [{ kind: "secret", what: `${callee}()`, node: call }];
  if (!PASSES.test(callee)) return [];
  const serialized = callee === "JSON.stringify";
  const receiver = receiverOf(call);
  const parts = [
    ...argumentsOf(call),
    ...(receiver && !/^(JSON|util|Object)$/.test(dotted(receiver)) ? [receiver] : []),
  ];
  return parts.flatMap((part) => {
    const at = bare(part);
    const name = nameOf(at) ?? propertyOf(at);
    if (serialized && name && PERSON.test(name) && argumentsOf(call).length < 2) {
      return [{ kind: "personal" as const, what: name, node: call }];
    }
    // A replacer may mask; it cannot be followed.
    if (
      serialized &&
      argumentsOf(call).length > 1 &&
      nameOf(bare(argumentsOf(call)[1])) !== undefined &&
      bare(argumentsOf(call)[1])?.type === "Identifier"
    )
      return [];
    return leaksOf(module, context, part, true);
  });
}

function kindOf(context: Context, name: string): "secret" | "personal" | undefined {
  if (masks(context, name)) return SECRET.test(name) && /hash$/i.test(name) ? "secret" : undefined;
  if (context.settings.sensitive.includes(name)) return "personal";
  if (TOKEN.test(name)) return "secret";
  if (STATEMENT.test(name)) return undefined;
  if (SECRET.test(name)) return "secret";
  return PERSONAL.test(name.replace(/^[a-z]+\./, "")) ? "personal" : undefined;
}

function ofIdentifier(module: Module, context: Context, node: Node, top: boolean): Leak[] {
  const name = String(node.name);
  const value = followed(module, node);
  if (value && value !== node) {
    if (value.type === "Literal") return [];
    if (value.type === "CallExpression" && masks(context, calleeOf(value))) return [];
  }
  const kind = kindOf(context, name);
  if (kind && !(name === "token" && isLexical(module))) return [{ kind, what: name, node }];
  // The event of a gateway holds headers and body.
  if (top && name === "event" && /APIGateway|event\.(body|headers|requestContext)\b/.test(module.code))
    return [{ kind: "secret", what: name, node }];
  if (top && /^(req|request)$/.test(name)) {
    // As a property, the serializer of the logger may choose what it shows of it.
    const field = node.parent?.type === "Property";
    return [{ kind: field ? "whole" : "secret", what: name, node }];
  }
  if (top && PERSON.test(name) && !/^(client|account|me|contact|profile)$/i.test(name)) {
    return [{ kind: known(module, name) ? "personal" : "whole", what: name, node }];
  }
  return [];
}

/** A parser's tokens have a type and a place in a source. */
const isLexical = (module: Module): boolean =>
  /\btoken\.(type|kind|value|loc|source|start|offset|lexeme|text)\b/.test(module.code) &&
  !/\btoken\.(sub|exp|iss)\b|jwt|oauth|bearer/i.test(module.code);

/** Does the same file read personal fields of it, so that logging it whole surely logs them? */
const known = (module: Module, name: string): boolean =>
  module.nodes.some(
    (node) =>
      node.type === "MemberExpression" &&
      nameOf(bare(child(node, "object"))) === name &&
      (PERSONAL.test(propertyOf(node) ?? "") || SECRET.test(propertyOf(node) ?? "")),
  );

function ofMember(module: Module, context: Context, node: Node): Leak[] {
  const name = propertyOf(node) ?? computedName(module, node);
  const path = dotted(node);
  if (/^process\.env$/.test(path)) return [{ kind: "secret", what: path, node }];
  if (!name) return [];
  if (/\.(length|size)$/.test(path)) return [];
  const object = dotted(child(node, "object"));
  if ((name === "body" || name === "rawBody") && REQUEST.test(object))
    return [{ kind: "personal", what: path, node }];
  const outgoing = object === "config" && /\binterceptors\b/.test(module.code);
  if ((name === "headers" || name === "rawHeaders") && (REQUEST.test(object) || outgoing))
    return [{ kind: "secret", what: path, node }];
  if (/^(config|request)$/.test(name) && /^(err|error|e)(\.response)?$/.test(object))
    return [{ kind: "secret", what: path, node }];
  const last = object.split(".").at(-1) ?? "";
  if (
    /^(name|address|displayName|userName|username|fullname)$/.test(name) &&
    PERSON.test(last) &&
    !/^(client|account)$/i.test(last)
  ) {
    return name === "username" || name === "userName" ? [] : [{ kind: "personal", what: path, node }];
  }
  if (/^(number|no|num|pan|holder|cvc|cvv|pin)$/i.test(name) && CARD.test(last)) {
    return [{ kind: /^(cvc|cvv|pin)$/i.test(name) ? "secret" : "personal", what: path, node }];
  }
  // An environment variable is a secret by the end of its name.
  const kind =
    object === "process.env"
      ? /(SECRET|PASSWORD|TOKEN|API_KEY|PRIVATE_KEY|DATABASE_URL)$/.test(name)
        ? "secret"
        : undefined
      : kindOf(context, name);
  if (!kind || /^(constants|errors?|codes?|types?|messages|labels|schema|routes|columns|fields)$/i.test(last))
    return [];
  return [{ kind, what: path, node }];
}

/** `headers["authorization"]` has a name; `row[column]` has none. */
const computedName = (module: Module, node: Node): string | undefined => {
  const property = followed(module, child(node, "property"));
  return property?.type === "Literal" ? nameOf(property) : undefined;
};

/** The text of a log call's arguments, for the checks of business events. */
export const METRIC =
  /(metric|counter|histogram|gauge|statsd|meter|telemetry|audit|span|tracer|newrelic|datadog|dogstatsd|analytics)[\w.()]*\.(\w+)$|\.(inc|observe|putMetricData|recordException|addEvent|emitEvent|count|increment|timing)$|^(recordMetric|emitMetric|count\w*|recordEvent|audit|logEvent|track|trackEvent|recordAudit|writeAudit)$|\.(track|audit|recordAudit|writeAudit)$/i;

export const observes = (module: Module, call: Node): boolean =>
  isLogCall(call) || METRIC.test(calleeOf(call)) || /PutMetricDataCommand/.test(textOf(module, call));
