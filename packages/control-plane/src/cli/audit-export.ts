import { createReadStream } from "node:fs";
import { access, link, open, rename, rm } from "node:fs/promises";
import { type Report, reasonOf, remedyOf, verifyBundle } from "@toban/verify";
import { Command, Option } from "commander";
import { conflict, invalid, unavailable } from "../platform/errors.ts";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

type Options = {
  out?: string;
  class?: string;
  from?: string;
  to?: string;
  start?: string;
  end?: string;
  reveal?: boolean;
  force?: boolean;
  json?: boolean;
};

const FILTERS = ["class", "from", "to", "start", "end"] as const;

/** `toban audit export`: a bundle that was verified before it got its name. */
export const auditExportCommand = () =>
  new Command("export")
    .description("sealed events with their proofs, as a file that toban-verify checks anywhere")
    .option("--out <file>", "default: audit-<tenant>-<date>.jsonl")
    .addOption(new Option("--class <name>", "default: all").choices(["auth", "operation", "admin", "access"]))
    .option("--from <time>", "RFC 3339: the events from then on")
    .option("--to <time>", "RFC 3339: the events before then")
    .option("--start <seq>", "with --class: from this sequence on")
    .option("--end <seq>", "with --class: before this sequence")
    .option("--reveal", "with the personal values behind the commitments; recorded as such")
    .option("--force", "replace the file if there is one")
    .option("--json", "what the file holds, as JSON")
    .action(async (options: Options) => {
      const query = new URLSearchParams();
      for (const name of FILTERS) if (options[name]) query.set(name, options[name]);
      const path = `/v1/audit/export${options.reveal ? "/revealed" : ""}?${query}`;
      const { file, report } = await (await api()).download(path, (response) => keep(response, options));
      if (options.json) return printJson({ file, ...report });
      print(
        table(
          report.sections.map((one) => [
            one.class,
            `${one.start}…${one.end - 1}`,
            `${one.entries} events`,
            `sealed ${one.sealedAt ?? "?"}`,
            one.reveals > 0 ? `${one.reveals} personal values` : "",
          ]),
        ),
      );
      print(`\n${file}: ${report.bytes} bytes, verified. Anybody can check it: toban-verify ${file}`);
    });

/** Writes beside the file, verifies what was written, and only then gives it its name. */
async function keep(response: Response, options: Options): Promise<{ file: string; report: Report }> {
  const file = options.out ?? nameIn(response.headers.get("content-disposition") ?? "");
  if (!options.force && (await exists(file))) throw taken(file);
  const temporary = `${file}.${process.pid}.part`;
  try {
    await write(response, temporary);
    const report = await verifyBundle(createReadStream(temporary));
    if (report.verdict !== "valid") throw refused(report);
    if (options.force) await rename(temporary, file);
    else {
      // Unlike a rename, a link never replaces a file that came to be meanwhile.
      await link(temporary, file).catch((error) => {
        throw error.code === "EEXIST" ? taken(file) : error;
      });
    }
    return { file, report };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function write(response: Response, file: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const chunk of response.body!) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Only its last part, and only what a file of ours can be called. */
const nameIn = (disposition: string): string =>
  /filename="([\w.-]+)"/.exec(disposition)?.[1] ?? "audit-export.jsonl";

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

const taken = (file: string) =>
  conflict("file_exists", `${file} exists.`, "Name another file with --out, or replace it with --force.");

function refused(report: Report) {
  const [finding] = report.findings;
  const reason = finding ? reasonOf(finding, language()) : report.verdict;
  const place = finding?.class ? ` (${finding.class} ${finding.seq ?? ""})` : "";
  const make = report.verdict === "incomplete" ? unavailable : invalid;
  return make(
    "audit_export_refused",
    `What arrived is ${report.verdict}: ${reason}${place}. Nothing was kept.`,
    report.verdict === "incomplete"
      ? "Try again."
      : finding
        ? remedyOf(finding, language())
        : "Verify the log.",
  );
}
