import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { notFound } from "../platform/errors.ts";
import { baselineOf } from "./baseline.ts";
import { GATE_CHECKS } from "./checks.ts";
import { type Files, openFiles } from "./files.ts";
import { type Outcome, raise, type Verdict } from "./finding.ts";
import { matchesGlob } from "./glob.ts";
import { render } from "./output/render.ts";
import type { Language } from "./output/text.ts";
import { type Report, report } from "./report.ts";
import { type GateSettings, parseSettings, SETTINGS_FILE } from "./settings.ts";
import { changedSince } from "./tree.ts";

export type Format = "text" | "json" | "sarif" | "markdown" | "junit";

export type GateOptions = {
  cwd: string;
  now: Date;
  language: Language;
  format: Format;
  colour: boolean;
  settings?: string | undefined;
  changedSince?: string | undefined;
  baseline?: string | undefined;
  writeBaseline?: string | boolean | undefined;
  waivers?: string | undefined;
  /** Reads an operations definition, whose path is relative to `cwd`. */
  readNumbers(definition: string): Promise<GateNumbers | undefined>;
};

/** What of the gate's settings is a commitment of the definition; `lineCoverage` in percent. */
export type GateNumbers = { criticalDays: number; highDays: number; lineCoverage: number };

export type Gate = {
  files: Files;
  settings: GateSettings;
  now: Date;
  /** The numbers of the definition that the settings name, read when they are first asked for; undefined without. */
  numbers(): Promise<GateNumbers | undefined>;
  /** Paths that the settings do not ignore. */
  kept(paths: string[]): string[];
};

const WAIVERS = "toban.waivers.json";
const BASELINE = "toban.baseline.json";

/** Opens a working directory with its settings. Throws `invalid` or `not_found` for settings that cannot be read. */
export function openGate(options: GateOptions): Gate {
  const files = openFiles(options.cwd);
  const settings = parseSettings(optional(files, options.settings, SETTINGS_FILE));
  const isIgnored = (shown: string) => settings.ignore.some((glob) => matchesGlob(glob, shown));
  let numbers: Promise<GateNumbers | undefined> | undefined;
  return {
    files,
    settings,
    now: options.now,
    numbers() {
      const { definition } = settings;
      numbers ??= definition === undefined ? Promise.resolve(undefined) : options.readNumbers(definition);
      return numbers;
    },
    kept: (paths) => paths.filter((one) => !isIgnored(one)),
  };
}

/** Joins what was found, applies baseline and waivers, and renders it. */
export async function finish(
  gate: Gate,
  outcomes: Outcome[],
  options: GateOptions,
): Promise<{ verdict: Verdict; text: string; report: Report }> {
  const { files, now } = gate;
  const lineOf = files.lineOf;
  if (options.writeBaseline) {
    const target = options.writeBaseline === true ? BASELINE : options.writeBaseline;
    const findings = report(outcomes, { now, lineOf }).findings;
    writeFileSync(path.resolve(options.cwd, target), baselineOf(findings, lineOf));
  }
  const { waivers: waiversAt, baseline: baselineAt } = gate.settings;
  const waivers = optional(files, options.waivers ?? waiversAt, WAIVERS);
  const baseline = optional(files, options.baseline ?? baselineAt, BASELINE);
  const only = options.changedSince === undefined ? undefined : changed(options.cwd, options.changedSince);
  const made = report(outcomes, {
    now,
    lineOf,
    ...(waivers ? { waivers } : {}),
    ...(baseline ? { baseline } : {}),
    ...(only ? { only } : {}),
  });
  return { verdict: made.verdict, report: made, text: await render(made, { ...options, lineOf }) };
}

/** A file that was named has to be there; one under its usual name may be missing. */
function optional(files: Files, named: string | undefined, usual: string) {
  const result = files.read(named ?? usual);
  if ("file" in result) return result.file;
  if (named === undefined && result.finding.code === GATE_CHECKS.inputMissing.code) return undefined;
  throw notFound(result.finding.code, result.finding.reason.en, result.finding.remedy.en);
}

function changed(cwd: string, ref: string): Set<string> {
  const found = changedSince(cwd, ref);
  if (found) return found;
  throw notFound(
    "reference_unknown",
    `git knows no commit ${ref} here.`,
    "Name a commit, branch or tag that has been fetched.",
  );
}

/** What is said when a command was given paths in which there is nothing for it. */
export const nothingIn = (shown: string): Outcome => ({
  files: [shown],
  findings: [raise(GATE_CHECKS.nothingToCheck, { path: shown, line: 1, column: 1 }, { path: shown })],
});

/** When a file was last written; undefined when it is not on disk. */
export const modifiedAt = (cwd: string, shown: string): Date | undefined =>
  statSync(path.resolve(cwd, shown), { throwIfNoEntry: false })?.mtime;
