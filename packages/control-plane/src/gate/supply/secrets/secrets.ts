import { type Finding, type Outcome, placesIn, raise, type SourceFile } from "../../finding.ts";
import { SECRET_CHECKS } from "../checks/secrets.ts";
import { isConfig, suspectsIn } from "./assignments.ts";
import { isLiveJwt, isShownOnly, TOKEN_FORMS } from "./tokens.ts";
import { entropy, isPlaceholder, isWeak } from "./values.ts";

type Hit = {
  check: (typeof SECRET_CHECKS)[keyof typeof SECRET_CHECKS];
  start: number;
  end: number;
  /** What it is, in words that hold nothing of it. */
  what: string;
  sure: boolean;
};

const FIXTURE =
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|__fixtures__|test-?data|mocks?|__mocks__|e2e|cypress|corpus|examples?|samples?|testing|stories)\/|\.(?:test|spec|stories|fixture|mock)\.[\w.]+$|_test\.\w+$|(?:^|\/)test_[^/]+$/i;

const SHOWN =
  /\.(?:md|mdx|markdown|rst|adoc|txt|example|sample|template|tmpl|dist|tpl)$|\.env\.(?:example|sample|template|dist|test|ci)$/i;

const LOCKFILE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|composer\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|Cargo\.lock|go\.sum|deno\.lock|packages\.lock\.json|flake\.lock|\.terraform\.lock\.hcl|[^/]*\.(?:min\.js|min\.css|map|svg|snap))$/i;

const KEY_BLOCK =
  /-----BEGIN ((?:[A-Z0-9]{2,12} ){0,3})PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s|\\){0,8}(?=([\s\S]{0,500}))/g;
