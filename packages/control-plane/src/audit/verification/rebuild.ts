import { canonicalJson } from "@toban/verify";
import type { LeafRow } from "./types.ts";

/**
 * The leaf that the searchable columns stand for. Keys are in their canonical order here, so that nothing is sorted or
 * parsed for an ordinary event: this runs once for every event of a verification.
 */
export function rebuildLeaf(row: LeafRow): string {
  return (
    `{"action":${quote(row.action)},"actorId":${quote(row.actorId)},"class":${quote(row.class)}` +
    `,"correlationId":${quote(row.correlationId)},"details":${details(row.details)},"id":${quote(row.id!)}` +
    `,"resource":${quote(row.resource)},"result":${quote(row.result)}` +
    `,"sourceIp":${row.sourceIp === null ? "null" : quote(row.sourceIp)}` +
    `,"tenantId":${quote(row.tenantId)},"ts":"${timeText(row.tsUs)}","v":1}`
  );
}

// The database holds no lone surrogates: its encoding is UTF-8.
const quote = (text: string) => JSON.stringify(text);

const details = (text: string) => (text === "{}" ? text : canonicalJson(JSON.parse(text)));

let second = Number.NaN;
let secondText = "";

/** RFC 3339 with microseconds. Neighbours share their second, which is the slow part. */
function timeText(micros: number): string {
  const whole = Math.floor(micros / 1_000_000);
  if (whole !== second) {
    secondText = new Date(whole * 1000).toISOString().slice(0, 19);
    second = whole;
  }
  return `${secondText}.${String(micros - whole * 1_000_000).padStart(6, "0")}Z`;
}
