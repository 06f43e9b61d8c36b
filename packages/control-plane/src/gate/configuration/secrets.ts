/** Words in a variable's name that say that it holds a secret. */
const SECRET_NAME =
  /(^|_)(PASS(WORD|WD|PHRASE)?|PWD|SECRETS?|TOKEN|CREDENTIALS?|PEPPER|SALT|API_?KEY|APIKEY|PRIVATE_KEY|ACCESS_KEY|SIGNING_KEY|ENCRYPTION_KEY|MASTER_KEY|AUTH_KEY|SERVICE_KEY|SECRET_KEY(_BASE)?|COOKIE_KEY|SESSION_KEY|WEBHOOK_URL)($|_)/;

/** Names that speak about a secret without holding one. */
const ABOUT_SECRETS =
  /(^|_)(TTL|EXPIR(Y|ES|ATION)(_IN)?|LIFETIME|MAX_?AGE|SECONDS|MINUTES|HOURS|DAYS|NAME|PATH|FILE|DIR|HEADER|ALG|ALGORITHM|LENGTH|SIZE|ROUNDS|ISSUER|AUDIENCE|URL|URI|ENDPOINT|HOST|REGION|ENABLED|REQUIRED|LIMIT|COUNT|PREFIX|POLICY|MIN|MAX|TYPE|VERSION|ROTATION|PROVIDER|ARN|KEY_ID|ID)$/;

/** Bundlers put what has these names into the page: it is public by intent. */
const PUBLIC_NAME =
  /^(PUBLIC|NEXT_PUBLIC|NUXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|GATSBY)_|_PUBLIC(_KEY)?$|(^|_)PUBLISHABLE_/;

/** Shapes of well-known credentials: AWS, GitHub, GitLab, Slack, Stripe, Google, npm, JWT, PEM. */
const SECRET_VALUE =
  /^(AKIA|ASIA)[A-Z0-9]{16}$|^gh[pousr]_\w{20,}$|^github_pat_\w{20,}$|^glpat-[\w-]{16,}$|^xox[abprs]-[\w-]{10,}$|^(sk|rk|whsec)_(live_|test_)?\w{16,}$|^sk-[\w-]{20,}$|^AIza[\w-]{30,}$|^npm_\w{30,}$|^eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

const PLACEHOLDER =
  /^(x{3,}|\*{3,}|\.{3}|-+|_+|change[-_ ]?(me|this|it)!?|replace[-_ ]?(me|this)|to[-_ ]?do|tbd|fixme|dummy|example|sample|placeholder|secret|password|none|null|undefined|your[-_ ].*|my[-_ ](secret|password|token|key)|<.*>|\[.*\]|insert[-_ ].*|enter[-_ ].*|fill[-_ ].*|set[-_ ]me.*|.*(change|replace)[-_]?(me|this).*)$/i;

/** Values that another place fills in: `${X}`, `{{ x }}`, `$(x)`, `%X%`, `$X`. */
const TEMPLATE = /^\$\{\{.*\}\}$|^\$\{.*\}$|^\{\{.*\}\}$|^\$\(.*\)$|^%\w+%$|^\$\w+$|^<%.*%>$/s;

export const isPlaceholder = (value: string): boolean => value.length < 200 && PLACEHOLDER.test(value.trim());
/** Words that are a setting in one place and nobody's secret in another. */
export const isWord = (value: string): boolean =>
  /^(none|null|undefined|secret|password|dummy|example|sample|-+|_+)$/i.test(value.trim());
export const isTemplate = (value: string): boolean => value.length < 2000 && TEMPLATE.test(value.trim());

export function isSecretName(name: string, more: readonly RegExp[] = []): boolean {
  const upper = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  if (more.some((pattern) => pattern.test(name))) return true;
  if (PUBLIC_NAME.test(upper)) return false;
  if (/(^|_)WEBHOOK_URL$/.test(upper)) return true;
  return SECRET_NAME.test(upper) && !ABOUT_SECRETS.test(upper);
}

/** The password inside a URL such as `postgres://user:password@host/name`; undefined when there is none. */
export function passwordInUrl(value: string): string | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/]+)@/i.exec(value.slice(0, 4000));
  const password = match?.[1];
  return password && !isTemplate(password) && !isPlaceholder(password) ? password : undefined;
}

/**
 * What is secret in a variable's value, or undefined: its whole value, the password in its URL, or the reference
 * to a secret's place in a store. Values that are empty, templates, placeholders or switches hold none.
 */
export function secretIn(name: string, value: string, more: readonly RegExp[] = []): string | undefined {
  const text = value.trim();
  if (text === "" || isTemplate(text) || isPlaceholder(text) || /^(true|false|yes|no|on|off)$/i.test(text)) {
    return undefined;
  }
  const password = passwordInUrl(text);
  if (password) return password;
  if (PUBLIC_NAME.test(name.toUpperCase()) && !more.some((pattern) => pattern.test(name))) return undefined;
  return SECRET_VALUE.test(text) || isSecretName(name, more) || /^arn:aws[\w-]*:secretsmanager:/.test(text)
    ? text
    : undefined;
}

/** Data stores and queues by the scheme of their address. */
const STORE =
  /^(postgres(ql)?|mysql|mariadb|mongodb(\+srv)?|rediss?|amqps?|sqlserver|oracle|clickhouse|cockroachdb):\/\//i;

/** Keys that encrypt: of AWS, Google and Azure, by address or by name (RF-050). */
const KEY_PLACE = /^arn:aws[\w-]*:kms:|\/cryptoKeys\/|\.vault\.azure\.net\/keys\//i;
const KEY_NAME = /(^|_)(KMS|CMK)_(KEY_)?(ID|ARN|ALIAS|KEY)$/;

const LOCAL = /@?(localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(:|\/|$)/i;

/**
 * What in a variable's value no two environments may have in common (GL-044): its secret, the data store that it
 * leads to, or the key that it encrypts with. Undefined when it may be shared.
 */
export function separateIn(name: string, value: string, more: readonly RegExp[] = []): string | undefined {
  const text = value.trim();
  if (STORE.test(text) && LOCAL.test(text)) return undefined;
  const secret = secretIn(name, value, more);
  if (secret) return secret;
  if (text === "" || isTemplate(text) || isPlaceholder(text)) return undefined;
  if (STORE.test(text)) return text;
  return KEY_PLACE.test(text) || KEY_NAME.test(name.toUpperCase()) ? text : undefined;
}
