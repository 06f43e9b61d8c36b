import type { Check } from "../check.ts";
import { type Finding, raise } from "../finding.ts";
import { bare, calleeOf, child, dotted, list, type Node, property, stringOf } from "./ast.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { followed, importOf, type Module, type SourceSet, textOf } from "./module.ts";
import { reachable, type Unit, vocabulary } from "./reach.ts";
import type { SourcesSettings } from "./settings.ts";

/** What is true of all given files together. */
export type Facts = {
  handlesSigterm: boolean;
  checksEnvironment: boolean;
  /** `axios.defaults.timeout = …` stands somewhere. */
  axiosTimeout: boolean;
  /** `HttpModule.register({ timeout })` of Nest stands somewhere. */
  nestHttpTimeout: boolean;
  /** A global dispatcher with timeouts, for `fetch` and undici. */
  globalDispatcher: boolean;
  /** Field names that a logger of the set redacts; `*` when it masks everything by a function of its own. */
  redacted: Set<string>;
};

export type Context = {
  set: SourceSet;
  settings: SourcesSettings;
  facts: Facts;
  entries: Map<Module, Entry[]>;
  /** The code behind an entry, and its words with those of its guards. */
  reached(entry: Entry): { units: Unit[]; words: string };
};

export type Rule = (module: Module, context: Context) => Finding[];

export function contextOf(set: SourceSet, settings: SourcesSettings): Context {
  const entries = new Map(set.modules.map((module) => [module, entriesOf(set, module)]));
  const memo = new Map<Entry, { units: Unit[]; words: string }>();
  return {
    set,
    settings,
    facts: factsOf(set),
    entries,
    reached(entry) {
      let found = memo.get(entry);
      if (!found) {
        const units = reachable(set, entry.fn);
        const guards = entry.guards.map((node) => ({ module: entry.module, node }));
        found = { units, words: vocabulary([...units, ...guards]) };
        memo.set(entry, found);
      }
      return found;
    },
  };
}

const ENVIRONMENT_LIBRARY =
  /^(envalid|convict|env-var|znv|@t3-oss\/env.*|@fastify\/env|env-schema|dotenv-safe|@nestjs\/config|envsafe|arkenv)$/;

function factsOf(set: SourceSet): Facts {
  const facts: Facts = {
    handlesSigterm: false,
    checksEnvironment: false,
    axiosTimeout: false,
    nestHttpTimeout: false,
    globalDispatcher: false,
    redacted: new Set(),
  };
  for (const module of set.modules) {
    facts.handlesSigterm ||=
      /["'`]SIGTERM["'`]|createTerminus|gracefulShutdown|enableShutdownHooks|close-with-grace|fastify-graceful|http-terminator|startService\(/.test(
        module.code,
      );
    facts.checksEnvironment ||= checksEnvironment(module);
    facts.axiosTimeout ||= /\b\w+\.defaults\.timeout\s*=\s*[1-9A-Za-z]/.test(module.code);
    facts.nestHttpTimeout ||=
      /HttpModule\.register(Async)?\(/.test(module.code) && /\btimeout\b/i.test(module.code);
    facts.globalDispatcher ||=
      /setGlobalDispatcher\(/.test(module.code) && /headersTimeout/.test(module.code);
    for (const call of module.calls) redactions(module, call, facts.redacted);
  }
  return facts;
}

/** `schema.parse(process.env)`, a library for it, or a function named as a check that is given `process.env`. */
function checksEnvironment(module: Module): boolean {
  if ([...module.imports.values()].some(({ source }) => ENVIRONMENT_LIBRARY.test(source))) return true;
  return module.calls.some((call) => {
    const args = list(call, "arguments").map((argument) => bare(argument));
    const given = args.some(
      (argument) =>
        dotted(argument) === "process.env" ||
        (argument?.type === "ObjectExpression" && /process\.env\b/.test(textOf(module, argument))),
    );
    if (!given) return false;
    const callee = calleeOf(call);
    if (
      /(^|\.)(safeParse|parse|assert|check|decode|validate\w*|cast|parseEnv|cleanEnv|createEnv|Decode|verify\w*|require\w*|load\w*|read\w*)$/i.test(
        callee,
      )
    )
      return true;
    return /env|config/i.test(callee) && /check|valid|parse|require|ensure|load|read/i.test(callee);
  });
}

function redactions(module: Module, call: Node, redacted: Set<string>): void {
  const callee = calleeOf(call);
  if (!/(^|\.)(pino|Fastify|fastify|createLogger|bunyan)$|createLogger$/.test(callee)) return;
  for (const argument of list(call, "arguments")) {
    const options = followed(module, argument);
    const logger = bare(property(options, "logger"));
    const redact = bare(property(options, "redact") ?? property(logger, "redact"));
    const paths =
      redact?.type === "ObjectExpression" ? bare(property(redact, "paths")) : followed(module, redact);
    for (const element of list(paths, "elements")) {
      const last = stringOf(element)
        ?.split(/[.[\]"']+/)
        .filter(Boolean)
        .at(-1);
      if (last) redacted.add(last.toLowerCase());
    }
    if (redact && list(paths, "elements").length === 0) redacted.add("*");
    const format = property(options, "format") ?? property(options, "formatters");
    if (format && /mask|redact|scrub|sanitize/i.test(textOf(module, format))) redacted.add("*");
  }
}

/** A finding at the first line of a node. */
export function at(
  check: Check,
  module: Module,
  node: Node,
  params: Record<string, string> = {},
  options: { severity?: "block" | "warn" | "info" } = {},
): Finding {
  const newline = module.code.indexOf("\n", node.start);
  const end = newline < 0 ? node.end : Math.min(node.end, newline);
  return raise(check, module.place(node.start, Math.max(end, node.start)), params, options);
}

/** Is a package, or one whose name begins like it, imported? */
export const imports = (module: Module, pattern: RegExp): boolean =>
  [...module.imports.values()].some(({ source }) => pattern.test(source));

export const sourceOf = (module: Module, call: Node): string =>
  importOf(module, child(call, "callee"))?.source ?? "";

/** A route or function as people call it: `POST /orders`. */
export const nameOfEntry = (entry: Entry): { via: string; path: string } => ({
  via: entry.method ? entry.method.toUpperCase() : entry.via,
  path: entry.path || entry.via,
});

/** Names given in settings, as one expression; undefined when there are none. */
export function anyOf(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined;
  return new RegExp(`(?:${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i");
}
