import path from "node:path";
import { Command, Option } from "commander";
import * as gate from "../gate/index.ts";
import { systemClock } from "../platform/ctx.ts";
import { invalid, type Refusal, TobanError } from "../platform/errors.ts";
import { readNumbers } from "./numbers.ts";
import { language, print } from "./terminal.ts";

const EXIT = { pass: 0, fail: 1, inconclusive: 2 };
const BAD_USE = 64;

type Options = gate.MigrationOptions & {
  format?: gate.Format;
  json?: boolean;
  out?: string;
  lang?: "en" | "ja";
  settings?: string;
  changedSince?: string;
  baseline?: string;
  writeBaseline?: string | boolean;
  waivers?: string;
  explain?: string;
  record?: string;
  updateLedger?: boolean;
  approveDowngrade?: string;
  package?: string;
  to?: "high" | "medium" | "low";
  author?: string;
  approver?: string;
  reason?: string;
  /** Not from the command line: everything here is checked. */
  isWhole?: boolean;
};
type Run = (opened: gate.Gate, args: string[][], options: Options) => Promise<gate.Outcome[]>;

/** `toban check`: exit 0 pass, 1 fail, 2 inconclusive, 64 bad use. Needs no server and no database. */
export const checkCommand = () => {
  const check = shared(new Command("check"))
    .description("know what will hurt production before it ships: everything recognized here")
    .option("--explain <code>", "what a check looks for, and an example of bad and good")
    .option("--record <releases>", "tell the control plane the verdict: SERVICE@VERSION, several with commas")
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.explain !== undefined) return explain(options.explain, options.lang ?? language());
      await perform({ ...options, isWhole: true }, gate.checkEverything);
    });
  for (const { name, description, args, run, extend } of COMMANDS) {
    const command = shared(new Command(name)).description(description);
    for (const [argument, text] of args) command.argument(argument, text);
    extend?.(command);
    command.action(async (...all: unknown[]) => {
      const values = all.slice(0, args.length).map((value) => [(value ?? []) as string | string[]].flat());
      await perform(command.optsWithGlobals<Options>(), async (opened, options) => [
        { family: name, outcomes: await run(opened, values, options) },
      ]);
    });
    check.addCommand(command);
  }
  return check;
};

