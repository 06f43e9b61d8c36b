/**
 * Secrets and personal data leave no process in a log line. Everything here is pure, and linear in the length of
 * the text: an expression may begin only where its own alphabet begins (look-behind), so no input makes it rescan.
 */
export const MASK = "[masked]";

const SECRET_WORDS =
  "password|passwd|passphrase|pwd|secret|authorization|cookie|credentials?|api[-_]?key|access[-_]?key|private[-_]?key|tokens?";
const SECRET_KEY = new RegExp(`(?:${SECRET_WORDS})$|password|passphrase|secret|authorization|cookie`, "i");
const HINT = new RegExp(`${SECRET_WORDS}|bearer|@|%40|://|eyJ|PRIVATE`, "i");

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;
const URL_PASSWORD = /(:\/\/[^\s:/@"'\\]*):[^\s/"'\\]+@/g;
const JWT = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?/g;
const BEARER = /\b(bearer|dpop)(\s{1,8})(?!\[masked\])[\w.~+/=-]{4,}/gi;
const COOKIE = /(cookie["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4})[^\r\n"'\\]+/gi;
const ASSIGNED = new RegExp(
  `((?:${SECRET_WORDS})["'\\\\]{0,4}\\s{0,4}[:=]\\s{0,4}["'\\\\]{0,4}(?:(?:basic|bearer|dpop|digest)\\s{1,4})?)[^\\s"'\\\\&,;}]+`,
  "gi",
);
const EMAIL = /(?<![\w.%+-])([\w.%+-])[\w.%+-]*(@|%40)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)/g;

/** Is a field of this name a secret whatever it holds? */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** `taro@example.com` → `t***@example.com`; bearer tokens, JWTs, URL passwords and `password=…` → `[masked]`. */
export function maskText(text: string): string {
  if (!HINT.test(text)) return text;
  return text
    .replace(PRIVATE_KEY, MASK)
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(JWT, MASK)
    .replace(BEARER, `$1$2${MASK}`)
    .replace(COOKIE, `$1${MASK}`)
    .replace(ASSIGNED, `$1${MASK}`)
    .replace(EMAIL, "$1***$2$3");
}

/** The same for a JSON value of any depth; fields named like a secret lose their whole value. */
export function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== "object" || value === null) return value;
  const masked: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    masked[maskText(key)] = isSecretKey(key) && inner !== null ? MASK : maskValue(inner);
  }
  return masked;
}

export type MaskedLine = { line: string; record: Record<string, unknown> | null };

/** Masks one finished JSON line. A line that is no JSON object is masked as text and has no record. */
export function maskLine(line: string): MaskedLine {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      const record = maskValue(parsed) as Record<string, unknown>;
      return { line: `${JSON.stringify(record)}\n`, record };
    }
  } catch {
    // Not JSON: masked as text below.
  }
  return { line: `${maskText(line.trimEnd())}\n`, record: null };
}

const MAX_CAUSES = 8;

/**
 * An error as data, with its whole chain of causes. Only known fields are taken: drivers put rows and parameters
 * into others (`detail`, `where`, `config`).
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === "object" && error !== null ? "[object]" : error;
  const { code, errors } = error as Error & { code?: unknown; errors?: unknown };
  const described: Record<string, unknown> = { type: error.name, message: error.message };
  if (typeof code === "string" || typeof code === "number") described.code = code;
  if (error.stack !== undefined) described.stack = error.stack;
  if (depth < MAX_CAUSES) {
    if (error.cause !== undefined) described.cause = describeError(error.cause, depth + 1);
    if (Array.isArray(errors))
      described.errors = errors.slice(0, 10).map((one) => describeError(one, depth + 1));
  }
  return described;
}
