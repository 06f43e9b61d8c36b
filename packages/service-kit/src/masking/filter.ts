import { decodeLine, encodeLine } from "./bytes.ts";
import type { Masker } from "./masker.ts";
import { MASK } from "./spans.ts";

/** A longer line is masked in parts, as text; JSON of that length is no longer looked at by field. */
const LONGEST_LINE = 1024 * 1024;
/** A part ends behind a blank or a comma within this distance, so that no word is cut. */
const LOOK_BACK = 16 * 1024;

export type LineFilter = {
  /** The masked lines that these bytes finish. */
  push(chunk: Uint8Array): Buffer;
  /** What is left, when it had no newline. */
  end(): Buffer;
};

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a key: base64 at its end, a header, or nothing. Others end a key that has no last line. */
const KEY_LINE =
  /(?:^|[^A-Za-z0-9+/=])[A-Za-z0-9+/=]{4,}[\\nr"',\s]*$|^\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)\s*:|^[\s>|]*$/;

/** Bytes in, masked bytes out, a line at a time. A private key is recognised over all of its lines. */
export function createLineFilter(masker: Pick<Masker, "line" | "text">): LineFilter {
  let rest: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let waiting = 0;
  let inKey = false;

  function masked(bytes: Buffer, isPart: boolean): Buffer {
    const line = decodeLine(bytes);
    return encodeLine(inKey ? keyLine(line, isPart) : ordinary(line, isPart));
  }

  function keyLine(line: string, isPart: boolean): string {
    const last = END.exec(line);
    if (!last && (isPart || KEY_LINE.test(line.slice(-200)))) return MASK;
    inKey = false;
    if (!last) return ordinary(line, isPart);
    return `${MASK}${ordinary(line.slice(last.index + last[0].length), isPart)}`;
  }

  function ordinary(line: string, isPart: boolean): string {
    const ending = /\s*$/.exec(line.slice(-64))![0];
    const text = line.slice(0, line.length - ending.length);
    if (text === "") return line;
    const begin = text.includes("-----BEGIN ") ? text.lastIndexOf("-----BEGIN ") : -1;
    if (begin !== -1 && BEGIN.test(text.slice(begin)) && !END.test(text.slice(begin))) inKey = true;
    return isPart ? masker.text(line) : masker.line(text).line.slice(0, -1) + ending;
  }

  /** Cuts what became too long, where a word ends. */
  function cut(bytes: Buffer): [Buffer, Buffer] {
    const floor = Math.max(1, LONGEST_LINE - LOOK_BACK);
    for (let at = LONGEST_LINE; at > floor; at -= 1) {
      const byte = bytes[at - 1]!;
      if (byte === 32 || byte === 9 || byte === 44) return [bytes.subarray(0, at), bytes.subarray(at)];
    }
    // No blank at all: not inside of a character.
    let at = LONGEST_LINE;
    while (at > floor && (bytes[at]! & 0xc0) === 0x80) at -= 1;
    return [bytes.subarray(0, at), bytes.subarray(at)];
  }

  let isLong = false;

  function lines(bytes: Buffer, out: Buffer[]): Buffer {
    let left = bytes;
    for (;;) {
      const newline = left.indexOf(10);
      const length = newline === -1 ? left.length : newline;
      if (length > LONGEST_LINE) {
        const [head, tail] = cut(left);
        out.push(masked(head, true));
        isLong = true;
        left = tail;
      } else if (newline === -1) return left;
      else {
        out.push(masked(left.subarray(0, newline), isLong), NEWLINE);
        isLong = false;
        left = left.subarray(newline + 1);
      }
    }
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      parts.push(bytes);
      waiting += bytes.length;
      // Joined only when a line ended or became too long: small chunks of a long line cost no repeated copies.
      if (waiting <= LONGEST_LINE && !bytes.includes(10)) return EMPTY;
      const out: Buffer[] = [];
      rest = Buffer.from(lines(Buffer.concat(parts), out));
      parts = [rest];
      waiting = rest.length;
      return Buffer.concat(out);
    },
    end() {
      const last = Buffer.concat(parts);
      parts = [];
      return last.length === 0 ? EMPTY : masked(last, isLong);
    },
  };
}

const NEWLINE = Buffer.from("\n");
const EMPTY = Buffer.alloc(0);
