import { isSecretKey, MASK, maskField, maskNumber, maskText } from "@toban/service-kit/masking";
import type { Loose } from "./decode.ts";

// Reads single fields of decoded OTLP: protobufjs gives Long and Uint8Array where JSON gives strings.

/** A field of the wrong kind. Makes one item rejected, or the whole request when its frame is broken. */
export class WrongField extends Error {}

export function list(value: unknown): Loose[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new WrongField("expected a list");
  return value.map((item) => {
    if (item === null || typeof item !== "object") throw new WrongField("expected messages in a list");
    return item as Loose;
  });
}

export function child(value: unknown): Loose {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new WrongField("expected a message");
  return value as Loose;
}

export function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new WrongField("expected text");
  return value;
}

const INTEGER = /^-?\d{1,20}$/;

/** A 64-bit integer without rounding. */
export function integer(value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && INTEGER.test(value)) return BigInt(value);
  if (typeof value === "object" && "low" in value && "high" in value) {
    const { low, high, unsigned } = value as { low: number; high: number; unsigned?: boolean };
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return unsigned ? bits : BigInt.asIntN(64, bits);
  }
  throw new WrongField("expected an integer");
}

const MAX_UINT64 = 2n ** 64n - 1n;

export function unsigned(value: unknown): bigint {
  const number = integer(value);
  if (number < 0n || number > MAX_UINT64) throw new WrongField("expected an unsigned 64-bit integer");
  return number;
}

/** May be NaN or infinite: the caller decides what that means. */
export function float(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") {
    const number = Number(value.replace(/^(-?)inf(inity)?$/i, "$1Infinity"));
    if (!Number.isNaN(number) || value === "NaN") return number;
  }
  throw new WrongField("expected a number");
}

export function has(message: Loose, field: string): boolean {
  return Object.hasOwn(message, field) && message[field] !== undefined && message[field] !== null;
}

/** Enums come as numbers, or in JSON as names too. */
export function enumeration(value: unknown, names: readonly string[], prefix: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  const index = typeof value === "string" ? names.indexOf(value.replace(prefix, "")) : -1;
  if (index === -1) throw new WrongField("unknown enumeration value");
  return index;
}

/** Lower-case hex of an id of `bytes` bytes; empty when absent or all zero. */
export function id(value: unknown, bytes: number): string {
  // protobufjs' default of an absent `bytes` field is an empty list.
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return "";
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : text(value).toLowerCase();
  if (hex === "" || /^0+$/.test(hex)) return "";
  if (hex.length !== bytes * 2 || !/^[0-9a-f]+$/.test(hex)) throw new WrongField("malformed id");
  return hex;
}

const LIMIT = { key: 256, value: 4096, attributes: 128, depth: 16 };

/** At most `length` code units, well-formed: a lone surrogate would break the store's JSON reader. */
export function clip(value: string, length = LIMIT.value): string {
  const short = value.length > length ? value.slice(0, length) : value;
  return /[\ud800-\udfff]/.test(short) ? Buffer.from(short).toString() : short;
}

export const masked = (value: string, length?: number): string => clip(maskText(clip(value, length)), length);

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** An AnyValue as plain data, with every text masked and secrets masked by their key at any depth. */
function plain(value: Loose, key: string, depth: number): Plain {
  if (isSecretKey(key)) return MASK;
  if (depth > LIMIT.depth) return "…";
  if (has(value, "stringValue")) {
    const whole = clip(text(value.stringValue), 65_536);
    return clip(key === "" ? maskText(whole) : maskField(key, whole), 65_536);
  }
  if (has(value, "boolValue")) return value.boolValue === true;
  if (has(value, "intValue")) return maskNumber(key, integer(value.intValue).toString());
  if (has(value, "doubleValue")) return String(float(value.doubleValue));
  if (has(value, "arrayValue")) {
    return list(child(value.arrayValue).values)
      .slice(0, 1024)
      .map((item) => plain(item, key, depth + 1));
  }
  if (has(value, "kvlistValue")) {
    const entries = list(child(value.kvlistValue).values).slice(0, 1024);
    return Object.fromEntries(
      entries.map((entry) => {
        const name = text(entry.key);
        return [masked(name, LIMIT.key), plain(child(entry.value), name, depth + 1)];
      }),
    );
  }
  if (has(value, "bytesValue")) {
    const bytes = value.bytesValue;
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString("base64") : text(bytes);
  }
  return null;
}

/** An AnyValue as text: strings as they are, structures as JSON. Masked. */
export function anyText(value: unknown, key = "", length = LIMIT.value): string {
  const data = plain(child(value), key, 0);
  if (data === null) return "";
  return clip(typeof data === "object" ? JSON.stringify(data) : String(data), length);
}

export type Attributes = { [key: string]: string };

/** Key-value list as a flat map of masked texts. The first 128 are kept. */
export function attributesOf(value: unknown): Attributes {
  const attributes: Attributes = {};
  for (const entry of list(value).slice(0, LIMIT.attributes)) {
    const key = clip(text(entry.key), LIMIT.key);
    if (key !== "") attributes[maskText(key)] = anyText(entry.value, key);
  }
  return attributes;
}
