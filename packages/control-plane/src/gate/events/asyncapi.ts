import {
  below,
  type Dialect,
  isRecord,
  type Location,
  own,
  resolveReference,
  type SchemaNode,
} from "../schema/index.ts";
import type { Document, Library } from "./documents.ts";
import type { AsyncApi, Channel, Message, Operation } from "./model.ts";

type Spot = { value: Record<string, unknown>; at: Location; key: string };

export function isAsyncApi(value: unknown): value is { asyncapi: string } {
  return isRecord(value) && typeof value.asyncapi === "string";
}

/** The channels, messages and operations of an AsyncAPI 2 or 3 document, references followed. */
export function readAsyncApi(document: Document, library: Library): AsyncApi {
  const root = document.value as Record<string, unknown>;
  const at: Location = { path: document.file.path, pointer: "" };
  const problems: Location[] = [];
  const reader: Reader = {
    isTwo: String(root.asyncapi).startsWith("2"),
    contentType: textOf(root, "defaultContentType"),
    follow: (value, from) => follow(value, from, library, problems),
  };
  const channels = entriesOf(reader, own(root, "channels"), below(at, "channels")).map((spot) =>
    reader.isTwo ? channelOfTwo(reader, spot) : channelOfThree(reader, spot),
  );
  const operations = reader.isTwo
    ? entriesOf(reader, own(root, "channels"), below(at, "channels")).flatMap((spot) =>
        operationsOfTwo(reader, spot),
      )
    : entriesOf(reader, own(root, "operations"), below(at, "operations")).map((spot) =>
        operationOfThree(reader, spot, at),
      );
  if (channels.length === 0) {
    // A library of messages: they are the contract themselves.
    const components = own(root, "components");
    const messages = isRecord(components) ? own(components, "messages") : undefined;
    const spots = entriesOf(reader, messages, below(at, "components", "messages"));
    if (spots.length > 0) {
      channels.push({
        ...emptyChannel("components", below(at, "components", "messages")),
        messages: spots.map((spot) => messageOf(reader, spot)),
      });
    }
  }
  return { at, channels, operations, problems };
}

type Reader = {
  isTwo: boolean;
  contentType: string | null;
  follow(value: unknown, from: Location): { value: Record<string, unknown>; at: Location } | null;
};

function follow(value: unknown, from: Location, library: Library, problems: Location[]) {
  let node: SchemaNode = { schema: value, at: from };
  for (let steps = 0; steps < 20; steps++) {
    if (!isRecord(node.schema)) break;
    const reference = own(node.schema, "$ref");
    if (typeof reference !== "string") return { value: node.schema, at: node.at };
    const target = resolveReference(reference, node.at, library.source("draft-07"));
    if (!target) break;
    node = target;
  }
  problems.push(node.at);
  return null;
}

function entriesOf(reader: Reader, map: unknown, at: Location): Spot[] {
  if (!isRecord(map)) return [];
  return Object.entries(map).flatMap(([key, value]) => {
    const found = reader.follow(value, below(at, key));
    return found ? [{ ...found, key }] : [];
  });
}

const textOf = (record: Record<string, unknown>, key: string): string | null => {
  const value = own(record, key);
  return typeof value === "string" ? value : null;
};

export const sunsetOf = (record: Record<string, unknown>): string | null =>
  textOf(record, "x-sunset") ?? textOf(record, "x-sunset-date") ?? textOf(record, "sunset");

const emptyChannel = (id: string, at: Location): Channel => ({
  id,
  address: null,
  at,
  messages: [],
  broker: new Map(),
  partitions: null,
  parameters: [],
  sunset: null,
});

function channelOfThree(reader: Reader, spot: Spot): Channel {
  const messages = entriesOf(reader, own(spot.value, "messages"), below(spot.at, "messages"));
  const address = own(spot.value, "address");
  return {
    ...channelBasics(spot),
    // Without an address the key is none: it is then unknown, or given at run time.
    address: typeof address === "string" ? address : null,
    parameters: typeof address === "string" ? parametersOf(reader, spot, address) : [],
    messages: messages.map((one) => messageOf(reader, one)),
  };
}

