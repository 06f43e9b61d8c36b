import type { Check } from "../check.ts";
import type { Finding } from "../finding.ts";
import { fingerprints } from "../fingerprint.ts";
import type { Report } from "../report.ts";
import type { Language } from "./text.ts";

const LEVEL = { block: "error", warn: "warning", info: "note" } as const;

/** SARIF 2.1.0 (OASIS): what could not be decided is a result of kind "open"; what is waived is suppressed. */
export function asSarif(
  report: Report,
  options: {
    language: Language;
    checks: ReadonlyMap<string, Check>;
    lineOf(finding: Finding): string;
    version: string;
  },
): string {
  const { language, checks } = options;
  const all = [
    ...report.findings.map((finding) => ({ finding, waiver: undefined })),
    ...report.waived.map((waived) => ({ finding: waived as Finding, waiver: waived.waiver })),
  ];
  const codes = [...new Set(all.map(({ finding }) => finding.code))].sort();
  const prints = fingerprints(
    all.map(({ finding }) => finding),
    options.lineOf,
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
          artifactLocation: { uri: encodeURI(finding.path), uriBaseId: "%SRCROOT%" },
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
        invocations: [{ executionSuccessful: report.verdict !== "inconclusive" }],
        results,
      },
    ],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

function rule(code: string, check: Check | undefined, language: Language) {
  if (!check) return { id: code };
  return {
    id: code,
    shortDescription: { text: check.title[language] },
    fullDescription: { text: check.why[language] },
    defaultConfiguration: { level: LEVEL[check.severity] },
    properties: { commitments: check.commitments },
  };
}
