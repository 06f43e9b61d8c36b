import type { Dialect, Location, SchemaNode } from "../schema/index.ts";
import type { Library } from "./documents.ts";

/** One version's answer to "what may stand in an event": what is read of a JSON Schema or of a message. */
export type Contract = {
  /** What people call it: title, file name or message. */
  name: string;
  /** Its identities in the order in which they count when two versions are matched. */
  keys: string[];
  node: SchemaNode;
  dialect: Dialect;
  at: Location;
  sunset: string | null;
  /** Other files of the version refer to it: it is a part, and may go when nothing needs it. */
  isPart: boolean;
};

export type Message = {
  id: string;
  /** Its `name`, or its key where none is written. */
  name: string;
  isNamed: boolean;
  at: Location;
  payload: SchemaNode | null;
  /** As written; null where the specification's own format is used. */
  schemaFormat: string | null;
  dialect: Dialect;
  headers: SchemaNode[];
  contentType: string | null;
  correlation: string | null;
  /** The schema of the Kafka record key. */
  key: SchemaNode | null;
  sunset: string | null;
};

export type Channel = {
  id: string;
  address: string | null;
  at: Location;
  messages: Message[];
  /** The names by which brokers know it: topic, queue, exchange. */
  broker: Map<string, string>;
  /** Settings that change the order of events. */
  partitions: number | null;
  /** The values of the address's parameters, in its order; null where any will do. */
  parameters: (string[] | null)[];
  sunset: string | null;
};

export type Operation = {
  id: string;
  action: "send" | "receive";
  channel: string;
  address: string | null;
  hasReply: boolean;
  /** Ids of its messages; null when it takes all of its channel's. */
  messages: string[] | null;
  at: Location;
  sunset: string | null;
};

export type AsyncApi = { at: Location; channels: Channel[]; operations: Operation[]; problems: Location[] };

/** All that one version says. */
export type Version = { name: string; library: Library; contracts: Contract[]; apis: AsyncApi[] };