function parametersOf(reader: Reader, spot: Spot, address: string): (string[] | null)[] {
  const described = new Map(
    entriesOf(reader, own(spot.value, "parameters"), below(spot.at, "parameters")).map((one) => [
      one.key,
      own(one.value, "enum"),
    ]),
  );
  return [...address.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => {
    const values = described.get(name!);
    return Array.isArray(values) ? values.map(String) : null;
  });
}

function channelOfTwo(reader: Reader, spot: Spot): Channel {
  const seen = new Map<string, Message>();
  for (const name of ["publish", "subscribe"]) {
    for (const one of messagesOfTwo(reader, spot, name)) seen.set(`${one.at.path}#${one.at.pointer}`, one);
  }
  return { ...channelBasics(spot), address: spot.key, messages: [...seen.values()] };
}

function messagesOfTwo(reader: Reader, spot: Spot, action: string): Message[] {
  const operation = own(spot.value, action);
  if (!isRecord(operation)) return [];
  const at = below(spot.at, action, "message");
  const message = own(operation, "message");
  const list = isRecord(message) ? own(message, "oneOf") : undefined;
  const all: [unknown, Location][] = Array.isArray(list)
    ? list.map((one, index) => [one, below(at, "oneOf", index)])
    : message === undefined
      ? []
      : [[message, at]];
  return all.flatMap(([one, from]) => {
    const found = reader.follow(one, from);
    if (!found) return [];
    const last = found.at.pointer.slice(found.at.pointer.lastIndexOf("/") + 1);
    const isNamed = found.at.pointer.startsWith("/components/");
    const key = isNamed ? last : (textOf(found.value, "messageId") ?? textOf(found.value, "name") ?? "");
    return [messageOf(reader, { ...found, key })];
  });
}

function channelBasics(spot: Spot): Channel {
  const channel = { ...emptyChannel(spot.key, spot.at), sunset: sunsetOf(spot.value) };
  const bindings = own(spot.value, "bindings");
  if (!isRecord(bindings)) return channel;
  const { kafka, amqp } = bindings;
  const put = (key: string, value: unknown) => {
    if (typeof value === "string" && value !== "") channel.broker.set(key, value);
  };
  if (isRecord(kafka)) {
    put("Kafka topic", own(kafka, "topic"));
    const partitions = own(kafka, "partitions");
    if (typeof partitions === "number") channel.partitions = partitions;
  }
  for (const part of ["queue", "exchange"]) {
    const one = isRecord(amqp) ? own(amqp, part) : undefined;
    if (isRecord(one)) put(`AMQP ${part}`, own(one, "name"));
  }
  return channel;
}

function messageOf(reader: Reader, spot: Spot): Message {
  const { value, at, key } = spot;
  const traits = (Array.isArray(own(value, "traits")) ? (own(value, "traits") as unknown[]) : []).flatMap(
    (trait, index) => reader.follow(trait, below(at, "traits", index)) ?? [],
  );
  const parts = [{ value, at }, ...traits];
  const first = (name: string) => parts.find((part) => own(part.value, name) !== undefined);
  const payload = payloadOf(reader, value, at);
  const named = first("name");
  const correlation = first("correlationId");
  const followed = correlation
    ? reader.follow(own(correlation.value, "correlationId"), below(correlation.at, "correlationId"))
    : null;
  const typed = first("contentType");
  return {
    id: key,
    name: (named && textOf(named.value, "name")) ?? key,
    isNamed: named !== undefined,
    at,
    ...payload,
    headers: parts.flatMap((part) => {
      const headers = own(part.value, "headers");
      return headers === undefined ? [] : [multiFormat(headers, below(part.at, "headers")).node];
    }),
    contentType: (typed && textOf(typed.value, "contentType")) ?? reader.contentType,
    correlation: followed && textOf(followed.value, "location"),
    key: kafkaKeyOf(reader, parts),
    sunset: sunsetOf(value),
  };
}

