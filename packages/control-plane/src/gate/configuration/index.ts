import { invalid } from "../../platform/errors.ts";
import type { Family, Tree } from "../family.ts";
import { type Finding, type Outcome, type Place, placesIn, raise, type SourceFile } from "../finding.ts";
import { CONFIGURATION_CHECKS as CHECKS } from "./checks.ts";
import { checkCommittedEnv, checkImage, isEnvExample, isEnvFile } from "./env-files.ts";
import {
  type CoverageReport,
  checkCoverage,
  FIRST_USUAL_REPORT,
  isCoverageReport,
  usualReports,
} from "./line-coverage/check.ts";
import { checkExample, checkMatrix, type Environment } from "./matrix.ts";
import {
  type ConfigurationSettings,
  type CoverageSettings,
  configurationSettings,
  coverageSettings,
} from "./settings.ts";
import { readVariables, type Variable } from "./variables.ts";

export { CONFIGURATION_CHECKS } from "./checks.ts";
export { type CoverageReport, checkCoverage, usualReports } from "./line-coverage/check.ts";
export { type ConfigurationSettings, type CoverageSettings, configurationSettings, coverageSettings };

/** `modifiedAt` gives a file's time, for coverage reports that do not state when they were made. */
export type ConfigurationContext = {
  now: Date;
  modifiedAt(path: string): Date | null;
  /** Where the settings stand, for what is wrong with what they hold inline. Default: `toban.check.json`. */
  settingsPath?: string;
};

/** The files of a working directory that this family reads, beside those that its settings name. */
export function recognizeConfiguration(tree: Tree, settings: ConfigurationSettings): string[] {
  const named = Object.values(settings.environments).flatMap(pathsOf);
  return [
    ...new Set([
      ...tree.paths.filter((path) => isEnvFile(path) || isDockerfile(path) || isEnvExample(path)),
      ...named,
      ...askedReports(tree, settings),
    ]),
  ].sort();
}

/** The environment matrix, committed and shipped `.env` files, and coverage. */
export function checkConfiguration(
  tree: Tree,
  settings: ConfigurationSettings,
  context: ConfigurationContext,
): Outcome {
  const files = new Set<string>();
  const read = (path: string) => {
    files.add(path);
    return tryRead(tree, path);
  };
  const findings = [
    ...checkEnvironments(settings, read, context.settingsPath ?? "toban.check.json", files),
    ...checkEnvFiles(tree, settings, read),
  ];
  const reports = askedReports(tree, settings).map((path): CoverageReport => {
    // What is there and is no text states nothing; it is not missing.
    const unread = tree.paths.includes(path) ? { path, text: "" } : null;
    return { path, file: read(path) ?? unread, modifiedAt: context.modifiedAt(path) };
  });
  const coverage = settings.coverage ?? coverageSettings.parse({});
  findings.push(...checkCoverage(reports, coverage, context.now));
  return { files: [...files].sort(), findings };
}

type Read = (path: string) => SourceFile | null;

function checkEnvironments(
  settings: ConfigurationSettings,
  read: Read,
  settingsPath: string,
  files: Set<string>,
): Finding[] {
  const findings: Finding[] = [];
  const environments: Environment[] = [];
  for (const [name, source] of Object.entries(settings.environments)) {
    const paths = pathsOf(source);
    const inline = inlineOf(source, { path: settingsPath, line: 1, column: 1 });
    if (inline.length > 0) files.add(settingsPath);
    const variables = [...inline];
    for (const path of paths) {
      const file = read(path);
      const found = file && readVariables(file);
      if (found) variables.push(...found);
      else findings.push(raise(CHECKS.environmentUnreadable, { path, line: 1, column: 1 }, { file: path }));
    }
    // A file that cannot be read may hold what seems to be missing.
    if (findings.some(({ path }) => paths.includes(path))) continue;
    environments.push({ name, variables, place: { path: paths[0] ?? settingsPath, line: 1, column: 1 } });
  }
  return [...findings, ...checkMatrix(environments, settings)];
}

