import { type Finding, type Place, raise } from "../finding.ts";
import { isRecord, type Location, own, resolveReference, type SchemaNode } from "../schema/index.ts";
import { sameJson } from "../schema/shape.ts";
import { isJsonFormat } from "./asyncapi.ts";
import { EVENTS_CHECKS as CHECKS } from "./checks/index.ts";
import { compareNodes, type Sides } from "./differences.ts";
import { type Library, placeAt } from "./documents.ts";
import { type About, isPast } from "./evolution.ts";
import type { AsyncApi, Channel, Message, Operation } from "./model.ts";
import { stemOf } from "./version.ts";

type Context = Omit<Sides, "event"> & { revisionApi: AsyncApi };

/** What old and new consumers and producers of two AsyncAPI documents cannot do with each other. */
export function compareAsyncApis(base: AsyncApi, revision: AsyncApi, sides: Omit<Sides, "event">): About[] {
  const context: Context = { ...sides, revisionApi: revision };
  const found: About[] = [];
  const pairs = new Map<string, Channel>();
  for (const channel of base.channels) {
    const counterpart = channelFor(channel, revision.channels);
    if (counterpart) pairs.set(channel.id, counterpart);
    found.push(...compareChannel(channel, counterpart, context));
  }
  for (const operation of base.operations) {
    found.push(...compareOperation(operation, revision, pairs, context));
  }
  // Where references lead nowhere, what seems to be gone may only be hidden.
  const isWhole = revision.problems.every(({ pointer }) => pointer.startsWith("/operations/"));
  return isWhole ? found : found.filter(({ finding }) => !GONE.has(finding.code));
}

const GONE = new Set<string>(
  [CHECKS.channelRemoved, CHECKS.messageRemoved, CHECKS.operationRemoved, CHECKS.operationChanged].map(
    ({ code }) => code,
  ),
);

/** Parameters of an address have names for readers only. */
const addressOf = (channel: Channel): string | null => channel.address?.replace(/\{[^{}]*\}/g, "{}") ?? null;

function channelFor(channel: Channel, candidates: Channel[]): Channel | null {
  const address = addressOf(channel);
  const sameAddress = address === null ? undefined : candidates.find((one) => addressOf(one) === address);
  return sameAddress ?? candidates.find((one) => one.id === channel.id) ?? null;
}

function compareChannel(base: Channel, revision: Channel | null, context: Context): About[] {
  const names = [base.id, base.address ?? base.id];
  const about = (finding: Finding): About => ({ finding, names });
  if (!revision) {
    if (isGoneRightly(base.sunset, context)) return [];
    const place = placeAt(context.revision, below(context.revisionApi.at, "channels"));
    return [
      about(
        raise(CHECKS.channelRemoved, place, { channel: base.address ?? base.id, base: context.baseName }),
      ),
    ];
  }
  const place = placeAt(context.revision, revision.at);
  const found: About[] = [];
  if (addressOf(base) !== addressOf(revision)) {
    const params = {
      channel: base.id,
      from: base.address ?? "–",
      to: revision.address ?? "–",
      base: context.baseName,
    };
    found.push(
      about(raise(CHECKS.addressChanged, placeAt(context.revision, below(revision.at, "address")), params)),
    );
  }
  for (const [index, values] of base.parameters.entries()) {
    const kept = revision.parameters[index];
    const lost = kept ? values?.filter((value) => !kept.includes(value)) : undefined;
    if (!values || !kept || !lost?.length) continue;
    const params = {
      channel: base.id,
      from: `${base.address}: ${values.join(", ")}`,
      to: kept.join(", "),
      base: context.baseName,
    };
    const at = below(revision.at, "parameters");
    found.push(about(raise(CHECKS.addressChanged, placeAt(context.revision, at), params)));
  }
  for (const [what, from] of base.broker) {
    const to = revision.broker.get(what);
    if (to === undefined || to === from) continue;
    const params = { channel: base.id, from: `${what} ${from}`, to, base: context.baseName };
    found.push(
      about(raise(CHECKS.addressChanged, placeAt(context.revision, below(revision.at, "bindings")), params)),
    );
  }
  if (base.partitions !== null && revision.partitions !== null && base.partitions !== revision.partitions) {
    const params = { channel: base.id, from: base.partitions, to: revision.partitions };
    found.push(
      about(
        raise(CHECKS.partitionsChanged, placeAt(context.revision, below(revision.at, "bindings")), params),
      ),
    );
  }
  for (const message of base.messages) {
    const counterpart = messageFor(message, base.messages, revision.messages);
    if (counterpart) found.push(...compareMessage(message, counterpart, names, context));
    else if (!isGoneRightly(message.sunset ?? base.sunset, context)) {
      const params = {
        message: message.name || message.id,
        channel: base.address ?? base.id,
        base: context.baseName,
      };
      found.push({
        finding: raise(CHECKS.messageRemoved, place, params),
        names: [...names, message.id, message.name],
      });
    }
  }
  return found;
}

