import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import protobuf from "protobufjs/light.js";
import { invalid, TobanError } from "../platform/errors.ts";
import { messages, type Signal } from "./descriptor.ts";

/** A decoded message whose fields nobody has checked yet: protobufjs objects and parsed JSON look the same. */
export type Loose = { [field: string]: unknown };
export type Encoding = "protobuf" | "json";

export const LIMITS = { compressedBytes: 4 * 2 ** 20, inflatedBytes: 16 * 2 ** 20 };
export type Limits = typeof LIMITS;

const inflate = promisify(gunzip);

/** `application/x-protobuf` or `application/json`, parameters ignored. Anything else is refused (415). */
export function encodingOf(contentType: string | undefined): Encoding {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-protobuf") return "protobuf";
  if (type === "application/json") return "json";
  throw invalid(
    "telemetry_content_type",
    type ? "This content type is not OTLP." : "The request has no content type.",
    "Send OTLP as application/x-protobuf or application/json.",
  );
}

/** The body without its compression. Stops inflating at the limit, so a small bomb costs no memory. */
export async function inflateBody(
  body: Buffer,
  contentEncoding: string | undefined,
  limits: Limits,
): Promise<Buffer> {
  if (body.length > limits.compressedBytes) throw tooLarge(limits.compressedBytes);
  const encoding = contentEncoding?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return body;
  if (encoding !== "gzip") {
    throw invalid(
      "telemetry_content_encoding",
      "This content encoding is not supported.",
      "Send the body as it is or with gzip.",
    );
  }
  try {
    return await inflate(body, { maxOutputLength: limits.inflatedBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge(limits.inflatedBytes);
    throw invalid(
      "telemetry_malformed",
      "The body is not valid gzip.",
      "Check the exporter's compression.",
      cause,
    );
  }
}

export function tooLarge(limit: number) {
  return invalid(
    "telemetry_too_large",
    `The batch is larger than ${limit} bytes.`,
    "Let the exporter send smaller batches.",
  );
}

/** The request message of a signal. Garbage is refused as `telemetry_malformed` (400). */
export function decodeRequest(signal: Signal, encoding: Encoding, body: Buffer): Loose {
  try {
    if (encoding === "protobuf")
      return messages[signal].request.decode(boundedReader(body)) as unknown as Loose;
    const parsed: unknown = JSON.parse(
      keepLongIntegers(new TextDecoder("utf-8", { fatal: true }).decode(body)),
    );
    if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
      throw new Error("not an object");
    return parsed as Loose;
  } catch (cause) {
    if (cause instanceof TobanError) throw cause;
    throw invalid(
      "telemetry_malformed",
      `The body is not an OTLP ${signal} request in ${encoding}.`,
      "Check that the exporter speaks OTLP/HTTP and sends to the path of this signal.",
      cause,
    );
  }
}

/** 8,192 spans with 20 attributes each have 800,000. */
const MAX_FIELDS = 1_000_000;

/** Two bytes on the wire can become an object of a hundred: the number of fields is limited, not only of bytes. */
function boundedReader(body: Buffer): protobuf.Reader {
  const reader = protobuf.Reader.create(body);
  reader.discardUnknown = true;
  let left = MAX_FIELDS;
  const counted = <T>(read: () => T) => {
    const original = read.bind(reader);
    return () => {
      if (--left < 0) throw tooManyFields();
      return original();
    };
  };
  reader.tag = counted(reader.tag);
  reader.uint64 = counted(reader.uint64);
  reader.fixed64 = counted(reader.fixed64);
  reader.double = counted(reader.double);
  return reader;
}

export function tooManyFields() {
  return invalid(
    "telemetry_too_large",
    "The batch holds too many items, or grows too large when it is unpacked.",
    "Let the exporter send smaller batches.",
  );
}

const LONG_INTEGER = /[[:,\s]-?\d{16}/;
const [QUOTE, BACKSLASH, MINUS, ZERO, NINE] = [34, 92, 45, 48, 57] as const;

/**
 * JSON.parse rounds integers above 2^53; nanoseconds written as numbers are quoted before it sees them.
 * A loop and not an expression: a string that never ends must not be scanned again from each of its quotes.
 */
export function keepLongIntegers(json: string): string {
  if (!LONG_INTEGER.test(json)) return json;
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const start = at;
    const code = json.charCodeAt(at++);
    if (code === QUOTE) {
      for (; at < json.length && json.charCodeAt(at) !== QUOTE; at++) {
        if (json.charCodeAt(at) === BACKSLASH) at++;
      }
      at++;
    } else if (code === MINUS || isDigit(code)) {
      while (isDigit(json.charCodeAt(at))) at++;
      const digits = at - start - (code === MINUS ? 1 : 0);
      if (/[.eE]/.test(json.charAt(at))) {
        while (/[\d.eE+-]/.test(json.charAt(at))) at++;
      } else if (digits >= 16) {
        parts.push(json.slice(copied, start), '"', json.slice(start, at), '"');
        copied = at;
      }
    }
  }
  return parts.join("") + json.slice(copied);
}

const isDigit = (code: number) => code >= ZERO && code <= NINE;
