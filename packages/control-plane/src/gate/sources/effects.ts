import {
  argumentsOf,
  bare,
  calleeOf,
  child,
  isCall,
  list,
  methodOf,
  type Node,
  property,
  stringOf,
} from "./ast.ts";
import { followed, type Module, nodesIn, textOf } from "./module.ts";
import { stringsIn, type Unit } from "./reach.ts";

/**
 * What code does that a second run would do again. `clear`: anybody would agree; otherwise only the name of a function
 * that was not given says so.
 */
export type Effect = {
  kind: "payment" | "mail" | "insert" | "increment" | "publish" | "unknown";
  what: string;
  clear: boolean;
  unit: Unit;
  node: Node;
};

const PAYMENT_PATH =
  /(stripe|payjp|paypal|square|adyen|braintree|omise|payment|payments|gateway|billing|psp)[\w.()]*\.(create|charge|capture|refund|transfer|payout|pay|authorize|sale|createPayment|createCharge|submitForSettlement)$/i;
const PAYMENT_NAME =
  /^(charge|chargeCard|chargeCustomer|capturePayment|createCharge|createPayment|processPayment|refund|refundPayment|payout|transferFunds|transferMoney|sendMoney|debit|withdraw)$/;
const MAIL_PATH =
  /(^|\.)(sendMail|sendEmail|sendSms|sendSMS|sendPush|sendPushNotification|sendNotification|sendWelcomeEmail|sendReceipt|sendMessageToUser|postMessage)$|(mail|mailer|sgMail|resend|email|emails|postmark|ses|notifier|notification|notifications|twilio|sms|slack)[\w.()]*\.(send|create|notify|publish)$/i;
const FIRESTORE_ADD = /\bcollection\(\)\.add$/;
const ORM_CREATE =
  /(^|\.)(create|createMany|createManyAndReturn|insertOne|insertMany|bulkCreate|bulkInsert)$/;
const ORM_RECEIVER =
  /(prisma|tx|trx|db|database|knex|repo|repository|repositories|model|models|collection|em|entityManager|manager|dao|orm|sequelize|supabase)\b/i;
const NOT_STORED =
  /(^|\.)(Object|React|document|URL|axios|z|session|client|http|https|Date|Array|i18n|schema|factory|jwt)\.(create|insert)/;
const MAIL_SERVICE = /(mail|mailer|email|emails|sms|notif\w*|push)[\w.()]*\.(send|notify)[A-Z]\w*$/i;
const MONEY_URL = /charge|payment|transfer|refund|payout|capture|invoice|billing/i;
const PUBLISH =
  /(producer|publisher|channel|queue|sns|sqs|kafka|eventBridge|pubsub|topic|bus)[\w.()]*\.(send|publish|sendToQueue|add|publishMessage|emit|putEvents)$/i;
/** What nobody would want twice, whoever does it. */
const ONLY_ONCE =
  /^(credit|debit|charge|refund|grant|fulfil|fulfill|ship|deduct|topUp|payout|withdraw|deposit)([A-Z]\w*)?$/;
const EFFECT_VERB =
  /^(create|insert|add|send|charge|pay|refund|transfer|issue|register|record|apply|process|submit|place|post|notify|deduct|increment|grant|credit|debit|fulfil|ship|save|handle)([A-Z]\w*)?$/;
const NOT_EFFECT =
  /^(createHash|createHmac|createReadStream|createServer|createElement|addEventListener|addHook|addHeader|postProcess|handleError|applyDefaults|createError|sendStatus|createLogger|createClient|processEnv|recordMetric|recordException|addEvent|registerPlugin|send|post|add|apply|save|handle|create|process|submit|record|register)$/;

/** A message or webhook comes again by its protocol, so what must happen only once needs no further proof. */
export const mustNotRepeat = (effect: Effect): boolean =>
  effect.kind === "unknown" && ONLY_ONCE.test(effect.what.split(".").at(-1) ?? "");

