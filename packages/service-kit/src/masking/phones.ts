import { add, type Scan } from "./spans.ts";

const GAP = "(?:\\) ?-? ?| ?-\\(? ?| ?\\( ?| |\\.)";
const START = /(?<![0-9A-Za-z_*$¥￥])(?:\+ ?|%2B)?\(?(?=[\d][\d() .-]{7})/g;
const GROUPS = new RegExp(
  `(\\d{1,13})(?:(${GAP})(\\d{1,9}))?(?:(${GAP})(\\d{1,8}))?(?:(${GAP})(\\d{1,8}))?(?:(${GAP})(\\d{1,4}))?`,
  "y",
);
const ASKED =
  /(?:電話|携帯|でんわ|ケータイ|連絡先|ファックス|fax|tel|phone|mobile|cell|call(?:ed|er)?|sms|dial)[^\d\n]{0,14}$/i;
const ANSWERED =
  /^[^\d\n]{0,4}(?:に電話|へ電話|まで電話|にお?かけ|に架電|から着信|にご?連絡|へご?連絡|まで(?:お|ご)連絡|\((?:携帯|自宅|勤務先|代表|直通)\))/;

/** Telephone numbers: Japanese ones in every form, those of other countries behind a `+`. */
export function phones(scan: Scan): void {
  const { folded } = scan;
  START.lastIndex = 0;
  for (let match = START.exec(folded); match; match = START.exec(folded)) {
    const digitsAt = match.index + match[0].length;
    const end = phoneAt(scan, match.index, digitsAt, match[0]);
    if (end > digitsAt) START.lastIndex = end;
    else {
      // Past this group of digits: the next one begins behind a sign.
      let at = digitsAt;
      while (at < folded.length && isDigit(folded.charCodeAt(at))) at += 1;
      START.lastIndex = at;
    }
  }
}

/** Without the zero and the code of the country. */
const LEAST_DIGITS = 9;
const isDigit = (code: number) => code >= 48 && code <= 57;

function phoneAt(scan: Scan, start: number, digitsAt: number, lead: string): number {
  const { folded } = scan;
  const first = folded.charCodeAt(digitsAt);
  const international = /\+|%2B/.test(lead);
  if (!international && first !== 48 && !(first === 56 && folded.charCodeAt(digitsAt + 1) === 49))
    return start;
  if (isInside(folded, start)) return start;
  GROUPS.lastIndex = digitsAt;
  const match = GROUPS.exec(folded);
  if (!match) return start;
  const groups = [match[1]!];
  const gaps: string[] = [];
  for (let index = 2; index < match.length && match[index + 1] !== undefined; index += 2) {
    gaps.push(match[index]!);
    groups.push(match[index + 1]!);
  }
  let total = groups.reduce((sum, group) => sum + group.length, 0);
  for (let count = groups.length; count > 0 && total >= LEAST_DIGITS; count -= 1) {
    if (count < groups.length) total -= groups[count]!.length;
    const length = joinedLength(groups, gaps, count);
    const end = digitsAt + length;
    if (!endsThere(folded, end)) continue;
    const shown = form(groups.slice(0, count), gaps.slice(0, count - 1), international, () =>
      isAsked(folded, start, end),
    );
    if (shown === undefined) continue;
    const closed = lead.endsWith("(") && !gaps.slice(0, count - 1).some((gap) => gap.includes(")"));
    const opened = !lead.includes("(") && folded[start - 1] === "(" && gaps[0]?.includes(")") === true;
    add(scan, "phone", opened ? start - 1 : closed ? start + lead.length : start, end, shown);
    return end;
  }
  return start;
}

function joinedLength(groups: string[], gaps: string[], count: number): number {
  let length = 0;
  for (let index = 0; index < count; index += 1)
    length += groups[index]!.length + (gaps[index - 1]?.length ?? 0);
  return length;
}

/** Part of a longer word: an id, an address, a version, a decimal. */
function isInside(folded: string, start: number): boolean {
  const sign = folded[start - 1];
  if (sign === undefined || !/[-.:/#,]/.test(sign)) return false;
  const before = folded[start - 2] ?? "";
  if (sign === "-" || sign === ".") return /[0-9A-Za-z]/.test(before);
  return (
    (sign === ":" || sign === ",") &&
    /\d/.test(before) &&
    !/\d{5,}[,:]$/.test(folded.slice(Math.max(0, start - 8), start))
  );
}

function endsThere(folded: string, end: number): boolean {
  const next = folded[end];
  if (next === undefined) return true;
  if (/[0-9A-Za-z_%]/.test(next)) return false;
  return !(/[-.:]/.test(next) && /[0-9A-Za-z]/.test(folded[end + 1] ?? ""));
}

function isAsked(folded: string, start: number, end: number): boolean {
  return (
    ASKED.test(folded.slice(Math.max(0, start - 20), start)) || ANSWERED.test(folded.slice(end, end + 12))
  );
}

/** The masked form when these groups are a telephone number. */
function form(groups: string[], gaps: string[], plus: boolean, asked: () => boolean): string | undefined {
  const all = groups.join("");
  if (all.startsWith("81") && (plus || gaps.length >= 2)) {
    return japanAbroad(all.slice(2).replace(/^0/, ""), groups.slice(1), plus);
  }
  if (all.startsWith("0081") && all.length <= 15)
    return japanAbroad(all.slice(4).replace(/^0/, ""), [], true);
  if (plus) return abroad(all, groups, asked);
  if (!all.startsWith("0")) return undefined;
  return domestic(all, groups, gaps, asked);
}

const MOBILE = /^0[5-9]0[1-9]\d{7}$|^0[5-9]0\d{8}$/;
const FREE = /^(?:0120\d{6}|0570\d{6}|0800\d{7}|0990\d{6}|0180\d{6})$/;
const AREA = /^0[1-9]\d{8}$/;

function domestic(all: string, groups: string[], gaps: string[], asked: () => boolean): string | undefined {
  const mobile = all.length === 11 && MOBILE.test(all);
  if (!mobile && !FREE.test(all) && !AREA.test(all)) return undefined;
  if (groups.length === 1) return mobile || asked() ? shown(all, prefixOf(all)) : undefined;
  if (!areGroups(groups, gaps, mobile) && !asked()) return undefined;
  const [head] = groups as [string];
  return shown(all, mobile ? all.slice(0, 3) : head.length <= 4 ? head : prefixOf(all));
}

/** Dashes may stand in any place; with blanks or dots only, the groups must be those that people write. */
function areGroups(groups: string[], gaps: string[], mobile: boolean): boolean {
  const last = groups.at(-1)!.length;
  const dashed = gaps.every((gap) => /[-()]/.test(gap));
  if (groups.length > 3) return false;
  if (dashed) return last >= 3 && groups[0]!.length >= 2;
  if (gaps.some((gap) => gap === ".") !== gaps.every((gap) => gap === ".")) return false;
  if (mobile) return groups.length > 1 && last >= 4;
  return groups.length === 3 && groups[0]!.length >= 2 && last >= 3 && last <= 4;
}

function prefixOf(all: string): string {
  if (FREE.test(all)) return all.slice(0, 4);
  return /^0[36]/.test(all) && all.length === 10 ? all.slice(0, 2) : all.slice(0, 3);
}

const shown = (all: string, prefix: string) => `${prefix}-****-${all.slice(-4)}`;

function japanAbroad(rest: string, groups: string[], plus: boolean): string | undefined {
  if (rest.length < 9 || rest.length > 10 || !/^[1-9]/.test(rest)) return undefined;
  const mobile = rest.length === 10;
  if (mobile && !/^(?:[5-9]0|800)/.test(rest)) return undefined;
  const head = groups.length > 1 ? groups[0]!.replace(/^0/, "") : "";
  const prefix = mobile ? rest.slice(0, 2) : head.length > 0 && head.length < 4 ? head : rest.slice(0, 1);
  return `${plus ? "+" : ""}81-${prefix}-****-${rest.slice(-4)}`;
}

function abroad(all: string, groups: string[], asked: () => boolean): string | undefined {
  if (all.length < 9 || all.length > 15 || all.startsWith("0")) return undefined;
  if (groups.length < 3 && !asked()) return undefined;
  const code =
    groups.length > 1 && groups[0]!.length <= 3 ? groups[0]! : all.slice(0, all.startsWith("1") ? 1 : 2);
  return `+${code}-****-${all.slice(-4)}`;
}

/** The value of a field of telephone numbers: `9012345678` has lost its zero, any other form is still a number. */
export function maskedPhone(value: string): string | undefined {
  if (value.includes("*")) return undefined;
  const all = value.replace(/\D/g, "");
  if (all.length < 7 || all.length > 15) return undefined;
  if (all.startsWith("81") && all.length >= 11)
    return japanAbroad(all.slice(2).replace(/^0/, ""), [], true) ?? shown(all, "");
  const full = /^[5-9]0\d{8}$/.test(all) ? `0${all}` : all;
  return shown(full, full.startsWith("0") ? prefixOf(full) : full.slice(0, Math.min(3, full.length - 7)));
}
