/** What a text can contain at all. One cheap pass decides which detectors look at it. */
export const HINT = {
  at: 1,
  label: 2,
  digits: 4,
  long: 8,
  wide: 16,
  capitals: 32,
  scheme: 64,
  command: 128,
  iban: 256,
} as const;

const OTHER = 0;
const DIGIT = 1;
const LOWER = 2;
const UPPER = 3;
const JOINT = 4; // may stand inside a number: - ( ) . space +
const SIGN = 5; // : = @ %
const CLASS = new Uint8Array(128);
for (let code = 48; code <= 57; code += 1) CLASS[code] = DIGIT;
for (let code = 97; code <= 122; code += 1) CLASS[code] = LOWER;
for (let code = 65; code <= 90; code += 1) CLASS[code] = UPPER;
for (const sign of "-(). +") CLASS[sign.charCodeAt(0)] = JOINT;
for (const sign of ":=@%") CLASS[sign.charCodeAt(0)] = SIGN;

/** A number with fewer digits is nobody's. */
const LEAST_DIGITS = 7;
/** No key has a shorter run of letters and digits; shorter secrets stand behind a word. */
const LEAST_RUN = 12;

export function hintsOf(text: string): number {
  let hints = 0;
  let digits = 0;
  let run = 0;
  let words = 0;
  let before = OTHER;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) {
      if (code >= 0x3005) hints |= HINT.wide;
      before = OTHER;
      digits = 0;
      run = 0;
      continue;
    }
    const kind = CLASS[code]!;
    if (kind === LOWER || kind === UPPER) {
      run += 1;
      digits = 0;
      if (before === OTHER || before === JOINT || before === SIGN) {
        if (kind === UPPER && ++words >= 2) hints |= HINT.capitals;
        // Words before a token: `bearer`, `basic`, `dpop`.
        if (isSchemeLetter(code | 32)) hints |= HINT.scheme;
      }
      if (run >= LEAST_RUN) hints |= HINT.long;
    } else if (kind === DIGIT) {
      run += 1;
      if (before === UPPER && isUpper(text.charCodeAt(at - 2))) hints |= HINT.iban;
      if (before === LOWER || before === UPPER) digits = -99;
      if (++digits >= LEAST_DIGITS) hints |= HINT.digits;
      if (run >= LEAST_RUN) hints |= HINT.long;
    } else if (kind === JOINT) {
      if (code === 45) hints |= dashHints(text.charCodeAt(at - 1), text.charCodeAt(at + 1), words);
      if (code === 32 || code === 40) run = 0;
    } else {
      digits = 0;
      if (code !== 95) run = 0;
      if (kind === SIGN) {
        if (code === 64 || (code === 37 && text.charCodeAt(at + 1) === 52)) hints |= HINT.at;
        else if (code !== 37) hints |= HINT.label;
      } else if (code === 39 || (code === 60 && text.charCodeAt(at + 1) === 47)) hints |= HINT.command;
    }
    before = kind;
  }
  return hints;
}

/** `--password`, `-u user:…`, `-----BEGIN`; Tanaka-san. */
function dashHints(before: number, after: number, words: number): number {
  if (after === 45) return HINT.command | HINT.long;
  if (before === 32 && (after === 117 || after === 112)) return HINT.command;
  return words > 0 && (after === 115 || after === 107) ? HINT.capitals : 0;
}

const isUpper = (code: number) => code >= 65 && code <= 90;
const isSchemeLetter = (code: number) => code === 98 || code === 100;
