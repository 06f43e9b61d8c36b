// JSON in the one form of RFC 8785: the same value always has the same bytes, so a hash of the bytes is a hash of the value.

/** Most texts: nothing to escape, so no need to look at each character twice. */
const PLAIN = /^[ !#-[\]-~]*$/;
const DEEPEST = 200;

/** The canonical text of a JSON value. Refuses (TypeError) what JSON would silently drop, change or call toJSON on. */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** The value of bytes that are canonical; refuses (TypeError) all others, so also doubled keys and invalid UTF-8. */
export function parseCanonical(bytes: Uint8Array): unknown {
  return parseCanonicalText(decodeUtf8(bytes));
}

/** As `parseCanonical`, for text that is decoded already. */
export function parseCanonicalText(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`not JSON: ${(error as Error).message}`);
  }
  if (write(value, 0) !== text) throw new TypeError("not canonical JSON (RFC 8785)");
  return value;
}

/** Strict: invalid sequences are an error, and a byte order mark is a character like any other. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TypeError("not UTF-8");
  }
}

export const isWellFormed = (text: string): boolean => text.isWellFormed();

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      // ECMAScript's own notation is the one RFC 8785 prescribes; it writes -0 as 0.
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (depth === DEEPEST) throw new TypeError(`nested deeper than ${DEEPEST}`);
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new TypeError(`${typeof value} has no canonical form`);
  }
}

function writeString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError("a lone surrogate has no canonical form");
  return JSON.stringify(value);
}

function writeArray(values: unknown[], depth: number): string {
  let text = "[";
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ",";
    text += write(values[index], depth + 1);
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`a ${prototype.constructor?.name ?? "strange object"} has no canonical form`);
  }
  let text = "{";
  // Without a comparator, sort() orders by UTF-16 code units, as RFC 8785 does.
  for (const key of Object.keys(value).sort()) {
    if (text.length > 1) text += ",";
    text += `${writeString(key)}:${write((value as Record<string, unknown>)[key], depth + 1)}`;
  }
  return `${text}}`;
}