const COMMANDS: {
  name: string;
  description: string;
  args: [string, string][];
  run: Run;
  extend?: (command: Command) => Command;
}[] = [
  {
    name: "migrations",
    description: "migrations of a PostgreSQL schema; a folder is a history, a file stands alone",
    args: [["<paths...>", "files or folders"]],
    run: (opened, [paths], options) => gate.checkMigrationPaths(opened, paths!, options),
    extend: (command) =>
      command
        .addOption(
          new Option("--transaction <how>", "how the runner wraps a file").choices(["per-file", "none"]),
        )
        .option("--planned-at <time>", "when they are going to run (RFC 3339), for peak hours")
        .option("--ledger <file>", "how far the releases are, for contract steps")
        .option("--shadow", "also run them on a PostgreSQL that is thrown away")
        .addOption(
          new Option(
            "--queries <file>",
            "with --shadow, which it implies: queries of the live release that must still run",
          ).implies({ shadow: true }),
        ),
  },
  {
    name: "contract",
    description: "an OpenAPI document against the one that is live",
    args: [
      ["<base>", "the live one; git:REF:PATH reads it from a commit"],
      ["<revision>", "the new one"],
    ],
    run: (opened, [base, revision]) => gate.checkContractPair(opened, base![0]!, revision![0]!),
  },
  {
    name: "events",
    description: "event schemas (JSON Schema, AsyncAPI) against all versions that are live",
    args: [
      ["<base>", "a live version: a file or a folder"],
      ["<more...>", "further live versions, and the new one last"],
    ],
    run: (opened, [base, more]) => gate.checkEventVersions(opened, [...base!, ...more!]),
  },
  {
    name: "vulnerabilities",
    description: "reports of npm audit, OSV-Scanner, Trivy or Grype, by the due times",
    args: [["<reports...>", "JSON reports"]],
    run: (opened, [reports], options) =>
      gate.checkVulnerabilityReports(opened, reports!, {
        updateLedger: options.updateLedger,
        approval: approvalOf(options),
      }),
    extend: (command) =>
      command
        .option("--update-ledger", "write new findings down, which starts their clocks")
        .option("--approve-downgrade <id>", "two people accept that the reports rate it lower; with all of:")
        .option("--package <name>")
        .addOption(new Option("--to <level>").choices(["high", "medium", "low"]))
        .option("--author <person>")
        .option("--approver <person>", "somebody else than the author")
        .option("--reason <text>"),
  },
  {
    name: "sources",
    description: "TypeScript and JavaScript sources by the operations invariants",
    args: [["<paths...>", "files or folders"]],
    run: (opened, [paths]) => gate.checkSourcePaths(opened, paths!),
  },
  {
    name: "deployment",
    description: "Dockerfile, Compose, Kubernetes, ECS, GitHub Actions, crontab",
    args: [["<paths...>", "files or folders"]],
    run: (opened, [paths]) => gate.checkDeploymentPaths(opened, paths!),
  },
  {
    name: "secrets",
    description: "secrets written into files",
    args: [["<paths...>", "files or folders"]],
    run: (opened, [paths]) => gate.checkSecretPaths(opened, paths!),
  },
  {
    name: "licences",
    description: "licences of what a program brings along",
    args: [["<file>", "an SBOM (CycloneDX JSON) or a package-lock.json"]],
    run: (opened, [file]) => gate.checkLicenceFile(opened, file![0]!),
  },
  {
    name: "sbom",
    description: "an SBOM against the package-lock.json it was made from",
    args: [
      ["<sbom>", "CycloneDX JSON"],
      ["[lockfile]", "package-lock.json"],
    ],
    run: (opened, [sbom, lockfile]) => gate.checkSbomFile(opened, sbom![0]!, lockfile![0]),
  },
  {
    name: "signatures",
    description: "signatures of artefacts, which stand beside them as FILE.sig or FILE.bundle",
    args: [["<artefacts...>", "files"]],
    run: (opened, [artefacts]) => gate.checkSignedArtefacts(opened, artefacts!),
  },
  {
    name: "configuration",
    description: "variables of every environment as the settings list them, and .env files",
    args: [],
    run: (opened) => gate.checkConfigurationHere(opened),
  },
  {
    name: "coverage",
    description: "line coverage, from a report",
    args: [["[reports...]", "Istanbul, LCOV, Cobertura or JaCoCo; default: those of well-known names"]],
    run: (opened, [reports]) => gate.checkCoverageReports(opened, reports!),
  },
];

/** All of an approval or none of it. Throws `invalid` for a part of one. */
function approvalOf(options: Options) {
  const { approveDowngrade: id, package: name, to, author, approver, reason } = options;
  if (id === undefined) return undefined;
  if (name && to && author && approver && reason) return { id, package: name, to, author, approver, reason };
  throw invalid(
    "approval_incomplete",
    `The approval of ${id} is not complete.`,
    "Give --package, --to, --author, --approver and --reason.",
  );
}

const shared = (command: Command): Command =>
  command
    .configureOutput({ outputError: tellBadUse })
    .addOption(
      new Option("--format <format>", "default: text").choices([
        "text",
        "json",
        "sarif",
        "markdown",
        "junit",
      ]),
    )
    .option("--json", "the same as --format json")
    .option("--out <file>", "write the report there")
    .addOption(new Option("--lang <language>", "default: the terminal's").choices(["en", "ja"]))
    .option("--settings <file>", "default: toban.check.json, when it is there")
    .option("--changed-since <ref>", "report only files that differ from this commit")
    .option("--baseline <file>", "findings that were there before the gate")
    .option("--write-baseline [file]", "write the findings down as known")
    .option("--waivers <file>", "accepted findings, each with approver and end date");

