import { canonicalJson } from "@toban/verify";
import type { Json } from "../../platform/json.ts";
import { type AuditClass, microsToText } from "./event.ts";

/** The columns of an event, as the search has them. */
export type EventRow = {
  id: string;
  class: AuditClass;
  tsUs: bigint | number;
  tenantId: string;
  actorId: string;
  action: string;
  resource: string;
  result: string;
  correlationId: string;
  sourceIp: string | null;
  details: { [key: string]: Json };
};

/** The canonical bytes of an event: what is hashed, signed and exported. */
export function leafOf({ tsUs, ...event }: EventRow): Buffer {
  return Buffer.from(canonicalJson({ ...event, ts: microsToText(tsUs), v: 1 }));
}
