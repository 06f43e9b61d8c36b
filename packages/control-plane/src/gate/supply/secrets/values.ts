/** `sure`: nobody would call it anything else. `maybe`: worth asking about. */
export type Suspicion = "sure" | "maybe";

/** Words by which people mark a value as none. */
const PLACEHOLDER =
  /change[-_ ]?(me|this|it)|replace|your[-_ ]?|example|placeholder|dummy|sample|redact|x{3,}|\*{3,}|to[-_]?do|fix[-_]?me|insert|fake|mock|not[-_ ]?(a[-_ ]?)?(real|secret|used)|no[-_ ]?secret|\.{3}|…|ここ|任意|ダミー|<[^>]*>|test[-_ ]?(only|value|token|secret|key|pass)|lorem|fill[-_ ]?in|set[-_ ]?me|dev[-_]?(only|secret)|goes[-_ ]?here|in[-_ ]?secure|for[-_ ]?(test|dev|local)/i;

/** Something that is looked up elsewhere: variables, templates, references to a vault, paths, addresses. */
const REFERENCE =
  /^(\$[A-Z_{(]|%[\w{(]|!(Ref|Sub|GetAtt|ImportValue|vault|secret|reference)|\*[a-z]|@[A-Z]\w+[.(]|[{[(<])|\$\{|\{\{|%\(|^(arn|ssm|vault|op|ref|env|file|secret|secrets|secretsmanager|sops|gcp|azure|aws-sm|keychain|data|https?|process|var|local|module|import|base64|projects|urn):|^(process\.env|os\.environ|import\.meta|env\.|var\.|local\.|data\.|module\.|secrets\.|config\.|settings\.|self\.|this\.|vault\.)|^(\.{0,2}\/|[A-Z]:\\|~\/)|^projects\/|^Ag[A-D][\w+/]{50}|\/secrets?\/|^ENC[[(]|^\{cipher\}|^AQICAH/;

const NOTHING =
  /^(none|null|nil|undefined|true|false|yes|no|on|off|string|str|text|number|integer|boolean|any|unknown|required|optional|hidden|masked|empty|default|auto|random|generated?|enabled|disabled|bearer|basic|jwt|oauth2?|apikey|password|secret|token|n\/?a)$/i;

/** What everybody writes where it does not matter. With digits behind it, `admin` is a bad password rather than none. */
const WEAK =
  /^(postgres(ql)?|mysql|mariadb|mongo|redis|rabbitmq|guest|minio(admin)?|user|test(ing)?|tests|dev(elop(ment)?)?|local|demo|foo(bar)?|bar|baz|abc|app|db|api|toban|key|token)[-_]?\d{0,5}!?$|^(sa|root|toor|admin|pass(w(or|0r)d)?|secret|pw|qwerty|letmein|welcome)$/i;

const VERSION = /^[\^~><=!v]{0,3}\d{1,5}\.\d{1,5}(\.|$)/;

const UUID = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

export const isPlaceholder = (value: string): boolean =>
  value.length < 4 ||
  PLACEHOLDER.test(value.slice(0, 300)) ||
  REFERENCE.test(value) ||
  NOTHING.test(value) ||
  new Set(value.toLowerCase()).size <= 3;

/** A default that everybody knows, such as `postgres` or `password123`. */
export const isWeak = (value: string): boolean =>
  WEAK.test(value) || (value.length < 24 && isSequence(value));

/** Only counting up: `12345678`, `0123456789abcdef`, also repeated. */
function isSequence(value: string): boolean {
  let steps = 0;
  const plain = value.toLowerCase();
  for (let at = 1; at < plain.length; at += 1)
    if (plain.charCodeAt(at) - plain.charCodeAt(at - 1) === 1) steps += 1;
  return steps >= (plain.length - 1) * 0.75;
}

/** Names rather than noise: `my-service-token-v2`, `auth.tokens.refresh`, `accessTokenHeader`. */
export function isWordlike(value: string): boolean {
  const words = value
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+|\s+/)
    .filter((word) => word !== "");
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (
    words.length > 0 &&
    letters / words.length >= 3.5 &&
    words.every((word) => /^([A-Za-z]+\d{0,2}|\d{1,4}|v\d+)$/.test(word))
  );
}

const classesOf = (value: string) =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((one) => one.test(value)).length;

/**
 * What to think of a value that is assigned to a name like `password`.
 * @param config the file is configuration, where even a plain word is a real password
 */
export function suspectPassword(value: string, config: boolean): Suspicion | undefined {
  if (value.length < 6 || value.length > 200 || /\s/.test(value) || isPlaceholder(value)) return undefined;
  if (UUID.test(value) || /^\$(2[aby]|argon2|5|6|scrypt)/.test(value)) return undefined;
  // Not ASCII: text for people, such as a label.
  if (/[^\x21-\x7e]/.test(value)) return undefined;
  if (isWeak(value) || VERSION.test(value)) return undefined;
  if (isWordlike(value) && /[-_.:/].*[-_.:/]/.test(value)) return config ? "maybe" : undefined;
  const mixed = /[A-Za-z]/.test(value) && /\d/.test(value);
  if (mixed && classesOf(value) >= 2) return "sure";
  if (classesOf(value) >= 3 && value.length >= 8 && !isWordlike(value) && /[^\w.:/-]/.test(value))
    return "sure";
  return config && value.length >= 8 && !/[.:/]/.test(value) ? "maybe" : undefined;
}

/** What to think of a value that is assigned to a name like `apiKey`. */
export function suspectToken(name: string, value: string, config: boolean): Suspicion | undefined {
  if (value.length < 10 || value.length > 1000 || /\s/.test(value) || isPlaceholder(value)) return undefined;
  if (UUID.test(value) || isWeak(value) || VERSION.test(value) || !/^[\x21-\x7e]+$/.test(value))
    return undefined;
  // Frameworks make secret keys of every character on the keyboard.
  if (/secret/i.test(name) && value.length >= 32 && classesOf(value) === 4 && entropy(value) >= 4.2)
    return "sure";
  // Paths, addresses, dates, code and lists are no keys.
  if (/^[\w.-]+(\/[\w.-]+){2,}$/.test(value) && isWordlike(value)) return undefined;
  if (/[(){}<>[\],;|\\"'`]/.test(value) || /^\d{4}-\d\d-\d\d/.test(value) || /^[\d.,:-]+$/.test(value))
    return undefined;
  const mixed = /[A-Za-z]/.test(value) && /\d/.test(value);
  // `my-super-secret-key` for a name like `jwtSecret`: a secret that somebody made up.
  if (isWordlike(value) && /secret/i.test(name) && /super|secret|passw/i.test(value)) return "maybe";
  if (isWordlike(value)) return config && !/[-_./:]/.test(value) && value.length >= 16 ? "maybe" : undefined;
  const usual = /^[\w+/=.~:@$!%^&*-]+$/.test(value);
  if (value.length >= 16 && mixed && entropy(value) >= 3) return usual ? "sure" : "maybe";
  return mixed && classesOf(value) >= 3 && entropy(value) >= 2.8 ? "maybe" : undefined;
}
