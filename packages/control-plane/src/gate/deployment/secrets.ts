/** Last words of a name that promise a secret; `KEY` alone does not (it may be public, or a sort key). */
const SECRET_WORD = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY|CREDENTIALS?)$/;
const SECRET_WORDS = new Set(["PASS", "PWD", "PW", "CREDS", "CONNECTIONSTRING"]);
const KEY_KIND =
  /^(API|ACCESS|PRIVATE|SECRET|SIGNING|SIGNATURE|ENCRYPTION|MASTER|AUTH|SESSION|COOKIE|ACCOUNT|SERVICE|HMAC|JWT|DEPLOY|SSH|STORAGE|APP|LICENSE|WEBHOOK)$/;
const TRAILING =
  /^(\d+|V\d+|PROD|PRODUCTION|STG|STAGING|DEV|CURRENT|PREVIOUS|VALUE|OLD|NEW|DEFAULT|BASE64|B64)$/;

/** `DB_PASSWORD`, `stripeApiKey`, `jwt-secret`; not `TOKEN_TTL`, `SECRET_NAME`, `PUBLIC_KEY`, `PASSWORD_FILE`. */
export function namesSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter(Boolean);
  while (words.length > 1 && TRAILING.test(words.at(-1)!)) words.pop();
  const last = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  if (/^(PUBLIC|NO|MAX|MIN|HAS|USE|IS|ALLOW|DISABLE|ENABLE|NEXT)$/.test(words[0] ?? "") && words.length < 3)
    return false;
  if (last === "BASE") return before === "KEY";
  if (last === "STRING") return before === "CONNECTION";
  if (last === "KEY")
    return KEY_KIND.test(before) && !words.includes("PUBLIC") && !words.includes("PUBLISHABLE");
  if (before === "CSRF" || before === "XSRF" || before === "CANCEL") return false;
  return SECRET_WORD.test(last) || SECRET_WORDS.has(last);
}

/** Formats that issuers document for their own keys and tokens. */
const ISSUED: [string, RegExp][] = [
  ["AWS access key", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["GitHub token", /\bgh[pousr]_[A-Za-z0-9]{30,255}|\bgithub_pat_[A-Za-z0-9_]{22,255}/],
  ["GitLab token", /\bglpat-[A-Za-z0-9_-]{20}/],
  ["Slack token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ["Slack webhook", /hooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+/],
  ["Stripe key", /\b(sk|rk)_live_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{20,}/],
  ["OpenAI key", /\bsk-(proj-|ant-)?[A-Za-z0-9_-]{32,}/],
  ["Google API key", /\bAIza[0-9A-Za-z_-]{35}/],
  ["npm token", /\bnpm_[A-Za-z0-9]{36}/],
  ["Docker token", /\bdckr_pat_[A-Za-z0-9_-]{20,}/],
  ["SendGrid key", /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["Vault token", /\bhv[sb]\.[A-Za-z0-9_-]{20,}/],
  ["private key", /-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY/],
  ["JSON web token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ["Azure account key", /\bAccountKey=[A-Za-z0-9+/]{20,}/],
  ["registry token", /_authToken=(?!\$)[A-Za-z0-9_-]{8,}/],
];

const URL_LOGIN = /\b[a-z][a-z0-9+.-]{1,30}:\/\/([^\s:/@'"]{0,200}):([^\s/@'"]{1,200})@([^\s:/'"?]{1,200})/gi;
const PAIR = /(?:^|[;\s,])(password|pwd|accountkey|sharedaccesskey)\s?=\s?([^;\s"',]{1,200})/gi;

/** What a text gives away by its own form: an issued key, or a login inside a URL or a connection string. */
export function holdsSecret(value: string): string | undefined {
  for (const [name, pattern] of ISSUED) if (pattern.test(value)) return name;
  for (const match of value.matchAll(URL_LOGIN)) {
    const [, , password, host] = match;
    if (
      isLiteral(password!) &&
      !isPlaceholder(password!) &&
      !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(host!)
    )
      return "login in a URL";
  }
  for (const match of value.matchAll(PAIR))
    if (/;/.test(value) && isLiteral(match[2]!) && !isPlaceholder(match[2]!))
      return "password in a connection string";
  return undefined;
}

const REFERENCE =
  /^(arn:|\/|vault:|secret:|ssm:|awssm:|aws-sm:|gcpsm:|sm:\/\/|op:\/\/|ref\+|file:|projects\/|secretsmanager:|kms:|ENC\[|!)/;

/** A value that is the secret itself, and not a reference to it. */
export function isLiteral(value: string): boolean {
  const trimmed = value.trim();
  if (
    trimmed === "" ||
    /^(true|false|yes|no|on|off|null|none|nil|undefined|enabled|disabled)$/i.test(trimmed)
  )
    return false;
  if (/\$\{\{|\{\{/.test(trimmed)) return false;
  const fallback = /^\$\{\w+:?-([^}]*)\}$/.exec(trimmed);
  if (fallback) return isLiteral(fallback[1]!);
  if (/^\$[\w{(]/.test(trimmed) || /\$\{[^}]*\}/.test(trimmed) || /\$\([A-Z_]/.test(trimmed)) return false;
  return !REFERENCE.test(trimmed) && !/^%\w+%$/.test(trimmed);
}

/** A value that waits to be replaced; nobody could use it as it is. A weak password is none of these. */
export const isPlaceholder = (value: string): boolean =>
  /^<[^>]*>$|^\[[^\]]*\]$|replace|todo|fixme|^your|placeholder|^insert|^__\w+__$|^x{3,}$|^\*+$|^\.{3}$|redacted|^(dummy|example|sample|fake)\b|^not-?(a-)?(real|used)/i.test(
    value.trim(),
  );

export type SecretKind = "literal" | "placeholder" | undefined;

/** Whether `name: value` writes a secret down; `what` says how it was seen. */
export function secretIn(name: string, value: string, notSecret: readonly string[] = []): SecretKind {
  if (notSecret.includes(name)) return undefined;
  const held = holdsSecret(value);
  // Keys for browsers are public by design.
  if (held && !(held === "Google API key" && /PUBLIC|PUBLISHABLE/.test(name))) return "literal";
  if (!namesSecret(name) || !isLiteral(value)) return undefined;
  const echoesName = /^[A-Z][A-Z0-9_]*$/.test(value) && value.includes("_") && value.startsWith(name);
  return isPlaceholder(value) || echoesName ? "placeholder" : "literal";
}

/** `key: value` and `key=value` lines of a file that is carried inside another one. */
export function secretLines(body: string): { key: string; offset: number } | undefined {
  let offset = 0;
  for (const line of body.split("\n")) {
    const found = /^\s{0,40}(?:export\s+)?["']?([\w.-]{2,80})["']?\s{0,3}[:=]\s{0,3}(.{1,400})$/.exec(line);
    const value = found?.[2]?.trim().replace(/^["']|["'],?$/g, "") ?? "";
    if (found && !/^\s*#/.test(line) && secretIn(found[1]!, value) === "literal")
      return { key: found[1]!, offset };
    offset += line.length + 1;
  }
  return undefined;
}
