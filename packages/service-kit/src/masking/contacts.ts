import { add, type Scan } from "./spans.ts";

const EMAIL =
  /(?<![\w.%+@*-])("[^"\s@]{1,64}"|[\w.%+-]+)(@|%40)((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}(?:xn--[a-z0-9-]{2,40}|[A-Za-z]{2,24}))(?![\w@-])/g;
/** `pkg@1.2.0-rc.one`, `icon@2x.png`, `user@1000.service`: what follows the sign is no domain. */
const NO_DOMAIN =
  /^v?\d+\.\d|\.(?:png|jpe?g|gif|svg|webp|ico|m?[jt]sx?|cjs|json|ya?ml|css|map|html?|tgz|gz|zip|tar|whl|jar|lock|txt|log|service|socket|timer|target|mount|slice|scope|device|swap)$/i;

/** `taro@example.com` → `t***@example.com`; `%40` and full-width signs too. */
export function emails(scan: Scan): void {
  const { text, folded } = scan;
  EMAIL.lastIndex = 0;
  for (let match = EMAIL.exec(folded); match; match = EMAIL.exec(folded)) {
    const [all, local, at, domain] = match;
    const end = match.index + all.length;
    if (NO_DOMAIN.test(domain!) || isRemote(folded, match.index, local!, end)) continue;
    const encoded =
      (/^%[0-9A-Fa-f]{2}/.exec(local!)?.[0] ?? local![0] === '"') ? local!.slice(0, 2) : local![0]!;
    add(
      scan,
      "email",
      match.index,
      end,
      `${shownOf(local!, encoded)}***${at}${text.slice(end - domain!.length, end)}`,
    );
  }
}

function shownOf(local: string, first: string): string {
  return local.startsWith('"') ? local.slice(1, 2) : first;
}

/** `git@host:path`, `https://user@host/`: a place to connect to. */
function isRemote(folded: string, start: number, local: string, end: number): boolean {
  if (folded.startsWith("://", start - 3)) return true;
  return (
    folded[end] === ":" &&
    (/^(?:git|hg|svn|gitlab|gitea|deploy)$/.test(local) || /[~/]/.test(folded[end + 1] ?? ""))
  );
}

const POSTAL_MARK = /(?<=〒 ?)\d{3}[- ]?\d{4}(?!\d)/g;
const POSTAL_WORD =
  /(?:郵便番号|postal[ _-]?code|post[ _-]?code|zip[ _-]?code|zip)["'\\]{0,4}(?:は|[\])」】])?[ \t]{0,3}[:=(]?[ \t]{0,3}["'\\]{0,4}(\d{3}-?\d{4})(?![\d-])/gi;
const POSTAL_HINT = /zip|postal|post[ _-]?code/i;
/** 123-4567 right before the name of a prefecture. */
const POSTAL_ADDRESS = /(?<![\d-])\d{3}-\d{4}(?=[ ]{0,2}(?:北海道|東京都|京都府|大阪府|[一-龥]{2,3}県))/g;

export function postalCodes(scan: Scan, wide: boolean): void {
  if (wide) everyPostal(scan, POSTAL_ADDRESS);
  if (!wide && !POSTAL_HINT.test(scan.folded)) return;
  everyPostal(scan, POSTAL_MARK);
  everyPostal(scan, POSTAL_WORD);
}

function everyPostal(scan: Scan, expression: RegExp): void {
  expression.lastIndex = 0;
  for (let match = expression.exec(scan.folded); match; match = expression.exec(scan.folded)) {
    const end = match.index + match[0].length;
    add(scan, "postal-code", end - (match[1] ?? match[0]).length, end, POSTAL_MASK);
  }
}

export const POSTAL_MASK = "***-****";
