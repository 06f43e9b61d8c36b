import { type Suspicion, suspectPassword, suspectToken } from "./values.ts";

export type Suspect = { start: number; end: number; value: string; name: string; suspicion: Suspicion };

const WORD =
  /passw(?:or)?d|passphrase|\bpwd\b|_pwd\b|pass(?=["']?\s{0,3}[:=])|secret|token|api[-_. ]?key|access[-_.]?key|private[-_.]?key|(?:encryption|signing|master|account|auth|service|shared|storage|webhook|license|crypt|hmac|jwt|session|cookie)[-_.]?key|credential|auth[-_.]?key|_auth\b/gi;

const PASSWORD = /passw|passphrase|pwd|pass$/i;

/** Last words of names whose value is about a secret, but is none itself. */
const ABOUT = new Set(
  `url uri endpoint host path file filename dir name names id ids arn ref type kind length len size count limit max min ttl age
  expiry expires expiration expired header param field label title hint help text message msg error placeholder pattern regex
  regexp format prefix suffix policy rule rules version algorithm alg hash hashed digest md5 sha sha1 sha256 checksum
  fingerprint integrity public env var variable provider issuer audience scope scopes usage budget rotation selector input form
  page route link column table class icon enabled required used status state mode source store manager service description desc
  schema ring keyring kid location address symbol strategy mapping index at in of seconds minutes hours days ms
  tokens secrets passwords credentials tokenizer tokenize`.split(/\s+/),
);

/** `nextToken`, `csrf-token`, `publicKey`: not for keeping. */
const HARMLESS =
  /^(next|page|continuation|cancel|csrf|xsrf|sync|design|syntax|pagination|cursor|resume|delta|lex|parse|current|previous|prev|start|end|stop|eos|bos|pad|unk|mask|special|num|total|prompt|completion|publishable|public|site)$/;

function isHarmless(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return (
    ABOUT.has(words.at(-1) ?? "") ||
    (/^(token|key)$/.test(words.at(-1) ?? "") && HARMLESS.test(words.at(-2) ?? "")) ||
    (words.at(-1) === "key" && /^passw/.test(words.at(-2) ?? "")) ||
    words.some((word) => /^(hash|hashed|digest|checksum|integrity|sha\d*)$/.test(word))
  );
}

const CONFIG_NAME =
  /(?:^|\/)(?:\.env[^/]*|[^/]*\.env|dockerfile[^/]*|[^/]*\.dockerfile|\.npmrc|\.pypirc|\.netrc|\.pgpass|\.my\.cnf|credentials|config|\.git-credentials|[^/]*\.(?:ya?ml|properties|ini|cfg|conf|cnf|toml|tfvars|tf|hcl|sh|bash|zsh|ps1|bat|cmd|service|plist|xml|config|json))$/i;

const UNQUOTED_NAME = /\.(?:json|tf|hcl|xml|config|ps1|plist)$/i;

/** Whether a file is configuration by its name. */
export const isConfig = (path: string): boolean => CONFIG_NAME.test(path);

const NAME_CHAR = /[\w.-]/;
const OPERATOR =
  /["']?\]?\s{0,6}(?:(?::\s?(?:string|str|String|&str|&'static str)\s{0,3})?(?:={1,3}|:=|=>|!==?|:|\?\?=?|\|\|=?|\bor\b|\|)|,)\s{0,12}/y;
const GETENV =
  /(?:getenv|environ\.get|env|get_env|Getenv|config|define|setenv|set_var|setProperty)\(\s{0,3}["']$/;
const QUOTED = /(?:[bBrRuUfF@]{1,2})?(["'`])/y;
const BARE = /[^\s"'`#;,<>()]{4,400}/y;
const DEFAULT = /:?[-=]([^}\s"'$]{4,200})\}/y;
const PAIR =
  /["']?name["']?\s{0,4}[:=]\s{0,4}["']?([\w.-]{1,80})["']?\s{0,4},?\s{0,60}["']?value["']?\s{0,4}[:=]\s{0,4}/gi;
const ELEMENT = /<([\w.:-]{3,60})>([^<>\s]{6,300})<\//g;
const KEY_VALUE =
  /(?:key|name)\s{0,2}=\s{0,2}"([\w.:-]{3,80})"\s{1,20}value\s{0,2}=\s{0,2}"([^"\s]{6,300})"/gi;
const SIGNED = /jwt\.(?:sign|verify)\(\s{0,10}[\w.{}: ]{1,60},\s{0,10}(["'`])([^"'`\s]{6,200})\1/g;

/** Values that are given to names like `password`, `api_key` or `clientSecret`, in code and configuration. */
export function suspectsIn(path: string, text: string): Suspect[] {
  const config = isConfig(path);
  const bare = config && !UNQUOTED_NAME.test(path);
  // JSON is as often text for people as configuration.
  const plainWords = config && !/\.json$/i.test(path);
  const found: Suspect[] = [];
  const add = (name: string, value: string, start: number, sure = false) => {
    const suspicion = suspect(name, value, plainWords || sure);
    if (suspicion !== undefined) found.push({ start, end: start + value.length, value, name, suspicion });
  };
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const [start, end] = nameAround(text, match.index, match.index + match[0].length);
    WORD.lastIndex = Math.max(end, match.index + 1);
    const value = valueAfter(text, start, end, bare);
    if (value !== undefined) add(text.slice(start, end), value.text, value.start, value.fallback);
  }
  for (const match of text.matchAll(PAIR)) {
    const at = match.index + match[0].length;
    const value = literalAt(text, at, bare);
    if (isSecretName(match[1]!) && value !== undefined) add(match[1]!, value.text, value.start);
  }
  for (const pattern of [ELEMENT, KEY_VALUE]) {
    for (const match of text.matchAll(pattern)) {
      if (isSecretName(match[1]!)) add(match[1]!, match[2]!, match.index + match[0].lastIndexOf(match[2]!));
    }
  }
  for (const match of text.matchAll(SIGNED))
    add("signing passphrase", match[2]!, match.index + match[0].lastIndexOf(match[2]!), true);
  return found;
}

function isSecretName(name: string): boolean {
  WORD.lastIndex = 0;
  return WORD.test(`${name}=`);
}

function suspect(name: string, value: string, config: boolean): Suspicion | undefined {
  if (isHarmless(name)) return undefined;
  return PASSWORD.test(name) ? suspectPassword(value, config) : suspectToken(name, value, config);
}

function nameAround(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (start > 0 && from - start < 60 && NAME_CHAR.test(text[start - 1]!)) start -= 1;
  while (end < text.length && end - to < 60 && NAME_CHAR.test(text[end]!)) end += 1;
  return [start, end];
}

type Literal = { text: string; start: number; fallback?: boolean };

/** The literal behind a name and an operator; also behind `process.env.NAME ||` and in `getenv("NAME", …)`. */
function valueAfter(text: string, start: number, end: number, bare: boolean): Literal | undefined {
  // A part of something longer, such as an ARN.
  if (/[:/]/.test(text[start - 1] ?? "")) return undefined;
  if (text.startsWith("${", start - 2)) return defaultAt(text, end);
  OPERATOR.lastIndex = end;
  const operator = OPERATOR.exec(text)?.[0];
  if (operator === undefined) return undefined;
  const sign = operator.replace(/["'\]]/g, "").trim();
  if (sign === "," && !GETENV.test(text.slice(Math.max(0, start - 40), start))) return undefined;
  const assigned = /[:=]/.test(sign) && !/^(\?\?|\|\||or|\||,)/.test(sign);
  // A bare value stands on the name's own line; an operator that spans lines is followed by something else.
  const literal = literalAt(text, OPERATOR.lastIndex, bare && assigned && !operator.includes("\n"));
  return literal && { ...literal, fallback: /^(\?\?|\|\||or|,)/.test(sign) };
}

/** The default of a shell's `${NAME:-default}`. */
function defaultAt(text: string, at: number): Literal | undefined {
  DEFAULT.lastIndex = at;
  const match = DEFAULT.exec(text);
  const value = match?.[1];
  return value === undefined ? undefined : { text: value, start: DEFAULT.lastIndex - 1 - value.length };
}

function literalAt(text: string, at: number, bare: boolean): Literal | undefined {
  QUOTED.lastIndex = at;
  const quote = QUOTED.exec(text)?.[1];
  if (quote !== undefined) {
    const start = QUOTED.lastIndex;
    const rest = text.slice(start, start + 1001);
    const end = rest.indexOf(quote);
    if (end < 0) return undefined;
    const literal = rest.slice(0, end);
    return literal.includes("\n") ? undefined : { text: literal, start };
  }
  if (!bare) return undefined;
  BARE.lastIndex = at;
  const value = BARE.exec(text)?.[0];
  // A call or an index follows: code, no literal.
  if (value === undefined || /[([]/.test(text[BARE.lastIndex] ?? "")) return undefined;
  return { text: value, start: at };
}
