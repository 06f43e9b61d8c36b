import type { Family } from "./family.ts";
import type { Outcome, SourceFile, Verdict } from "./finding.ts";
import { report } from "./report.ts";
import { parseSettings, SETTINGS_FILE } from "./settings.ts";

/** The families whose inputs are a few files that belong together. */
export type FamilyName = "migration" | "contract" | "events" | "supply" | "configuration";

/** Judges texts as `toban check` judges files: for proofs that the gate blocks what it promises to block. */
export async function judgeTexts(
  name: FamilyName,
  files: SourceFile[],
  now: Date,
): Promise<{ verdict: Verdict; codes: string[] }> {
  const outcome =
    name === "migration" ? await judgeHistory(files) : await (await familyOf(name)).example(files);
  const { verdict, findings } = report([outcome], { now, lineOf: () => "" });
  const deciding = findings.filter(({ severity }) => severity === "block");
  return { verdict, codes: [...new Set(deciding.map(({ code }) => code))].sort() };
}

/** What the gate says of a vulnerability of this severity that has been known since then. */
export async function judgeKnownSince(
  severity: "critical" | "high",
  since: Date,
  days: { critical: number; high: number },
  now: Date,
): Promise<Verdict> {
  const { checkVulnerabilities, supplySettings } = await import("./supply/index.ts");
  const { ledgerExample, npmExample } = await import("./supply/checks/examples.ts");
  const settings = supplySettings.parse({ vulnerabilities: { days } }).vulnerabilities;
  const scan = { path: "audit.json", text: npmExample(severity), modified: now };
  const ledger = { path: settings.ledger, text: ledgerExample(since.toISOString(), severity) };
  const { outcome } = checkVulnerabilities([scan], ledger, settings, now);
  return report([outcome], { now, lineOf: () => "" }).verdict;
}

/** What the gate says of a release's SBOM; undefined: there is none. */
export async function judgeSbom(text: string | undefined, digest: string, now: Date): Promise<Verdict> {
  const { checkSbom } = await import("./supply/index.ts");
  const file = text === undefined ? undefined : { path: "sbom.cdx.json", text };
  return report([checkSbom(file, { digest })], { now, lineOf: () => "" }).verdict;
}

/** A history of migrations by the settings that lie beside it as `toban.check.json`. */
async function judgeHistory(files: SourceFile[]): Promise<Outcome> {
  const { analyseMigrations, setsOfFiles } = await import("./migrations/index.ts");
  const isSettings = ({ path }: SourceFile) => path === SETTINGS_FILE;
  const settings = parseSettings(files.find(isSettings)).migrations;
  const { sets, findings } = setsOfFiles(files.filter((file) => !isSettings(file)));
  const found = [...findings];
  for (const set of sets) found.push(...set.findings, ...(await analyseMigrations(set, { settings })));
  return { files: files.map(({ path }) => path), findings: found };
}

async function familyOf(name: Exclude<FamilyName, "migration">): Promise<Family> {
  if (name === "contract") return (await import("./contract/index.ts")).contractFamily;
  if (name === "events") return (await import("./events/index.ts")).eventFamily;
  if (name === "supply") return (await import("./supply/index.ts")).supplyFamily;
  return (await import("./configuration/index.ts")).configurationFamily;
}