const PUTTY = /PuTTY-User-Key-File-\d: [\w-]{4,30}/g;
const URL_START =
  /([a-z][a-z0-9+.-]{1,30}):\/\/([^\s/?#"'`<>:@]{0,100}):([^\s/?#"'`<>]{1,200})@([^\s/?#"'`<>:@]{1,200})/gi;
const CONNECTION = /(?:Password|Pwd)\s{0,3}=\s{0,3}([^;"'\s&]{4,200})/gi;
const CONNECTION_OF = /(?:server|data source|host|user id|uid|username|database|initial catalog)\s{0,3}=/i;
const HEADER = /authorization["']?\s{0,4}[:=,]\s{0,4}["'`]?(basic|bearer|token)\s{1,4}([\w+/=.~-]{8,2000})/gi;
const CURL = /\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]["']?([\w.@-]{1,60}):([^\s"'$]{6,100})/g;
const NETRC =
  /^\s{0,4}(?:machine\s{1,4}\S{1,100}\s{1,20})?login\s{1,4}\S{1,100}\s{1,20}password\s{1,4}(\S{6,200})/gm;
const NPMRC = /:(?:_authToken|_auth|_password)\s{0,3}=\s{0,3}["']?([^\s"']{8,500})/g;
const AWS_SECRET =
  /(?:aws|amazon)?[-_.]?secret[-_.]?(?:access[-_.]?)?key(?:[-_.]?id)?["']?\s{0,4}[:=]{1,2}>?\s{0,4}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi;

/**
 * Looks for secrets that have been written into files. What a finding says never holds the secret. In tests and examples a
 * secret only warns; only a waiver lets one stay anywhere else.
 */
export function checkSecrets(files: readonly SourceFile[]): Outcome {
  return { files: files.map(({ path }) => path), findings: files.flatMap(secretsIn) };
}

function secretsIn(file: SourceFile): Finding[] {
  if (file.text.includes("\0")) return [];
  const locked = LOCKFILE.test(file.path);
  const hits = [
    ...tokens(file.text),
    ...keys(file.text),
    ...urls(file.text),
    ...(locked ? [] : [...logins(file.text), ...assigned(file)]),
  ];
  const placeAt = placesIn(file);
  const fixture = FIXTURE.test(file.path);
  const shown = SHOWN.test(file.path);
  return distinct(hits).map(({ check, start, end, what, sure }) => {
    // A token that is told by its form is a real one even in a text; what is only named so may be an example there.
    const byForm = check === SECRET_CHECKS.token || check === SECRET_CHECKS.key;
    const severe = sure && !fixture && (!shown || byForm);
    return raise(check, placeAt(start, end), { what }, severe ? {} : { severity: "warn" });
  });
}

/** Of findings that overlap, the first kind tells most. */
function distinct(hits: readonly Hit[]): Hit[] {
  const order = hits
    .map((hit, index) => ({ hit, index }))
    .sort((a, b) => a.hit.start - b.hit.start || a.index - b.index);
  const kept: { hit: Hit; index: number }[] = [];
  for (const one of order) {
    const last = kept.at(-1);
    if (last === undefined || one.hit.start >= last.hit.end) kept.push(one);
    else if (one.index < last.index && one.hit.sure >= last.hit.sure) kept[kept.length - 1] = one;
  }
  return kept.map(({ hit }) => hit);
}

const characters = (value: string) => `${value.length} characters`;

function tokens(text: string): Hit[] {
  return TOKEN_FORMS.flatMap(({ name, pattern, weak }) =>
    [...text.matchAll(pattern)].flatMap((match): Hit[] => {
      const [token] = match;
      const jwt = name === "JSON Web Token";
      if (isShownOnly(token) || (jwt && !isLiveJwt(token))) return [];
      // Without both letters and digits it is a word that happens to begin like a token.
      if (!/\d/.test(token.slice(4)) || !/[A-Za-z]/.test(token.slice(4)) || entropy(token) < 2.8) return [];
      const what = `${name} (${token.slice(0, 4)}…, ${characters(token)})`;
      const [start, end] = [match.index, match.index + token.length];
      return [{ check: SECRET_CHECKS.token, start, end, what, sure: weak !== true }];
    }),
  );
}

function keys(text: string): Hit[] {
  const check = SECRET_CHECKS.key;
  const blocks = [...text.matchAll(KEY_BLOCK)].flatMap((match): Hit[] => {
    const body = (match[2] ?? "")
      .split("-----")[0]!
      .replace(/^(?:[A-Za-z-]{3,20}: [^\n\\]{0,100}(?:\\n|\s){1,4}){0,4}/, "");
    const base64 = /[A-Za-z0-9+/=]{40}/.exec(body.replace(/\\r|\\n|["'+\s\\]/g, ""))?.[0];
    if (base64 === undefined || isPlaceholder(base64) || new Set(base64).size <= 6) return [];
    const kind = (match[1] ?? "").trim();
    const [start, end] = [match.index, match.index + match[0].trimEnd().length];
    const sealed = kind.includes("ENCRYPTED") || /Proc-Type: 4,ENCRYPTED/.test(match[2] ?? "");
    return [{ check, start, end, what: `${kind} private key`.trim(), sure: !sealed }];
  });
  const putty = !text.includes("Private-Lines")
    ? []
    : [...text.matchAll(PUTTY)].map((match): Hit => {
        const [start, end] = [match.index, match.index + match[0].length];
        return { check, start, end, what: "PuTTY private key", sure: true };
      });
  return [...blocks, ...putty];
}

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|[a-z0-9_-]+)$/i;

function urls(text: string): Hit[] {
  return [...text.matchAll(URL_START)].flatMap((match): Hit[] => {
    const [whole, scheme, user, password, host] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    if (
      isPlaceholder(decodedOf(password)) ||
      /[{}$<>[\]|\\^]|%[ds(]/.test(password + host) ||
      isWeak(password)
    )
      return [];
    // `user:pass`: the two words say what belongs there.
    if (/^(user(name)?|login|name)$/i.test(user) && /^[a-z]+$/i.test(password)) return [];
    if (/^[a-z]+$/.test(password) && (LOCAL.test(host) || password === user)) return [];
    const start = match.index;
    const what = `password of a ${scheme.toLowerCase()} URL (${characters(password)})`;
    const local = LOCAL.test(host) && !/\d/.test(password);
    return [
      {
        check: SECRET_CHECKS.url,
        start,
        end: start + whole.length,
        what,
        sure: !local && password.length >= 5,
      },
    ];
  });
}

function decodedOf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function logins(text: string): Hit[] {
  const hits: Hit[] = [];
  const add = (
    match: RegExpMatchArray,
    value: string,
    what: string,
    check: Hit["check"] = SECRET_CHECKS.assigned,
  ) => {
    if (isPlaceholder(value) || isWeak(value)) return;
    const start = match.index! + match[0].lastIndexOf(value);
    hits.push({
      check,
      start,
      end: start + value.length,
      what: `${what} (${characters(value)})`,
      sure: true,
    });
  };
  for (const match of text.matchAll(CONNECTION)) {
    const around = text.slice(Math.max(0, match.index - 200), match.index + match[0].length + 200);
    const line = around.split("\n").find((part) => part.includes(match[0])) ?? "";
    if (line.includes(";") && CONNECTION_OF.test(line))
      add(match, match[1]!, "password of a connection string", SECRET_CHECKS.url);
  }
  for (const match of text.matchAll(HEADER)) {
    const [, scheme, value] = match as unknown as [string, string, string];
    if (scheme.toLowerCase() !== "basic") {
      if (value.length >= 20 && /\d/.test(value) && entropy(value) >= 3) add(match, value, "bearer token");
      continue;
    }
    const login = Buffer.from(value, "base64").toString("utf8");
    const password = login.slice(login.indexOf(":") + 1);
    if (/^[\x20-\x7e]+:[\x20-\x7e]{4,}$/.test(login) && !isPlaceholder(password) && !isWeak(password)) {
      add(match, value, "login of a basic authorization header");
    }
  }
  for (const match of text.matchAll(CURL)) add(match, match[2]!, "password on a command line");
  for (const match of text.matchAll(NETRC)) add(match, match[1]!, "password of a .netrc entry");
  for (const match of text.matchAll(NPMRC)) add(match, match[1]!, "login of a package registry");
  for (const match of text.matchAll(AWS_SECRET)) {
    if (/\d/.test(match[1]!) && /[A-Z]/.test(match[1]!) && entropy(match[1]!) >= 3.5)
      add(match, match[1]!, "AWS secret access key", SECRET_CHECKS.token);
  }
  return hits;
}

const assigned = (file: SourceFile): Hit[] =>
  suspectsIn(file.path, file.text).map(({ start, end, value, name, suspicion }) => ({
    check: SECRET_CHECKS.assigned,
    start,
    end,
    what: `value of ${name.slice(0, 80)} (${characters(value)})`,
    sure: suspicion === "sure",
  }));

/** Files that are worth looking into for secrets: no pictures, archives, fonts or compiled things. */
export const mayHoldSecrets = (path: string): boolean =>
  isConfig(path) ||
  !/\.(?:png|jpe?g|gif|webp|avif|ico|bmp|pdf|zip|gz|tgz|xz|bz2|7z|jar|war|class|woff2?|ttf|otf|eot|mp[34]|mov|wav|ogg|wasm|node|so|dylib|dll|exe|bin|parquet|sqlite|db)$/i.test(
    path,
  );
