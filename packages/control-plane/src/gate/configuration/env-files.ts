import { type Finding, placesIn, raise, type Severity, type SourceFile } from "../finding.ts";
import { CONFIGURATION_CHECKS as CHECKS } from "./checks.ts";
import { secretIn } from "./secrets.ts";
import { readDotenv } from "./variables.ts";

/** `.env.example` and its like: templates without values that are meant to be committed. */
export const isEnvExample = (path: string): boolean =>
  /(^|\/)\.?env[^/]*\.(example|sample|template|tmpl|tpl|dist|defaults?|schema|test|ci)$|(^|\/)(example|sample|template|test)\.env$|\.(example|sample|template)\.env$/i.test(
    path,
  );

/** `.env`, `.env.production`, `app.env`; neither examples nor code. */
export function isEnvFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    /^\.env(\.[\w.-]+)?$|^[\w-]+\.env$/i.test(name) && !isEnvExample(path) && !/\.(ts|js|md)$/.test(name)
  );
}

/** Secrets in a file that is committed; one that only holds settings may stay (GL-045). */
export function checkCommittedEnv(
  file: SourceFile,
  secretNames: readonly string[],
  severity: Severity,
): Finding[] {
  const variables = readDotenv(file);
  if (!variables) return [raise(CHECKS.environmentUnreadable, placesIn(file)(0), { file: file.path })];
  const more = secretNames.map((source) => new RegExp(source));
  return variables
    .filter(({ name, value }) => value !== null && secretIn(name, value, more) && !isLocal(value))
    .map(({ name, place }) => raise(CHECKS.committedSecret, place, { name, file: file.path }, { severity }));
}

/** A credential for one's own machine opens nothing elsewhere. */
const isLocal = (value: string) =>
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/@]*@(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(:|\/|$)/i.test(
    value.trim(),
  );

/** Dockerfiles that put a `.env` into the image that ships (GL-045). `paths` are all of the working directory. */
export function checkImage(
  file: SourceFile,
  ignore: string | undefined,
  paths: readonly string[],
): Finding[] {
  const place = placesIn(file);
  const instructions = instructionsOf(file.text);
  const lastFrom = instructions.findLastIndex(({ text }) => /^FROM\s/i.test(text));
  const findings: Finding[] = [];
  for (const [index, { text, start }] of instructions.entries()) {
    const copies = /^(COPY|ADD)\s+(.*)$/is.exec(text);
    if (!copies || /--from=/i.test(text)) continue;
    const ships = index > lastFrom;
    const words = copies[2]!.trim().startsWith("[")
      ? [...copies[2]!.matchAll(/"([^"]*)"/g)].map((match) => match[1]!)
      : copies[2]!.split(/\s+/).filter((word) => !word.startsWith("--"));
    const sources = words.slice(0, -1);
    const named = sources.find(
      (source) => /(^|\/)\.env(\.[\w.*-]+)?\*?$/.test(source) && !isEnvExample(source),
    );
    const whole = sources.some((source) => /^(\.|\.\/|\*|\.\/\*)$/.test(source));
    const env = whole ? paths.find((path) => isEnvFile(path) && !isIgnored(path, ignore)) : undefined;
    const found = named ?? env;
    if (!found) continue;
    const severity = ships ? "block" : "warn";
    findings.push(raise(CHECKS.envFileInImage, place(start), { file: found }, { severity }));
  }
  return findings;
}

function instructionsOf(text: string): { text: string; start: number }[] {
  const found: { text: string; start: number }[] = [];
  let start = 0;
  let current: { text: string; start: number } | null = null;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed !== "" && !trimmed.startsWith("#")) {
      if (current) current.text += ` ${trimmed.replace(/\\$/, "")}`;
      else {
        current = { text: trimmed.replace(/\\$/, ""), start: start + line.indexOf(trimmed) };
        found.push(current);
      }
      if (!trimmed.endsWith("\\")) current = null;
    }
    start += line.length + 1;
  }
  return found;
}

/** The part of `.dockerignore` that matters here: patterns that end in an env name, and what takes them back. */
function isIgnored(path: string, ignore: string | undefined): boolean {
  if (ignore === undefined) return false;
  let ignored = false;
  for (const raw of ignore.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const isBack = line.startsWith("!");
    const pattern = line
      .replace(/^!/, "")
      .replace(/^\.?\//, "")
      .replace(/\/$/, "");
    if (matches(path, pattern)) ignored = !isBack;
  }
  return ignored;
}

function matches(path: string, pattern: string): boolean {
  if (pattern.length > 200) return false;
  const source = pattern
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part.startsWith("**")) return "(?:.*)";
      if (part === "*") return "[^/]*";
      return part === "?" ? "[^/]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}(?:/.*)?$`).test(path);
}
