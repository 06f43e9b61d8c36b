import { canonicalJson } from "@toban/verify";
import type { Json } from "../../platform/json.ts";
import { type AuditClass, microsToText } from "../record/event.ts";

/** The columns of an event, as the search has them. */
export type EventRow = {
  id: string;
  class: AuditClass;
  tsUs: number;
  tenantId: string;
  actorId: string;
  action: string;
  resource: string;
  result: string;
  correlationId: string;
  sourceIp: string | null;
  details: { [key: string]: Json };
};

/** The leaf of an event that was recorded by a version which did not write leaves. */
export function leafOf({ tsUs, ...event }: EventRow): Buffer {
  return Buffer.from(canonicalJson({ ...event, ts: microsToText(tsUs), v: 1 }));
}