function checkEnvFiles(tree: Tree, settings: ConfigurationSettings, read: Read): Finding[] {
  const findings: Finding[] = [];
  const named = new Set(Object.values(settings.environments).flatMap(pathsOf));
  for (const path of tree.paths) {
    if (isEnvFile(path)) {
      const file = read(path);
      // A file that the matrix names may be put there by the pipeline; `.env` and its like never should be.
      const declared = named.has(path) && !/(^|\/)\.env[^/]*$/.test(path);
      if (file) findings.push(...checkCommittedEnv(file, settings.secretNames, declared ? "warn" : "block"));
    } else if (isEnvExample(path) && !path.includes("/") && /example|sample|template/.test(path)) {
      const file = read(path);
      const variables = file && readVariables(file);
      if (variables) {
        findings.push(...checkExample({ name: path, variables, place: placesIn(file)(0) }, settings));
      }
    } else if (isDockerfile(path)) {
      const file = read(path);
      if (file) findings.push(...checkImage(file, ignoreFor(tree, path), contextOf(tree, path)));
    }
  }
  return findings;
}

const isDockerfile = (path: string) =>
  /(^|\/)((Docker|Container)file(\.[\w.-]+)?|[\w.-]+\.[dD]ockerfile)$/.test(path);

/** A Dockerfile may bring an ignore file of its own. */
function ignoreFor(tree: Tree, path: string): string | undefined {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const ignore = [`${path}.dockerignore`, `${folder}.dockerignore`, ".dockerignore"].find((one) =>
    tree.paths.includes(one),
  );
  return ignore === undefined ? undefined : tryRead(tree, ignore)?.text;
}

/** What a `COPY .` may take: what stands beside the Dockerfile and below, seen from there. */
function contextOf(tree: Tree, path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return tree.paths.filter((one) => one.startsWith(folder)).map((one) => one.slice(folder.length));
}

/** Where coverage is asked for and no report is found, the first usual one is missing. */
function askedReports(tree: Tree, settings: ConfigurationSettings): string[] {
  const { coverage } = settings;
  if (coverage?.reports) return coverage.reports;
  if (!coverage) return tree.paths.filter(isCoverageReport);
  const usual = usualReports(tree);
  return usual.length > 0 ? usual : [FIRST_USUAL_REPORT];
}

function tryRead(tree: Tree, path: string): SourceFile | null {
  try {
    return tree.read(path);
  } catch {
    return null;
  }
}

type EnvironmentSource = ConfigurationSettings["environments"][string];

const isVariable = (entry: string) => /^[A-Za-z_]\w*(=|$)/.test(entry);

function pathsOf(source: EnvironmentSource): string[] {
  if (typeof source === "string") return [source];
  return Array.isArray(source) ? source.filter((entry) => !isVariable(entry)) : [];
}

function inlineOf(source: EnvironmentSource, place: Place): Variable[] {
  if (typeof source === "string") return [];
  if (!Array.isArray(source)) {
    return Object.entries(source).map(([name, value]) => ({ name, value: String(value ?? ""), place }));
  }
  return source.filter(isVariable).map((entry) => {
    const at = entry.indexOf("=");
    return at < 0
      ? { name: entry, value: null, place }
      : { name: entry.slice(0, at), value: entry.slice(at + 1), place };
  });
}

const EXAMPLE_NOW = new Date("2026-11-23T00:00:00Z");

export const configurationFamily: Family = {
  name: "configuration",
  checks: CHECKS,
  exampleFile: ".env",
  async example(files) {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const settingsFile = byPath.get("toban.check.json");
    const stated = settingsFile ? (JSON.parse(settingsFile.text) as { configuration?: unknown }) : {};
    const tree: Tree = {
      paths: [...byPath.keys()].sort(),
      read(path) {
        const file = byPath.get(path);
        if (!file) throw invalid("no_such_file", `${path} is no part of the example.`, "Add it.");
        return file;
      },
    };
    return checkConfiguration(tree, configurationSettings.parse(stated.configuration ?? {}), {
      now: EXAMPLE_NOW,
      modifiedAt: () => EXAMPLE_NOW,
    });
  },
};
