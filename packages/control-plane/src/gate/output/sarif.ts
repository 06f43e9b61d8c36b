import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "../check.ts";
import { explain } from "../explain.ts";
import type { Finding } from "../finding.ts";
import { fingerprints, type Recognition } from "../fingerprint.ts";
import type { Report } from "../report.ts";
import type { Language } from "./text.ts";

const LEVEL = { block: "error", warn: "warning", info: "note" } as const;

/**
 * SARIF 2.1.0 (OASIS): what could not be decided is a result of kind "open"; what is waived is suppressed.
 * @param options.folder the working directory in its repository, `packages/api/`: addresses begin at the root
 */
export function asSarif(
  report: Report,
  options: Recognition & {
    language: Language;
    checks: ReadonlyMap<string, Check>;
    version: string;
    folder?: string;
  },
): string {
  const { language, checks } = options;
  const locationOf = (shown: string) =>
    artifactLocation(options.nameOf?.(shown) ?? shown, options.folder ?? "");
  const all = [
    ...report.findings.map((finding) => ({ finding, waiver: undefined })),
    ...report.waived.map((waived) => ({ finding: waived as Finding, waiver: waived.waiver })),
  ];
  const codes = [...new Set(all.map(({ finding }) => finding.code))].sort();
  const prints = fingerprints(
    all.map(({ finding }) => finding),
    options,
  );
  const results = all.map(({ finding, waiver }, i) => ({
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    // A level other than "none" is for results of kind "fail" only (SARIF 2.1.0, 3.27.9).
    ...(finding.undecided
      ? { kind: "open", level: "none" }
      : { kind: "fail", level: LEVEL[finding.severity] }),
    message: { text: `${finding.reason[language]}\n${finding.remedy[language]}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(finding.path),
          region: {
            startLine: finding.line,
            startColumn: finding.column,
            ...(finding.endLine === undefined
              ? {}
              : { endLine: finding.endLine, endColumn: finding.endColumn }),
          },
        },
      },
    ],
    partialFingerprints: { "tobanFinding/v1": prints[i] },
    properties: { commitments: finding.commitments },
    ...(waiver
      ? {
          suppressions: [
            { kind: "external", status: "accepted", justification: `${waiver.id}: ${waiver.reason}` },
          ],
        }
      : {}),
  }));
  const rules = codes.map((code) => rule(code, checks.get(code), language));
  const sarif = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "toban", version: options.version, rules } },
        columnKind: "utf16CodeUnits",
        invocations: [invocation(report, language)],
        results,
      },
    ],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

/** What stands in a commit is the file of that name; what lies outside of the repository has an address of its own. */
function artifactLocation(name: string, folder: string): { uri: string; uriBaseId?: string } {
  const plain = name.replace(/^git:[^:]+:/, "") || ".";
  const inRepository = path.posix.normalize(name.startsWith("git:") ? plain : folder + plain);
  if (path.posix.isAbsolute(inRepository) || inRepository.startsWith("../")) {
    return { uri: pathToFileURL(path.resolve(plain)).href };
  }
  const uri = inRepository.split("/").map(encodeURIComponent).join("/");
  return { uri, uriBaseId: "%SRCROOT%" };
}

/** Viewers that show no open results show at least what kept the check from a verdict. */
function invocation(report: Report, language: Language) {
  const undecided = report.findings.filter((finding) => finding.undecided);
  return {
    executionSuccessful: report.verdict !== "inconclusive",
    ...(undecided.length === 0
      ? {}
      : {
          toolExecutionNotifications: undecided.slice(0, 50).map((finding) => ({
            level: "error",
            descriptor: { id: finding.code },
            message: { text: `${finding.path}: ${finding.reason[language]}` },
          })),
        }),
  };
}

function rule(code: string, check: Check | undefined, language: Language) {
  if (!check) return { id: code, shortDescription: { text: code }, help: { text: code } };
  return {
    id: code,
    shortDescription: { text: check.title[language] },
    fullDescription: { text: check.why[language] },
    help: { text: explain(check, language), markdown: explain(check, language) },
    defaultConfiguration: { level: LEVEL[check.severity] },
    properties: { commitments: check.commitments, tags: [code.slice(0, code.indexOf("/"))] },
  };
}
