import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Finding, type Verdict, verdictOf } from "../../finding.ts";
import { analyseMigrations } from "../analyse.ts";
import { setsOfFiles } from "../read/sets.ts";
import { migrationSettings } from "../settings.ts";
import { type Case, filesOf } from "./corpus.ts";

export type Judged = { one: Case; verdict: Verdict; findings: Pick<Finding, "code" | "severity" | "path">[] };

/** What the static checks say of a case: of all its files, of which only the last migration's should have findings. */
export async function judge(one: Case): Promise<Judged> {
  const settings = migrationSettings.parse({
    ...one.settings,
    ...(one.transaction && { transaction: one.transaction }),
  });
  const { sets, findings } = setsOfFiles(filesOf(one));
  const all = [...findings];
  for (const set of sets) all.push(...set.findings, ...(await analyseMigrations(set, { settings })));
  return { one, verdict: verdictOf(all), findings: all };
}

export type Score = {
  /** Share of the cases that must not pass and did not. */
  recall: number;
  /** Share of the good cases that did not pass. */
  falsePositives: number;
  missed: Judged[];
  accused: Judged[];
};

/** `exact`: a case that cannot be decided has to be called that, instead of failed. */
export function score(judged: readonly Judged[], exact: boolean): Score {
  const good = judged.filter(({ one }) => one.verdict === "pass");
  const others = judged.filter(({ one }) => one.verdict !== "pass");
  const missed = others.filter(({ one, verdict, findings }) =>
    exact ? verdict !== one.verdict || !hasCode(one, findings) : verdict === "pass",
  );
  const accused = good.filter(({ verdict }) => verdict !== "pass");
  return {
    recall: 1 - missed.length / others.length,
    falsePositives: accused.length / good.length,
    missed,
    accused,
  };
}

const hasCode = (one: Case, findings: Judged["findings"]) =>
  one.codes === undefined || findings.some(({ code }) => one.codes!.includes(code));

/** Toban and squawk on the same cases, as a table; and for each subject how many cases were judged rightly. */
export async function comparison(all: readonly Case[]): Promise<string> {
  const toban: Judged[] = [];
  for (const one of all) toban.push(await judge(one));
  const columns: [string, Judged[]][] = [
    ["toban check", toban],
    ["squawk", await judgeBySquawk(all, "default")],
    ["squawk, hazards only", await judgeBySquawk(all, "hazards")],
  ];
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const good = all.filter((one) => one.verdict === "pass").length;
  const subjects = [...new Set(all.map((one) => one.about))].sort();
  const rightly = (judged: Judged[], about: string) => {
    const of = judged.filter(({ one }) => one.about === about);
    const right = of.filter(({ one, verdict }) => (one.verdict === "pass") === (verdict === "pass"));
    return `${right.length} of ${of.length}`;
  };
  return [
    "# Toban's migration checks and squawk on the same migrations",
    "",
    `${all.length} migrations of this folder, ${good} good ones and ${all.length - good} that must not pass. Static checks only; nobody's`,
    "settings. A good one that does not pass is a false positive; any other that passes is missed. squawk 2.66.0 gets",
    "`--pg-version 18`, the up script of the last migration alone (it reads single files and knows no sections), and",
    "`--assume-in-transaction` where the runner opens one; a file fails by any report of level warning or error.",
    "*Hazards only* leaves out its rules of style and of timeouts (`grade.ts`). Histories and downs are beyond what it",
    "is made for. These verdicts are Toban's authors': look at `cases.json` for each one's reason.",
    "",
    row(["", ...columns.map(([name]) => name)]),
    row(["---", ...columns.map(() => "---")]),
    row(["found (recall)", ...columns.map(([, judged]) => percent(score(judged, false).recall))]),
    row(["false positives", ...columns.map(([, judged]) => percent(score(judged, false).falsePositives))]),
    ...subjects.map((about) => row([about, ...columns.map(([, judged]) => rightly(judged, about))])),
    "",
  ].join("\n");
}

/** Squawk's rules of style and of what the role may set: what they report is no hazard of the migration itself. */
const STYLE = [
  "ban-char-field",
  "ban-create-domain-with-constraint",
  "prefer-bigint-over-int",
  "prefer-bigint-over-smallint",
  "prefer-identity",
  "prefer-robust-stmts",
  "prefer-text-field",
  "prefer-timestamptz",
  "require-lock-timeout",
  "require-statement-timeout",
];

/**
 * What squawk says of each case. It reads single files and knows no sections, so it is given the up script of the last
 * migration alone. A case fails by any report of level warning or error. `hazards`: without its rules of style.
 */
export async function judgeBySquawk(all: readonly Case[], rules: "default" | "hazards"): Promise<Judged[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "toban-squawk-"));
  try {
    const groups = new Map<string, { file: string; one: Case }[]>();
    for (const [index, one] of all.entries()) {
      const files = filesOf(one);
      const last = setsOfFiles(files)
        .sets.flatMap((set) => set.migrations)
        .at(-1);
      const file = path.join(folder, `${String(index).padStart(4, "0")}.sql`);
      await writeFile(file, last?.up.text ?? files[0]!.text);
      const inTransaction = one.runs === undefined && one.transaction !== "none" ? "in" : "out";
      groups.set(inTransaction, [...(groups.get(inTransaction) ?? []), { file, one }]);
    }
    const judged = new Map<Case, Judged>();
    for (const [group, members] of groups) {
      const reports = await runSquawk(
        members.map(({ file }) => file),
        [
          ...(group === "in" ? ["--assume-in-transaction"] : []),
          ...(rules === "hazards" ? STYLE.map((rule) => `--exclude=${rule}`) : []),
        ],
      );
      for (const { file, one } of members) {
        const findings = reports
          .filter((report) => report.file === file)
          .map(({ rule_name }) => ({ code: rule_name, severity: "block" as const, path: one.path }));
        judged.set(one, { one, verdict: findings.length > 0 ? "fail" : "pass", findings });
      }
    }
    return all.map((one) => judged.get(one)!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Report = { file: string; rule_name: string; level: string };

function runSquawk(files: readonly string[], options: readonly string[]): Promise<Report[]> {
  const program = path.join(
    path.dirname(createRequire(import.meta.url).resolve("squawk-cli/package.json")),
    "js/bin/squawk",
  );
  const args = [program, "--reporter", "json", "--pg-version", "18", ...options, ...files];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      // It exits with 1 when it has found something.
      if (error && error.code !== 1) reject(new Error(stderr));
      else resolve(JSON.parse(stdout));
    });
  });
}
