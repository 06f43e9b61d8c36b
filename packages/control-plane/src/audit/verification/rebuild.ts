import type { Json } from "../../platform/json.ts";
import type { LeafRow } from "./types.ts";

/**
 * The leaf that the searchable columns stand for. Keys are in their canonical order here, so that nothing is sorted or
 * parsed for an ordinary event: this runs once for every event of a verification.
 */
export function rebuildLeaf(row: LeafRow, tenant: string): string {
  return (
    `{"action":${quote(row.action)},"actorId":${quote(row.actorId)},"class":${quote(row.class)}` +
    `,"correlationId":${quote(row.correlationId)},"details":${details(row.details)},"id":${quote(row.id!)}` +
    `,"resource":${quote(row.resource)},"result":${quote(row.result)}` +
    `,"sourceIp":${row.sourceIp === null ? "null" : quote(row.sourceIp)}` +
    `,"tenantId":${quote(tenant)},"ts":"${timeText(row.tsUs)}","v":1}`
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON must escape
const ESCAPED = /["\\\u0000-\u001f]/;

// The database holds no lone surrogates (its encoding is UTF-8), which are all else that could need an escape.
const quote = (text: string) => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);

const details = (text: string) => (text === "{}" ? text : canonical(JSON.parse(text)));

/** As `canonicalJson`, for what was JSON a moment ago and needs none of its checks. */
function canonical(value: Json): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  let text = "";
  for (const key of Object.keys(value).sort()) {
    text += `${text === "" ? "{" : ","}${quote(key)}:${canonical(value[key]!)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

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
