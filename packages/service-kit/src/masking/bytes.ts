import { isUtf8 } from "node:buffer";

/** Bytes that are no UTF-8 (a truncated character, another encoding) travel as lone surrogates, and come out as they were. */
const ESCAPE = 0xdc00;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decodeLine(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += strict.decode(bytes.subarray(from, at)) + String.fromCharCode(ESCAPE + bytes[at]!);
    at += 1;
    from = at;
  }
  return text + strict.decode(bytes.subarray(from));
}

/** Of the character that begins here; 0 when none does. */
function lengthAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

const ESCAPED = /[\udc80-\udcff]/;

export function encodeLine(text: string): Buffer {
  if (!ESCAPED.test(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) at += 1;
    else if (code >= 0xdc80 && code <= 0xdcff) {
      parts.push(Buffer.from(text.slice(from, at), "utf8"), Buffer.from([code - ESCAPE]));
      from = at + 1;
    }
  }
  parts.push(Buffer.from(text.slice(from), "utf8"));
  return Buffer.concat(parts);
}
