import { type FieldKind, fieldKind, JAPANESE_NAMES_OF_FIELDS } from "./fields.ts";
import { isMaskedName, maskedName, nameIn } from "./names.ts";
import { add, MASK, type Scan } from "./spans.ts";

const SIGNS = `["'\\\\]{0,6}[ \\t]{0,4}(?:=>|:=|=|:)[ \\t]{0,4}`;
const ASCII_LABEL = new RegExp(`(?<![\\w.$-])-{0,2}([A-Za-z_$][\\w.$-]{0,127})(?:\\[\\])?${SIGNS}`, "g");
const WIDE_LABEL = new RegExp(
  `(${JAPANESE_NAMES_OF_FIELDS})(?:[(](?:必須|任意|漢字|全角|半角|カナ|かな)[)])?(?:[」』】\\]*]{0,2}${SIGNS}|は[ \\t]?|[」』】\\]][ \\t]{0,2}|(?=「))`,
  "g",
);

/** Words that continue a name with blanks: `API key: …`, `access token = …`, `Full name: …`. */
const CONTINUED = /^(?:key|token|name|number|no|code|password|secret|id|card|account|phone|by|address)$/i;
const WORDS_BEFORE = /(?:[A-Za-z]+[ ]){1,2}$/;

/** `password=…`, `"apiKey":"…"`, `氏名: …` in a text: the value that follows is masked as that of a field. */
export function assignments(scan: Scan, wide: boolean): void {
  labels(scan, ASCII_LABEL);
  if (wide) labels(scan, WIDE_LABEL);
}

/** `secrets: 3 loaded`: as with tokens, a number is their count. */
const PLURAL = /(?:secrets|cookies|credentials|passwords)$/i;

function labels(scan: Scan, expression: RegExp): void {
  const { folded } = scan;
  expression.lastIndex = 0;
  for (let match = expression.exec(folded); match; match = expression.exec(folded)) {
    const kind = kindAt(folded, match[1]!, match.index + match[0].indexOf(match[1]!));
    if (kind === undefined) continue;
    const plural = kind === "secret" && PLURAL.test(match[1]!);
    const end = valueAt(scan, plural ? "tokens" : kind, match.index + match[0].length);
    if (end > expression.lastIndex) expression.lastIndex = end;
  }
}

const ELEMENT = /<([A-Za-z][\w.:-]{0,63})>([^<\n]{1,256})</g;

/** `<password>…</password>` */
export function elements(scan: Scan): void {
  if (!scan.folded.includes("</")) return;
  ELEMENT.lastIndex = 0;
  for (let match = ELEMENT.exec(scan.folded); match; match = ELEMENT.exec(scan.folded)) {
    const kind = fieldKind(match[1]!);
    const start = match.index + match[1]!.length + 2;
    const value = scan.text.slice(start, start + match[2]!.length);
    if (kind === "secret" && !value.startsWith(MASK)) add(scan, "secret", start, start + value.length, MASK);
    if (kind === "name" && !isMaskedName(value))
      add(scan, "name", start, start + value.length, maskedName(value));
    ELEMENT.lastIndex -= 1;
  }
}

function kindAt(folded: string, key: string, index: number): FieldKind | undefined {
  if (CONTINUED.test(key)) {
    const before = WORDS_BEFORE.exec(folded.slice(Math.max(0, index - 24), index));
    const kind = before ? fieldKind(`${before[0]}${key}`) : undefined;
    if (kind) return kind;
  }
  return fieldKind(key);
}

/** Masks the value that begins here, and says where it ends (or `from`, when it is left as it is). */
function valueAt(scan: Scan, kind: FieldKind, from: number): number {
  switch (kind) {
    case "secret":
    case "header":
    case "tokens":
      return secretAt(scan, kind, from);
    case "opaque":
      return opaqueAt(scan, from);
    case "name":
    case "maybe-name":
      return nameAt(scan, kind, from);
    default:
      // Numbers and addresses are found by their own detectors, which look at what stands before them.
      return from;
  }
}

const SCHEME = /(?:basic|bearer|dpop|token|apikey|negotiate|digest)(?: {1,8}|%20)/iy;

function secretAt(scan: Scan, kind: FieldKind, from: number): number {
  const { folded } = scan;
  const value = readValue(folded, from, kind === "header");
  let start = value.start;
  if (kind === "header" || value.quoted) {
    SCHEME.lastIndex = start;
    const scheme = SCHEME.exec(folded);
    if (scheme && SCHEME.lastIndex < value.end) {
      start = SCHEME.lastIndex;
      if (!value.quoted && scheme[0].toLowerCase() !== "digest ") value.end = endOfBare(folded, start);
    }
  }
  const text = folded.slice(start, value.end);
  if (folded.startsWith(MASK, start)) return start + MASK.length;
  if (text === "") return from;
  // What was read is never read again, masked or not.
  const prose = folded[start - 1] === "「" && JAPANESE_PROSE.test(text);
  if (prose || (!value.quoted && isNoSecret(text, kind, folded, value.end, from))) return value.end;
  if (kind === "tokens" && /^[\d.,_]{1,16}[a-zA-Z/%]{0,8}$/.test(text)) return value.end;
  add(scan, "secret", start, value.end, MASK);
  return value.end;
}

const LONGEST_KEY = 128;
const OPAQUE = /["'\\]{0,6}([\w+/=-]{16,129})/y;

function opaqueAt(scan: Scan, from: number): number {
  OPAQUE.lastIndex = from;
  const key = OPAQUE.exec(scan.folded)?.[1];
  if (key === undefined || key.length > LONGEST_KEY || !isOpaque(key)) return from;
  add(scan, "secret", OPAQUE.lastIndex - key.length, OPAQUE.lastIndex, MASK);
  return OPAQUE.lastIndex;
}

/** Letters and digits without a word's order. */
export const isOpaque = (text: string): boolean =>
  /^[\w+/=-]{16,}$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);

