import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Command, Option } from "commander";
import {
  addedFile,
  adviserOf,
  briefText,
  type ChangedFile,
  checkEverything,
  type Finding,
  openGate,
  parseDiff,
  reviewChange,
} from "../gate/index.ts";
import { systemClock } from "../platform/ctx.ts";
import { invalid, type Refusal, refusalOf } from "../platform/errors.ts";
import { language, print, printJson } from "./terminal.ts";

type Options = { diff: string | true; json?: boolean; lang?: "en" | "ja"; settings?: string };

/** Findings of all families in the working directory; the brief keeps those that lie on the change. */
export type FindingsOf = (options: Options) => Promise<Finding[]>;

const MAX_DIFF_BYTES = 64 * 1024 * 1024;
const MAX_NEW_FILE_BYTES = 1024 * 1024;

/** `toban review`: a brief for people. It is no gate: it exits 0 whatever it finds; bad input exits as usual. */
export const reviewCommand = (findingsOf: FindingsOf = findingsHere) =>
  new Command("review")
    .description("which operations invariants a change threatens, and where to look")
    .requiredOption(
      "--diff [ref or file]",
      "a commit to compare with (default HEAD), a diff file, or - for standard input",
    )
    .option("--json", "as JSON")
    .addOption(new Option("--lang <language>", "default: the terminal's").choices(["en", "ja"]))
    .option("--settings <file>", "default: toban.check.json, when it is there")
    .action(async (options: Options) => {
      const lang = options.lang ?? language();
      const files = changedFiles(options.diff, process.cwd());
      const notes: Refusal[] = [];
      const findings = await findingsOf(options).catch((error: unknown) => {
        const { code, reason, remedy } = refusalOf(error);
        notes.push({ code, reason, remedy });
        return [];
      });
      const adviser = adviserOf(process.env);
      if (adviser && "refusal" in adviser) notes.push(adviser.refusal);
      const { maskText } = await import("@toban/service-kit/masking");
      const review = await reviewChange({
        files,
        findings,
        language: lang,
        mask: maskText,
        adviser: adviser && "url" in adviser ? adviser : undefined,
        notes,
      });
      if (options.json) printJson(review);
      else print(briefText(review, lang));
    });

/** The change that is meant: standard input, a file with a diff, or what differs from a commit. */
function changedFiles(diff: string | true, cwd: string): ChangedFile[] {
  if (diff === "-") return parsed(readFileSync(0, "utf8"), "standard input");
  if (diff !== true && statSync(path.resolve(cwd, diff), { throwIfNoEntry: false })?.isFile()) {
    return parsed(readFileSync(path.resolve(cwd, diff), "utf8"), diff);
  }
  return sinceCommit(diff === true ? "HEAD" : diff, cwd);
}

function parsed(text: string, from: string): ChangedFile[] {
  const files = parseDiff(text);
  if (files) return files;
  throw invalid(
    "diff_unreadable",
    `${from} holds no unified diff.`,
    "Give the output of `git diff` or `diff -u`.",
  );
}

/** From where the branch left `ref`; with what is staged, changed or new here. */
function sinceCommit(ref: string, cwd: string): ChangedFile[] {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: MAX_DIFF_BYTES,
    });
  try {
    const base = git("merge-base", "--end-of-options", ref, "HEAD").trim();
    const text = git(
      "diff",
      "--no-color",
      "--no-ext-diff",
      "--no-textconv",
      "--find-renames",
      "--relative",
      "--src-prefix=a/",
      "--dst-prefix=b/",
      "--end-of-options",
      base,
    );
    const fresh = git("ls-files", "-z", "--others", "--exclude-standard").split("\0").filter(Boolean);
    return [...parsed(text, "git diff"), ...fresh.flatMap((name) => newFile(cwd, name))];
  } catch (cause) {
    if (refusalOf(cause).code === "diff_unreadable") throw cause;
    throw invalid(
      "diff_unavailable",
      `Git cannot compare with "${ref}" here.`,
      "Run it in a git repository and name a commit, a file with a diff, or - for standard input.",
      cause,
    );
  }
}

function newFile(cwd: string, name: string): ChangedFile[] {
  const full = path.resolve(cwd, name);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_NEW_FILE_BYTES) return [];
  const text = readFileSync(full, "utf8");
  return text.includes("\0") ? [] : [addedFile(name, text)];
}

async function findingsHere(options: Options): Promise<Finding[]> {
  const gate = openGate({
    cwd: process.cwd(),
    now: systemClock.now(),
    language: options.lang ?? language(),
    format: "json",
    colour: false,
    readNumbers: async () => undefined,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  const runs = await checkEverything(gate);
  return runs.flatMap(({ outcomes }) => outcomes.flatMap((outcome) => outcome.findings));
}
