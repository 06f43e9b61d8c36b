import { assignments, elements } from "./assignments.ts";
import { emails, postalCodes } from "./contacts.ts";
import { fold } from "./fold.ts";
import { HINT, hintsOf } from "./hints.ts";
import { japaneseNames, latinNames } from "./names.ts";
import { ibans, numbers } from "./numbers.ts";
import { phones } from "./phones.ts";
import { type Roster, rosterNames } from "./roster.ts";
import { bearerTokens, commandSecrets, knownSecrets, privateKeys, urlPasswords } from "./secrets.ts";
import { applySpans, type Kind, type Scan } from "./spans.ts";

export type Count = (kind: Kind) => void;

const { at, label, digits, long, wide, capitals, scheme, command, iban } = HINT;

/** One text, masked. Detectors only look where the text has what they look for. */
export function maskedText(text: string, roster?: Roster, count?: Count, secretsOnly = false): string {
  const raw = hintsOf(text);
  if (raw === 0 && !roster) return text;
  const folded = (raw & wide) === 0 ? text : fold(text);
  const hints = folded === text ? raw : raw | hintsOf(folded);
  const scan: Scan = { text, folded, found: [] };
  const isWide = (hints & wide) !== 0;
  secrets(scan, hints, isWide);
  if (secretsOnly) scan.found = scan.found.filter(({ kind }) => kind === "secret");
  else personal(scan, hints, isWide, roster);
  return scan.found.length === 0 ? text : applySpans(text, scan.found, count);
}

function secrets(scan: Scan, hints: number, isWide: boolean): void {
  if (hints & long) {
    privateKeys(scan);
    knownSecrets(scan);
  }
  if (hints & at) urlPasswords(scan);
  if (hints & scheme) bearerTokens(scan);
  if (hints & (label | wide)) assignments(scan, isWide);
  if (hints & command) {
    commandSecrets(scan);
    elements(scan);
  }
}

function personal(scan: Scan, hints: number, isWide: boolean, roster: Roster | undefined): void {
  if (hints & at) emails(scan);
  if (hints & digits) {
    phones(scan);
    numbers(scan);
    postalCodes(scan, isWide);
  }
  if (hints & iban) ibans(scan);
  if (isWide) japaneseNames(scan);
  if (hints & capitals) latinNames(scan);
  if (roster) rosterNames(scan, roster);
}
