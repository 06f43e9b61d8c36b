import { ENGLISH_GIVEN, ENGLISH_SURNAMES } from "./names-english.ts";
import {
  GIVEN_FIRST,
  GIVEN_LAST,
  GIVEN_NAMES,
  GIVEN_READINGS,
  SURNAME_READINGS,
  SURNAMES,
  WORDS_LIKE_NAMES,
} from "./names-japanese.ts";
import { add, type Scan } from "./spans.ts";

const LONGEST_SURNAME = 3;
/** First characters of surnames: most positions of a text are passed over by this alone. */
const FIRST = new Set([...SURNAMES].map((name) => name.charCodeAt(0)));
const isHan = (code: number) => (code >= 0x4e00 && code <= 0x9fff) || code === 0x3005;
const isBlank = (code: number) => code === 0x20 || code === 0x3000;

const TITLES =
  "部長|課長|係長|社長|副社長|会長|専務|常務|取締役|主任|次長|室長|本部長|支店長|工場長|店長|所長|局長|院長|教授|准教授|マネージャー|マネジャー|リーダー|代表|弁護士|税理士|医師|看護師";
const HONORIFIC = new RegExp(
  `[ \\u3000]?(?:さん|さま|様(?![式子々態相])|殿(?!堂)|氏(?!名)|くん|君|ちゃん|先生|${TITLES})`,
  "y",
);
const SHORT_HONORIFIC = /[ \u3000]?(?:さん|さま|様(?![式子々態相])|氏(?!名)|くん)/y;
/** A word may stand right before a name: 担当田中さん, 営業部鈴木様. */
const MAY_PRECEDE = new Set("者当長部課室係社員名側宛人役客店科組班");

/** 田中さん, 田中太郎, 田中 太郎: → `田中 *`. */
export function japaneseNames(scan: Scan): void {
  const { text } = scan;
  for (let at = 0; at < text.length; at += 1) {
    if (!FIRST.has(text.charCodeAt(at))) continue;
    const found = nameAt(text, at);
    if (!found) continue;
    add(scan, "name", at, found.end, `${found.surname} *`);
    at = found.end - 1;
  }
  kanaNames(scan);
}

type Found = { surname: string; end: number };

function nameAt(text: string, at: number): Found | undefined {
  const free = !isHan(text.charCodeAt(at - 1));
  const may = free || MAY_PRECEDE.has(text[at - 1]!);
  for (let length = LONGEST_SURNAME; length > 0; length -= 1) {
    const surname = text.slice(at, at + length);
    if (surname.length < length || !SURNAMES.has(surname)) continue;
    const end = at + length;
    if (length === 1 ? free && ends(SHORT_HONORIFIC, text, end) : may && ends(HONORIFIC, text, end)) {
      return { surname, end };
    }
    const given = givenAt(text, end, length === 1, free);
    if (given > end && (may || length > 1)) return { surname, end: given };
  }
  return undefined;
}

/** What a title begins with; most characters are passed over by this alone. */
const TITLE_START = new Set(
  ` \u3000さ様殿氏く君ち先${TITLES.split("|")
    .map((title) => title[0])
    .join("")}`,
);
const GIVEN_START = new Set([...GIVEN_FIRST, ...[...GIVEN_NAMES].map((name) => name[0]!)]);

function ends(expression: RegExp, text: string, at: number): boolean {
  if (!TITLE_START.has(text[at]!)) return false;
  expression.lastIndex = at;
  return expression.test(text);
}

/** Where the given name behind a surname ends; `at` when there is none. */
function givenAt(text: string, at: number, shortSurname: boolean, free: boolean): number {
  const spaced = isBlank(text.charCodeAt(at));
  const start = spaced ? at + 1 : at;
  if (!GIVEN_START.has(text[start]!)) return at;
  let run = 0;
  while (run < 6 && isHan(text.charCodeAt(start + run))) run += 1;
  if (run === 0) return spaced && free ? kanaGiven(text, start, at) : at;
  if (shortSurname && !spaced && !free) return at;
  for (let length = Math.min(3, run); length > 0; length -= 1) {
    const given = text.slice(start, start + length);
    if (length === 1 && ((shortSurname && !spaced) || !GIVEN_NAMES.has(given))) continue;
    if (!isGiven(given)) continue;
    if (run === length || ends(HONORIFIC, text, start + length)) return start + length;
  }
  return at;
}

