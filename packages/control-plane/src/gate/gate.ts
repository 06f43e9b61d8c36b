import { lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { invalid, notFound } from "../platform/errors.ts";
import { baselineOf, parseBaseline } from "./baseline.ts";
import { GATE_CHECKS } from "./checks.ts";
import { type Files, openFiles } from "./files.ts";
import { type Outcome, raise, type SourceFile, type Verdict } from "./finding.ts";
import { matchesGlob } from "./glob.ts";
import { render } from "./output/render.ts";
import type { Language } from "./output/text.ts";
import { type Report, report } from "./report.ts";
import { type GateSettings, parseSettings, SETTINGS_FILE } from "./settings.ts";
import { folderInRepository, unchangedSince } from "./tree.ts";

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
  /** Only one family was asked for, or only some paths: what was not looked at may still have findings. */
  partial?: boolean | undefined;
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
  const isIgnored = (shown: string) => settings.ignore.some((glob) => matchesGlob(glob, files.nameOf(shown)));
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
  const { files, now, settings } = gate;
  const { lineOf, nameOf } = files;
  const all = [...outcomes, files.refused()];
  const written = options.writeBaseline ? writeBaseline(gate, all, options) : undefined;
  const waivers = optional(files, options.waivers ?? settings.waivers, WAIVERS);
  const baseline = written ?? optional(files, options.baseline ?? settings.baseline, BASELINE);
  const isReported = options.changedSince === undefined ? undefined : changed(gate, options.changedSince);
  const made = report(all, {
    now,
    lineOf,
    nameOf,
    ...(waivers ? { waivers } : {}),
    ...(baseline ? { baseline } : {}),
    ...(isReported ? { isReported } : {}),
    ...(options.partial ? { partial: true } : {}),
  });
  return { verdict: made.verdict, report: made, text: await renderReport(files, made, options) };
}

/** The report in the format that was asked for. */
export function renderReport(files: Files, made: Report, options: GateOptions): Promise<string> {
  const { read, lineOf, nameOf } = files;
  const folder = options.format === "sarif" ? folderInRepository(options.cwd) : "";
  return render(made, { ...options, read, lineOf, nameOf, folder });
}

/** Writes down what was found as known. A partial check knows nothing of the other entries, and keeps them. */
function writeBaseline(gate: Gate, outcomes: Outcome[], options: GateOptions): SourceFile {
  const { files, now, settings } = gate;
  const { lineOf, nameOf } = files;
  const usual = options.baseline ?? settings.baseline ?? BASELINE;
  const target = typeof options.writeBaseline === "string" ? options.writeBaseline : usual;
  const present = optional(files, target, target, true);
  // `--write-baseline FILE` may have been given a file that is to be checked.
  const earlier = present ? parseBaseline(present) : [];
  const findings = report(outcomes, { now, lineOf, nameOf }).findings;
  const text = baselineOf(findings, { lineOf, nameOf }, options.partial ? earlier : []);
  writeWhole(path.resolve(options.cwd, target), text);
  return { path: target, text };
}

/** Writes a file so that whoever reads it meanwhile sees the old or the new one. Throws `invalid` when it cannot. */
export function writeWhole(full: string, text: string): void {
  const beside = `${full}.${process.pid}.tmp`;
  try {
    // A pipe or /dev/stdout is written to, not replaced.
    const isSpecial = lstatSync(full, { throwIfNoEntry: false })?.isFile() === false;
    writeFileSync(isSpecial ? full : beside, text);
    if (!isSpecial) renameSync(beside, full);
  } catch (cause) {
    rmSync(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw invalid(
      "file_unwritable",
      `${full} cannot be written (${code ?? "unknown"}).`,
      "Name a file in a folder that is there and in which this user may write.",
      cause,
    );
  }
}

/** A file that was named has to be there; one under its usual name may be missing. */
function optional(files: Files, named: string | undefined, usual: string, mayLack = named === undefined) {
  const result = files.read(named ?? usual);
  if ("file" in result) return result.file;
  if (mayLack && result.finding.code === GATE_CHECKS.inputMissing.code) return undefined;
  throw notFound(result.finding.code, result.finding.reason.en, result.finding.remedy.en);
}

/** Whether a path is reported: all but what git knows to be as it was. */
function changed(gate: Gate, ref: string): (shown: string) => boolean {
  const isUnchanged = unchangedSince(gate.files.cwd, ref);
  if (!isUnchanged) {
    throw notFound(
      "reference_unknown",
      `git knows no commit ${ref} here.`,
      "Name a commit, branch or tag that has been fetched; in CI, check out with the whole history.",
    );
  }
  return (shown) => shown.startsWith("git:") || !isUnchanged(realPathOf(path.resolve(gate.files.cwd, shown)));
}

/** git names the folders by where they really are; what is a link itself stays one. */
function realPathOf(full: string): string {
  try {
    return path.join(realpathSync(path.dirname(full)), path.basename(full));
  } catch {
    return full;
  }
}

/** What is said when a command was given paths in which there is nothing for it. */
export const nothingIn = (shown: string): Outcome => ({
  files: [shown],
  findings: [raise(GATE_CHECKS.nothingToCheck, { path: shown, line: 1, column: 1 }, { path: shown })],
});
