import type { Check } from "../check.ts";
import type { Finding } from "../finding.ts";
import type { Format } from "../gate.ts";
import type { Report } from "../report.ts";
import { asJson } from "./json.ts";
import { asJunit } from "./junit.ts";
import { asMarkdown } from "./markdown.ts";
import { asSarif } from "./sarif.ts";
import { asText, type Language } from "./text.ts";

type RenderOptions = {
  format: Format;
  language: Language;
  colour: boolean;
  lineOf(finding: Finding): string;
};

export const TOOL_VERSION = "0.1.0";

/** The report in the format that was asked for. Lines of files are shown masked: they may hold what is secret. */
export async function render(report: Report, options: RenderOptions): Promise<string> {
  const { language, lineOf } = options;
  if (options.format === "json") return asJson(report, options);
  if (options.format === "markdown") return asMarkdown(report, language);
  if (options.format === "junit") return asJunit(report, language);
  if (options.format === "sarif") {
    const { allChecks } = await import("../catalogue.ts");
    const checks = new Map<string, Check>((await allChecks()).map((check) => [check.code, check]));
    return asSarif(report, { language, lineOf, checks, version: TOOL_VERSION });
  }
  if (report.findings.length === 0) return asText(report, { ...options, frameOf: () => undefined });
  const { maskText } = await import("@toban/service-kit");
  return asText(report, { ...options, frameOf: (finding) => maskText(lineOf(finding).slice(0, 2000)) });
}
