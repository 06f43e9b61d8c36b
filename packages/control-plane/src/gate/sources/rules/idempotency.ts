import type { Check } from "../../check.ts";
import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  inside,
  isFunction,
  list,
  methodOf,
  type Node,
  nameOf,
  outer,
  property,
  propertyOf,
  receiverOf,
  stringOf,
} from "../ast.ts";
import { IDEMPOTENCY_CHECKS } from "../checks/idempotency.ts";
import { anyOf, at, type Context, nameOfEntry, type Rule } from "../context.ts";
import { type Effect, effectsOf, mustNotRepeat, wholeChain } from "../effects.ts";
import type { Entry } from "../entries.ts";
import { declarationOf, followed, type Module, namesAdr, nodesIn, textOf } from "../module.ts";
import { functionOf, reachable, stringsIn, type Unit, vocabulary } from "../reach.ts";

const GUARD =
  /idempoten|dedup|de_dup|\bupsert|onConflict|on conflict|on duplicate key|insert or ignore|insert ignore|merge into|where not exists|findOrCreate|getOrCreate|createIfAbsent|insertIfAbsent|firstOrCreate|skipDuplicates|ignoreDuplicates|orIgnore|23505|P2002|\b11000\b|ER_DUP_ENTRY|SQLITE_CONSTRAINT|Unique(Constraint|Violation|Key)|UniqueViolation|ConditionExpression|attribute_not_exists|setnx|\bNX\b|already(Processed|Handled|Exists|Sent|Done|Applied|Booked|Registered|Consumed)|already_(processed|handled|sent)|processed_?(events?|messages?|ids?|at)|handled_?(events?|messages?)|is_?processed|was_?processed|\bprocessed\b|\binbox|outbox_?id|consumed_?(events?|messages?)|seen_?(events?|messages?|before)|exactlyOnce|exactly_once|clientToken|client_request_id|requestToken|x-request-id|if-none-match|if-match|\bclaim(ed|_at|Once)?\b|jobId\b|DeduplicationId/i;
const LOCK =
  /lock|lease|leader|mutex|semaphore|redlock|setnx|\bNX\b|skip locked|for update|claim|\bonce\b|singleton|elected?\b|SELECT_LEADER|concurrencyPolicy|sent_?at|notified_?at|reminded_?at|processed_?at|billed_?at|completed_?at|markAs?(Sent|Done|Processed|Notified)/i;

const HEADER = /["'`](x-)?idempotency-key["'`]|["'`]x-request-id["'`]/i;