const HIRAGANA = /[\u3041-\u3096]{2,6}/y;
const KATAKANA = /[\u30a1-\u30fa\u30fc]{2,6}/y;

function kanaGiven(text: string, start: number, at: number): number {
  for (const expression of [HIRAGANA, KATAKANA]) {
    expression.lastIndex = start;
    const run = expression.exec(text)?.[0] ?? "";
    for (let length = run.length; length >= 2; length -= 1) {
      if (GIVEN_NAMES.has(run.slice(0, length))) return start + length;
    }
  }
  return at;
}

function isGiven(given: string): boolean {
  if (GIVEN_NAMES.has(given)) return true;
  if (given.length < 2 || WORDS_LIKE_NAMES.has(given.slice(-2))) return false;
  const last = given.at(-1)!;
  if (!GIVEN_FIRST.has(given[0]!) || !GIVEN_LAST.has(last)) return false;
  return given.length === 2 || GIVEN_FIRST.has(given[1]!) || GIVEN_LAST.has(given[1]!);
}

const KANA_WORD = /[\u30a1-\u30fa\u30fc\uff66-\uff9f]{2,24}/g;
const KANA_HONORIFIC = /[ \u3000]?(?:さん|さま|様|氏|くん|先生|部長|課長)/y;

/** タナカ タロウ, ﾀﾅｶ ﾀﾛｳ, タナカタロウ, タナカさん. */
function kanaNames(scan: Scan): void {
  const { text } = scan;
  KANA_WORD.lastIndex = 0;
  for (let match = KANA_WORD.exec(text); match; match = KANA_WORD.exec(text)) {
    const word = match[0].normalize("NFKC");
    const end = match.index + match[0].length;
    if (!SURNAME_READINGS.has(word)) {
      const surname = kanaSurname(word);
      if (surname) add(scan, "name", match.index, end, `${surname} *`);
      continue;
    }
    if (/[ \u3000・]/.test(text[end] ?? "")) {
      KANA_WORD.lastIndex = end + 1;
      const next = KANA_WORD.exec(text);
      if (next?.index === end + 1 && GIVEN_NAMES.has(next[0].normalize("NFKC"))) {
        add(scan, "name", match.index, end + 1 + next[0].length, `${word} *`);
        continue;
      }
      KANA_WORD.lastIndex = end;
    }
    if (ends(KANA_HONORIFIC, text, end)) add(scan, "name", match.index, end, `${word} *`);
  }
}

function kanaSurname(word: string): string | undefined {
  for (let length = Math.min(6, word.length - 2); length >= 2; length -= 1) {
    const surname = word.slice(0, length);
    if (SURNAME_READINGS.has(surname) && GIVEN_NAMES.has(word.slice(length))) return surname;
  }
  return undefined;
}

