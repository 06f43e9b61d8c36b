import type { Family, Tree } from "../family.ts";
import { CALL_CHECKS } from "./checks/calls.ts";
import { ENTRANCE_CHECKS } from "./checks/entrance.ts";
import { IDEMPOTENCY_CHECKS } from "./checks/idempotency.ts";
import { OBSERVABILITY_CHECKS } from "./checks/observability.ts";
import { STATE_CHECKS } from "./checks/state.ts";
import { isJudged, judgeSources } from "./judge.ts";
import { type SourcesSettings, sourcesSettings } from "./settings.ts";

export { judgeSources } from "./judge.ts";
export { type SourcesSettings, sourcesSettings } from "./settings.ts";

export const SOURCES_CHECKS = {
  ...STATE_CHECKS,
  ...IDEMPOTENCY_CHECKS,
  ...CALL_CHECKS,
  ...OBSERVABILITY_CHECKS,
  ...ENTRANCE_CHECKS,
};

const SOURCE = /\.(ts|tsx|js|jsx|mjs|cjs|mts|cts)$/;
const ASIDE =
  /(^|\/)(node_modules|dist|build|out|coverage|vendor|\.next|\.nuxt|__tests__|__mocks__|__fixtures__|fixtures?|tests?|e2e|specs?|cypress|playwright|stories|generated|corpus|testing|public|static|assets)\//;

const HELPER =
  /(^|\/)(testing[\w-]*|test-?(utils?|helpers?|setup)|vitest\.\w+|jest\.\w+|setup-?tests?)\.[cm]?[jt]sx?$/i;

/** Is it a TypeScript or JavaScript file by its name? */
export const isSource = (path: string): boolean => SOURCE.test(path);

/**
 * The sources of a folder that run in production: no tests, fixtures, builds, generated or vendored files. Paths are
 * relative to the folder that was given, so that a folder named `tests` can be checked when it is asked for. `include`
 * and `exclude` of the settings are the caller's, who owns the globs.
 */
export const recognizeSources = (tree: Pick<Tree, "paths">): string[] =>
  tree.paths.filter((path) => isSource(path) && isJudged(path) && !ASIDE.test(path) && !HELPER.test(path));

const defaults: SourcesSettings = sourcesSettings.parse(undefined);

export const sourceFamily: Family = {
  name: "sources",
  checks: SOURCES_CHECKS,
  example: (files) => judgeSources(files, defaults),
  exampleFile: "service.ts",
};
