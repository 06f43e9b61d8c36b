import type { Finding } from "../finding.ts";
import { fingerprints, type Recognition } from "../fingerprint.ts";
import type { Report } from "../report.ts";
import type { Language } from "./text.ts";

/** For programs: `{ verdict, files, findings, waived, known }`, texts in the given language. */
export function asJson(report: Report, options: Recognition & { language: Language }): string {
  const prints = fingerprints(report.findings, options);
  const finding = (one: Finding) => ({
    code: one.code,
    severity: one.severity,
    ...(one.undecided ? { undecided: true } : {}),
    path: one.path,
    line: one.line,
    column: one.column,
    ...(one.endLine === undefined ? {} : { endLine: one.endLine, endColumn: one.endColumn }),
    reason: one.reason[options.language],
    remedy: one.remedy[options.language],
    commitments: one.commitments,
  });
  const value = {
    verdict: report.verdict,
    files: report.files,
    findings: report.findings.map((one, i) => ({ ...finding(one), fingerprint: prints[i] })),
    waived: report.waived.map(({ waiver, ...one }) => ({
      ...finding(one),
      waiver: waiver.id,
      until: waiver.until,
    })),
    known: report.known,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
