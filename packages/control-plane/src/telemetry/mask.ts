// Every pattern is linear: repetitions are bounded, or start only where a run starts.

export const MASK = "***";

const SECRET_WORDS = new Set([
  "authorization",
  "cookie",
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "token",
  "secret",
  "apikey",
  "credential",
  "credentials",
]);
const SECRET_PAIRS = ["api key", "private key", "access key", "session id"];

const knownKeys = new Map<string, boolean>();

/** `http.request.header.authorization`, `accessToken`, `DB_PASSWORD`: the value must not be stored. */
export function isSecretKey(key: string): boolean {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const words = key
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const joined = ` ${words.join(" ")} `;
  const secret =
    words.some((word) => SECRET_WORDS.has(word) || word.endsWith("password")) ||
    SECRET_PAIRS.some((pair) => joined.includes(` ${pair} `));
  if (knownKeys.size > 10_000) knownKeys.clear();
  knownKeys.set(key, secret);
  return secret;
}

const URL_PASSWORD = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/]{0,256}):[^\s@/]{1,256}@/gi;
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g;
const BEARER = /\bbearer\s{1,8}[\w.~+/=-]{6,}/gi;
const COOKIE = /\b((?:set-)?cookie\s{0,4}[:=])[^\r\n]{1,8192}/gi;
const ASSIGNED =
  /((?:authorization|password|passwd|passphrase|token|secret|api[_-]?key|credentials?)\\{0,4}["']?\s{0,4}[:=]\s{0,4})(?:\\{0,4}"[^"]{0,4096}"?|'[^']{0,4096}'?|(?:(?:basic|bearer|digest)\s{1,8})?[^\s"',;&)}\]]{1,4096})/gi;
const EMAIL = /[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi;

/** The text without e-mail addresses, bearer tokens, JWTs, passwords in URLs and `secret=value` pairs. */
export function maskText(text: string): string {
  let masked = text;
  const at = masked.includes("@");
  if (at) masked = masked.replace(URL_PASSWORD, `$1:${MASK}@`);
  if (masked.includes("eyJ")) masked = masked.replace(JWT, MASK);
  if (masked.includes(":") || masked.includes("=")) {
    masked = masked.replace(COOKIE, `$1 ${MASK}`).replace(ASSIGNED, `$1${MASK}`);
  }
  masked = masked.replace(BEARER, `Bearer ${MASK}`);
  return at ? masked.replace(EMAIL, MASK) : masked;
}

/** One named value; nested ones are masked by calling this for every key on the way down. */
export function maskValue(key: string, value: string): string {
  return isSecretKey(key) ? MASK : maskText(value);
}
