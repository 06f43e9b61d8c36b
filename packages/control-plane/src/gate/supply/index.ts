import type { Family, Tree } from "../family.ts";
import type { Outcome, SourceFile } from "../finding.ts";
import { EXAMPLE_NOW } from "./checks/examples.ts";
import { SUPPLY_CHECKS } from "./checks.ts";
import { parseJson } from "./json.ts";
import { checkLicences } from "./licences.ts";
import { checkSbom, isCycloneDx } from "./sbom.ts";
import { checkSecrets, mayHoldSecrets } from "./secrets/secrets.ts";
import { defaultSupplySettings, type SupplySettings } from "./settings.ts";
import { checkSignatures } from "./signatures.ts";
import { checkVulnerabilities } from "./vulnerabilities/check.ts";
import { looksLikeReport } from "./vulnerabilities/report.ts";

export { SUPPLY_CHECKS } from "./checks.ts";
export { checkLicences, installedLicences, licenceOfManifest, readLicensed } from "./licences.ts";
export { checkSbom, type SbomSummary, summariseSbom } from "./sbom.ts";
export { checkSecrets, mayHoldSecrets } from "./secrets/secrets.ts";
export { type SupplySettings, supplySettings } from "./settings.ts";
export { checkSignatures, type SignedArtefact } from "./signatures.ts";
export { checkVulnerabilities, type Report, type VulnerabilityOutcome } from "./vulnerabilities/check.ts";
export {
  type Approval,
  approveDowngrade,
  type Ledger,
  readLedger,
  writeLedger,
} from "./vulnerabilities/ledger.ts";

/** The files of a working directory that this family reads. */
export type SupplyFiles = {
  /** Scanners' reports. */
  reports: string[];
  /** The ledger, when there is one. */
  ledger?: string;
  sboms: string[];
  /** npm lockfiles, for licences and for what an SBOM must cover. */
  lockfiles: string[];
  /** Everything that may hold a secret. */
  secrets: string[];
  /** Artefacts that have a signature beside them. */
  artefacts: { path: string; signature: string }[];
};

const REPORT_NAME = /(?:audit|osv|trivy|grype|vuln|scan|sca|security|snyk)[^/]*\.(?:json|sarif|ndjson)$/i;
const SURE_NAME = /(?:^|\/)(?:(?:npm|pnpm|yarn)-?audit|audit|osv|trivy|grype)[^/]*\.json$/i;
const SBOM_NAME = /(?:sbom|bom|cdx|cyclonedx)[^/]*\.json$/i;
const SIGNATURE = /\.(?:sig|bundle)$/;

/**
 * Finds what the family reads. Reports and SBOMs must look like one by name and by content; an empty or cut-off report counts where the
 * name leaves no doubt.
 */
export function recognizeSupply(tree: Tree, settings: SupplySettings = defaultSupplySettings()): SupplyFiles {
  const paths = new Set(tree.paths);
  const { ledger } = settings.vulnerabilities;
  const outside = tree.paths.filter(
    (path) => !/(?:^|\/)(?:node_modules|fixtures?|__fixtures__|testdata|corpus)\//.test(path),
  );
  const reads = (path: string, fits: (text: string) => boolean) => {
    try {
      return fits(tree.read(path).text);
    } catch {
      return false;
    }
  };
  const isSbom = (path: string) => reads(path, (text) => isCycloneDx(parseJson(text)));
  return {
    reports: outside.filter(
      (path) =>
        REPORT_NAME.test(path) &&
        path !== ledger &&
        reads(path, (text) => looksLikeReport(text, SURE_NAME.test(path))),
    ),
    ...(paths.has(ledger) ? { ledger } : {}),
    sboms: outside.filter((path) => SBOM_NAME.test(path) && isSbom(path)),
    lockfiles: outside.filter((path) => /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path)),
    secrets: tree.paths.filter(mayHoldSecrets),
    artefacts: outside.flatMap((path) => {
      const artefact = path.replace(SIGNATURE, "");
      return SIGNATURE.test(path) && paths.has(artefact) ? [{ path: artefact, signature: path }] : [];
    }),
  };
}

/** Runs whichever part of the family an example's files are for; `digest.txt` stands for a release's digest. */
async function example(files: SourceFile[]): Promise<Outcome> {
  const settings = defaultSupplySettings();
  const find = (pattern: RegExp) => files.find(({ path }) => pattern.test(path));
  const lockfile = find(/^package-lock\.json$/);
  const sbom = find(/^sbom\.cdx\.json$/);
  const digest = find(/^digest\.txt$/)?.text;
  if (sbom !== undefined || digest !== undefined) {
    return checkSbom(sbom, {
      ...(digest === undefined ? {} : { digest }),
      ...(lockfile === undefined ? {} : { lockfile }),
    });
  }
  if (lockfile !== undefined) return checkLicences(lockfile, settings.licences);
  const artefact = find(/^app\.txt$/);
  if (artefact !== undefined) {
    const signature = find(/^app\.txt\.sig$/);
    const keys = files.filter(({ path }) => path === "signing.pub").map(({ text }) => text);
    const signed = { path: artefact.path, content: Buffer.from(artefact.text) };
    const beside = signature === undefined ? {} : { signature: Buffer.from(signature.text) };
    return checkSignatures([{ ...signed, ...beside }], { ...settings.signatures, keys });
  }
  const ledger = find(/^toban\.vulnerabilities\.json$/);
  const reports = files.filter((file) => file !== ledger && /\.json$/.test(file.path));
  if (reports.length > 0 || ledger !== undefined) {
    return checkVulnerabilities(reports, ledger, settings.vulnerabilities, EXAMPLE_NOW).outcome;
  }
  return checkSecrets(files);
}

export const supplyFamily: Family = {
  name: "supply",
  checks: SUPPLY_CHECKS,
  example,
  exampleFile: "audit.json",
};
