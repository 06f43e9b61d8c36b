import { add, MASK, type Scan } from "./spans.ts";

// An expression begins only where its own alphabet begins (look-behind), and repeats within bounds or up to a sign
// that ends it for good: no text makes it read a part twice.

const BEGIN_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END_KEY = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** A private key up to its last line; one without a last line is masked up to the end of the text. */
export function privateKeys(scan: Scan): void {
  if (!scan.text.includes("-----BEGIN ")) return;
  BEGIN_KEY.lastIndex = 0;
  for (let begin = BEGIN_KEY.exec(scan.text); begin; begin = BEGIN_KEY.exec(scan.text)) {
    END_KEY.lastIndex = BEGIN_KEY.lastIndex;
    const last = END_KEY.exec(scan.text);
    const end = last ? END_KEY.lastIndex : scan.text.length;
    add(scan, "secret", begin.index, end, MASK);
    BEGIN_KEY.lastIndex = end;
  }
}

/** Keys that are known by their beginning. */
const KNOWN = new RegExp(
  `(?<![A-Za-z0-9_-])(?:${[
    "(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "AIza[\\w-]{35}",
    "ya29\\.[\\w-]{20,}",
    "GOCSPX-[\\w-]{20,}",
    "gh[pousr]_[A-Za-z0-9]{20,}",
    "github_pat_\\w{20,}",
    "glpat-[\\w-]{16,}",
    "xox[abeoprs]-[\\w-]{8,}",
    "xapp-[\\w-]{8,}",
    "[srp]k_(?:live|test)_[\\w-]{8,}",
    "whsec_[A-Za-z0-9+/=]{16,}",
    "npm_[A-Za-z0-9]{30,}",
    "pypi-[\\w-]{16,}",
    "hf_[A-Za-z0-9]{20,}",
    "sk-(?:ant-|proj-|svcacct-)?[\\w-]{20,}",
    "SG\\.[\\w-]{16,64}\\.[\\w-]{16,}",
    "dop_v1_[a-f0-9]{32,}",
    "AGE-SECRET-KEY-1[A-Z0-9]{20,}",
    "hvs\\.[\\w-]{20,}",
    "eyJ[\\w-]{4,}\\.[\\w-]+(?:\\.[\\w-]*){0,3}",
  ].join("|")})`,
  "g",
);
const HOOK =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/)([\w/-]{8,})/g;
const QUERY =
  /[?&](?:sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|code|key|auth|assertion|ticket)=([^\s&"'#\\<>)]{16,})/gi;

export function knownSecrets(scan: Scan): void {
  every(KNOWN, scan);
  if (scan.text.includes("hooks.slack") || scan.text.includes("/webhooks/")) every(HOOK, scan);
  if (scan.text.includes("=")) every(QUERY, scan);
}

const ORACLE = /jdbc:oracle:thin:[^\s/@]{1,64}\/([^\s/@]{1,256})(?=@)/g;

/** `postgres://app:…@db`: what stands between the user and the host. */
export function urlPasswords(scan: Scan): void {
  if (!scan.text.includes("@")) return;
  if (scan.text.includes("://")) forEachUrl(scan);
  if (scan.text.includes("jdbc:oracle")) every(ORACLE, scan);
}

const AUTHORITY = /:\/\/([^\s:/@"'\\<>]{0,256}):([^\s/"'\\]{1,1024})/g;

/** The authority ends at a slash, a blank or a quote; its last `@` parts the password from the host. */
function forEachUrl(scan: Scan): void {
  AUTHORITY.lastIndex = 0;
  for (let match = AUTHORITY.exec(scan.text); match; match = AUTHORITY.exec(scan.text)) {
    const at = match[2]!.lastIndexOf("@");
    if (at < 1) continue;
    const start = match.index + 4 + match[1]!.length;
    add(scan, "secret", start, start + at, MASK);
  }
}

const SCHEME = /\b(bearer|dpop|basic)(\s{1,8}|%20|\+)(?!\[masked\])([\w.~+/=-]{4,})/gi;
const PROSE =
  /^(?:tokens?|auth\w*|schemes?|headers?|realm|must|error|format|types?|with|from|that|this|should|flow|grants?|challenge|credentials?|required|missing|invalid|expired|security|http|https|access|info\w*|usage|plan|settings?|functions?|features?|support|tests?|checks?|configuration|knowledge|data|string|value)[.:]?$/i;

export function bearerTokens(scan: Scan): void {
  SCHEME.lastIndex = 0;
  for (let match = SCHEME.exec(scan.text); match; match = SCHEME.exec(scan.text)) {
    const [all, scheme, , token] = match;
    if (PROSE.test(token!)) continue;
    if (scheme!.toLowerCase() === "basic" && !isUserAndPassword(token!)) continue;
    const end = match.index + all.length;
    add(scan, "secret", end - token!.length, end, MASK);
  }
}

function isUserAndPassword(token: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{6,}={0,2}$/.test(token)) return false;
  const plain = Buffer.from(token.slice(0, 64), "base64").toString("latin1");
  return plain.includes(":") && /^[\x20-\x7e\xa0-\xff]*$/.test(plain);
}

const COMMANDS = [
  // curl -u user:password
  /(?<![\w-])(?:-u|--user|--proxy-user)[ =]{1,3}["']?[^\s:"'/]{1,64}:([^\s"'/\\[][^\s"'\\]{0,255})/g,
  /(?:^|\s)--?(?:password|passwd|passphrase|token|secret|api-?key|access-token|client-secret|auth-token)(?: {1,3}|=)["']?([^\s"'\\[-][^\s"'\\]{0,255})/gi,
  /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,120}?\s-p([^\s"'\\[-][^\s"'\\]{0,255})/g,
  /\bsshpass\s{1,3}-p\s{0,3}["']?([^\s"'\\[][^\s"'\\]{0,255})/g,
  // CREATE USER … IDENTIFIED BY '…', ALTER ROLE … PASSWORD '…'
  /\b(?:identified by|password)\s{1,3}'([^'\n[][^'\n]{0,255})(?=')/gi,
];
export function commandSecrets(scan: Scan): void {
  for (const expression of COMMANDS) every(expression, scan);
}

function every(expression: RegExp, scan: Scan): void {
  expression.lastIndex = 0;
  for (let match = expression.exec(scan.text); match; match = expression.exec(scan.text)) {
    const end = match.index + match[0].length;
    add(scan, "secret", end - (match[1] ?? match[0]).length, end, MASK);
  }
}