const POLITE =
  /(?<![A-Za-z])(?:Mr|Mrs|Ms|Dr|Prof)(\.?) ((?!Mrs?\b|Ms\b|Dr\b|Prof\b)[A-Z][a-z'’]{1,20}(?:[ -][A-Z][a-z]{1,20}){0,2})(?![A-Za-z]| \*)/g;
const SAN = /(?<![A-Za-z])([A-Z][a-z]{1,20})(?=-(?:san|sama|kun|sensei)(?![a-z]))/g;
const PAIR = /(?<![\w.@/-])([A-Z][A-Za-z]{1,14})(,? (?:[A-Z]\.? )?)([A-Z][A-Za-z'’]{1,20})(?![\w@/-])/g;

/** Mr. Smith, Tanaka-san, John Smith, Taro Yamada, YAMADA Taro. */
export function latinNames(scan: Scan): void {
  const { text } = scan;
  for (const expression of [POLITE, SAN]) {
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      const [all, dot, polite] = match;
      const name = polite ?? dot!;
      // Without a dot, `Mr` and a word may be a title of anything.
      if (dot === "" && !ENGLISH_SURNAMES.has(name.split(/[ -]/).at(-1)!.toLowerCase())) continue;
      const start = match.index + all.lastIndexOf(name);
      add(scan, "name", start, start + name.length, maskedName(name));
    }
  }
  PAIR.lastIndex = 0;
  for (let match = PAIR.exec(text); match; match = PAIR.exec(text)) {
    const [all, first, gap, second] = match;
    if (isPair(first!, second!)) {
      add(scan, "name", match.index, match.index + all.length, `${first} *`);
    } else PAIR.lastIndex = match.index + first!.length + gap!.length;
  }
}

function isPair(first: string, second: string): boolean {
  const [a, b] = [first.toLowerCase(), second.toLowerCase()];
  return (
    (ENGLISH_GIVEN.has(a) && ENGLISH_SURNAMES.has(b)) ||
    (ENGLISH_SURNAMES.has(a) && ENGLISH_GIVEN.has(b) && first === first.toUpperCase()) ||
    (GIVEN_READINGS.has(a) && SURNAME_READINGS.has(b)) ||
    (SURNAME_READINGS.has(a) && GIVEN_READINGS.has(b))
  );
}

/** The first word of a name stays (the family name, in Japanese); of a single unknown word its first character. */
export function maskedName(name: string): string {
  const trimmed = name.trim().replace(/(?:さん|さま|様|殿|氏)$/, "");
  const [first = "", ...others] = trimmed.split(/[\s\u3000・,、]+/);
  if (others.length > 0 && first !== "") return `${first} *`;
  for (let length = LONGEST_SURNAME; length > 0; length -= 1) {
    const surname = first.slice(0, length);
    if (surname.length === length && SURNAMES.has(surname)) return `${surname} *`;
  }
  const plain = first.normalize("NFKC");
  if (SURNAME_READINGS.has(plain.toLowerCase())) return `${first} *`;
  const surname = kanaSurname(plain);
  if (surname) return `${surname} *`;
  const initial = [...first][0] ?? "";
  return `${initial} *`;
}

const MASKED_NAME = / \*$/;
export const isMaskedName = (text: string): boolean => MASKED_NAME.test(text) || /^\S* \*/.test(text);

const NO_NAME =
  /^(?:未|不明|なし|無し|必須|任意|入力|空|変更|削除|一覧|漢字|カナ|フリガナ|検索|登録|項目|欄|匿名|全員|本人|同上|非公開|[ぁ-んー]|null|none|undefined|true|false|n\/a|unknown|anonymous|required|missing|string|test)/i;
const GROUP =
  /(?:部|課|室|係|局|店|社|会|所|チーム|グループ|センター|窓口|管理者|担当|者|システム|ユーザー)$/;
const HAN_NAME =
  /^[\u3005\u4e00-\u9fff\u30a1-\u30fa\u30fc]{1,8}(?:[ \u3000・][\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]{1,8})?/;
const LATIN_NAME = /^[A-Z][A-Za-z'’.-]{0,20}(?:,? [A-Z][A-Za-z'’.-]{0,20}){0,3}/;

/**
 * The name that a labelled value begins with. `sure`: the label is that of a name and of nothing else. `quoted`: the
 * value ends where it ends, so that all of it may be the name.
 */
export function nameIn(value: string, sure: boolean, quoted: boolean): string | undefined {
  const text = value.trim();
  if (text === "" || isMaskedName(text) || NO_NAME.test(text)) return undefined;
  const known = knownName(text);
  if (known) return known;
  if (!sure) return undefined;
  const han = HAN_NAME.exec(text)?.[0];
  if (han) return GROUP.test(han) ? undefined : han;
  const latin = LATIN_NAME.exec(text)?.[0];
  if (latin) return latin;
  return quoted && /^[\p{L}'’. -]{2,40}$/u.test(text) ? text : undefined;
}

/** A person's name by the lists alone: 田中, 田中太郎, 田中 太郎様, タナカ タロウ, Taro Yamada, John Smith. */
export function knownName(text: string): string | undefined {
  const found = FIRST.has(text.charCodeAt(0)) ? nameAt(text, 0) : undefined;
  if (found) return text.slice(0, found.end);
  const [word = ""] = text.split(/[\s\u3000・,、（(]/, 1);
  if (SURNAMES.has(word)) return word;
  if (/^[\u30a1-\u30fa\u30fc\uff66-\uff9f]/.test(word)) {
    const plain = word.normalize("NFKC");
    if (!SURNAME_READINGS.has(plain)) return kanaSurname(plain) ? word : undefined;
    const next = text.slice(word.length + 1).split(/[\s\u3000、,（(]/, 1)[0] ?? "";
    return GIVEN_NAMES.has(next.normalize("NFKC")) ? text.slice(0, word.length + 1 + next.length) : word;
  }
  const pair = /^([A-Za-z]+),? (?:[A-Z]\.? )?([A-Za-z'’]+)(?![\w.-])/.exec(text);
  if (pair && isPair(pair[1]!, pair[2]!)) return pair[0];
  return undefined;
}