const isGoneRightly = (sunset: string | null, context: Context): boolean =>
  sunset !== null && isPast(sunset, context.now);

const below = (at: Location, key: string): Location => ({ path: at.path, pointer: `${at.pointer}/${key}` });

/** By key, name, an equal payload, or as the only ones; two versions of a name are two messages. */
function messageFor(message: Message, siblings: Message[], candidates: Message[]): Message | null {
  const named =
    candidates.find((one) => one.id === message.id) ?? candidates.find((one) => one.name === message.name);
  if (named) return named;
  const isKnown = (one: Message) => siblings.some(({ id, name }) => id === one.id || name === one.name);
  const fresh = candidates.filter((one) => !isKnown(one) && !isOtherVersion(one, message));
  const equal = fresh.filter(({ payload }) => sameJson(payload?.schema, message.payload?.schema));
  if (equal.length === 1 && message.payload) return equal[0]!;
  return siblings.length === 1 && fresh.length === 1 ? fresh[0]! : null;
}

const isOtherVersion = (one: Message, other: Message): boolean =>
  (one.id !== other.id && stemOf(one.id) === stemOf(other.id) && stemOf(one.id) !== "") ||
  (one.name !== other.name && stemOf(one.name) === stemOf(other.name) && stemOf(one.name) !== "");

function compareMessage(base: Message, revision: Message, channelNames: string[], context: Context): About[] {
  const event = base.name || base.id || channelNames[0]!;
  const names = [...channelNames, base.id, base.name, revision.id, revision.name];
  const sides: Sides = { ...context, event };
  const at = (key: string): Place => placeAt(context.revision, below(revision.at, key));
  const findings: Finding[] = [];
  const base_ = context.baseName;
  if (base.isNamed && revision.isNamed && base.name !== revision.name) {
    findings.push(raise(CHECKS.messageRenamed, at("name"), { event, to: revision.name, base: base_ }));
  }
  const [from, to] = [mediaType(base.contentType), mediaType(revision.contentType)];
  if (from !== to && !(isPlainJson(from) && isPlainJson(to))) {
    findings.push(
      raise(CHECKS.contentTypeChanged, at("contentType"), {
        event,
        from: from ?? "–",
        to: to ?? "–",
        base: base_,
      }),
    );
  }
  if (base.correlation !== null && base.correlation !== revision.correlation) {
    const params = { event, from: base.correlation, to: revision.correlation ?? "–", base: base_ };
    findings.push(raise(CHECKS.correlationChanged, at("correlationId"), params));
  }
  findings.push(...comparePayload(base, revision, sides, at("payload")));
  findings.push(...compareHeaders(base, revision, sides));
  findings.push(...compareKey(base, revision, sides, at("bindings")));
  return findings.map((finding) => ({ finding, names }));
}

const mediaType = (type: string | null): string | null =>
  type?.replace(/;.*$/s, "").trim().toLowerCase() ?? null;

/** Unsaid, an event is JSON. */
const isPlainJson = (type: string | null): boolean => type === null || type === "application/json";

function comparePayload(base: Message, revision: Message, sides: Sides, place: Place): Finding[] {
  const event = sides.event;
  if (!base.payload && !revision.payload) return [];
  if (!isJsonFormat(base.schemaFormat) || !isJsonFormat(revision.schemaFormat)) {
    const from = writtenOut(base.payload, sides.base);
    const to = writtenOut(revision.payload, sides.revision);
    if (base.schemaFormat === revision.schemaFormat && sameJson(from, to)) return [];
    if (isJsonFormat(base.schemaFormat) !== isJsonFormat(revision.schemaFormat)) {
      const params = {
        event,
        from: base.schemaFormat ?? "JSON Schema",
        to: revision.schemaFormat ?? "JSON Schema",
        base: sides.baseName,
      };
      return [raise(CHECKS.contentTypeChanged, place, params)];
    }
    return [raise(CHECKS.unknownFormat, place, { event, format: String(revision.schemaFormat) })];
  }
  const free = (message: Message) => message.payload ?? { schema: true, at: below(message.at, "payload") };
  return compareNodes(
    { node: free(base), dialect: base.dialect },
    { node: free(revision), dialect: revision.dialect },
    sides,
  );
}

