import { type Finding, type Outcome, raise, type SourceFile } from "../finding.ts";
import { ENTRANCE_CHECKS } from "./checks/entrance.ts";
import { type Context, contextOf, type Rule } from "./context.ts";
import { type Module, parseModule, type SourceSet, TOO_DEEP } from "./module.ts";
import { environment } from "./rules/environment.ts";
import { businessEvents } from "./rules/events.ts";
import { localFile } from "./rules/files.ts";
import { consumers, deletions, handlers, jobs } from "./rules/idempotency.ts";
import { logs } from "./rules/logs.ts";
import { gracefulStop, memorySession } from "./rules/process.ts";
import { retries, swallowed } from "./rules/retries.ts";
import { predictableTokens, routes } from "./rules/routes.ts";
import { moduleState } from "./rules/state.ts";
import { timeouts } from "./rules/timeouts.ts";
import type { SourcesSettings } from "./settings.ts";

const RULES: readonly Rule[] = [
  localFile,
  moduleState,
  memorySession,
  gracefulStop,
  handlers,
  consumers,
  jobs,
  deletions,
  timeouts,
  retries,
  swallowed,
  environment,
  routes,
  predictableTokens,
];

const NOT_JUDGED =
  /(^|\/)node_modules\/|\.d\.[cm]?ts$|\.(test|spec|e2e|stories|mock|fixture|generated|gen|min)\.[cm]?[jt]sx?$/;

/** Tests, declarations and generated files are read by nobody in production; a path given by hand is else judged. */
export const isJudged = (path: string): boolean => !NOT_JUDGED.test(path);

/**
 * Judges the sources of one set: facts such as a SIGTERM handler count for all of its files, and calls are followed
 * through relative imports between them. `whole` says that everything the settings speak of was given, so that a
 * declared business event without a function is undecided instead of out of sight (default false).
 */
export async function judgeSources(
  files: readonly SourceFile[],
  settings: SourcesSettings,
  options: { whole?: boolean } = {},
): Promise<Outcome> {
  const modules: Module[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    if (!isJudged(file.path)) continue;
    const parsed = await parseModule(file);
    if ("root" in parsed) modules.push(parsed);
    else {
      const { path, line, column, message } = parsed;
      findings.push(raise(ENTRANCE_CHECKS.unparseable, { path, line, column }, { message }));
    }
  }
  const set: SourceSet = { modules, byPath: new Map(modules.map((module) => [module.file.path, module])) };
  const context = contextOf(set, settings);
  for (const module of modules) {
    const rules = module.purpose === "script" ? [logs] : [logs, ...RULES];
    findings.push(...judged(module, context, rules));
  }
  findings.push(...businessEvents(context, options.whole ?? false));
  return { files: files.map((file) => file.path), findings: unique(findings) };
}

function judged(module: Module, context: Context, rules: readonly Rule[]): Finding[] {
  try {
    return rules.flatMap((rule) => rule(module, context));
  } catch (error) {
    // Only an expression of many thousands of parts exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    const place = { path: module.file.path, line: 1, column: 1 };
    return [raise(ENTRANCE_CHECKS.unparseable, place, { message: TOO_DEEP })];
  }
}

/** The same finding can be reached by two ways (a helper that two routes use). */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings
    .filter((finding) => {
      const key = `${finding.path}:${finding.line}:${finding.column}:${finding.code}`;
      const fresh = !seen.has(key);
      seen.add(key);
      return fresh;
    })
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.column - b.column));
}