/** The effects of a piece of code that are not idempotent by what stands there. */
export function effectsOf(units: readonly Unit[]): Effect[] {
  const effects: Effect[] = [];
  const seen = new Set<Node>();
  for (const unit of units) {
    const add = (kind: Effect["kind"], node: Node, what: string, clear = true) => {
      if (!seen.has(node)) effects.push({ kind, node, what, clear, unit });
      seen.add(node);
    };
    for (const { text, node } of stringsIn(unit)) sqlEffect(text, node, add);
    for (const node of nodesIn(unit.module, unit.node)) {
      if (node.type === "CallExpression" || node.type === "NewExpression") callEffect(unit.module, node, add);
      if (node.type === "Property") incrementEffect(node, add);
    }
  }
  return effects;
}

type Add = (kind: Effect["kind"], node: Node, what: string, clear?: boolean) => void;

function sqlEffect(text: string, node: Node, add: Add): void {
  const insert = /^\s*(?:with\b[^;]*?)?\binsert\s+into\s+([\w."`]+)/i.exec(text);
  if (insert && !/\bon\s+conflict\b|\bon\s+duplicate\s+key\b|\bwhere\s+not\s+exists\b/i.test(text)) {
    add("insert", node, `INSERT INTO ${insert[1]}`);
  }
  const increment = /\bset\s+[^;]*?\b(\w+)\s*=\s*(?:\w+\.)?\1\s*[-+]/i.exec(text);
  if (increment && /\bupdate\b/i.test(text)) add("increment", node, `${increment[1]} = ${increment[1]} ± …`);
}

function callEffect(module: Module, call: Node, add: Add): void {
  const callee = calleeOf(call);
  const method = methodOf(call) ?? "";
  const args = argumentsOf(call);
  if (call.type === "NewExpression") {
    if (isInsert(module, call, callee, method)) add("insert", call, callee);
  } else if (
    PAYMENT_PATH.test(callee) &&
    !/(customers|sessions|products|prices|methods|setupIntents|webhooks)\./i.test(callee)
  ) {
    if (!args.some((argument) => keyed(module, argument))) add("payment", call, callee);
  } else if (PAYMENT_NAME.test(method)) {
    if (!args.some((argument) => keyed(module, argument))) add("payment", call, callee);
  } else if (postsMoney(module, callee, args)) add("payment", call, callee);
  else if (MAIL_PATH.test(callee) || MAIL_SERVICE.test(callee) || mailCommand(args))
    add("mail", call, callee);
  else if (FIRESTORE_ADD.test(callee) || isInsert(module, call, callee, method)) add("insert", call, callee);
  else if (/(^|\.)FieldValue\.increment$|^increment$/.test(callee) && call.parent?.type === "Property")
    add("increment", call, callee);
  else if (method === "increment" || method === "decrement") {
    if (ORM_RECEIVER.test(callee)) add("increment", call, callee);
  } else if (PUBLISH.test(callee)) {
    if (!args.some((argument) => /jobId|deduplication|dedupeId|messageId/i.test(textOf(module, argument)))) {
      add("publish", call, callee, false);
    }
  } else if (
    call.parent?.type === "AwaitExpression" &&
    EFFECT_VERB.test(method) &&
    !NOT_EFFECT.test(method)
  ) {
    add("unknown", call, callee, false);
  } else if (call.parent?.type === "AwaitExpression" && ONLY_ONCE.test(method)) {
    add("unknown", call, callee, false);
  }
}

/** `new SendEmailCommand(…)`, and SNS text messages. */
const mailCommand = (args: readonly Node[]): boolean =>
  args.some((argument) => {
    const at = bare(argument);
    return (
      at?.type === "NewExpression" && /^(SendEmailCommand|SendTemplatedEmailCommand)$/.test(calleeOf(at))
    );
  });

/** A POST to an address of money without a key in its headers. */
function postsMoney(module: Module, callee: string, args: readonly Node[]): boolean {
  const url = stringOf(args[0]);
  if (url === undefined || !/:\/\/|^\?/.test(url) || !MONEY_URL.test(url)) return false;
  const text = args.map((argument) => textOf(module, argument)).join(" ");
  const posts =
    /(^|\.)(axios|http|client|got|ky)\.post$/.test(callee) ||
    (/(^|\.)fetch$/.test(callee) && /method:\s*["']POST["']/i.test(text));
  return posts && !/idempoten/i.test(text);
}

/** Does a payment call pass on a key by which the provider recognizes a repetition? */
const keyed = (module: Module, argument: Node): boolean =>
  /idempoten|dedup|requestId|request_id|clientToken|referenceId/i.test(textOf(module, argument));

function isInsert(module: Module, call: Node, callee: string, method: string): boolean {
  if (NOT_STORED.test(callee)) return false;
  const receiver = callee.slice(0, -method.length - 1);
  const stored =
    ORM_RECEIVER.test(receiver) || /^[A-Z]\w+$/.test(receiver) || /\bcollection\(\)$/.test(receiver);
  if (ORM_CREATE.test(callee)) {
    // TypeORM's `create` only makes an object; it is `save` that writes.
    if (method === "create" && /repo/i.test(receiver)) return false;
    const first = bare(argumentsOf(call)[0]);
    if (/^[A-Z]\w+$/.test(receiver) && first?.type !== "ObjectExpression" && first?.type !== "Identifier")
      return false;
    if (property(first, "skipDuplicates") || property(bare(argumentsOf(call)[1]), "ignoreDuplicates"))
      return false;
    return stored;
  }
  if (/(^|\.)(PutCommand|PutItemCommand)$|\b(ddb|dynamo\w*|docClient|documentClient)\.put$/i.test(callee)) {
    // A put under a fresh id is a new item each time.
    const item = nodesIn(module, call)
      .map((node) => (node.type === "Identifier" ? followed(module, node) : undefined))
      .filter((value) => value?.type === "CallExpression")
      .map((value) => calleeOf(value!))
      .concat(textOf(module, call))
      .join(" ");
    return /uuid|ulid|nanoid|cuid/i.test(item) && !/ConditionExpression/.test(item);
  }
  if (method === "insert" || method === "insertInto") {
    const chain = wholeChain(call);
    return stored && !/onConflict|upsert|ignore\(|merge\(/.test(textOf(module, chain));
  }
  if (method === "save" && argumentsOf(call).length === 0) {
    const made = followed(module, bare(child(bare(child(call, "callee")), "object")));
    return made?.type === "NewExpression" && /^[A-Z]\w+$/.test(calleeOf(made));
  }
  return method === "save" && /repo(sitory)?\b|manager\b|\bem\b/i.test(receiver);
}

/** The outermost call of the chain that a call begins: `db.insert(t).values(v).onConflictDoNothing()`. */
export function wholeChain(call: Node): Node {
  let at = call;
  for (
    let depth = 0;
    depth < 60 &&
    at.parent &&
    ((at.parent.type === "MemberExpression" && child(at.parent, "object") === at) ||
      (isCall(at.parent) && child(at.parent, "callee") === at));
    depth++
  ) {
    at = at.parent;
  }
  return at;
}

/** Prisma's `{ increment: n }` and MongoDB's `$inc`. */
function incrementEffect(entry: Node, add: Add): void {
  const key = child(entry, "key");
  const name =
    key?.type === "Identifier" ? String(key.name) : key?.type === "Literal" ? String(key.value) : "";
  if (name === "$inc" || name === "$push") add("increment", entry, name);
  const owner = entry.parent;
  const alone = list(owner, "properties").length === 1 && owner?.parent?.type === "Property";
  if (alone && /^(increment|decrement)$/.test(name)) add("increment", entry, name);
}