/** A payload, or the file that it stands in; a reference to the network stays what it is. */
function writtenOut(payload: SchemaNode | null, library: Library): unknown {
  const reference = isRecord(payload?.schema) ? own(payload.schema, "$ref") : undefined;
  if (!payload || typeof reference !== "string" || /^https?:/.test(reference)) return payload?.schema;
  const target = resolveReference(reference, payload.at, library.source("draft-07"));
  // Unresolved, it is equal to nothing.
  return target ? target.schema : Symbol(reference);
}

/** Headers beyond those that are written are always allowed: none written is an open object. */
function compareHeaders(base: Message, revision: Message, sides: Sides): Finding[] {
  const node = (message: Message) => ({
    node: {
      schema:
        message.headers.length === 1
          ? message.headers[0]!.schema
          : { type: "object", allOf: message.headers.map(({ schema }) => schema) },
      at: message.headers[0]?.at ?? below(message.at, "headers"),
    },
    dialect: "2020-12" as const,
  });
  if (base.headers.length + revision.headers.length === 0) return [];
  return compareNodes(node(base), node(revision), { ...sides, event: `${sides.event} (headers)` });
}

function compareKey(base: Message, revision: Message, sides: Sides, place: Place): Finding[] {
  const params = { event: sides.event, base: sides.baseName };
  if (!base.key && !revision.key) return [];
  if (!base.key) return [raise(CHECKS.keyChanged, place, params, { severity: "warn" })];
  if (!revision.key) return [raise(CHECKS.keyChanged, place, params)];
  const differences = compareNodes(
    { node: base.key, dialect: "draft-07" },
    { node: revision.key, dialect: "draft-07" },
    sides,
  );
  if (differences.some(({ undecided }) => undecided)) return differences;
  // Another key puts events into other partitions: order and compaction break, whichever way it changed.
  return differences.some(({ severity }) => severity === "block")
    ? [raise(CHECKS.keyChanged, placeAt(sides.revision, revision.key.at), params)]
    : [];
}

function compareOperation(
  base: Operation,
  api: AsyncApi,
  pairs: Map<string, Channel>,
  context: Context,
): About[] {
  const names = [base.id, base.channel, base.address ?? base.channel];
  const about = (finding: Finding): About => ({ finding, names });
  const channel = pairs.get(base.channel);
  // What its channel took along is told there.
  if (!channel) return [];
  const onSame = api.operations.filter((one) => one.channel === channel.id);
  const revision =
    onSame.find((one) => one.id === base.id && one.action === base.action) ??
    onSame.find((one) => one.action === base.action) ??
    api.operations.find((one) => one.id === base.id);
  const params = { operation: base.id, channel: base.address ?? base.channel, base: context.baseName };
  if (!revision || revision.action !== base.action || revision.channel !== channel.id) {
    if (!revision && isGoneRightly(base.sunset, context)) return [];
    const at = revision ? revision.at : below(context.revisionApi.at, "operations");
    return [
      about(
        raise(
          revision ? CHECKS.operationChanged : CHECKS.operationRemoved,
          placeAt(context.revision, at),
          params,
        ),
      ),
    ];
  }
  const found: About[] = [];
  if (base.hasReply && !revision.hasReply) {
    found.push(about(raise(CHECKS.operationChanged, placeAt(context.revision, revision.at), params)));
  }
  if (base.messages && revision.messages) {
    const kept = new Set(channel.messages.map(({ id }) => id));
    for (const message of base.messages) {
      // Gone from the channel too, it is told there; renamed, it is matched there.
      if (revision.messages.includes(message) || !kept.has(message)) continue;
      const place = placeAt(context.revision, below(revision.at, "messages"));
      found.push(
        about(raise(CHECKS.messageRemoved, place, { message, channel: params.channel, base: params.base })),
      );
    }
  }
  return found;
}