/** Runs a check, prints its report and sets the exit code. What goes wrong is inconclusive, never a pass. */
async function perform(
  options: Options,
  run: (opened: gate.Gate, options: Options) => Promise<gate.FamilyRun[]>,
): Promise<void> {
  const gateOptions: gate.GateOptions = {
    ...options,
    cwd: process.cwd(),
    now: systemClock.now(),
    language: options.lang ?? language(),
    format: options.json ? "json" : (options.format ?? "text"),
    readNumbers,
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR && !options.out,
    partial: !options.isWhole,
  };
  let isTold = false;
  try {
    const opened = gate.openGate(gateOptions);
    const releases = options.record === undefined ? [] : gate.parseReleases(options.record);
    const runs = await run(opened, options);
    if (releases.length > 0) {
      const folder = (await import("../app/config.ts")).readConfig().releases;
      runs.push({ family: "sbom", outcomes: await gate.checkReleaseSboms(opened, folder, releases) });
    }
    const { verdict, text, report } = await gate.finish(
      opened,
      runs.flatMap(({ outcomes }) => outcomes),
      gateOptions,
    );
    process.exitCode = EXIT[verdict];
    if (options.out) gate.writeWhole(path.resolve(options.out), text);
    else process.stdout.write(text);
    isTold = true;
    if (releases.length > 0) {
      const families = [...new Set(runs.map(({ family }) => family))];
      await send(releases, gate.recordable(report, families, "toban 0.1.0"));
    }
  } catch (error) {
    const refusal = refusalOf(error);
    process.stderr.write(`${refusal.code}: ${refusal.reason}\n  → ${refusal.remedy}\n`);
    if (!isTold) await tellRefusal(refusal, gateOptions);
    if (!isTold || process.exitCode === EXIT.pass) process.exitCode = EXIT.inconclusive;
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof TobanError) return error;
  if (process.env.TOBAN_DEBUG) console.error(error);
  return {
    code: "internal_error",
    reason: error instanceof Error ? error.message : String(error),
    remedy: "Nothing was decided. Run it with TOBAN_DEBUG=1 for the cause, and report it as a defect.",
  };
}

/** Whoever reads a report by program gets one of the same form when there is none. */
async function tellRefusal(refusal: Refusal, options: gate.GateOptions): Promise<void> {
  if (options.format === "text") return;
  process.stdout.write(await gate.renderReport(gate.openFiles(options.cwd), undecided(refusal), options));
}

function undecided({ code, reason, remedy }: Refusal): gate.Report {
  const finding: gate.Finding = {
    ...{ code, severity: "block", undecided: true, path: "", line: 1, column: 1, commitments: [] },
    reason: { en: reason, ja: reason },
    remedy: { en: remedy, ja: remedy },
  };
  return { verdict: "inconclusive", files: [], findings: [finding], waived: [], known: 0 };
}

/** Bad use is told on the error output; to a program that asked for JSON also as such. */
function tellBadUse(text: string, write: (text: string) => void): void {
  write(text);
  const asked = process.argv.join(" ");
  if (!/ --json( |$)| --format[ =]json( |$)/.test(asked)) return;
  const reason = text.replace(/^error: /, "").trim();
  const remedy = "See toban check --help.";
  const place = { path: "", line: 1, column: 1 };
  const finding = {
    code: "bad_use",
    severity: "block",
    undecided: true,
    ...place,
    reason,
    remedy,
    commitments: [],
  };
  print(JSON.stringify({ verdict: "inconclusive", files: [], findings: [finding] }, null, 2));
}

/** Tells the control plane what the gate said of releases. */
async function send(releases: gate.ReleaseName[], report: gate.RecordedReport): Promise<void> {
  const { api } = await import("./api.ts");
  const client = await api();
  for (const release of releases) await client.post("/v1/gate/verdicts", { ...release, report });
}

async function explain(code: string, lang: "en" | "ja"): Promise<void> {
  const text = await gate.explanationOf(code, lang);
  if (text !== undefined) return print(text);
  const known = await gate.codesLike(code);
  const hint = known.length > 0 ? `Did you mean ${known.join(" or ")}?` : "See docs/reference/checks.md.";
  tellBadUse(`error: there is no check ${code}.\n  → ${hint}\n`, (said) => process.stderr.write(said));
  process.exitCode = BAD_USE;
}