/** Is there something by which a repetition is recognized, in what an entry reaches? */
function guarded(entry: Entry, context: Context, pattern: RegExp): boolean {
  const { units, words } = context.reached(entry);
  const own = anyOf(context.settings.guardedBy);
  if (own?.test(words) || wrapped(entry, units)) return true;
  if (!pattern.test(words)) return false;
  // A key that is only demanded and never used recognizes nothing.
  const without = words
    .split("\n")
    .filter((word) => !/idempoten|x-request-id/i.test(word))
    .join("\n");
  if (pattern.test(without)) return true;
  const site = { module: entry.module, node: entry.site };
  const reads = [site, ...units].flatMap((unit) => keyReads(unit));
  if (reads.length === 0) return true;
  return (
    reads.some((read) => read.used) ||
    /idempoten\w*(store|middleware|service|guard|check|handler|plugin|interceptor|\()/i.test(words)
  );
}

/** `makeIdempotent(async (record) => …)`, around the handler or around what it calls. */
function wrapped(entry: Entry, units: readonly Unit[]): boolean {
  const before = entry.fn?.module === entry.module ? entry.fn.node.start : entry.site.start;
  if (/idempoten\w*\(|dedup\w*\(/i.test(entry.module.code.slice(entry.site.start, before))) return true;
  return units.some(({ module, node }) =>
    nodesIn(module, node).some((call) => {
      if (call.type !== "CallExpression") return false;
      const made = followed(module, child(call, "callee"));
      return made?.type === "CallExpression" && /idempoten|dedup/i.test(calleeOf(made));
    }),
  );
}

/** The variables that hold an idempotency header, and whether anything but a test of presence or a log uses them. */
function keyReads({ module, node }: Unit): { used: boolean }[] {
  const reads: { used: boolean }[] = [];
  for (const inner of nodesIn(module, node)) {
    if (inner.type !== "VariableDeclarator" || !HEADER.test(textOf(module, inner))) continue;
    const name = nameOf(child(inner, "id"));
    if (!name) {
      reads.push({ used: true });
      continue;
    }
    const used = nodesIn(module, node).some((use) => {
      if (nameOf(use) !== name || use.type !== "Identifier" || use.index === child(inner, "id")!.index)
        return false;
      if (use.parent?.type === "UnaryExpression" || use.parent?.type === "IfStatement") return false;
      for (const ancestor of ancestors(use)) {
        if (isFunction(ancestor)) break;
        if (ancestor.type === "CallExpression" && /(^|\.)(log|logger|console)\./i.test(calleeOf(ancestor)))
          return false;
        if (ancestor.type === "UnaryExpression" && ancestor.operator === "typeof") return false;
      }
      return true;
    });
    reads.push({ used });
  }
  return reads;
}

/** `existing`, `existingContact.data`, `nameConflict`; not `!existing`, which finds that something is missing. */
const EARLIER =
  /(?:^|[\s(&|])(?:\w+[.?]{1,2})*(?:existing\w*|exists|already\w*|found|previous\w*|prior\w*|duplicate\w*|\w*[cC]onflict\w*|known|seen|stored|recorded|replay\w*|cached\w*)\b(?![\w.?]*\s*={2,3}\s*(?:null|undefined|0|false)\b)/i;
const FIRST = /\b(inserted|fresh|isNew|isFirst|firstTime|claimed|acquired)\b/i;

/** A `findUnique`/`SELECT` whose result ends the handler early, by the key of what is then inserted. */
function looksFirst(units: readonly Unit[]): boolean {
  return units.some(({ module, node }) =>
    nodesIn(module, node).some((inner) => {
      if (inner.type !== "IfStatement") return false;
      const test = textOf(module, child(inner, "test")!);
      const then = textOf(module, child(inner, "consequent")!);
      if (/\browCount\b/.test(test)) return /\b(return|continue)\b/.test(then);
      if (!EARLIER.test(test) && !FIRST.test(test)) return false;
      return /\b(return|throw|continue)\b/.test(then);
    }),
  );
}

/** Naturally idempotent: the id of the new row comes from the caller's path (`PUT`), so its key decides. */
const repeatable = (entry: Entry): boolean => /^(put|delete|del)$/.test(entry.method);

const PUBLIC_READ =
  /search|query|login|signin|sign-in|logout|preview|validate|verify|graphql|health|refresh|telemetry|metrics/i;

export const handlers: Rule = (module, context) => {
  const findings: Finding[] = [];
  for (const entry of context.entries.get(module) ?? []) {
    if (entry.kind !== "http" || !entry.fn) continue;
    // A scheduler calls its route by GET.
    if (entry.method === "get" && !/(^|\/)(cron|jobs?|batch)(\/|$)/.test(entry.path)) continue;
    const { units } = context.reached(entry);
    const effects = effectsOf(units).filter(
      (effect) => !repeatable(entry) || (effect.clear && effect.kind !== "insert"),
    );
    if (effects.length === 0 || hasAdr(entry, units)) continue;
    if (guarded(entry, context, GUARD) || looksFirst(units) || middlewareGuards(module, entry)) continue;
    const redelivered = isWebhook(entry);
    const clear = effects.find(
      (effect) => (effect.clear && !harmless(entry, effect)) || (redelivered && mustNotRepeat(effect)),
    );
    const effect = clear ?? effects[0]!;
    if (!clear && (PUBLIC_READ.test(entry.path) || entry.method === "delete")) continue;
    const check = clear ? IDEMPOTENCY_CHECKS.handler : IDEMPOTENCY_CHECKS.handlerUnknown;
    findings.push(at(check, module, entry.site, { ...nameOfEntry(entry), what: effect.what }));
  }
  return findings;
};

/** Senders of webhooks send again until they get an answer. */
const isWebhook = (entry: Entry): boolean =>
  /web_?-?hooks?\b/i.test(entry.path) ||
  /webhooks?\.constructEvent|webhooks?\.verify|verifyWebhook/i.test(textOf(entry.module, entry.site));

/** `app.use(idempotency())` before the route, or a class-wide interceptor. */
const middlewareGuards = (module: Module, entry: Entry): boolean =>
  guardStarts(module).some((start) => start < entry.site.start);

function guardStarts(module: Module): number[] {
  const known = starts.get(module);
  if (known) return known;
  const found = module.calls.filter(
    (call) =>
      /^(use|register|addHook)$/.test(methodOf(call) ?? "") &&
      argumentsOf(call).some((argument) => /idempoten|dedup/i.test(textOf(module, argument))),
  );
  const made = found.map((call) => call.start);
  starts.set(module, made);
  return made;
}

const starts = new WeakMap<Module, number[]>();

/** Mail at sign-up or reset repeated by the user's wish, and rows that only record what happened. */
function harmless(entry: Entry, effect: Effect): boolean {
  if (
    effect.kind === "insert" &&
    /audit|logs?\b|histor|events?_log|access|attempt|session|metric|views?\b|visit/i.test(effect.what)
  )
    return true;
  if (effect.kind === "mail") return /forgot|reset|resend|verification|otp|magic/i.test(entry.path);
  return entry.method === "patch" && effect.kind === "unknown";
}

const hasAdr = (entry: Entry, units: readonly Unit[]): boolean =>
  namesAdr(entry.module, entry.site) || units.some(({ module, node }) => namesAdr(module, node));

export const consumers: Rule = (module, context) => {
  const findings: Finding[] = [];
  const seen = new Set<Node>();
  for (const entry of context.entries.get(module) ?? []) {
    if (entry.kind !== "consumer" || !entry.fn || seen.has(entry.fn.node)) continue;
    seen.add(entry.fn.node);
    const { units } = context.reached(entry);
    if (hasAdr(entry, units) || guarded(entry, context, GUARD) || looksFirst(units)) continue;
    const effects = effectsOf(units).filter((effect) => effect.kind !== "publish");
    const clear = effects.find((effect) => effect.clear || mustNotRepeat(effect));
    const effect = clear ?? effects[0];
    if (!effect) continue;
    const check = clear ? IDEMPOTENCY_CHECKS.consumer : IDEMPOTENCY_CHECKS.consumerUnknown;
    findings.push(at(check, module, entry.site, { via: entry.via, what: effect.what }));
  }
  return findings;
};

export const jobs: Rule = (module, context) => {
  if (module.purpose === "browser") return [];
  const findings: Finding[] = startedJobs(module, context);
  for (const entry of context.entries.get(module) ?? []) {
    if (entry.kind !== "job") continue;
    const { units, words } = context.reached(entry);
    const site = textOf(module, entry.site);
    if (hasAdr(entry, units) || LOCK.test(words) || LOCK.test(site) || GUARD.test(words)) continue;
    if (anyOf(context.settings.guardedBy)?.test(`${words}\n${site}`)) continue;
    const effects = effectsOf(units);
    const clear = effects.find((effect) => effect.clear);
    const params = { via: entry.via, what: (clear ?? effects[0])?.what ?? "" };
    if (clear) findings.push(at(IDEMPOTENCY_CHECKS.job, module, entry.site, params));
    else if (effects.length > 0) findings.push(at(IDEMPOTENCY_CHECKS.jobUnknown, module, entry.site, params));
    else if (!entry.fn && entry.via !== "setInterval") {
      const what = textOf(module, argumentsOf(entry.site).at(-1) ?? entry.site).slice(0, 60);
      findings.push(at(IDEMPOTENCY_CHECKS.jobUnknown, module, entry.site, { ...params, what }));
    }
  }
  return findings;
};

/** A program that takes money or sends mail as soon as it is started, with nothing that knows what an earlier run did. */
function startedJobs(module: Module, context: Context): Finding[] {
  if (module.purpose !== "server" || (context.entries.get(module) ?? []).length > 0) return [];
  return module.calls.flatMap((call) => {
    const local = bare(child(call, "callee"))?.type === "Identifier";
    if (!local || [...ancestors(call)].some(isFunction)) return [];
    const units = reachable(context.set, functionOf(context.set, module, child(call, "callee")));
    const words = vocabulary(units);
    if (units.some((unit) => namesAdr(unit.module, unit.node)) || LOCK.test(words) || GUARD.test(words))
      return [];
    if (looksFirst(units) || anyOf(context.settings.guardedBy)?.test(words)) return [];
    const effect = effectsOf(units).find(
      (one) => one.clear && (one.kind === "payment" || one.kind === "mail"),
    );
    return effect
      ? [at(IDEMPOTENCY_CHECKS.job, module, call, { via: calleeOf(call), what: effect.what })]
      : [];
  });
}

type Deletion = { node: Node; what: string; table: string };

const DELETE_SQL =
  /^\s*(?:truncate(?:\s+table)?|delete\s+from)\s+(?:only\s+)?([\w."`?]+)\s*(?:where\s+(?:true|1\s*=\s*1)\s*|restart identity|cascade|continue identity|\s)*;?\s*$/i;

export const deletions: Rule = (module, context) =>
  module.nodes.flatMap((node) =>
    deletionOf(module, node)
      .filter((deletion) => !/te?mp|staging|stage|cache|session|_old|scratch/i.test(deletion.table))
      .map((deletion) => {
        const scope = outermostFunction(module, node);
        const severe = reloads(module, scope, deletion) && !inTransaction(module, node, scope);
        const check: Check = severe ? IDEMPOTENCY_CHECKS.deleteReload : IDEMPOTENCY_CHECKS.unscopedDelete;
        const scheduled = !severe && isScheduled(module, context, node);
        return at(check, module, node, { what: deletion.what }, scheduled ? { severity: "block" } : {});
      }),
  );

/** A job that empties a table does so at night, when nobody looks. */
const isScheduled = (module: Module, context: Context, node: Node): boolean =>
  (context.entries.get(module) ?? []).some(
    (entry) =>
      entry.kind === "job" &&
      context.reached(entry).units.some((unit) => unit.module === module && inside(node, unit.node)),
  );

/** The function around a node that no other one contains, or the whole module. */
function outermostFunction(module: Module, node: Node): Node {
  let top = module.root;
  for (const ancestor of ancestors(node)) if (isFunction(ancestor)) top = ancestor;
  return top;
}

/** A text that is given to a call, tagged, or held by a name; texts deep in data are not run here. */
function isStatement(node: Node): boolean {
  const parent = outer(node);
  if (parent?.type === "Property")
    return /^(text|sql|query|statement)$/.test(nameOf(child(parent, "key")) ?? "");
  return /^(CallExpression|TaggedTemplateExpression|VariableDeclarator|ArrayExpression)$/.test(
    parent?.type ?? "",
  );
}

function deletionOf(module: Module, node: Node): Deletion[] {
  if (node.type === "Literal" || node.type === "TemplateLiteral") {
    const text = stringOf(node);
    const match = text === undefined || !isStatement(node) ? null : DELETE_SQL.exec(text);
    return match ? [{ node, what: text!.trim().slice(0, 60), table: match[1]!.replace(/["`]/g, "") }] : [];
  }
  if (node.type !== "CallExpression") return [];
  const method = methodOf(node) ?? "";
  const args = argumentsOf(node);
  const callee = calleeOf(node);
  const receiver = receiverOf(node);
  const table = receiver
    ? (propertyOf(receiver) ?? calleeTable(module, receiver) ?? nameOf(receiver) ?? "")
    : "";
  const empty = args.length === 0 || unlimited(args[0]);
  const found = (what: string): Deletion[] => [{ node, what, table }];
  if (method === "deleteMany" && empty && !/redis|cache|storage/i.test(callee)) return found(callee);
  if (method === "remove" && isEmptyObject(args[0])) return found(callee);
  if (method === "clear" && args.length === 0 && /repo(sitory)?\.clear$/i.test(callee)) return found(callee);
  if (method === "deleteFrom" && !/\.where/.test(textOf(module, wholeChain(node)))) {
    return [{ node, what: callee, table: stringOf(args[0]) ?? "" }];
  }
  if (method === "destroy" && (property(args[0], "truncate") || isEmptyWhere(args[0]))) return found(callee);
  if (
    method === "truncate" &&
    /(^|\.)(knex\(\)|knex|db|trx|trx\(\)|\w*[mM]odel|\w*[rR]epo(sitory)?|[A-Z][a-z]\w*)\.truncate$/.test(
      callee,
    )
  )
    return found(callee);
  if ((method === "del" || method === "delete") && receiver) {
    const chain = textOf(module, wholeChain(node));
    const knex =
      receiver.type === "CallExpression" && /^(knex|trx|db)$/.test(calleeOf(receiver)) && args.length === 0;
    const typeorm = /repo(sitory)?$/i.test(calleeOf(node).split(".").at(-2) ?? "") && isEmptyObject(args[0]);
    const drizzle =
      /^(db|tx)$/.test(nameOf(receiver) ?? "") &&
      args.length === 1 &&
      bare(args[0])?.type === "Identifier" &&
      node.parent?.type === "AwaitExpression";
    if ((knex || typeorm || drizzle) && !/\.where/.test(chain)) {
      return [{ node, what: callee, table: drizzle ? (nameOf(bare(args[0])) ?? "") : table }];
    }
  }
  return [];
}

const calleeTable = (_module: Module, receiver: Node): string | undefined =>
  receiver.type === "CallExpression" ? stringOf(argumentsOf(receiver)[0]) : undefined;
const isEmptyObject = (node: Node | undefined) =>
  bare(node)?.type === "ObjectExpression" && list(bare(node), "properties").length === 0;
const isEmptyWhere = (node: Node | undefined) => isEmptyObject(property(node, "where"));
/** `{}` and `{ where: {} }` */
const unlimited = (node: Node | undefined): boolean => isEmptyObject(node) || isEmptyWhere(node);

function reloads(module: Module, scope: Node, deletion: Deletion): boolean {
  const after = nodesIn(module, scope).filter((node) => node.index > deletion.node.index);
  const table = deletion.table.toLowerCase();
  const calls = after.some(
    (node) =>
      node.type === "CallExpression" &&
      /^(createMany|insertMany|insertInto|bulkCreate|batchInsert|copyFrom|insert|save|create|bulkInsert|bulkWrite|createManyAndReturn|load\w*|import\w*|insertAll|seed\w*)$/.test(
        methodOf(node) ?? "",
      ) &&
      !/(log|logger|console)\./.test(calleeOf(node)),
  );
  if (calls) return true;
  return stringsIn({ module, node: scope }).some(
    ({ text, node }) =>
      node.index > deletion.node.index &&
      (/^\s*copy\s+\w/i.test(text) ||
        (/insert\s+into/i.test(text) && (table === "?" || text.toLowerCase().includes(table)))),
  );
}

function inTransaction(module: Module, node: Node, scope: Node): boolean {
  for (const ancestor of ancestors(node)) {
    if (
      ancestor.type === "CallExpression" &&
      /transaction|withTx|inTx|\bbegin$|unitOfWork|\.tx$/i.test(calleeOf(ancestor))
    )
      return true;
  }
  const receiver = receiverOf(node);
  if (/^(tx|trx)\b/.test(receiver ? textOf(module, receiver) : "")) return true;
  const strings = stringsIn({ module, node: scope }).map((one) => one.text.trim().toUpperCase());
  if (
    strings.some((text) => /^(BEGIN|START TRANSACTION)\b/.test(text)) &&
    strings.some((text) => /^COMMIT\b/.test(text))
  )
    return true;
  return (
    declarationOf(module, node) === undefined &&
    /startTransaction\(|beginTransaction\(/.test(textOf(module, scope))
  );
}