function payloadOf(reader: Reader, value: Record<string, unknown>, at: Location) {
  const payload = own(value, "payload");
  if (payload === undefined) return { payload: null, schemaFormat: null, dialect: "draft-07" as const };
  const { node, format } = multiFormat(payload, below(at, "payload"));
  const schemaFormat = format ?? (reader.isTwo ? textOf(value, "schemaFormat") : null);
  return { payload: node, schemaFormat, dialect: dialectOf(schemaFormat) };
}

/** AsyncAPI 3 may wrap a schema together with its format. */
function multiFormat(schema: unknown, at: Location): { node: SchemaNode; format: string | null } {
  if (isRecord(schema) && typeof schema.schemaFormat === "string" && Object.hasOwn(schema, "schema")) {
    return { node: { schema: schema.schema, at: below(at, "schema") }, format: schema.schemaFormat };
  }
  return { node: { schema, at }, format: null };
}

function dialectOf(format: string | null): Dialect {
  if (format?.includes("openapi")) return "openapi-3.0";
  return format && /2019-09|2020-12/.test(format) ? "2020-12" : "draft-07";
}

/** Formats whose schemas can be compared here: JSON Schema, AsyncAPI's and OpenAPI's own. */
export const isJsonFormat = (format: string | null): boolean =>
  format === null || /schema\+(json|yaml)|asyncapi|openapi/.test(format);

function kafkaKeyOf(
  reader: Reader,
  parts: { value: Record<string, unknown>; at: Location }[],
): SchemaNode | null {
  for (const part of parts) {
    const own_ = own(part.value, "bindings");
    const bindings = own_ === undefined ? null : reader.follow(own_, below(part.at, "bindings"));
    const kafka = bindings && own(bindings.value, "kafka");
    if (!bindings || !isRecord(kafka) || own(kafka, "key") === undefined) continue;
    return { schema: kafka.key, at: below(bindings.at, "kafka", "key") };
  }
  return null;
}

function operationsOfTwo(reader: Reader, spot: Spot): Operation[] {
  // Version 2 says what others do with the channel: what they publish, the application receives.
  const actions = [
    ["publish", "receive"],
    ["subscribe", "send"],
  ] as const;
  return actions.flatMap(([name, action]) => {
    const operation = own(spot.value, name);
    if (!isRecord(operation)) return [];
    return [
      {
        id: textOf(operation, "operationId") ?? `${name} ${spot.key}`,
        action,
        channel: spot.key,
        address: spot.key,
        hasReply: false,
        messages: messagesOfTwo(reader, spot, name).map(({ id }) => id),
        at: below(spot.at, name),
        sunset: sunsetOf(operation),
      },
    ];
  });
}

function operationOfThree(reader: Reader, spot: Spot, root: Location): Operation {
  const channel = own(spot.value, "channel");
  const target = channel === undefined ? null : reader.follow(channel, below(spot.at, "channel"));
  const messages = own(spot.value, "messages");
  const names = Array.isArray(messages)
    ? messages.map((one) => (isRecord(one) ? lastOf(String(own(one, "$ref") ?? "")) : ""))
    : null;
  const address = target ? own(target.value, "address") : undefined;
  const at = target?.at ?? root;
  return {
    id: spot.key,
    action: own(spot.value, "action") === "receive" ? "receive" : "send",
    channel:
      isRecord(channel) && typeof channel.$ref === "string" ? lastOf(channel.$ref) : lastOf(at.pointer),
    address: typeof address === "string" ? address : null,
    hasReply: own(spot.value, "reply") !== undefined,
    messages: names,
    at: spot.at,
    sunset: sunsetOf(spot.value),
  };
}

const lastOf = (reference: string): string =>
  reference
    .slice(reference.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
