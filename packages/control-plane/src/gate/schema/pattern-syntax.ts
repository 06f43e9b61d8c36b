/** Code points from … to, both included. */
export type Ranges = readonly (readonly [number, number])[];

export type Tree =
  | { kind: "set"; ranges: Ranges }
  | { kind: "sequence"; parts: Tree[] }
  | { kind: "choice"; parts: Tree[] }
  | { kind: "repeat"; part: Tree; min: number; max: number };

/** One alternative of a whole pattern, and whether it is tied to the start and the end of the text. */
export type Alternative = { tree: Tree; fromStart: boolean; toEnd: boolean };

const LAST = 0x10ffff;
export const ANY: Ranges = [[0, LAST]];
const DIGIT: Ranges = [[48, 57]];
const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
// ECMA-262: WhiteSpace and LineTerminator.
const SPACE: Ranges = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: Ranges = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
const CONTROLS: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

/** Reads an ECMA-262 pattern; null when it is wrong or more than regular (look-around, back references, `\b`, `\p`). */
export function readPattern(pattern: string): Alternative[] | null {
  const reader: Reader = { text: [...pattern], at: 0, depth: 0 };
  try {
    const alternatives = [readAlternative(reader)];
    while (take(reader, "|")) alternatives.push(readAlternative(reader));
    return reader.at === reader.text.length ? alternatives : null;
  } catch (error) {
    if (error === UNREADABLE) return null;
    throw error;
  }
}

type Reader = { text: string[]; at: number; depth: number };

const UNREADABLE = new Error("no regular pattern");

function fail(): never {
  throw UNREADABLE;
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at++;
  return true;
}

function readAlternative(reader: Reader): Alternative {
  const fromStart = take(reader, "^");
  const tree = readSequence(reader);
  const toEnd = take(reader, "$");
  return { tree, fromStart, toEnd };
}

function readSequence(reader: Reader): Tree {
  const parts: Tree[] = [];
  for (;;) {
    const next = reader.text[reader.at];
    if (next === undefined || next === "|" || next === ")" || next === "$") break;
    parts.push(readQuantified(reader));
  }
  return { kind: "sequence", parts };
}

function readQuantified(reader: Reader): Tree {
  const part = readAtom(reader);
  const limits = readQuantifier(reader);
  if (!limits) return part;
  take(reader, "?");
  if (limits.min > 1_000 || (limits.max > 1_000 && Number.isFinite(limits.max)) || limits.max < limits.min)
    fail();
  return { kind: "repeat", part, ...limits };
}

function readQuantifier(reader: Reader): { min: number; max: number } | null {
  if (take(reader, "*")) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (take(reader, "+")) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (take(reader, "?")) return { min: 0, max: 1 };
  if (reader.text[reader.at] !== "{") return null;
  const end = reader.text.indexOf("}", reader.at);
  const inside = end < 0 ? null : reader.text.slice(reader.at + 1, end).join("");
  const numbers = inside === null ? null : /^(\d{1,4})(,(\d{0,4}))?$/.exec(inside);
  if (!numbers) return fail();
  reader.at = end + 1;
  const min = Number(numbers[1]);
  return {
    min,
    max: numbers[2] === undefined ? min : numbers[3] ? Number(numbers[3]) : Number.POSITIVE_INFINITY,
  };
}

function readAtom(reader: Reader): Tree {
  const next = reader.text[reader.at++]!;
  if (next === "(") return readGroup(reader);
  if (next === "[") return { kind: "set", ranges: readClass(reader) };
  if (next === ".") return { kind: "set", ranges: without(LINE_ENDS) };
  if (next === "\\") return { kind: "set", ranges: readEscape(reader) };
  if (next === "^" || next === "*" || next === "+" || next === "?" || next === "{") fail();
  return { kind: "set", ranges: single(next) };
}

function readGroup(reader: Reader): Tree {
  if (take(reader, "?")) {
    if (take(reader, "<")) {
      if (reader.text[reader.at] === "=" || reader.text[reader.at] === "!") fail();
      const end = reader.text.indexOf(">", reader.at);
      if (end < 0) fail();
      reader.at = end + 1;
    } else if (!take(reader, ":")) fail();
  }
  if (++reader.depth > 50) fail();
  const parts = [readSequence(reader)];
  while (take(reader, "|")) parts.push(readSequence(reader));
  if (!take(reader, ")")) fail();
  reader.depth--;
  return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
}

function readClass(reader: Reader): Ranges {
  const isNegated = take(reader, "^");
  const ranges: [number, number][] = [];
  for (;;) {
    const next = reader.text[reader.at++] ?? fail();
    if (next === "]") break;
    const from = next === "\\" ? readEscape(reader, true) : single(next);
    const isRange = reader.text[reader.at] === "-" && reader.text[reader.at + 1] !== "]";
    if (!isRange || !isOne(from)) {
      ranges.push(...from.map(([low, high]): [number, number] => [low, high]));
      continue;
    }
    reader.at++;
    const last = reader.text[reader.at++] ?? fail();
    const to = last === "\\" ? readEscape(reader, true) : single(last);
    if (!isOne(to) || to[0]![0] < from[0]![0]) fail();
    ranges.push([from[0]![0], to[0]![0]]);
  }
  return isNegated ? without(ranges) : ranges;
}

const single = (character: string): Ranges => [[character.codePointAt(0)!, character.codePointAt(0)!]];
const isOne = (ranges: Ranges): boolean => ranges.length === 1 && ranges[0]![0] === ranges[0]![1];

function readEscape(reader: Reader, inClass = false): Ranges {
  const next = reader.text[reader.at++] ?? fail();
  const classes: Record<string, Ranges> = {
    d: DIGIT,
    D: without(DIGIT),
    w: WORD,
    W: without(WORD),
    s: SPACE,
    S: without(SPACE),
  };
  const known = classes[next];
  if (known) return known;
  if (inClass && next === "b") return [[8, 8]];
  const control = CONTROLS[next];
  if (control !== undefined) return [[control, control]];
  if (next === "u" || next === "x") {
    const digits = reader.text.slice(reader.at, reader.at + (next === "u" ? 4 : 2)).join("");
    if (!/^[0-9a-f]+$/i.test(digits) || digits.length !== (next === "u" ? 4 : 2)) fail();
    reader.at += digits.length;
    const code = Number.parseInt(digits, 16);
    return [[code, code]];
  }
  if (/[a-z0-9]/i.test(next)) fail();
  return single(next);
}

/** Every code point that is in none of the ranges. */
function without(ranges: Ranges): Ranges {
  const found: [number, number][] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (from > next) found.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) found.push([next, LAST]);
  return found;
}
