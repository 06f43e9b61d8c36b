import { add, MASK, type Scan } from "./spans.ts";

const RUN =
  /(?<![0-9A-Za-z_$¥￥+*.,/]|[0-9A-Za-z][-:])\d{3,19}(?:[- ]\d{1,7}){0,4}(?![0-9A-Za-z_]|[.,:/]\d|-\w)/g;

const MY_NUMBER = /(?:マイナンバー|個人番号|my[ _-]?number|individual[ _-]?number)[^\d\n]{0,14}$/i;
const CARD =
  /(?:カード|クレジット|デビット|card|visa|master|amex|american express|jcb|diners|\bpan\b|cc[ _-]?(?:number|num|no))[^\d\n]{0,16}$/i;
const BANK =
  /(?:口座(?:番号)?|普通(?:預金)?|当座(?:預金)?|貯蓄預金|account[ _-]?(?:number|num|no\.?|#)|acct\.?(?:[ _-]?(?:number|no\.?|#))?|bank[ _-]?account)[^\d\n]{0,8}$/i;
/** 支店 123 普通 1234567: a number may stand between the branch and the account. */
const CONTEXT = 36;

/** My Number, cards and bank accounts: digits with what stands before them, or in groups that only they have. */
export function numbers(scan: Scan): void {
  const { folded } = scan;
  RUN.lastIndex = 0;
  for (let match = RUN.exec(folded); match; match = RUN.exec(folded)) {
    const used = classify(scan, match.index, match[0]);
    // What was not used may begin another number.
    if (used > 0) RUN.lastIndex = match.index + used;
    else RUN.lastIndex = match.index + firstGroup(match[0]);
  }
}

const firstGroup = (run: string) => {
  const gap = run.search(/[- ]/);
  return gap === -1 ? run.length : gap;
};

function classify(scan: Scan, start: number, run: string): number {
  const groups = run.split(/[- ]/);
  const sizes = groups.map((group) => group.length);
  const context = scan.folded.slice(Math.max(0, start - CONTEXT), start);
  const grouped = sizes.join("-");
  const card = cardLength(groups, grouped, context);
  if (card > 0) return use(scan, "card", start, run, card, (digits) => `****-****-****-${digits.slice(-4)}`);
  const mine = myNumberLength(groups, grouped, run, context);
  if (mine > 0) return use(scan, "my-number", start, run, mine, () => MASK);
  const [first] = groups as [string];
  if (first.length >= 4 && first.length <= 14 && BANK.test(context)) {
    const parts = groups.length > 1 && /^\d{3}$/.test(first) ? 2 : 1;
    return use(scan, "bank-account", start, run, parts, () => MASK);
  }
  if (groups.length > 1 && /^3-\d/.test(grouped) && BANK.test(context) && groups[1]!.length >= 6) {
    return use(scan, "bank-account", start, run, 2, () => MASK);
  }
  return 0;
}

function use(
  scan: Scan,
  kind: "card" | "my-number" | "bank-account",
  start: number,
  run: string,
  count: number,
  shown: (digits: string) => string,
): number {
  const groups = run.split(/[- ]/).slice(0, count);
  const length = groups.reduce((sum, group) => sum + group.length, count - 1);
  add(scan, kind, start, start + length, shown(groups.join("")));
  return length;
}

/** How many of the groups are a card number. */
function cardLength(groups: string[], grouped: string, context: string): number {
  const asked = CARD.test(context);
  if (grouped.startsWith("4-4-4-4")) {
    const digits = groups.slice(0, 4).join("");
    if (asked || (isLuhn(digits) && BRAND.test(digits))) return 4;
    return 0;
  }
  if (grouped.startsWith("4-6-5") || grouped.startsWith("4-6-4")) {
    const digits = groups.slice(0, 3).join("");
    return isLuhn(digits) && /^3/.test(digits) ? 3 : 0;
  }
  const [first] = groups as [string];
  if (first.length < 13 || first.length > 19 || !asked) return 0;
  return isLuhn(first) || BRAND.test(first) ? 1 : 0;
}

const BRAND = /^(?:4|5[1-5]|2[2-7]|3[0-9]|6)/;

export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

function myNumberLength(groups: string[], grouped: string, run: string, context: string): number {
  const asked = MY_NUMBER.test(context);
  if (grouped === "12" || (grouped.startsWith("12-") && asked)) return asked ? 1 : 0;
  if (grouped !== "4-4-4" && !(asked && grouped.startsWith("4-4-4"))) return 0;
  if (asked) return 3;
  const years = groups.every((group) => /^(?:19|20)\d\d$/.test(group));
  if (years) return 0;
  return run.includes("-") || isMyNumber(groups.join("")) ? 3 : 0;
}

/** The check digit of 行政手続における特定の個人を識別するための番号: weights 2…7, 2…6 from the right. */
export function isMyNumber(digits: string): boolean {
  let sum = 0;
  for (let place = 1; place <= 11; place += 1) {
    sum += Number(digits[11 - place]) * (place <= 6 ? place + 1 : place - 5);
  }
  const rest = sum % 11;
  return Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}

const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
const COUNTRIES =
  /^(?:AD|AE|AL|AT|AZ|BA|BE|BG|BH|BR|BY|CH|CR|CY|CZ|DE|DK|DO|EE|EG|ES|FI|FO|FR|GB|GE|GI|GL|GR|GT|HR|HU|IE|IL|IQ|IS|IT|JO|KW|KZ|LB|LC|LI|LT|LU|LV|LY|MC|MD|ME|MK|MR|MT|MU|NL|NO|PK|PL|PS|PT|QA|RO|RS|SA|SE|SI|SK|SM|SV|TL|TN|TR|UA|VA|VG|XK)/;

export function ibans(scan: Scan): void {
  IBAN.lastIndex = 0;
  for (let match = IBAN.exec(scan.text); match; match = IBAN.exec(scan.text)) {
    const value = longestIban(match[0]);
    if (value) add(scan, "bank-account", match.index, match.index + value.length, MASK);
  }
}

/** A word in capitals may follow; the number ends where its remainder is right. */
function longestIban(run: string): string | undefined {
  if (!COUNTRIES.test(run)) return undefined;
  for (let value = run; value.length >= 15; value = value.slice(0, value.lastIndexOf(" "))) {
    if (isIban(value.replaceAll(" ", ""))) return value;
    if (!value.includes(" ")) break;
  }
  return undefined;
}

function isIban(value: string): boolean {
  if (value.length < 15 || value.length > 34) return false;
  let rest = 0;
  for (const char of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(char, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}
