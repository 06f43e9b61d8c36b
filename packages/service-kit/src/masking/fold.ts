// One code unit becomes one code unit: what a detector finds in the folded text lies at the same place of the original.
const FOLDABLE = /[\u00a0\u2000-\u200a\u2010-\u2015\u2212\u3000\u301c\u30fc\ufe58\ufe63\uff01-\uff5e\uff70]/;

const PLAIN = new Uint16Array(0x10000);
for (let code = 0; code < 0x10000; code += 1) PLAIN[code] = code;
for (let code = 0xff01; code <= 0xff5e; code += 1) PLAIN[code] = code - 0xfee0;
for (const code of [0xa0, 0x3000, ...range(0x2000, 0x200a)]) PLAIN[code] = 0x20;
for (const code of [0x2212, 0xfe58, 0xfe63, ...range(0x2010, 0x2015)]) PLAIN[code] = 0x2d;

/** Signs of a long vowel, which people type for a dash; they are one only beside a digit. */
const VOWEL_SIGNS = new Set([0x30fc, 0xff70, 0x301c]);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** Full-width letters, digits and signs, blanks and dashes of all kinds, as plain ASCII. */
export function fold(text: string): string {
  if (!FOLDABLE.test(text)) return text;
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < codes.length; at += 1) codes[at] = PLAIN[text.charCodeAt(at)]!;
  for (let at = 0; at < codes.length; at += 1) {
    if (!VOWEL_SIGNS.has(codes[at]!)) continue;
    if (isDigit(codes[at - 1] ?? 0) || isDigit(codes[at + 1] ?? 0)) codes[at] = 0x2d;
  }
  return Buffer.from(codes.buffer).toString("utf16le");
}