const EMPTY =
  /^(?:null|nil|none|undefined|true|false|nan|n\/a|na|empty|missing|disabled|enabled|blocked|allowed|denied|supported|shown|accepted|rejected|on|off|required|optional|invalid|expired|unexpected|unknown|unset|set|not|no|must|should|is|was|are|has|cannot|can|the|a|an|for|of|to|in|from|with|does|failed|failure|ok|yes|redacted|masked|hidden|filtered|removed|string|number|boolean|object|(?:process\.)?env\.\w*|\*+|x{3,}|\.{3}|…+|-+|\$\{?[\w.-]*|%[A-Z_]+%|\{+|\[+|\(+)$/i;
const JAPANESE_PROSE =
  /^(?:[ぁ-ん]|必須|不明|なし|未設定|未入力|入力|変更|更新|有効|無効|期限|設定|空|正し|一致|再|英数|半角|全角|[0-9]{1,2}文字|大文字|小文字|定期|共有|誰|他|[ァ-ヶー]{3,}を|\S{1,12}(?:ください|ません|ました|です|ます|する|した))/;

/** `token: expired at noon`, `password: null`, `パスワード: 8文字以上`: nothing that has to be hidden. */
function isNoSecret(text: string, kind: FieldKind, folded: string, end: number, from: number): boolean {
  if (EMPTY.test(text) || JAPANESE_PROSE.test(text)) return true;
  if (kind === "header") return /^(?:[a-z]+ ){2,}[a-z]+$/.test(text.slice(0, 200)) && !text.includes("=");
  // A word of prose after a colon and a blank, with another one behind it.
  const spaced = folded[from - 1] === " " && /:[ \t]*$/.test(folded.slice(Math.max(0, from - 6), from));
  return spaced && /^[a-z]{1,16}$/.test(text) && /^[ ][a-z]/.test(folded.slice(end, end + 2));
}

type Value = { start: number; end: number; quoted: boolean };

/** A value begins at `from`: in quotes (escaped any number of times), or up to a sign that cannot belong to it. */
function readValue(folded: string, from: number, line: boolean): Value {
  let at = from;
  while (folded[at] === "\\") at += 1;
  const quote = folded[at];
  if (quote === '"' || quote === "'" || quote === "`" || quote === "「") {
    const slashes = at - from;
    const close = quote === "「" ? "」" : quote;
    return { start: at + 1, end: endOfQuoted(folded, at + 1, close, slashes), quoted: true };
  }
  return { start: from, end: line ? endOfLine(folded, from) : endOfBare(folded, from), quoted: false };
}

/** The closing quote has as many backslashes before it as the opening one; an unclosed one ends with its line. */
function endOfQuoted(folded: string, from: number, quote: string, slashes: number): number {
  let run = 0;
  for (let at = from; at < folded.length; at += 1) {
    const char = folded[at];
    if (char === "\n" || char === "\r") return at;
    if (char === "\\") run += 1;
    else {
      if (char === quote && run <= slashes && (slashes > 0 || run % 2 === 0)) return at - run;
      if (char === quote && slashes === 0 && run % 2 === 0) return at;
      run = 0;
    }
  }
  return folded.length;
}

const LINE_END = new Set("\r\n\"'\\");
const BARE_END = new Set(" \t\r\n\"'`\\&)}]<>|「」、。");
const NEXT_FIELD = /[,;](?:[\s"'{[]|$|[A-Za-z_][\w .-]{0,32}[=:])/y;

function endOfLine(folded: string, from: number): number {
  let at = from;
  let inQuotes = false;
  for (; at < folded.length; at += 1) {
    const char = folded[at]!;
    // Digest username="…", realm="…"
    if (char === '"' && (inQuotes || folded[at - 1] === "=")) inQuotes = !inQuotes;
    else if (LINE_END.has(char)) break;
  }
  return at;
}

function endOfBare(folded: string, from: number): number {
  let at = from;
  while (at < folded.length && !BARE_END.has(folded[at]!)) {
    if (folded[at] === "," || folded[at] === ";") {
      NEXT_FIELD.lastIndex = at;
      if (NEXT_FIELD.test(folded)) break;
    }
    at += 1;
  }
  return at;
}

const NAME_END = /["'\\`,;|\t\r\n<>(){}[\]&/=:。、「」]| {2}/g;
const LONGEST_NAME = 40;

function nameAt(scan: Scan, kind: "name" | "maybe-name", from: number): number {
  const { text, folded } = scan;
  let start = from;
  if (folded.startsWith(MASK, from)) return from;
  while (start < from + 8 && /["'\\「]/.test(folded[start] ?? "")) start += 1;
  const window = text.slice(start, start + LONGEST_NAME);
  NAME_END.lastIndex = 0;
  const stop = NAME_END.exec(folded.slice(start, start + LONGEST_NAME))?.index ?? window.length;
  // The next label: this one has no value.
  if (/[:=]/.test(folded[start + stop] ?? "") && !/[ \u3000]/.test(window.slice(0, stop))) return from;
  const name = nameIn(window.slice(0, stop), kind === "name", start > from);
  if (name === undefined) return from;
  const begin = start + window.indexOf(name);
  add(scan, "name", begin, begin + name.length, maskedName(name));
  return begin + name.length;
}
